//! The factors of the transforms, in fixed point.
//!
//! Each pass is a sum of dot products of two numbers and two factors. The even half uses a rotation,
//! the odd half the factorisation of Loeffler, Ligtenberg and Moschytz (1989). The forward transform
//! is the transposed inverse one and has the same factors.

/// The factors of two coefficients.
pub(super) type Pair = (i16, i16);

/// The sum of x0 and x4 (of x0 and x2 in four points), and their difference.
pub(super) const SUM: Pair = (ONE, ONE);
pub(super) const DIFFERENCE: Pair = (ONE, -ONE);

/// The rotation of x2 and x6 (of x1 and x3 in four points).
pub(super) const LOW: Pair = (fixed(0.541_196_100) + fixed(0.765_366_865), fixed(0.541_196_100));
pub(super) const HIGH: Pair = (fixed(0.541_196_100), fixed(0.541_196_100) - fixed(1.847_759_065));

/// The outputs of the odd half: the factors of x7 and x1, and those of x5 and x3. A published output
/// is a product of each and what x7 + x3 and x5 + x1 contribute. Multiplied out, no sum of
/// coefficients has to fit in 16 bits.
pub(super) const ODD: [(Pair, Pair); 4] = [
    (plus(OUTER_1, SHARED_51), swapped(SHARED_51)),
    (SHARED_73, plus(INNER_3, swapped(SHARED_73))),
    (SHARED_51, plus(INNER_5, swapped(SHARED_51))),
    (plus(OUTER_7, SHARED_73), swapped(SHARED_73)),
];

/// The factors of x7 + x3 and of x5 + x1 in the outputs of x7 and x3, and in those of x5 and x1.
const SHARED_73: Pair = (fixed(1.175_875_602) - fixed(1.961_570_560), fixed(1.175_875_602));
const SHARED_51: Pair = (fixed(1.175_875_602), fixed(1.175_875_602) - fixed(0.390_180_644));
/// The factors of x7 and x1 in the last output, and in the first.
const OUTER_7: Pair = (fixed(0.298_631_336) - fixed(0.899_976_223), -fixed(0.899_976_223));
const OUTER_1: Pair = (-fixed(0.899_976_223), fixed(1.501_321_110) - fixed(0.899_976_223));
/// The factors of x5 and x3 in the third output, and in the second.
const INNER_5: Pair = (fixed(2.053_119_869) - fixed(2.562_915_447), -fixed(2.562_915_447));
const INNER_3: Pair = (-fixed(2.562_915_447), fixed(3.072_711_026) - fixed(2.562_915_447));

const fn plus(a: Pair, b: Pair) -> Pair {
    (a.0 + b.0, a.1 + b.1)
}

const fn swapped((a, b): Pair) -> Pair {
    (b, a)
}

#[allow(clippy::cast_possible_truncation, reason = "the factors are under 4")]
const fn fixed(factor: f64) -> i16 {
    (factor * (1 << FRACTION_BITS) as f64 + 0.5) as i16
}

const ONE: i16 = 1 << FRACTION_BITS;
const FRACTION_BITS: u32 = 13;
/// The fraction bits that the sums keep between the two passes.
pub(super) const PASS1_BITS: u32 = 2;
pub(super) const PASS1_SHIFT: u32 = FRACTION_BITS - PASS1_BITS;
/// The two passes together scale the samples by 8, which is 3 more bits.
pub(super) const PASS2_SHIFT: u32 = FRACTION_BITS + PASS1_BITS + 3;
/// The forward transform leaves that scale in its coefficients.
pub(super) const FORWARD2_SHIFT: u32 = FRACTION_BITS + PASS1_BITS;
