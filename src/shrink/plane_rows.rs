//! The finished rows of a small plane.

/// The finished rows of a small plane: all of them, or those that are still needed while others
/// come in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaneRows<'r> {
    /// From the row [`first`](Self::first) on.
    pub(crate) samples: &'r [u8],
    pub(crate) first: u32,
    /// The row after the last finished one.
    pub(crate) end: u32,
}

impl<'r> PlaneRows<'r> {
    /// A plane without finished rows.
    pub(crate) const NONE: Self = Self { samples: &[], first: 0, end: 0 };

    /// A complete plane.
    pub(crate) const fn all(samples: &'r [u8]) -> Self {
        Self { samples, first: 0, end: u32::MAX }
    }
}
