//! Coefficients → residuals (RFC 6386, 14.3 and 14.4).
//!
//! Two blocks lie side by side, so that a line of them fills a vector. The steps are functions that are
//! not inlined, because the compiler makes vectors of each by itself and not of all at once.

use super::transpose::interleave;

/// The coefficients of two blocks side by side: in each of four lines, four of either.
pub(super) type Pair = [i32; 32];

/// Four lines of two blocks side by side.
pub(super) type Lines = [[i16; 8]; 4];

/// The DC of the 16 luma blocks from their second order block, which is the first of its pair.
pub(super) fn inverse_walsh(pair: &Pair) -> [i32; 16] {
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
    let mut lines = [[0; 4]; 4];
    for x in 0..4 {
        let column = butterfly([pair[x], pair[8 + x], pair[16 + x], pair[24 + x]]);
        for (line, value) in lines.iter_mut().zip(column) {
            line[x] = value;
        }
    }
    let mut dc = [0; 16];
    for (dc, line) in dc.as_chunks_mut::<4>().0.iter_mut().zip(lines) {
        *dc = butterfly(line).map(|value| of_16_bits((value + 3) >> 3));
    }
    dc
}

/// The residual of blocks that have no coefficient but DC. Not inlined, or it is stored value by value.
#[inline(never)]
pub(super) fn flat(pair: &Pair) -> Lines {
    let [first, second] = [pair[0], pair[4]].map(|dc| limited((dc + 4) >> 3));
    [[first, first, first, first, second, second, second, second]; 4]
}

/// The residuals of pairs whose coefficients are up to 2,212: within 16 bits, because either pass makes
/// values of at most 3.85 times the largest it is given.
pub(super) fn full(pairs: &mut [Lines], spare: &mut [Lines]) {
    // The address of a value is, bit by bit, its line (2), its block (1) and its column (2). To
    // interleave the halves of all lines moves its first bit to the end.
    pass::<0>(pairs);
    interleave_all(pairs, spare);
    interleave_all(spare, pairs);
    interleave_all(pairs, spare);
    // Column, line, block.
    pass::<3>(spare);
    interleave_all(spare, pairs);
    interleave_all(pairs, spare);
    pairs.copy_from_slice(spare);
}

/// The lowest 16 bits of coefficients, and with them what rounds the result.
#[allow(clippy::cast_possible_truncation, reason = "within 16 bits")]
#[inline(never)]
pub(super) fn narrow(pair: &Pair, lines: &mut Lines) {
    for (narrow, wide) in lines.as_flattened_mut().iter_mut().zip(pair) {
        *narrow = *wide as i16;
    }
    lines[0][0] += 4;
    lines[0][4] += 4;
}

#[inline(never)]
fn interleave_all(pairs: &[Lines], into: &mut [Lines]) {
    for (pair, into) in pairs.iter().zip(into) {
        interleave(pair, into);
    }
}

/// One dimension of the transform, of all columns at once, divided by 2^`SHIFT`.
#[inline(never)]
fn pass<const SHIFT: u32>(pairs: &mut [Lines]) {
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

/// × sqrt(2) × cos(π/8).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of a product of 32 bits")]
fn times_cosine(value: i16) -> i16 {
    value + ((i32::from(value) * COSINE) >> 16) as i16
}

/// × sqrt(2) × sin(π/8), which is more than half of 2^16: as a 16-bit factor it is negative.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of a product of 32 bits")]
fn times_sine(value: i16) -> i16 {
    value + ((i32::from(value) * (SINE - 65_536)) >> 16) as i16
}

/// The same as [`full`] for all coefficients of 16 bits, of which no encoder makes the larger ones: what the
/// plain code of libwebp makes of them.
#[cold]
pub(super) fn wide(pair: &Pair) -> Lines {
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
    let mut lines = [[0; 8]; 4];
    for (y, line) in lines.iter_mut().enumerate() {
        let first = pass([a[y], b[y], c[y], d[y]]);
        let second = pass([e[y], f[y], g[y], h[y]]);
        for (residual, value) in line.iter_mut().zip(first.into_iter().chain(second)) {
            *residual = limited((value + 4) >> 3);
        }
    }
    lines
}

/// A coefficient has 16 bits: of one that no encoder makes, the highest are lost, as in libwebp.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are meant")]
pub(super) fn of_16_bits(coefficient: i32) -> i32 {
    let kept = i32::from(coefficient as i16);
    #[cfg(test)]
    if kept != coefficient {
        tests::BITS_WERE_LOST.set(true);
    }
    kept
}

/// A residual is added to a sample from 0 to 255: more than that changes nothing.
fn limited(residual: i32) -> i16 {
    i16::try_from(residual.clamp(-255, 255)).unwrap_or_default()
}

/// (sqrt(2) × cos(π/8) - 1) × 2^16 and sqrt(2) × sin(π/8) × 2^16, as the format has them.
const COSINE: i32 = 20_091;
const SINE: i32 = 35_468;

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::probe::webp::test_files::Noise;

    std::thread_local! {
        /// Whether a coefficient was cut to 16 bits on this thread, which image-webp does not do.
        pub(in super::super) static BITS_WERE_LOST: Cell<bool> = const { Cell::new(false) };
    }

    /// The largest sums there can be, and noise: none overflows.
    #[test]
    fn all_coefficients_of_16_bits_make_residuals() {
        let mut noise = Noise(2);
        for case in 0..20_000 {
            let pair = [(); 32].map(|()| match case % 2 {
                0 => i32::from(noise.number() as i16),
                _ => [i32::from(i16::MIN), i32::from(i16::MAX)][noise.number() as usize % 2],
            });
            let residuals = wide(&pair).into_iter().chain(flat(&pair));
            assert!(residuals.flatten().all(|residual| residual.abs() <= 255), "{pair:?}");
            let dc = inverse_walsh(&pair);
            assert!(dc.iter().all(|&dc| i16::try_from(dc).is_ok()), "{pair:?}");
        }
    }

    #[test]
    fn sixteen_bits_are_enough_for_the_coefficients_that_take_them() {
        let mut noise = Noise(1);
        for case in 0..20_000 {
            let mut pair = [(); 32].map(|()| match case % 3 {
                0 => (noise.number() % 4095) as i32 - 2047,
                1 => 2047 * ((noise.number() % 3) as i32 - 1),
                _ => (noise.number() % 99) as i32 - 49,
            });
            let mut lines = [[[0; 8]; 4]];
            narrow(&pair, &mut lines[0]);
            full(&mut lines, &mut [[[0; 8]; 4]]);
            let limited = lines[0].map(|line| line.map(|value| value.clamp(-255, 255)));
            assert_eq!(limited, wide(&pair), "{pair:?}");
            for (i, coefficient) in pair.iter_mut().enumerate() {
                if i != 0 && i != 4 {
                    *coefficient = 0;
                }
            }
            assert_eq!(flat(&pair), wide(&pair), "{pair:?}");
        }
    }
}
