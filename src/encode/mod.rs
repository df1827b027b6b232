//! Upright pixels in sRGB or Display P3 → a new file that contains nothing else, or the profile of the
//! latter.
//!
//! Each format has `encode`, and `count` for the most memory that `encode` allocates for any picture
//! of a size, even for noise.

use core::ops::Deref;

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::limits::Limit;
use crate::picture::{Gamut, Layout, PictureView};
use crate::request::{JpegEffort, OutputFormat};
use crate::size::Size;

mod file_writer;
pub(crate) mod jpeg;
mod picture;
pub(crate) mod png;
mod profile;
mod quality;
#[cfg(test)]
mod test_pictures;
#[cfg(test)]
mod tests;
pub(crate) mod webp;

/// How one output is encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) format: OutputFormat,
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) gamut: Gamut,
    /// The colour behind transparent pixels in a format without alpha.
    pub(crate) background: [u8; 3],
    /// The longest allowed file.
    pub(crate) max_bytes: Option<u64>,
    /// Chroma of a JPEG has the size of luma.
    pub(crate) jpeg_full_chroma: bool,
    pub(crate) jpeg_progressive: bool,
    pub(crate) jpeg_effort: JpegEffort,
}

impl Order {
    /// Encodes `pixels`, which have the size and layout of this order.
    pub(crate) fn encode<'b>(
        &self,
        pixels: impl Deref<Target = [u8]>,
        job: Job<'b>,
    ) -> Result<Buffer<'b, u8>, Error> {
        let &Self { size, layout, gamut, .. } = self;
        let picture = PictureView { size, layout, gamut, pixels: &pixels };
        let file = match self.format {
            OutputFormat::Jpeg { quality } => self.jpeg(quality).encode(pixels, job),
            OutputFormat::Png => png::encode(picture, job),
            OutputFormat::WebP { quality } => {
                webp::lossy::encode(picture, quality, self.max_bytes, job)
            }
            OutputFormat::WebPLossless => webp::lossless::encode(picture, job),
            OutputFormat::Pixels => Err(Error::Bug("an output of pixels is not encoded")),
        }?;
        if let Some(max_bytes) = self.max_bytes {
            Limit::OutputBytes.check(file.len() as u64, max_bytes)?;
        }
        Ok(file)
    }

    const fn jpeg(&self, quality: u8) -> jpeg::Settings {
        jpeg::Settings {
            size: self.size,
            layout: self.layout,
            gamut: self.gamut,
            quality,
            max_bytes: self.max_bytes,
            has_full_chroma: self.jpeg_full_chroma,
            is_progressive: self.jpeg_progressive,
            effort: self.jpeg_effort,
            background: self.background,
        }
    }

    /// Charges what is live in [`encode`](Self::encode) to a budget that counts. The pixels take
    /// `pixel_bytes`, and may be dropped before the end. Returns what is charged when the file starts
    /// to grow.
    pub(crate) fn count(&self, pixel_bytes: u64, budget: &Budget) -> Result<u64, Error> {
        let &Self { size, layout, gamut, .. } = self;
        if let OutputFormat::Jpeg { quality } = self.format {
            return self.jpeg(quality).count(pixel_bytes, budget);
        }
        let _pixels = budget.reserve(pixel_bytes)?;
        match self.format {
            OutputFormat::Png => png::count(size, layout, gamut, budget),
            OutputFormat::WebP { quality } => {
                webp::lossy::count(size, layout, gamut, quality, budget)
            }
            OutputFormat::WebPLossless => webp::lossless::count(size, layout, gamut, budget),
            OutputFormat::Jpeg { .. } | OutputFormat::Pixels => Ok(0),
        }
    }

    /// The most work of [`encode`](Self::encode) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        match self.format {
            OutputFormat::Jpeg { quality } => self.jpeg(quality).work_ps(),
            OutputFormat::Png => png::work_ps(self.size, self.layout),
            OutputFormat::WebP { quality } => {
                let tries = if self.max_bytes.is_some() { quality::MAX_TRIES } else { 0 };
                webp::lossy::work_ps(self.size, self.layout, quality, tries)
            }
            OutputFormat::WebPLossless => webp::lossless::work_ps(self.size, self.layout),
            OutputFormat::Pixels => 0,
        }
    }

    /// The most bytes that the finished file occupies: its length, and up to a sixteenth more
    /// capacity.
    pub(crate) const fn file_bytes(&self) -> u64 {
        let bytes = match self.format {
            OutputFormat::Jpeg { quality } => self.jpeg(quality).file_bytes(),
            OutputFormat::Png => png::file_bytes(self.size, self.layout, self.gamut),
            OutputFormat::WebP { quality } => {
                webp::lossy::file_bytes(self.size, self.layout, self.gamut, quality)
            }
            OutputFormat::WebPLossless => {
                webp::lossless::file_bytes(self.size, self.layout, self.gamut)
            }
            OutputFormat::Pixels => 0,
        };
        bytes.saturating_add(bytes / 16)
    }
}
