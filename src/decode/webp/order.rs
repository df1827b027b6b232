//! What is decoded of a WebP.

use crate::probe::webp::Still;

/// Which picture is decoded, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'s> {
    pub(crate) still: &'s Still,
    /// Multiplies colours by their alpha.
    pub(crate) premultiply: bool,
    pub(crate) loop_filter: LoopFilter,
}

/// The loop filter of VP8 (RFC 6386, 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoopFilter {
    Exact,
    Skipped,
}
