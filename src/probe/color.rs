//! Colour models: that of the stored samples, and that of an ICC profile.

use super::icc::Space;

/// The colour model of the stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ColorKind {
    /// One grey sample per pixel.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Luma and two chroma samples.
    YCbCr,
    /// An index into a palette of RGB colours.
    Indexed,
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// CMYK with its first three components coded as luma and chroma.
    Ycck,
}

impl ColorKind {
    /// The name in lower case, for other languages: `"ycbcr"` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Rgb => "rgb",
            Self::YCbCr => "ycbcr",
            Self::Indexed => "indexed",
            Self::Cmyk => "cmyk",
            Self::Ycck => "ycck",
        }
    }

    /// The colour space that a profile of such samples has.
    pub(super) const fn space(self) -> Space {
        match self {
            Self::Gray => Space::Gray,
            Self::Rgb | Self::YCbCr | Self::Indexed => Space::Rgb,
            Self::Cmyk | Self::Ycck => Space::Cmyk,
        }
    }
}

/// The colour space that an ICC profile describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum IccKind {
    /// Grey.
    Gray,
    /// RGB.
    Rgb,
    /// CMYK.
    Cmyk,
    /// Any other colour space, or a header that cannot be read.
    Other,
    /// Compressed, as in PNG. The header does not name its colour space.
    Compressed,
}

impl IccKind {
    /// The name in lower case, for other languages: `"rgb"` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Rgb => "rgb",
            Self::Cmyk => "cmyk",
            Self::Other => "other",
            Self::Compressed => "compressed",
        }
    }

    /// Reads the data colour space signature at bytes 16..20 of a profile (ICC.1:2022, 7.2.6).
    pub(crate) fn of(profile: &[u8]) -> Self {
        match profile.get(16..20) {
            Some(b"GRAY") => Self::Gray,
            Some(b"RGB ") => Self::Rgb,
            Some(b"CMYK") => Self::Cmyk,
            _ => Self::Other,
        }
    }
}
