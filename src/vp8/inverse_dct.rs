//! Inverse DCT and inverse WHT: coefficients → residuals (RFC 6386, 14.3 and 14.4).
//!
//! Two blocks are side by side, so that a row of them fills a vector. Some functions are not
//! inlined, because the compiler vectorizes each by itself, but not all of them in one function.

use super::interleave::interleave;

/// The coefficients or the residuals of two blocks side by side: four rows, each with four values of
/// either block.
pub(crate) type BlockPair = [[i16; 8]; 4];

/// The inverse WHT: the DC coefficients of the 16 luma blocks from the Y2 block,
/// which is the first block of `pair`.
pub(crate) fn inverse_wht(pair: &BlockPair) -> [i16; 16] {
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
        let column = butterfly(pair.map(|row| i32::from(row[x])));
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
pub(crate) fn dc_only(pair: &BlockPair) -> BlockPair {
    let [first, second] = [pair[0][0], pair[0][4]].map(|dc| (dc.saturating_add(4)) >> 3);
    [[first, first, first, first, second, second, second, second]; 4]
}

/// Computes the residuals of pairs from their coefficients, which are overwritten. 16 bits are enough
/// for coefficients of up to 2,212, because each pass amplifies the largest value by at most 3.85.
pub(crate) fn transform_in_16_bits(coefficients: &mut [BlockPair], residuals: &mut [BlockPair]) {
    // The rounding of the final shift.
    for [first, ..] in &mut *coefficients {
        first[0] += 4;
        first[4] += 4;
    }
    // The index of a value consists of its row (2 bits), its block (1) and its column (2).
    // Interleaving the halves of all rows moves the first bit to the end.
    column_pass::<0>(coefficients);
    interleave_all(coefficients, residuals);
    interleave_all(residuals, coefficients);
    interleave_all(coefficients, residuals);
    // Now the index is column, row, block.
    column_pass::<3>(residuals);
    interleave_all(residuals, coefficients);
    interleave_all(coefficients, residuals);
}

#[inline(never)]
fn interleave_all(pairs: &[BlockPair], into: &mut [BlockPair]) {
    for (pair, into) in pairs.iter().zip(into) {
        interleave(pair, into);
    }
}

/// Transforms all columns at once, and divides by 2^`SHIFT`.
#[inline(never)]
fn column_pass<const SHIFT: u32>(pairs: &mut [BlockPair]) {
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
pub(crate) fn transform_in_32_bits(pair: &BlockPair) -> BlockPair {
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
        *column = pass(pair.map(|row| i32::from(row[x])));
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
pub(crate) fn truncate_to_16_bits(coefficient: i32) -> i16 {
    let truncated = coefficient as i16;
    #[cfg(test)]
    if i32::from(truncated) != coefficient {
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
pub(crate) mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::probe::webp::test_files::Noise;

    std::thread_local! {
        /// Whether a coefficient was truncated to 16 bits on this thread.
        /// image-webp does not truncate.
        pub(crate) static BITS_WERE_LOST: Cell<bool> = const { Cell::new(false) };
    }

    /// Neither the largest possible sums nor random ones overflow.
    #[test]
    fn any_16_bit_coefficients_have_residuals() {
        let mut noise = Noise(2);
        for case in 0..20_000 {
            let pair = [(); 4].map(|()| {
                [(); 8].map(|()| match case % 2 {
                    0 => noise.number() as i16,
                    _ => [i16::MIN, i16::MAX][noise.number() as usize % 2],
                })
            });
            let residuals = transform_in_32_bits(&pair).into_iter().flatten();
            assert!(residuals.into_iter().all(|residual| residual.abs() <= 255), "{pair:?}");
            let residuals = dc_only(&pair).into_iter().flatten();
            assert!(residuals.into_iter().all(|residual| residual.abs() <= 4_096), "{pair:?}");
            inverse_wht(&pair);
        }
    }

    #[test]
    fn the_16_bit_transform_is_exact_for_the_coefficients_it_is_used_for() {
        let mut noise = Noise(1);
        for case in 0..20_000 {
            let mut pair = [(); 4].map(|()| {
                [(); 8].map(|()| match case % 3 {
                    0 => (noise.number() % 4095) as i16 - 2047,
                    1 => 2047 * ((noise.number() % 3) as i16 - 1),
                    _ => (noise.number() % 99) as i16 - 49,
                })
            });
            let clamped = |pair: BlockPair| pair.map(|row| row.map(|value| value.clamp(-255, 255)));
            let transformed = |pair: BlockPair| {
                let mut residuals = [[[0; 8]; 4]];
                transform_in_16_bits(&mut [pair], &mut residuals);
                clamped(residuals[0])
            };
            assert_eq!(transformed(pair), transform_in_32_bits(&pair), "{pair:?}");
            for (i, coefficient) in pair.as_flattened_mut().iter_mut().enumerate() {
                if i != 0 && i != 4 {
                    *coefficient = 0;
                }
            }
            assert_eq!(clamped(dc_only(&pair)), transform_in_32_bits(&pair), "{pair:?}");
            assert_eq!(transformed(pair), transform_in_32_bits(&pair), "{pair:?}");
        }
    }
}
