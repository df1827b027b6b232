//! The transforms in vectors of eight 16-bit numbers, which every machine of the target has.
//!
//! A dot product of two coefficients and two factors is one instruction, for four columns at once.
//! Nothing is a closure: a closure that the compiler does not inline passes its vectors through
//! memory.

use super::factors::{
    DIFFERENCE, FORWARD2_SHIFT, HIGH, LOW, ODD, PASS1_BITS, PASS1_SHIFT, PASS2_SHIFT, Pair, SUM,
};
use fearless_simd::{Bytes, Simd, SimdBase, SimdFrom, i8x16, i16x8, i16x16, i32x4, i32x8, u8x16};

/// The 8×8 transform of rows of coefficients.
#[inline(always)]
pub(super) fn inverse8<S: Simd>(simd: S, rows: &[[i16; 8]; 8]) -> [[u8; 8]; 8] {
    let rows = load(simd, rows);
    let columns = transpose8(simd, transform8::<S, PASS1_SHIFT>(simd, rows));
    let [a, b, c, d, e, f, g, h] = transform8::<S, PASS2_SHIFT>(simd, columns);
    // Columns of samples, two in a vector. Interleaving moves the index of the row to the front.
    let ab = simd.saturating_narrow_i16x8(a, b);
    let cd = simd.saturating_narrow_i16x8(c, d);
    let ef = simd.saturating_narrow_i16x8(e, f);
    let gh = simd.saturating_narrow_i16x8(g, h);
    let (ae, bf) = interleave(simd, ab, ef);
    let (cg, dh) = interleave(simd, cd, gh);
    let (aceg_top, aceg_bottom) = interleave(simd, ae, cg);
    let (bdfh_top, bdfh_bottom) = interleave(simd, bf, dh);
    let (first, second) = interleave(simd, aceg_top, bdfh_top);
    let (third, fourth) = interleave(simd, aceg_bottom, bdfh_bottom);
    let (a, b) = halves(to_samples(simd, first));
    let (c, d) = halves(to_samples(simd, second));
    let (e, f) = halves(to_samples(simd, third));
    let (g, h) = halves(to_samples(simd, fourth));
    [a, b, c, d, e, f, g, h]
}

/// The 4×4 transform of four rows of coefficients, two after the other.
#[inline(always)]
pub(super) fn inverse4<S: Simd>(simd: S, rows: [[i16; 8]; 2]) -> [[u8; 4]; 4] {
    let rows = [i16x8::simd_from(simd, rows[0]), i16x8::simd_from(simd, rows[1])];
    let [left, right] = transpose4(simd, transform4::<S, PASS1_SHIFT>(simd, rows));
    let [top, bottom] = transpose4(simd, transform4::<S, PASS2_SHIFT>(simd, [left, right]));
    let samples = to_samples(simd, simd.saturating_narrow_i16x8(top, bottom));
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = samples;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]]
}

/// The forward 8×8 transform of rows of samples.
#[inline(always)]
pub(super) fn forward8<S: Simd>(simd: S, rows: &[[i16; 8]; 8]) -> [[i16; 8]; 8] {
    let columns = transpose8(simd, load(simd, rows));
    let (sum, difference, outputs) = forward_transform8::<S, PASS1_SHIFT>(simd, columns);
    let columns = outputs_with(sum << PASS1_BITS, difference << PASS1_BITS, outputs);
    let rows = transpose8(simd, columns);
    let (sum, difference, outputs) = forward_transform8::<S, FORWARD2_SHIFT>(simd, rows);
    let round = i16x8::splat(simd, 1 << (PASS1_BITS - 1));
    let (sum, difference) = ((sum + round) >> PASS1_BITS, (difference + round) >> PASS1_BITS);
    let [a, b, c, d, e, f, g, h] = outputs_with(sum, difference, outputs);
    [a.into(), b.into(), c.into(), d.into(), e.into(), f.into(), g.into(), h.into()]
}

