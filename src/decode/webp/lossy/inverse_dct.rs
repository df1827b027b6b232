//! Inverse DCT and inverse WHT: coefficients → residuals (RFC 6386, 14.3 and 14.4).
//!
//! Two blocks are side by side, so that a row of them fills a vector. Some functions are not
//! inlined, because the compiler vectorizes each by itself, but not all of them in one function.

use super::transpose::interleave;

/// The coefficients of two blocks side by side: four rows, each with four
/// coefficients of either block.
pub(super) type BlockPair = [i32; 32];

/// Four rows of two blocks side by side, in 16 bits.
pub(super) type PairRows = [[i16; 8]; 4];

/// The inverse WHT: the DC coefficients of the 16 luma blocks from the Y2 block,
/// which is the first block of `pair`.
pub(super) fn inverse_wht(pair: &BlockPair) -> [i32; 16] {
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
    let mut rows = [[0; 4]; 4];
    for x in 0..4 {
        let column = butterfly([pair[x], pair[8 + x], pair[16 + x], pair[24 + x]]);
        for (row, value) in rows.iter_mut().zip(column) {
            row[x] = value;
        }
    }
    let mut dc = [0; 16];
    for (dc, row) in dc.as_chunks_mut::<4>().0.iter_mut().zip(rows) {
        *dc = butterfly(row).map(|value| truncate_to_16_bits((value + 3) >> 3));
    }
    dc
}

/// The residuals of blocks that have only a DC coefficient. Not inlined: otherwise
/// it is stored value by value.
#[inline(never)]
pub(super) fn dc_only(pair: &BlockPair) -> PairRows {
    let [first, second] = [pair[0], pair[4]].map(|dc| clamp_residual((dc + 4) >> 3));
    [[first, first, first, first, second, second, second, second]; 4]
}

/// Transforms pairs in place, from coefficients as written by [`narrow`] to residuals.
/// 16 bits are enough for coefficients of up to 2,212, because each pass amplifies the
/// largest value by at most 3.85.
pub(super) fn transform_in_16_bits(pairs: &mut [PairRows], scratch: &mut [PairRows]) {
    // The index of a value consists of its row (2 bits), its block (1) and its column (2).
    // Interleaving the halves of all rows moves the first bit to the end.
    column_pass::<0>(pairs);
    interleave_all(pairs, scratch);
    interleave_all(scratch, pairs);
    interleave_all(pairs, scratch);
    // Now the index is column, row, block.
    column_pass::<3>(scratch);
    interleave_all(scratch, pairs);
    interleave_all(pairs, scratch);
    pairs.copy_from_slice(scratch);
}

/// Converts coefficients to 16 bits, and adds the rounding of the final shift to DC.
#[allow(clippy::cast_possible_truncation, reason = "within 16 bits")]
#[inline(never)]
pub(super) fn narrow(pair: &BlockPair, rows: &mut PairRows) {
    for (narrow, wide) in rows.as_flattened_mut().iter_mut().zip(pair) {
        *narrow = *wide as i16;
    }
    rows[0][0] += 4;
    rows[0][4] += 4;
}

#[inline(never)]
fn interleave_all(pairs: &[PairRows], into: &mut [PairRows]) {
    for (pair, into) in pairs.iter().zip(into) {
        interleave(pair, into);
    }
}

/// Transforms all columns at once, and divides by 2^`SHIFT`.
#[inline(never)]
fn column_pass<const SHIFT: u32>(pairs: &mut [PairRows]) {
    for [a, b, c, d] in pairs {
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let (even, odd) = (*a + *c, *a - *c);
            let low = times_sine(*b) - times_cosine(*d);
            let high = times_cosine(*b) + times_sine(*d);
            *a = (even + high) >> SHIFT;
            *b = (odd + low) >> SHIFT;
            *c = (odd - low) >> SHIFT;
            *d = (even - high) >> SHIFT;
        }
    }
}

/// Multiplies by sqrt(2) × cos(π/8).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of a product of 32 bits")]
fn times_cosine(value: i16) -> i16 {
    value + ((i32::from(value) * COSINE) >> 16) as i16
}

/// Multiplies by sqrt(2) × sin(π/8). Times 2^16, this exceeds 2^15: as a signed
/// 16-bit factor, it is negative.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of a product of 32 bits")]
fn times_sine(value: i16) -> i16 {
    value + ((i32::from(value) * (SINE - 65_536)) >> 16) as i16
}

