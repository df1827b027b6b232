//! A picture that owns its pixels.

use core::fmt;

use crate::error::{BadRequest, Error};
use crate::size::Size;

use super::gamut::Gamut;
use super::layout::Layout;
use super::view::PictureView;

/// A picture in memory: rows from top to bottom, pixels from left to right, no padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub(super) size: Size,
    pub(super) layout: Layout,
    pub(super) gamut: Gamut,
    pub(super) pixels: Vec<u8>,
}

impl Picture {
    /// A picture of `size` from its samples, in sRGB.
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
        Ok(Self { size, layout, gamut: Gamut::Srgb, pixels })
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The samples of a pixel.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// The same picture, whose samples are in another colour space. They stay as they are. Grey has the
    /// same levels in all of them, and stays sRGB.
    ///
    /// ```
    /// use bombproof::{Gamut, Layout, Picture, Size};
    ///
    /// let red = Picture::new(Size::new(1, 1), Layout::Rgb, vec![255, 0, 0])?;
    /// let red = red.with_gamut(Gamut::DisplayP3); // one that sRGB does not have
    /// let header = bombproof::probe(&red.to_png()?)?;
    /// assert!(red.gamut() == Gamut::DisplayP3 && header.icc().is_some());
    /// # Ok::<(), bombproof::Error>(())
    /// ```
    #[must_use]
    pub const fn with_gamut(mut self, gamut: Gamut) -> Self {
        if !self.layout.is_gray() {
            self.gamut = gamut;
        }
        self
    }

    /// The colour space of the samples. It is [`Gamut::Srgb`] unless
    /// [`Request::keep_wide_gamut`](crate::Request::keep_wide_gamut) is set.
    #[must_use]
    pub const fn gamut(&self) -> Gamut {
        self.gamut
    }

    /// The samples: rows from top to bottom, pixels from left to right, no padding.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The same picture, borrowed.
    pub(crate) fn view(&self) -> PictureView<'_> {
        let &Self { size, layout, gamut, .. } = self;
        PictureView { size, layout, gamut, pixels: &self.pixels }
    }

    /// The samples, without a copy.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.gamut {
            Gamut::Srgb => write!(f, "Picture({} {:?})", self.size, self.layout),
            gamut => write!(f, "Picture({} {:?}, {gamut})", self.size, self.layout),
        }
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;

    #[test]
    fn pixels_must_match_their_size_exactly() {
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
}
