//! The scans of a file (T.81, G.1.1).

use super::sampling::Sampling;

/// What one scan codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// The only component, or all of them, interleaved.
    pub(super) component: Option<u8>,
    /// The first and the last coefficient in zigzag order.
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Scan {
    /// The scans of a file in their order, at most [`MAX_SCANS`].
    pub(super) const fn script(sampling: Sampling, is_progressive: bool) -> &'static [Self] {
        match (is_progressive, sampling) {
            (false, _) => &SEQUENTIAL,
            (true, Sampling::Gray) => &PROGRESSIVE_GRAY,
            (true, Sampling::Half | Sampling::Full) => &PROGRESSIVE,
        }
    }

    /// DC and AC coefficients in one scan exist only in a sequential file.
    pub(super) const fn is_sequential(&self) -> bool {
        self.first == 0 && self.last > 0
    }

    const fn all(first: u32, last: u32) -> Self {
        Self { component: None, first, last }
    }

    const fn of(component: u8, first: u32, last: u32) -> Self {
        Self { component: Some(component), first, last }
    }
}

pub(super) const MAX_SCANS: usize = 5;

const SEQUENTIAL: [Scan; 1] = [Scan::all(0, 63)];
const PROGRESSIVE_GRAY: [Scan; 3] = [Scan::all(0, 0), Scan::of(0, 1, 5), Scan::of(0, 6, 63)];
/// First the mean of each block, then what is seen best: coarse luma, colours, fine luma. Without
/// successive approximation, whose scans have too many headers for a small picture.
const PROGRESSIVE: [Scan; MAX_SCANS] = [
    Scan::all(0, 0),
    Scan::of(0, 1, 5),
    Scan::of(1, 1, 63),
    Scan::of(2, 1, 63),
    Scan::of(0, 6, 63),
];