/// The residuals of any 16-bit coefficients, in 32 bits, as the portable code of libwebp computes
/// them. Encoders do not write coefficients that need it.
#[cold]
pub(super) fn transform_in_32_bits(pair: &BlockPair) -> PairRows {
    let pass = |[a, b, c, d]: [i32; 4]| {
        let times_cosine = |value: i32| value + (value.wrapping_mul(COSINE) >> 16);
        let times_sine = |value: i32| value.wrapping_mul(SINE) >> 16;
        let (even, odd) = (a + c, a - c);
        let low = times_sine(b) - times_cosine(d);
        let high = times_cosine(b) + times_sine(d);
        [even + high, odd + low, odd - low, even - high]
    };
    let mut columns = [[0; 4]; 8];
    for (x, column) in columns.iter_mut().enumerate() {
        *column = pass([pair[x], pair[8 + x], pair[16 + x], pair[24 + x]]);
    }
    let [a, b, c, d, e, f, g, h] = columns;
    let mut rows = [[0; 8]; 4];
    for (y, row) in rows.iter_mut().enumerate() {
        let first = pass([a[y], b[y], c[y], d[y]]);
        let second = pass([e[y], f[y], g[y], h[y]]);
        for (residual, value) in row.iter_mut().zip(first.into_iter().chain(second)) {
            *residual = clamp_residual((value + 4) >> 3);
        }
    }
    rows
}

/// Keeps the low 16 bits of a coefficient, as libwebp does. Encoders do not write larger ones.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
pub(super) fn truncate_to_16_bits(coefficient: i32) -> i32 {
    let truncated = i32::from(coefficient as i16);
    #[cfg(test)]
    if truncated != coefficient {
        tests::BITS_WERE_LOST.set(true);
    }
    truncated
}

/// Clamps a residual to -255..=255. A larger one has the same effect, because it is
/// added to a sample of 0 to 255.
fn clamp_residual(residual: i32) -> i16 {
    i16::try_from(residual.clamp(-255, 255)).unwrap_or_default()
}

/// (sqrt(2) × cos(π/8) - 1) × 2^16, as the format defines it.
const COSINE: i32 = 20_091;
/// sqrt(2) × sin(π/8) × 2^16, as the format defines it.
const SINE: i32 = 35_468;

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::probe::webp::test_files::Noise;

    std::thread_local! {
        /// Whether a coefficient was truncated to 16 bits on this thread.
        /// image-webp does not truncate.
        pub(in super::super) static BITS_WERE_LOST: Cell<bool> = const { Cell::new(false) };
    }

    /// Neither the largest possible sums nor random ones overflow.
    #[test]
    fn any_16_bit_coefficients_have_residuals() {
        let mut noise = Noise(2);
        for case in 0..20_000 {
            let pair = [(); 32].map(|()| match case % 2 {
                0 => i32::from(noise.number() as i16),
                _ => [i32::from(i16::MIN), i32::from(i16::MAX)][noise.number() as usize % 2],
            });
            let residuals = transform_in_32_bits(&pair).into_iter().chain(dc_only(&pair));
            assert!(residuals.flatten().all(|residual| residual.abs() <= 255), "{pair:?}");
            let dc = inverse_wht(&pair);
            assert!(dc.iter().all(|&dc| i16::try_from(dc).is_ok()), "{pair:?}");
        }
    }

    #[test]
    fn the_16_bit_transform_is_exact_for_the_coefficients_it_is_used_for() {
        let mut noise = Noise(1);
        for case in 0..20_000 {
            let mut pair = [(); 32].map(|()| match case % 3 {
                0 => (noise.number() % 4095) as i32 - 2047,
                1 => 2047 * ((noise.number() % 3) as i32 - 1),
                _ => (noise.number() % 99) as i32 - 49,
            });
            let mut pairs = [[[0; 8]; 4]];
            narrow(&pair, &mut pairs[0]);
            transform_in_16_bits(&mut pairs, &mut [[[0; 8]; 4]]);
            let clamped = pairs[0].map(|row| row.map(|value| value.clamp(-255, 255)));
            assert_eq!(clamped, transform_in_32_bits(&pair), "{pair:?}");
            for (i, coefficient) in pair.iter_mut().enumerate() {
                if i != 0 && i != 4 {
                    *coefficient = 0;
                }
            }
            assert_eq!(dc_only(&pair), transform_in_32_bits(&pair), "{pair:?}");
        }
    }
}
