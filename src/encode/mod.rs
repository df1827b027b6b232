//! Upright sRGB pixels → a new file that contains nothing else.
//!
//! Each format has `encode` and `memory_bytes`: an upper bound of the bytes that `encode` allocates
//! for any picture of a size, even for noise.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::picture::{Layout, PictureView};
use crate::request::OutputFormat;
use crate::size::Size;
use crate::work;

mod file_writer;
pub(crate) mod jpeg;
mod picture;
pub(crate) mod png;
#[cfg(test)]
mod test_pictures;
pub(crate) mod webp;

/// How one output is encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) format: OutputFormat,
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    /// The colour behind transparent pixels in a format without alpha.
    pub(crate) background: [u8; 3],
}

impl Order {
    /// Encodes `pixels`, which have the size and layout of this order.
    pub(crate) fn encode<'b>(
        &self,
        pixels: &[u8],
        budget: &'b Budget,
    ) -> Result<Buffer<'b, u8>, Error> {
        work::encoded(self.size.pixels());
        let picture = PictureView { size: self.size, layout: self.layout, pixels };
        match self.format {
            OutputFormat::Jpeg { quality } => {
                jpeg::encode(picture, quality, self.background, budget)
            }
            OutputFormat::Png => png::encode(picture, budget),
            OutputFormat::WebPLossless => webp::encode(picture, budget),
            OutputFormat::Pixels => Err(Error::Bug("an output of pixels is not encoded")),
        }
    }

    /// The most bytes that [`encode`](Self::encode) allocates.
    pub(crate) const fn memory_bytes(&self) -> u64 {
        match self.format {
            OutputFormat::Jpeg { quality } => jpeg::memory_bytes(self.size, self.layout, quality),
            OutputFormat::Png => png::memory_bytes(self.size, self.layout),
            OutputFormat::WebPLossless => webp::memory_bytes(self.size, self.layout),
            OutputFormat::Pixels => 0,
        }
    }

    /// The part of [`memory_bytes`](Self::memory_bytes) that the file takes while it grows.
    #[cfg(feature = "instrument")]
    pub(crate) const fn growing_file_bytes(&self) -> u64 {
        match self.format {
            OutputFormat::Jpeg { quality } => {
                jpeg::file_bound(self.size, self.layout, quality).memory_bytes()
            }
            OutputFormat::Png => png::file_bound(self.size, self.layout).memory_bytes(),
            OutputFormat::WebPLossless => webp::memory_bytes(self.size, self.layout),
            OutputFormat::Pixels => 0,
        }
    }

    /// The most work of [`encode`](Self::encode) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        match self.format {
            OutputFormat::Jpeg { quality } => jpeg::work_ps(self.size, self.layout, quality),
            OutputFormat::Png => png::work_ps(self.size, self.layout),
            OutputFormat::WebPLossless => webp::work_ps(self.size, self.layout),
            OutputFormat::Pixels => 0,
        }
    }

    /// The most bytes that the finished file occupies: its length, and up to a sixteenth more
    /// capacity.
    pub(crate) const fn file_bytes(&self) -> u64 {
        let bytes = match self.format {
            OutputFormat::Jpeg { quality } => jpeg::file_bytes(self.size, self.layout, quality),
            OutputFormat::Png => png::file_bytes(self.size, self.layout),
            OutputFormat::WebPLossless => webp::memory_bytes(self.size, self.layout),
            OutputFormat::Pixels => 0,
        };
        bytes.saturating_add(bytes / 16)
    }
}