/// The outputs 0 and 4 of the 8-point forward transform of eight columns, which are sums, and the
/// others, scaled by √8 and divided by 2^(`SHIFT` − 13).
#[inline(always)]
fn forward_transform8<S: Simd, const SHIFT: u32>(
    simd: S,
    x: [i16x8<S>; 8],
) -> (i16x8<S>, i16x8<S>, [i16x8<S>; 6]) {
    let (s0, s1, s2, s3) = (x[0] + x[7], x[1] + x[6], x[2] + x[5], x[3] + x[4]);
    let (d0, d1, d2, d3) = (x[0] - x[7], x[1] - x[6], x[2] - x[5], x[3] - x[4]);
    let round = i32x8::splat(simd, 1 << (SHIFT - 1));
    let even = pairs(simd, s0 - s3, s1 - s2);
    let [a, b, c, d] = odd_half(simd, pairs(simd, d3, d0), pairs(simd, d2, d1));
    let others = [
        narrow::<S, SHIFT>(simd, a + round),
        narrow::<S, SHIFT>(simd, dot(simd, even, LOW) + round),
        narrow::<S, SHIFT>(simd, b + round),
        narrow::<S, SHIFT>(simd, c + round),
        narrow::<S, SHIFT>(simd, dot(simd, even, HIGH) + round),
        narrow::<S, SHIFT>(simd, d + round),
    ];
    ((s0 + s3) + (s1 + s2), (s0 + s3) - (s1 + s2), others)
}

#[inline(always)]
const fn outputs_with<V: Copy>(sum: V, difference: V, [a, b, c, d, e, f]: [V; 6]) -> [V; 8] {
    [sum, a, b, c, difference, d, e, f]
}

#[inline(always)]
fn load<S: Simd>(simd: S, rows: &[[i16; 8]; 8]) -> [i16x8<S>; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    [
        i16x8::simd_from(simd, *a),
        i16x8::simd_from(simd, *b),
        i16x8::simd_from(simd, *c),
        i16x8::simd_from(simd, *d),
        i16x8::simd_from(simd, *e),
        i16x8::simd_from(simd, *f),
        i16x8::simd_from(simd, *g),
        i16x8::simd_from(simd, *h),
    ]
}

/// The 8-point inverse transform of eight columns, scaled by √8 and divided by 2^(`SHIFT` − 13).
#[inline(always)]
fn transform8<S: Simd, const SHIFT: u32>(simd: S, x: [i16x8<S>; 8]) -> [i16x8<S>; 8] {
    let round = i32x8::splat(simd, 1 << (SHIFT - 1));
    let x04 = pairs(simd, x[0], x[4]);
    let sum = dot(simd, x04, SUM) + round;
    let difference = dot(simd, x04, DIFFERENCE) + round;
    let x26 = pairs(simd, x[2], x[6]);
    let (low, high) = (dot(simd, x26, LOW), dot(simd, x26, HIGH));
    let even = [sum + low, difference + high, difference - high, sum - low];

    let (x71, x53) = (pairs(simd, x[7], x[1]), pairs(simd, x[5], x[3]));
    let odd = odd_half(simd, x71, x53);
    [
        narrow::<S, SHIFT>(simd, even[0] + odd[0]),
        narrow::<S, SHIFT>(simd, even[1] + odd[1]),
        narrow::<S, SHIFT>(simd, even[2] + odd[2]),
        narrow::<S, SHIFT>(simd, even[3] + odd[3]),
        narrow::<S, SHIFT>(simd, even[3] - odd[3]),
        narrow::<S, SHIFT>(simd, even[2] - odd[2]),
        narrow::<S, SHIFT>(simd, even[1] - odd[1]),
        narrow::<S, SHIFT>(simd, even[0] - odd[0]),
    ]
}

/// The same for the four lowest coefficients of an 8-point DCT and four points. A vector has two
/// rows of four columns.
#[inline(always)]
fn transform4<S: Simd, const SHIFT: u32>(simd: S, [top, bottom]: [i16x8<S>; 2]) -> [i16x8<S>; 2] {
    let round = i32x4::splat(simd, 1 << (SHIFT - 1));
    let x02 = simd.zip_low_i16x8(top, bottom);
    let x13 = simd.zip_high_i16x8(top, bottom);
    let sum = dot4(simd, x02, SUM) + round;
    let difference = dot4(simd, x02, DIFFERENCE) + round;
    let (low, high) = (dot4(simd, x13, LOW), dot4(simd, x13, HIGH));
    [
        simd.saturating_narrow_i32x4((sum + low) >> SHIFT, (difference + high) >> SHIFT),
        simd.saturating_narrow_i32x4((difference - high) >> SHIFT, (sum - low) >> SHIFT),
    ]
}

