//! The encoding methods of [`Picture`].

use super::{jpeg, png, webp};
use crate::budget::{Budget, Buffer, quote};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::Picture;
use crate::request::JpegEffort;

impl Picture {
    /// Encodes this picture as a baseline JPEG in 4:2:0, with `quality` from 1 to 100 and without
    /// metadata but the profile of its [`gamut`](Self::gamut). Transparent pixels become white.
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
    /// [`BadRequest::Quality`](crate::BadRequest::Quality) for a `quality` outside 1–100,
    /// [`Error::OverLimit`] for a side over 65,535 pixels, [`Error::OutOfMemory`] when the
    /// allocator refuses memory.
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, Error> {
        let settings = jpeg::Settings {
            size: self.size(),
            layout: self.layout(),
            gamut: self.gamut(),
            quality,
            max_bytes: None,
            has_full_chroma: false,
            is_progressive: false,
            effort: JpegEffort::Balanced,
            background: WHITE,
        };
        file(|budget| settings.count(0, budget), |job| settings.encode(self.pixels(), job))
    }

    /// Encodes this picture losslessly as a PNG, without metadata but the profile of its
    /// [`gamut`](Self::gamut). Alpha is left out when no pixel is transparent.
    ///
    /// # Errors
    /// [`Error::OverLimit`] for a side over 2,147,483,647 pixels, [`Error::OutOfMemory`] when the
    /// allocator refuses memory.
    pub fn to_png(&self) -> Result<Vec<u8>, Error> {
        let count = |budget: &_| png::count(self.size(), self.layout(), self.gamut(), budget);
        file(count, |job| png::encode(self.view(), job))
    }

    /// Encodes this picture as a lossless WebP, without metadata but the profile of its
    /// [`gamut`](Self::gamut). Alpha is left out when no pixel is transparent.
    ///
    /// # Errors
    /// [`Error::OverLimit`] for a side over 16,384 pixels, [`Error::OutOfMemory`] when the
    /// allocator refuses memory.
    pub fn to_webp(&self) -> Result<Vec<u8>, Error> {
        let (size, layout, gamut) = (self.size(), self.layout(), self.gamut());
        let count = |budget: &_| webp::lossless::count(size, layout, gamut, budget);
        file(count, |job| webp::lossless::encode(self.view(), job))
    }

    /// Encodes this picture as a lossy WebP, with `quality` from 1 to 100, without metadata but the
    /// profile of its [`gamut`](Self::gamut). Alpha is kept without loss, and left out when no pixel
    /// is transparent.
    ///
    /// # Errors
    /// [`BadRequest::Quality`](crate::BadRequest::Quality) for a `quality` outside 1–100,
    /// [`Error::OverLimit`] for a side over 16,383 pixels, [`Error::OutOfMemory`] when the
    /// allocator refuses memory.
    pub fn to_lossy_webp(&self, quality: u8) -> Result<Vec<u8>, Error> {
        let (size, layout, gamut) = (self.size(), self.layout(), self.gamut());
        let count = |budget: &_| webp::lossy::count(size, layout, gamut, quality, budget);
        file(count, |job| webp::lossy::encode(self.view(), quality, None, job))
    }
}

/// The file that `encode` makes within the budget that `count` has counted, no longer charged.
fn file(
    count: impl FnOnce(&Budget) -> Result<u64, Error>,
    encode: impl for<'b> FnOnce(Job<'b>) -> Result<Buffer<'b, u8>, Error>,
) -> Result<Vec<u8>, Error> {
    let (budget, interrupt) = (&Budget::new(quote(count)?), &Interrupt::never());
    Ok(encode(Job { budget, interrupt })?.into_parts().0)
}

const WHITE: [u8; 3] = [255; 3];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::error::BadRequest;
    use crate::picture::{Gamut, Layout};
    use crate::size::Size;

    #[test]
    fn all_formats_are_written_and_debug_shows_no_pixels() {
        let picture = Picture::new(Size::new(2, 1), Layout::Rgba, vec![77; 8]).unwrap();
        assert!(picture.to_png().unwrap().starts_with(b"\x89PNG"));
        assert!(picture.to_webp().unwrap().starts_with(b"RIFF"));
        assert!(picture.to_jpeg(100).unwrap().starts_with(&[0xFF, 0xD8]));
        assert!(matches!(picture.to_jpeg(0), Err(Error::BadRequest(BadRequest::Quality))));
        assert_eq!(format!("{picture:?}"), "Picture(2x1 Rgba)");
    }

    #[test]
    fn every_format_has_a_profile_for_wide_colors() {
        let size = Size::new(9, 5);
        for layout in [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba] {
            let pixels = (0..45 * layout.bytes_per_pixel()).map(|i| (i * 31) as u8).collect();
            let srgb = Picture::new(size, layout, pixels).unwrap();
            let wide = srgb.clone().with_gamut(Gamut::DisplayP3);
            let files = |picture: &Picture| {
                [
                    picture.to_jpeg(90).unwrap(),
                    picture.to_png().unwrap(),
                    picture.to_webp().unwrap(),
                    picture.to_lossy_webp(90).unwrap(),
                ]
            };
            for (srgb, wide) in files(&srgb).iter().zip(files(&wide)) {
                let icc = |file: &[u8]| crate::probe::probe(file).unwrap().icc();
                assert_eq!((icc(srgb), icc(&wide).is_some()), (None, !layout.is_gray()));
            }
        }
    }

    #[test]
    fn a_transparent_pixel_is_white_in_a_jpeg() {
        let clear = Picture::new(Size::new(8, 8), Layout::Rgba, vec![0; 256]).unwrap();
        let white = Picture::new(Size::new(8, 8), Layout::Rgb, vec![255; 192]).unwrap();
        assert_eq!(clear.to_jpeg(80).unwrap(), white.to_jpeg(80).unwrap());
    }
}
