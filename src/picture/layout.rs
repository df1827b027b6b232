//! Pixel layouts.

/// The samples of a pixel: 8 bits each, with the transfer function of sRGB. Alpha is straight, not
/// premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// One grey sample.
    Gray,
    /// Grey and alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl Layout {
    pub(crate) const fn new(is_gray: bool, has_alpha: bool) -> Self {
        match (is_gray, has_alpha) {
            (true, false) => Self::Gray,
            (true, true) => Self::GrayAlpha,
            (false, false) => Self::Rgb,
            (false, true) => Self::Rgba,
        }
    }

    pub(crate) const fn is_gray(self) -> bool {
        matches!(self, Self::Gray | Self::GrayAlpha)
    }

    /// The name in snake case, for JSON and other languages: `"gray_alpha"` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::GrayAlpha => "gray_alpha",
            Self::Rgb => "rgb",
            Self::Rgba => "rgba",
        }
    }

    /// Bytes per pixel: 1 to 4.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// True for [`GrayAlpha`](Self::GrayAlpha) and [`Rgba`](Self::Rgba).
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}
