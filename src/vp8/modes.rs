//! The prediction modes of key frames (RFC 6386, 11.2 and 12).

/// The intra prediction mode of a complete luma or chroma block (RFC 6386, 12.2 and 12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Dc,
    Vertical,
    Horizontal,
    TrueMotion,
}

impl Mode {
    /// What the neighbours of a macroblock take for the modes of its subblocks (RFC 6386, 11.3).
    pub(crate) const fn of_subblocks(self) -> SubblockMode {
        match self {
            Self::Dc => SubblockMode::Dc,
            Self::Vertical => SubblockMode::Vertical,
            Self::Horizontal => SubblockMode::Horizontal,
            Self::TrueMotion => SubblockMode::TrueMotion,
        }
    }
}

/// The intra prediction mode of a subblock of 4 × 4 luma samples (RFC 6386, 11.2 and
/// 12.3), in the order of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SubblockMode {
    #[default]
    Dc,
    TrueMotion,
    Vertical,
    Horizontal,
    LeftDown,
    RightDown,
    VerticalRight,
    VerticalLeft,
    HorizontalDown,
    HorizontalUp,
}

/// How the luma of a macroblock is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LumaPrediction {
    /// As one block of 16 × 16 samples.
    Macroblock(Mode),
    /// By subblocks of 4 × 4 samples, in raster order.
    Subblocks([SubblockMode; 16]),
}

/// The modes of the four subblocks along an edge of a macroblock.
pub(crate) type SubblockModes = [SubblockMode; 4];
