//! The order in which the coefficients of a block are coded (T.81, figure A.6), for each scale.

use crate::dct::ZIGZAG;
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

const FULL: ZigzagOrder = ZIGZAG;
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
