//! Which components a JPEG has, and in which size (T.81, A.1.1).

/// The components and their sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sampling {
    /// Only luma.
    Gray,
    /// Chroma of half the width and height: 4:2:0.
    Half,
    /// Chroma of the size of luma: 4:4:4.
    Full,
}

impl Sampling {
    pub(super) const fn new(is_gray: bool, has_full_chroma: bool) -> Self {
        match (is_gray, has_full_chroma) {
            (true, _) => Self::Gray,
            (false, false) => Self::Half,
            (false, true) => Self::Full,
        }
    }

    pub(super) const fn components(self) -> u8 {
        match self {
            Self::Gray => 1,
            Self::Half | Self::Full => 3,
        }
    }

    /// The blocks of luma in an MCU, each way.
    pub(super) const fn luma_blocks(self) -> usize {
        match self {
            Self::Gray | Self::Full => 1,
            Self::Half => 2,
        }
    }

    /// The blocks of an MCU, of all components.
    pub(super) const fn blocks_per_mcu(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Half => 6,
            Self::Full => 3,
        }
    }

    /// The component of a block of an MCU (T.81, A.2.3).
    #[inline(always)]
    pub(super) const fn component_of(self, index: usize) -> usize {
        let luma_blocks = self.luma_blocks() * self.luma_blocks();
        if index < luma_blocks { 0 } else { index + 1 - luma_blocks }
    }

    /// Where a block of a component is in a row of MCUs. `column` and `row` count the blocks of the
    /// component.
    #[inline(always)]
    pub(super) const fn block_index(self, component: usize, column: usize, row: usize) -> usize {
        let side = self.luma_blocks();
        if component == 0 {
            column / side * self.blocks_per_mcu() + row * side + column % side
        } else {
            column * self.blocks_per_mcu() + side * side + component - 1
        }
    }

    /// The pixels that a block of a component covers, each way.
    pub(super) const fn block_side(self, component: u8) -> u32 {
        if component == 0 { 8 } else { self.mcu_side() }
    }

    /// The pixels of an MCU, each way.
    pub(super) const fn mcu_side(self) -> u32 {
        match self {
            Self::Gray | Self::Full => 8,
            Self::Half => 16,
        }
    }
}

/// The kind of a component. Each has its own steps and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Luma,
    Chroma,
}

impl Kind {
    pub(super) const fn of(component: usize) -> Self {
        if component == 0 { Self::Luma } else { Self::Chroma }
    }
}
