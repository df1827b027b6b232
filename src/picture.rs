//! Pixels with their size and layout.

use core::fmt;

use crate::budget::{Budget, Buffer};
use crate::encode;
use crate::error::{BadRequest, Error};
use crate::size::Size;

#[cfg(feature = "image")]
mod convert;

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

    /// A JPEG of this picture: baseline, 4:2:0, without metadata. Transparent pixels show white.
    ///
    /// ```
    /// use bombproof::{Layout, Picture, Size};
    ///
    /// let picture = Picture::new(Size::new(16, 8), Layout::Gray, vec![90; 128])?;
    /// let jpeg = picture.to_jpeg(80)?;
    /// assert_eq!(jpeg[..3], [0xFF, 0xD8, 0xFF]);
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`BadRequest::Quality`] for a `quality` outside 1–100, [`Error::OverLimit`] for a side over
    /// 65,535 pixels, [`Error::OutOfMemory`].
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, Error> {
        let budget = Budget::new(encode::jpeg::memory_bytes(self.size, self.layout, quality));
        let (pixels, size, layout) = (&self.pixels, self.size, self.layout);
        encode::jpeg::encode(pixels, size, layout, quality, WHITE, &budget).map(into_file)
    }

    /// A PNG of this picture: the same pixels, without metadata, and without alpha when no pixel
    /// is transparent.
    ///
    /// # Errors
    /// [`Error::OverLimit`] for a side over 2,147,483,647 pixels, [`Error::OutOfMemory`].
    pub fn to_png(&self) -> Result<Vec<u8>, Error> {
        let budget = Budget::new(encode::png::memory_bytes(self.size, self.layout));
        encode::png::encode(&self.pixels, self.size, self.layout, &budget).map(into_file)
    }

    /// A lossless WebP of this picture: the same pixels, without metadata, and without alpha when
    /// no pixel is transparent.
    ///
    /// # Errors
    /// [`Error::OverLimit`] for a side over 16,384 pixels, [`Error::OutOfMemory`].
    pub fn to_webp(&self) -> Result<Vec<u8>, Error> {
        let budget = Budget::new(encode::webp::memory_bytes(self.size, self.layout));
        encode::webp::encode(&self.pixels, self.size, self.layout, &budget).map(into_file)
    }
}

/// The file leaves the job with the caller.
fn into_file(file: Buffer<'_, u8>) -> Vec<u8> {
    file.into_parts().0
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} {:?})", self.size, self.layout)
    }
}

const WHITE: [u8; 3] = [255; 3];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;

    #[test]
    fn pixels_must_fit_exactly() {
        let size = Size::new(3, 2);
        assert!(Picture::new(size, Layout::Rgb, vec![0; 18]).is_ok());
        for len in [0, 17, 19] {
            let refused = Picture::new(size, Layout::Rgb, vec![0; len]);
            assert!(matches!(refused, Err(Error::BadRequest(BadRequest::PixelCount))));
        }
        let huge = Size::new(u32::MAX, u32::MAX);
        assert!(matches!(
            Picture::new(huge, Layout::Rgba, Vec::new()),
            Err(Error::BadRequest(BadRequest::PixelCount))
        ));
        for size in [Size::new(0, 5), Size::new(5, 0)] {
            let refused = Picture::new(size, Layout::Gray, Vec::new());
            assert!(matches!(refused, Err(Error::BadRequest(BadRequest::EmptySize))));
        }
    }

    #[test]
    fn all_formats_are_written_and_debug_shows_no_pixel() {
        let picture = Picture::new(Size::new(2, 1), Layout::Rgba, vec![77; 8]).unwrap();
        assert!(picture.to_png().unwrap().starts_with(b"\x89PNG"));
        assert!(picture.to_webp().unwrap().starts_with(b"RIFF"));
        assert!(picture.to_jpeg(100).unwrap().starts_with(&[0xFF, 0xD8]));
        assert!(matches!(picture.to_jpeg(0), Err(Error::BadRequest(BadRequest::Quality))));
        assert_eq!(format!("{picture:?}"), "Picture(2x1 Rgba)");
    }

    #[test]
    fn a_transparent_pixel_is_white_in_a_jpeg() {
        let clear = Picture::new(Size::new(8, 8), Layout::Rgba, vec![0; 256]).unwrap();
        let white = Picture::new(Size::new(8, 8), Layout::Rgb, vec![255; 192]).unwrap();
        assert_eq!(clear.to_jpeg(80).unwrap(), white.to_jpeg(80).unwrap());
    }
}
