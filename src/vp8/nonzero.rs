//! Which neighbouring blocks have coefficients: the context of tokens (RFC 6386, 13.3).

/// Which blocks along an edge of a macroblock have coefficients: 1 if they do, else 0. This is the
/// context of the blocks on the other side of the edge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nonzero {
    pub(crate) luma: [u8; 4],
    pub(crate) chroma: [[u8; 2]; 2],
    /// Of the last macroblock that had a Y2 block.
    pub(crate) y2: u8,
}

impl Nonzero {
    pub(crate) const NONE: Self = Self { luma: [0; 4], chroma: [[0; 2]; 2], y2: 0 };

    /// Updates the context for a macroblock without tokens.
    pub(crate) fn skip(&mut self, has_y2: bool) {
        let y2 = if has_y2 { 0 } else { self.y2 };
        *self = Self { y2, ..Self::NONE };
    }
}