/// The odd half of an 8-point transform, of x7 and x1 and of x5 and x3.
#[inline(always)]
fn odd_half<S: Simd>(simd: S, x71: i16x16<S>, x53: i16x16<S>) -> [i32x8<S>; 4] {
    let [a, b, c, d] = ODD;
    [
        dot(simd, x71, a.0) + dot(simd, x53, a.1),
        dot(simd, x71, b.0) + dot(simd, x53, b.1),
        dot(simd, x71, c.0) + dot(simd, x53, c.1),
        dot(simd, x71, d.0) + dot(simd, x53, d.1),
    ]
}

/// Pairs of the same column of two rows.
#[inline(always)]
fn pairs<S: Simd>(simd: S, a: i16x8<S>, b: i16x8<S>) -> i16x16<S> {
    simd.combine_i16x8(simd.zip_low_i16x8(a, b), simd.zip_high_i16x8(a, b))
}

#[inline(always)]
fn dot<S: Simd>(simd: S, pairs: i16x16<S>, (a, b): Pair) -> i32x8<S> {
    let factors = i16x16::simd_from(simd, [a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b]);
    simd.pairwise_dot_product_i16x16(pairs, factors)
}

#[inline(always)]
fn dot4<S: Simd>(simd: S, pairs: i16x8<S>, (a, b): Pair) -> i32x4<S> {
    let factors = i16x8::simd_from(simd, [a, b, a, b, a, b, a, b]);
    simd.pairwise_dot_product_i16x8(pairs, factors)
}

#[inline(always)]
fn narrow<S: Simd, const SHIFT: u32>(simd: S, sums: i32x8<S>) -> i16x8<S> {
    let (low, high) = simd.split_i32x8(sums >> SHIFT);
    simd.saturating_narrow_i32x4(low, high)
}

#[inline(always)]
fn transpose8<S: Simd>(simd: S, rows: [i16x8<S>; 8]) -> [i16x8<S>; 8] {
    let rows = interleave_halves(simd, rows);
    let rows = interleave_halves(simd, rows);
    interleave_halves(simd, rows)
}

/// Interleaves row `i` with row `i + 4`. The index of a number has three bits of its row and three
/// of its column; this moves the first bit to the end.
#[inline(always)]
fn interleave_halves<S: Simd>(simd: S, rows: [i16x8<S>; 8]) -> [i16x8<S>; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    [
        simd.zip_low_i16x8(a, e),
        simd.zip_high_i16x8(a, e),
        simd.zip_low_i16x8(b, f),
        simd.zip_high_i16x8(b, f),
        simd.zip_low_i16x8(c, g),
        simd.zip_high_i16x8(c, g),
        simd.zip_low_i16x8(d, h),
        simd.zip_high_i16x8(d, h),
    ]
}

/// Transposes four rows of four, two of them in a vector.
#[inline(always)]
fn transpose4<S: Simd>(simd: S, [top, bottom]: [i16x8<S>; 2]) -> [i16x8<S>; 2] {
    let even = simd.zip_low_i16x8(top, bottom);
    let odd = simd.zip_high_i16x8(top, bottom);
    [simd.zip_low_i16x8(even, odd), simd.zip_high_i16x8(even, odd)]
}

#[inline(always)]
fn interleave<S: Simd>(simd: S, a: i8x16<S>, b: i8x16<S>) -> (i8x16<S>, i8x16<S>) {
    (simd.zip_low_i8x16(a, b), simd.zip_high_i8x16(a, b))
}

/// Shifts the level by 128 (T.81, A.3.1), which inverts the sign bit.
#[inline(always)]
fn to_samples<S: Simd>(simd: S, values: i8x16<S>) -> [u8; 16] {
    (values ^ i8x16::splat(simd, i8::MIN)).bitcast::<u8x16<S>>().into()
}

#[inline(always)]
const fn halves(samples: [u8; 16]) -> ([u8; 8], [u8; 8]) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = samples;
    ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p])
}
