//! The planes that the decoder of each format delivers.

use crate::plan::planes::PlaneSource;
use crate::probe::{Detail, Header, jpeg, webp};

/// How the planes of a source become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colors {
    Gray,
    Rgb,
    /// Full range, as JFIF has it.
    JpegYCbCr,
    /// Studio range, as VP8 has it.
    Vp8Yuv,
    Cmyk { inverted: bool },
    Ycck { inverted: bool },
}

impl Colors {
    /// Colour planes, without alpha.
    pub(crate) const fn planes(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::JpegYCbCr | Self::Vp8Yuv => 3,
            Self::Cmyk { .. } | Self::Ycck { .. } => 4,
        }
    }

    /// Samples of a pixel once the colours are made: grey stays grey, all others become RGB.
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            _ => 3,
        }
    }
}

/// What the decoder delivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Source {
    pub(crate) colors: Colors,
    /// One more plane, the last, holds alpha.
    pub(crate) alpha: bool,
    planes: [SourcePlane; 4],
}

type SourcePlane = PlaneSource;
