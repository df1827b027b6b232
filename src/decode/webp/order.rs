//! The order of the WebP decoder.

use crate::probe::webp::Still;

/// Which frame is decoded, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'s> {
    pub(crate) still: &'s Still,
    /// Multiply colours by their alpha.
    pub(crate) premultiply: bool,
    pub(crate) loop_filter: LoopFilter,
}

/// Whether the loop filter of VP8 is applied (RFC 6386, 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoopFilter {
    /// As the format demands.
    Exact,
    /// Not at all: faster, and inexact.
    Skipped,
}
