//! Forward DCT and WHT: residuals → coefficients. The format defines only their inverse (RFC 6386,
//! 14.3 and 14.4).

/// A block of 4 × 4 residuals or coefficients, row by row.
pub(super) type Block = [i16; 16];

/// The coefficients of a block of residuals of -255 to 255: at most 2,040.
#[inline(always)]
pub(super) fn transform(residuals: &Block) -> Block {
    let mut columns = [[0; 4]; 4];
    for (x, column) in columns.iter_mut().enumerate() {
        let at = |y: usize| i32::from(residuals[4 * y + x]);
        *column = pass([at(0), at(1), at(2), at(3)]);
    }
    let [a, b, c, d] = columns;
    let mut block = [0; 16];
    for (y, row) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *row = pass([a[y], b[y], c[y], d[y]]).map(round);
    }
    block
}

/// One pass, times 2^`BITS` and twice the orthonormal transform.
#[inline(always)]
const fn pass([a, b, c, d]: [i32; 4]) -> [i32; 4] {
    let (outer, inner) = (a + d, b + c);
    let (outer_difference, inner_difference) = (a - d, b - c);
    [
        (outer + inner) * ONE,
        outer_difference * COSINE + inner_difference * SINE,
        (outer - inner) * ONE,
        outer_difference * SINE - inner_difference * COSINE,
    ]
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "at most 16 × 255 / 2")]
const fn round(value: i32) -> i16 {
    ((value + (1 << (2 * BITS))) >> (2 * BITS + 1)) as i16
}

/// The coefficients of the Y2 block from the DC coefficients of 16 luma blocks.
pub(super) fn wht(dc: &Block) -> Block {
    let butterfly = |[a, b, c, d]: [i32; 4]| {
        let (outer, inner) = (a + d, b + c);
        let (outer_difference, inner_difference) = (a - d, b - c);
        [
            outer + inner,
            outer_difference + inner_difference,
            outer - inner,
            outer_difference - inner_difference,
        ]
    };
    let mut columns = [[0; 4]; 4];
    for (x, column) in columns.iter_mut().enumerate() {
        let at = |y: usize| i32::from(dc[4 * y + x]);
        *column = butterfly([at(0), at(1), at(2), at(3)]);
    }
    let [a, b, c, d] = columns;
    let mut block = [0; 16];
    for (y, row) in block.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        #[allow(clippy::cast_possible_truncation, reason = "at most 16 × 2,040 / 2")]
        let half = |value: i32| ((value + 1) >> 1) as i16;
        *row = butterfly([a[y], b[y], c[y], d[y]]).map(half);
    }
    block
}

/// The fractional bits of the factors.
const BITS: u32 = 9;
/// The factor of the even outputs.
const ONE: i32 = 1 << BITS;
/// cos(π/8) × sqrt(2) × 2^9.
const COSINE: i32 = 669;
/// sin(π/8) × sqrt(2) × 2^9.
const SINE: i32 = 277;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;
    use crate::vp8::inverse_dct::{BlockPair, inverse_wht, transform_in_32_bits};

    fn pair(block: &Block) -> BlockPair {
        let mut pair = [[0; 8]; 4];
        for (row, block) in pair.iter_mut().zip(block.as_chunks::<4>().0) {
            row[..4].copy_from_slice(block);
        }
        pair
    }

    #[test]
    fn the_inverse_transform_gives_back_the_residuals() {
        let mut noise = Noise(1);
        for round in 0..5_000 {
            let residuals = [(); 16].map(|()| match round % 3 {
                0 => (noise.number() % 511) as i16 - 255,
                1 => 255 * ((noise.number() % 3) as i16 - 1),
                _ => (noise.number() % 9) as i16 - 4,
            });
            let coefficients = transform(&residuals);
            assert!(coefficients.iter().all(|coefficient| coefficient.abs() <= 2_040 + 1));
            let restored = transform_in_32_bits(&pair(&coefficients));
            for (line, residuals) in restored.iter().zip(residuals.as_chunks::<4>().0) {
                for (restored, residual) in line.iter().zip(residuals) {
                    assert!(restored.abs_diff(*residual) <= 1, "{residuals:?}: {restored}");
                }
            }
        }
    }

    #[test]
    fn the_inverse_wht_gives_back_the_dc_coefficients() {
        let mut noise = Noise(2);
        for round in 0..5_000 {
            let dc = [(); 16].map(|()| match round % 2 {
                0 => (noise.number() % 4_081) as i16 - 2_040,
                _ => 2_040 * ((noise.number() % 3) as i16 - 1),
            });
            let restored = inverse_wht(&pair(&wht(&dc)));
            assert!(dc.iter().zip(restored).all(|(dc, restored)| dc.abs_diff(restored) <= 1));
        }
    }
}
