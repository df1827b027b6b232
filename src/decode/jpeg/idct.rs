//! Inverse DCTs of 8×8, 4×4, 2×2 and 1×1 points (T.81, A.3.3), in integer arithmetic.
//!
//! A reduced transform treats the low N×N coefficients as those of an N-point DCT. The result is
//! the picture with these frequencies and no others, sampled on the coarser grid.
//!
//! Sums wrap. Coefficients that no real picture has produce an arbitrary sample, not a panic.

use core::num::Wrapping;

use crate::probe::jpeg::Scale;

/// Dequantized coefficients. The low `N` × `N` are stored first, `N` per row.
pub(super) type Block = [i32; 64];

type Int = Wrapping<i32>;

/// The most time that the transform of a block takes at `scale`, and its samples with it.
pub(super) const fn block_ps(scale: Scale) -> u64 {
    match scale {
        Scale::Full => 122_000,
        Scale::Half => 40_000,
        Scale::Quarter => 12_000,
        // Part of the price of decoding a mean.
        Scale::Eighth => 0,
    }
}

/// The 1×1 transform: the mean of the block.
#[inline(always)]
pub(super) fn mean(dc: i32) -> u8 {
    to_sample(Wrapping(dc) + Wrapping(4), 3)
}

/// The 2×2 transform.
#[inline(always)]
pub(super) fn inverse2(block: &Block) -> [[u8; 2]; 2] {
    let [a, b, c, d] = [block[0], block[1], block[2], block[3]].map(Wrapping);
    let (left, right) = (a + b + Wrapping(4), a - b + Wrapping(4));
    let (down_left, down_right) = (c + d, c - d);
    [
        [to_sample(left + down_left, 3), to_sample(right + down_right, 3)],
        [to_sample(left - down_left, 3), to_sample(right - down_right, 3)],
    ]
}

/// The 4×4 transform.
pub(super) fn inverse4(block: &Block) -> [[u8; 4]; 4] {
    let mut columns = [[Wrapping(0); 4]; 4];
    for (x, column) in columns.iter_mut().enumerate() {
        let input = |y: usize| Wrapping(block[(y * 4 + x) & 63]);
        *column = transform4([input(0), input(1), input(2), input(3)], PASS1_ROUND)
            .map(|sum| sum >> PASS1_SHIFT);
    }
    core::array::from_fn(|y| {
        let row = columns.map(|column| column[y]);
        transform4(row, PASS2_ROUND).map(|sum| to_sample(sum, PASS2_SHIFT))
    })
}

/// The 8×8 transform. Coefficients after `last` in zigzag order must be 0.
#[inline(always)]
pub(super) fn inverse8(block: &Block, last: u32) -> [[u8; 8]; 8] {
    if last == 0 {
        return [[mean(block[0]); 8]; 8];
    }
    // The first ten coefficients lie in the upper left 4×4.
    if last < 10 { inverse8_from_low::<4>(block) } else { inverse8_from_low::<8>(block) }
}

/// The 8×8 transform of a block with only low `N` × `N` coefficients.
#[inline(never)]
fn inverse8_from_low<const N: usize>(block: &Block) -> [[u8; 8]; 8] {
    let mut columns = [[Wrapping(0); 8]; N];
    for (x, column) in columns.iter_mut().enumerate() {
        let mut inputs = [Wrapping(0); 8];
        for (y, input) in inputs.iter_mut().enumerate().take(N) {
            *input = Wrapping(block[(y * 8 + x) & 63]);
        }
        *column = transform8(inputs, PASS1_ROUND).map(|sum| sum >> PASS1_SHIFT);
    }
    core::array::from_fn(|y| {
        let mut row = [Wrapping(0); 8];
        for (input, column) in row.iter_mut().zip(&columns) {
            *input = column[y];
        }
        transform8(row, PASS2_ROUND).map(|sum| to_sample(sum, PASS2_SHIFT))
    })
}

/// The 8-point inverse transform, scaled by √8 and by 2^[`FRACTION_BITS`]. The even half uses a
/// rotation and sums, the odd half the factorisation of Loeffler, Ligtenberg and Moschytz (1989).
#[inline(always)]
fn transform8(x: [Int; 8], round: Int) -> [Int; 8] {
    let rotation = (x[2] + x[6]) * fixed(0.541_196_100);
    let low = rotation + x[2] * fixed(0.765_366_865);
    let high = rotation - x[6] * fixed(1.847_759_065);
    let sum = ((x[0] + x[4]) << FRACTION_BITS) + round;
    let difference = ((x[0] - x[4]) << FRACTION_BITS) + round;
    let even = [sum + low, difference + high, difference - high, sum - low];

    let (outer, inner) = (x[1] + x[7], x[3] + x[5]);
    let (first, second) = (x[7] + x[3], x[5] + x[1]);
    let shared = (first + second) * fixed(1.175_875_602);
    let first = shared - first * fixed(1.961_570_560);
    let second = shared - second * fixed(0.390_180_644);
    let outer = outer * fixed(0.899_976_223);
    let inner = inner * fixed(2.562_915_447);
    let odd = [
        x[1] * fixed(1.501_321_110) - outer + second,
        x[3] * fixed(3.072_711_026) - inner + first,
        x[5] * fixed(2.053_119_869) - inner + second,
        x[7] * fixed(0.298_631_336) - outer + first,
    ];
    [
        even[0] + odd[0],
        even[1] + odd[1],
        even[2] + odd[2],
        even[3] + odd[3],
        even[3] - odd[3],
        even[2] - odd[2],
        even[1] - odd[1],
        even[0] - odd[0],
    ]
}

