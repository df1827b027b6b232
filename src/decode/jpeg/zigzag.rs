//! The order in which the coefficients of a block are coded (T.81, figure A.6), for each scale.

use crate::probe::jpeg::Scale;

/// Maps each coefficient in zigzag order to its index in a square of `N` × `N`, or to
/// [`DISCARDED`].
pub(super) type ZigzagOrder = [u8; 64];

/// The order in which a block is stored at `scale`.
pub(super) const fn zigzag_order(scale: Scale) -> &'static ZigzagOrder {
    match scale {
        Scale::Full => &FULL,
        Scale::Half => &HALF,
        Scale::Quarter => &QUARTER,
        Scale::Eighth => &EIGHTH,
    }
}

/// Zigzag order → natural order (T.81, figure A.6).
#[rustfmt::skip]
const FULL: ZigzagOrder = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
const HALF: ZigzagOrder = reduced_order(4);
const QUARTER: ZigzagOrder = reduced_order(2);
const EIGHTH: ZigzagOrder = reduced_order(1);

/// The index of a coefficient that the scale does not keep. It lies outside every reduced square.
pub(super) const DISCARDED: u8 = 63;

/// The order for the low `side` × `side` coefficients.
#[allow(clippy::cast_possible_truncation, reason = "at most 15")]
const fn reduced_order(side: usize) -> ZigzagOrder {
    let mut order = [DISCARDED; 64];
    let mut k = 0;
    while k < 64 {
        let (x, y) = (FULL[k] as usize % 8, FULL[k] as usize / 8);
        if x < side && y < side {
            order[k] = (y * side + x) as u8;
        }
        k += 1;
    }
    order
}
