//! Cosines in integers.

/// The cosine of π × `numerator` / `denominator`, where [`ONE`] stands for 1, rounded.
///
/// Exactly symmetric: of an angle and its negative it is the same, and beyond a right angle it is
/// the negative of that of the supplement.
#[allow(clippy::cast_possible_truncation, reason = "at most 2^30 in magnitude")]
pub(super) fn cosine(numerator: u32, denominator: u32) -> i64 {
    let denominator = denominator.max(1);
    let turned = numerator % (2 * denominator);
    let half = turned.min(2 * denominator - turned);
    if 2 * half > denominator {
        return -cosine(denominator - half, denominator);
    }
    // The angle in right angles, squared.
    let (angle, right) = (i128::from(2 * half), i128::from(denominator));
    let square = ((angle * angle) << BITS) / (right * right);
    let horner = |sum: i128, term: &i128| term - ((sum * square) >> BITS);
    let sum = SERIES.iter().rev().fold(0, horner);
    ((sum + (1 << (BITS - ONE_BITS - 1))) >> (BITS - ONE_BITS)) as i64
}

pub(super) const ONE_BITS: u32 = 30;

const BITS: u32 = 40;

/// The Taylor series of the cosine of a right angle: (π/2)^2k / (2k)! × 2^40. The next term is less
/// than 1.
const SERIES: [i128; 9] = [
    1_099_511_627_776,
    1_356_468_100_068,
    278_912_573_549,
    22_939_639_695,
    1_010_737_361,
    27_709_939,
    517_966,
    7_022,
    72,
];

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::PI;

    #[test]
    fn every_angle_agrees_with_std() {
        for denominator in 1..=200 {
            for numerator in 0..6 * denominator {
                let exact = (PI * f64::from(numerator) / f64::from(denominator)).cos();
                let error =
                    cosine(numerator, denominator) as f64 - exact * f64::from(1 << ONE_BITS);
                assert!(error.abs() < 0.51, "{numerator}/{denominator}: {error}");
            }
        }
    }
}
