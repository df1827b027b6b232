//! A borrowed picture: the input of the encoders.

use super::gamut::Gamut;
use super::layout::Layout;
use crate::error::Error;
use crate::limits::Limit;
use crate::size::Size;

/// The pixels of a picture: rows from top to bottom, pixels from left to right, no padding.
#[derive(Clone, Copy)]
pub(crate) struct PictureView<'p> {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) gamut: Gamut,
    pub(crate) pixels: &'p [u8],
}

impl PictureView<'_> {
    /// True when no pixel is transparent, so that the alpha samples need not be written.
    pub(crate) fn is_opaque(&self) -> bool {
        let bytes_per_pixel = self.layout.bytes_per_pixel();
        !self.layout.has_alpha()
            || self.pixels.chunks_exact(bytes_per_pixel).all(|pixel| pixel.last() == Some(&u8::MAX))
    }

    /// Refuses a picture that a format cannot store, with a side over `max_side_px`, or one with a
    /// wrong number of samples.
    pub(crate) fn check(&self, max_side_px: u32) -> Result<(), Error> {
        let Self { size, layout, pixels, .. } = *self;
        Limit::OutputSide.check(u64::from(size.longer_side()), u64::from(max_side_px))?;
        let expected = size.pixels().checked_mul(layout.bytes_per_pixel() as u64);
        if size.is_empty() || expected != Some(pixels.len() as u64) {
            return Err(Error::Bug("an encoder got pixels that do not match their size"));
        }
        Ok(())
    }
}
