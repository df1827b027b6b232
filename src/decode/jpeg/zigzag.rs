//! The order in which the coefficients of a block are coded (T.81, figure A.6), at each scale.

use crate::probe::jpeg::Scale;

/// Where coefficients in zigzag order lie in a square of `N` × `N`; [`DISCARDED`] where they do not.
pub(super) type ZigzagOrder = [u8; 64];

/// The places of `scale`.
pub(super) const fn places(scale: Scale) -> &'static ZigzagOrder {
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
const HALF: ZigzagOrder = corner(4);
const QUARTER: ZigzagOrder = corner(2);
const EIGHTH: ZigzagOrder = corner(1);

/// Outside all squares but the whole block.
pub(super) const DISCARDED: u8 = 63;

#[allow(clippy::cast_possible_truncation, reason = "at most 15")]
const fn corner(side: usize) -> ZigzagOrder {
    let mut places = [DISCARDED; 64];
    let mut k = 0;
    while k < 64 {
        let (x, y) = (FULL[k] as usize % 8, FULL[k] as usize / 8);
        if x < side && y < side {
            places[k] = (y * side + x) as u8;
        }
        k += 1;
    }
    places
}
