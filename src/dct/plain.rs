//! The transforms in plain arithmetic, for machines without [`vectors`](super::vectors). Sums wrap
//! and saturate where those do, so that both compute the same samples.

use super::factors::{
    DIFFERENCE, FORWARD2_SHIFT, HIGH, LOW, ODD, PASS1_BITS, PASS1_SHIFT, PASS2_SHIFT, Pair, SUM,
};

/// The 8×8 transform of rows of coefficients.
pub(super) fn inverse8(rows: &[[i16; 8]; 8]) -> [[u8; 8]; 8] {
    inverse(rows, transform8::<PASS1_SHIFT>, transform8::<PASS2_SHIFT>)
}

/// The 4×4 transform of four rows of coefficients, two after the other.
pub(super) fn inverse4(rows: [[i16; 8]; 2]) -> [[u8; 4]; 4] {
    let [[a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]] = rows;
    inverse(
        &[[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]],
        transform4::<PASS1_SHIFT>,
        transform4::<PASS2_SHIFT>,
    )
}

/// The forward 8×8 transform of rows of samples.
pub(super) fn forward8(rows: &[[i16; 8]; 8]) -> [[i16; 8]; 8] {
    let rows = rows.map(|row| {
        let (sum, difference, outputs) = forward_transform8::<PASS1_SHIFT>(row);
        outputs_with(sum << PASS1_BITS, difference << PASS1_BITS, outputs)
    });
    let columns: [[i16; 8]; 8] = core::array::from_fn(|x| {
        let (sum, difference, outputs) =
            forward_transform8::<FORWARD2_SHIFT>(rows.map(|row| row[x]));
        let round = 1 << (PASS1_BITS - 1);
        outputs_with((sum + round) >> PASS1_BITS, (difference + round) >> PASS1_BITS, outputs)
    });
    core::array::from_fn(|y| columns.map(|column| column[y]))
}

/// The outputs 0 and 4 of the 8-point forward transform, which are sums, and the others, scaled by √8
/// and divided by 2^(`SHIFT` − 13).
fn forward_transform8<const SHIFT: u32>(x: [i16; 8]) -> (i16, i16, [i16; 6]) {
    let [s0, s1, s2, s3] = core::array::from_fn(|i| x[i] + x[7 - i]);
    let [d0, d1, d2, d3] = core::array::from_fn(|i| x[i] - x[7 - i]);
    let (outer, inner) = (s0 - s3, s1 - s2);
    let round = 1 << (SHIFT - 1);
    let [a, b, c, d] = ODD.map(|(d30, d21)| dot(d3, d0, d30) + dot(d2, d1, d21));
    let others = [a, dot(outer, inner, LOW), b, c, dot(outer, inner, HIGH), d];
    ((s0 + s3) + (s1 + s2), (s0 + s3) - (s1 + s2), others.map(|sum| narrow::<SHIFT>(sum + round)))
}

fn outputs_with(sum: i16, difference: i16, [a, b, c, d, e, f]: [i16; 6]) -> [i16; 8] {
    [sum, a, b, c, difference, d, e, f]
}

/// Transforms columns, then rows.
#[inline(always)]
fn inverse<const N: usize>(
    rows: &[[i16; N]; N],
    first: impl Fn([i16; N]) -> [i16; N],
    second: impl Fn([i16; N]) -> [i16; N],
) -> [[u8; N]; N] {
    let columns: [[i16; N]; N] = core::array::from_fn(|x| first(rows.map(|row| row[x])));
    core::array::from_fn(|y| second(columns.map(|column| column[y])).map(to_sample))
}

/// The 8-point inverse transform, scaled by √8 and divided by 2^(`SHIFT` − 13).
fn transform8<const SHIFT: u32>(x: [i16; 8]) -> [i16; 8] {
    let (sum, difference) = (dot(x[0], x[4], SUM), dot(x[0], x[4], DIFFERENCE));
    let (low, high) = (dot(x[2], x[6], LOW), dot(x[2], x[6], HIGH));
    let even = even_half::<SHIFT>(sum, difference, low, high);

    let odd = ODD.map(|(x71, x53)| dot(x[7], x[1], x71).wrapping_add(dot(x[5], x[3], x53)));
    core::array::from_fn(|i| {
        let i = if i < 4 { (i, false) } else { (7 - i, true) };
        narrow::<SHIFT>(match i {
            (i, false) => even[i].wrapping_add(odd[i]),
            (i, true) => even[i].wrapping_sub(odd[i]),
        })
    })
}

/// The same for the four lowest coefficients of an 8-point DCT and four points.
fn transform4<const SHIFT: u32>(x: [i16; 4]) -> [i16; 4] {
    let (sum, difference) = (dot(x[0], x[2], SUM), dot(x[0], x[2], DIFFERENCE));
    let (low, high) = (dot(x[1], x[3], LOW), dot(x[1], x[3], HIGH));
    even_half::<SHIFT>(sum, difference, low, high).map(narrow::<SHIFT>)
}

fn even_half<const SHIFT: u32>(sum: i32, difference: i32, low: i32, high: i32) -> [i32; 4] {
    let round = 1 << (SHIFT - 1);
    let (sum, difference) = (sum.wrapping_add(round), difference.wrapping_add(round));
    [
        sum.wrapping_add(low),
        difference.wrapping_add(high),
        difference.wrapping_sub(high),
        sum.wrapping_sub(low),
    ]
}

/// No sum of two products overflows, because no factor is −2¹⁵.
fn dot(a: i16, b: i16, (factor_a, factor_b): Pair) -> i32 {
    i32::from(a) * i32::from(factor_a) + i32::from(b) * i32::from(factor_b)
}

#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
fn narrow<const SHIFT: u32>(sum: i32) -> i16 {
    (sum >> SHIFT).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// Shifts the level (T.81, A.3.1) and clamps.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn to_sample(value: i16) -> u8 {
    value.saturating_add(128).clamp(0, 255) as u8
}