/// The 4-point inverse transform of coefficients of an 8-point DCT, scaled by √8 and by
/// 2^[`FRACTION_BITS`].
#[inline(always)]
fn transform4(x: [Int; 4], round: Int) -> [Int; 4] {
    let rotation = (x[1] + x[3]) * fixed(0.541_196_100);
    let outer = rotation + x[1] * fixed(0.765_366_865);
    let inner = rotation - x[3] * fixed(1.847_759_065);
    let sum = ((x[0] + x[2]) << FRACTION_BITS) + round;
    let difference = ((x[0] - x[2]) << FRACTION_BITS) + round;
    [sum + outer, difference + inner, difference - inner, sum - outer]
}

/// Undoes the scaling, shifts the level (T.81, A.3.1) and clamps. The rounding term is already in
/// `value`.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn to_sample(value: Int, shift: usize) -> u8 {
    ((value >> shift).0.saturating_add(128)).clamp(0, 255) as u8
}

/// A factor in fixed point, with [`FRACTION_BITS`] fraction bits.
#[allow(clippy::cast_possible_truncation, reason = "the factors are under 4")]
const fn fixed(factor: f64) -> Int {
    Wrapping((factor * (1 << FRACTION_BITS) as f64 + 0.5) as i32)
}

const FRACTION_BITS: usize = 13;
/// The fraction bits that the sums keep between the two passes.
const PASS1_BITS: usize = 2;
const PASS1_SHIFT: usize = FRACTION_BITS - PASS1_BITS;
const PASS1_ROUND: Int = Wrapping(1 << (PASS1_SHIFT - 1));
/// The two passes together scale the samples by 8, which is 3 more bits.
const PASS2_SHIFT: usize = FRACTION_BITS + PASS1_BITS + 3;
const PASS2_ROUND: Int = Wrapping(1 << (PASS2_SHIFT - 1));

#[cfg(any(test, feature = "instrument"))]
#[allow(clippy::needless_range_loop, reason = "follows the formula")]
pub(super) mod reference {
    /// The `n` × `n` samples of the low coefficients. These are in natural order, 8 per row.
    #[must_use]
    pub fn inverse(coefficients: &[i32; 64], n: usize) -> Vec<f64> {
        let mut basis = [[0.0; 8]; 8];
        for (x, row) in basis.iter_mut().enumerate() {
            for (u, value) in row.iter_mut().enumerate() {
                let angle = (2 * x + 1) as f64 * u as f64 * core::f64::consts::PI / (2 * n) as f64;
                *value = angle.cos() * (if u == 0 { 1.0 } else { 2.0 } / n as f64).sqrt();
            }
        }
        let mut columns = [[0.0; 8]; 8];
        for (u, column) in columns.iter_mut().enumerate().take(n) {
            for (y, value) in column.iter_mut().enumerate().take(n) {
                let term = |v: usize| f64::from(coefficients[v * 8 + u]) * basis[y][v];
                *value = (0..n).map(term).sum();
            }
        }
        let mut samples = Vec::new();
        for y in 0..n {
            for x in 0..n {
                let sum: f64 = (0..n).map(|u| columns[u][y] * basis[x][u]).sum();
                samples.push((sum * n as f64 / 8.0 + 128.0).clamp(0.0, 255.0));
            }
        }
        samples
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;

    fn assert_close(samples: &[u8], coefficients: &[i32; 64], n: usize) {
        for (sample, exact) in samples.iter().zip(reference::inverse(coefficients, n)) {
            // Half a level for rounding to a sample, and a tenth for the integer arithmetic.
            assert!((f64::from(*sample) - exact).abs() < 0.6, "{sample} {exact} {coefficients:?}");
        }
    }

    fn low_square(coefficients: &[i32; 64], n: usize) -> Block {
        let mut block = [0; 64];
        for y in 0..n {
            block[y * n..][..n].copy_from_slice(&coefficients[y * 8..][..n]);
        }
        block
    }

    #[test]
    fn transforms_of_all_sizes_match_the_definition() {
        let mut seed = 1_u32;
        let mut random = |range: i32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8).cast_signed() % range - range / 2
        };
        for round in 0..3_000 {
            let mut coefficients = [0; 64];
            coefficients[0] = random(2_000);
            let (side, count) = [(8, 64), (8, 6), (4, 16), (1, 0)][round % 4];
            for _ in 0..count {
                let (x, y) = (random(side * 2).unsigned_abs(), random(side * 2).unsigned_abs());
                let (x, y) = (x.min(side.unsigned_abs() - 1), y.min(side.unsigned_abs() - 1));
                coefficients[(y * 8 + x) as usize] = random(300);
            }
            // The coefficients up to index 9 are those of the first four anti-diagonals.
            let triangle = (0..64).all(|i| i / 8 + i % 8 <= 3 || coefficients[i] == 0);
            let last = if coefficients[1..].iter().all(|&c| c == 0) { 0 } else { 9 };
            let last = if triangle { last } else { 63 };
            assert_close(inverse8(&coefficients, last).as_flattened(), &coefficients, 8);
            assert_close(inverse8(&coefficients, 63).as_flattened(), &coefficients, 8);
            assert_close(inverse4(&low_square(&coefficients, 4)).as_flattened(), &coefficients, 4);
            assert_close(inverse2(&low_square(&coefficients, 2)).as_flattened(), &coefficients, 2);
            assert_close(&[mean(coefficients[0])], &coefficients, 1);
        }
    }

    #[test]
    fn sums_of_impossible_coefficients_wrap() {
        for value in [i32::MIN, i32::MAX, -2_147_450_880, 2_147_385_345, 1 << 20] {
            let block = [value; 64];
            inverse8(&block, 63);
            inverse8(&block, 9);
            inverse8(&block, 0);
            inverse4(&block);
            inverse2(&block);
        }
    }
}
