//! What is coded of a macroblock, and what it needs from its neighbours.

use super::forward_dct::Block;
use crate::vp8::modes::{LumaPrediction, Mode, SubblockMode, SubblockModes};
use crate::vp8::nonzero::Nonzero;
use crate::vp8::predict::{Border, SamplesAbove};

/// A coded macroblock.
#[derive(Clone)]
pub(super) struct Macroblock {
    pub(super) segment: u8,
    pub(super) luma: LumaPrediction,
    pub(super) chroma: Mode,
    /// The levels of each block in zigzag order: 16 of luma, 4 of U, 4 of V, and Y2.
    pub(super) levels: [Block; BLOCKS],
}

/// The number of blocks of a macroblock.
pub(super) const BLOCKS: usize = 25;
/// The blocks of chroma start here.
pub(super) const CHROMA: usize = 16;
/// The index of the Y2 block.
pub(super) const Y2: usize = 24;

impl Macroblock {
    pub(super) const EMPTY: Self = Self {
        segment: 0,
        luma: LumaPrediction::Macroblock(Mode::Dc),
        chroma: Mode::Dc,
        levels: [[0; 16]; BLOCKS],
    };

    /// Whether the DC coefficients of luma are coded in a Y2 block.
    pub(super) const fn has_y2(&self) -> bool {
        matches!(self.luma, LumaPrediction::Macroblock(_))
    }

    /// Whether it has no coefficients, so that its tokens are left out.
    pub(super) fn is_skipped(&self) -> bool {
        self.levels.as_flattened().iter().all(|&level| level == 0)
    }

    /// The modes of subblocks as the neighbours to the right and below see them.
    pub(super) fn edge_modes(&self) -> [SubblockModes; 2] {
        match &self.luma {
            LumaPrediction::Macroblock(mode) => [[mode.of_subblocks(); 4]; 2],
            LumaPrediction::Subblocks(modes) => [
                [modes[3], modes[7], modes[11], modes[15]],
                [modes[12], modes[13], modes[14], modes[15]],
            ],
        }
    }
}

/// What a macroblock needs from the one above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Above {
    pub(super) samples: SamplesAbove,
    pub(super) modes: SubblockModes,
    pub(super) nonzero: Nonzero,
}

impl Above {
    /// Above the first row.
    pub(super) const OUTSIDE: Self = Self {
        samples: SamplesAbove::OUTSIDE,
        modes: [SubblockMode::Dc; 4],
        nonzero: Nonzero::NONE,
    };
}

/// What surrounds a macroblock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    pub(super) luma: Border<16>,
    pub(super) chroma: [Border<8>; 2],
    /// The luma samples above the macroblock to the right.
    pub(super) above_right: [u8; 4],
    /// Whether there are macroblocks above and to the left.
    pub(super) in_picture: (bool, bool),
    pub(super) modes_above: SubblockModes,
    pub(super) modes_left: SubblockModes,
    pub(super) nonzero_above: Nonzero,
    pub(super) nonzero_left: Nonzero,
}

impl Surroundings {
    /// At the start of a row.
    pub(super) const fn at_row_start(is_first: bool) -> Self {
        Self {
            luma: Border::at_row_start(is_first),
            chroma: [Border::at_row_start(is_first); 2],
            above_right: [0; 4],
            in_picture: (!is_first, false),
            modes_above: [SubblockMode::Dc; 4],
            modes_left: [SubblockMode::Dc; 4],
            nonzero_above: Nonzero::NONE,
            nonzero_left: Nonzero::NONE,
        }
    }
}
