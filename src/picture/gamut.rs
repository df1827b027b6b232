//! [`Gamut`]: the colour space of a picture.

use core::fmt;

/// The colour space of the pixels of an output. Both have the transfer function and the white of
/// sRGB, so that grey has the same levels; their red, green and blue differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gamut {
    /// sRGB. Files need no profile for it.
    #[default]
    Srgb,
    /// Display P3, which has a quarter more colours. Files have a profile.
    DisplayP3,
}

impl Gamut {
    /// The name in snake case, for JSON and other languages: `"srgb"` or `"display_p3"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Srgb => "srgb",
            Self::DisplayP3 => "display_p3",
        }
    }
}

impl fmt::Display for Gamut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Srgb => "sRGB",
            Self::DisplayP3 => "Display P3",
        })
    }
}
