//! The kinds of colours that a file stores and that a profile describes.

/// The colours of the stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ColorKind {
    /// One grey sample a pixel.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Luma and two chroma samples.
    YCbCr,
    /// An index into a palette of RGB colours.
    Indexed,
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// CMYK whose first three components are coded as luma and chroma.
    Ycck,
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
    /// Stored compressed (PNG), so that its kind shows only when it is used.
    Compressed,
}

impl IccKind {
    /// The data colour space signature at bytes 16..20 of a profile (ICC.1:2022, 7.2.6).
    pub(crate) fn of(profile: &[u8]) -> Self {
        match profile.get(16..20) {
            Some(b"GRAY") => Self::Gray,
            Some(b"RGB ") => Self::Rgb,
            Some(b"CMYK") => Self::Cmyk,
            _ => Self::Other,
        }
    }
}
