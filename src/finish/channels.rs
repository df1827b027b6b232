//! [`Channels`]: the samples of a pixel before its colours are converted.

use crate::probe::icc::Space;

/// The samples of interleaved pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// CMYK, where 255 means full ink. RGB after the conversion.
    Cmyk,
}

impl Channels {
    /// The colour space that a profile of such pixels has.
    pub(crate) const fn space(self) -> Space {
        match self {
            Self::Gray | Self::GrayAlpha => Space::Gray,
            Self::Rgb | Self::Rgba => Space::Rgb,
            Self::Cmyk => Space::Cmyk,
        }
    }
}
