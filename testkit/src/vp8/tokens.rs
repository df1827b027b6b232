//! The DCT tokens of VP8 and their contexts (RFC 6386, 13).

use super::bool_encoder::BoolEncoder;
use super::tables::DEFAULT_COEFFICIENT_PROBS;

/// Writes a block of `kind` (0 luma after Y2, 1 Y2, 2 chroma, 3 luma with DC), given in natural
/// order. Returns whether it has coefficients.
pub fn write_block(out: &mut BoolEncoder, kind: usize, context: usize, block: &[i32; 16]) -> bool {
    let first = usize::from(kind == 0);
    let end = (first..16).rev().find(|&k| block[ZIGZAG[k]] != 0).map_or(first, |k| k + 1);
    let mut context = context;
    let mut after_zero = false;
    for k in first..16 {
        let p = &DEFAULT_COEFFICIENT_PROBS[kind][BANDS[k]][context];
        if !after_zero {
            out.put(k < end, p[0]);
            if k == end {
                break;
            }
        }
        let value = block[ZIGZAG[k]];
        write_token(out, p, value);
        context = value.unsigned_abs().min(2) as usize;
        after_zero = value == 0;
    }
    end > first
}

fn write_token(out: &mut BoolEncoder, p: &[u8; 11], value: i32) {
    let size = value.unsigned_abs();
    out.put(size > 0, p[1]);
    if size == 0 {
        return;
    }
    out.put(size > 1, p[2]);
    if size > 1 {
        out.put(size > 4, p[3]);
        if size <= 4 {
            out.put(size > 2, p[4]);
            if size > 2 {
                out.put(size > 3, p[5]);
            }
        } else {
            let category = CATEGORIES.iter().rposition(|(base, _)| size >= *base).unwrap_or(0);
            out.put(category > 1, p[6]);
            if category <= 1 {
                out.put(category == 1, p[7]);
            } else {
                out.put(category > 3, p[8]);
                out.put(category % 2 == 1, p[9 + usize::from(category > 3)]);
            }
            let (base, probs) = CATEGORIES[category];
            for (i, prob) in probs.iter().enumerate() {
                out.put((size - base) >> (probs.len() - 1 - i) & 1 != 0, *prob);
            }
        }
    }
    out.flag(value < 0);
}

const BANDS: [usize; 16] = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7];

const CATEGORIES: [(u32, &[u8]); 6] = [
    (5, &[159]),
    (7, &[165, 145]),
    (11, &[173, 148, 140]),
    (19, &[176, 155, 140, 135]),
    (35, &[180, 157, 141, 134, 130]),
    (67, &[254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129]),
];

const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
