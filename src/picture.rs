//! Pixels with their size and layout.

use core::fmt;

use crate::error::{BadRequest, Error};
use crate::size::Size;

/// The samples of a pixel, 8 bits each, in sRGB; alpha is straight, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the layouts that the walk can end in")]
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
    /// Bytes a pixel: 1 to 4.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// True for the two layouts with alpha.
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}

/// A picture in memory: rows from the top, pixels from the left, no padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    layout: Layout,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture of `size` from its samples.
    ///
    /// # Errors
    /// [`BadRequest::EmptySize`] for a side of 0, [`BadRequest::PixelCount`] when `pixels` is not
    /// exactly width × height × [`Layout::bytes_per_pixel`] bytes long.
    pub fn new(size: Size, layout: Layout, pixels: Vec<u8>) -> Result<Self, Error> {
        if size.is_empty() {
            return Err(Error::BadRequest(BadRequest::EmptySize));
        }
        let expected = size.pixels().checked_mul(layout.bytes_per_pixel() as u64);
        if expected != Some(pixels.len() as u64) {
            return Err(Error::BadRequest(BadRequest::PixelCount));
        }
        Ok(Self { size, layout, pixels })
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// What the samples of a pixel are.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// The samples: rows from the top, pixels from the left, no padding.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The samples, without a copy.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} {:?})", self.size, self.layout)
    }
}
