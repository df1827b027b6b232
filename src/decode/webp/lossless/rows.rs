//! The pixels of a VP8L stream, row by row.

use super::entropy_image::EntropyImage;
use super::prefix_code_groups::PrefixCodeGroups;
use super::sub_image::read_tile_groups;
use super::transforms::Transforms;
use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::vp8l::{BitReader, Headers, Image, Stream};
use crate::size::Size;
use crate::work;

/// Decodes the rows of a stream from the top, and undoes its transforms. A pixel is 0xAARRGGBB.
pub(in crate::decode::webp) struct Rows<'a, 'b> {
    bits: BitReader<'a>,
    pixels: EntropyImage<'b>,
    transforms: Transforms<'b>,
    row: Buffer<'b, u32>,
    y: u32,
}

impl<'a, 'b> Rows<'a, 'b> {
    /// Reads the headers again. They must match the planned `stream`.
    pub(in crate::decode::webp) fn new(
        data: &'a [u8],
        (size, stream): (Size, &Stream),
        job: Job<'b>,
    ) -> Result<Self, Error> {
        let mut headers = Headers::new(data, size);
        let transforms = Transforms::read(&mut headers, stream, job)?;
        let declared = Image::start(&mut headers.bits, headers.size)?;
        let tiles = read_tile_groups(&mut headers, stream, job)?;
        let mut bits = headers.bits;
        let groups = PrefixCodeGroups::read(&mut bits, declared, &stream.picture, job)?;
        let pixels = EntropyImage::new(stream.picture, groups, tiles, job.budget)?;
        let row = job.budget.buffer(size.width as usize, 0)?;
        Ok(Self { bits, pixels, transforms, row, y: 0 })
    }

    /// The next row. Truncated or corrupt data is an error, returned before
    /// the row that it belongs to.
    pub(in crate::decode::webp) fn next(&mut self) -> Result<&[u32], Error> {
        let coded = self.pixels.next_row(&mut self.bits)?;
        work::decoded(self.row.len() as u64);
        if let Some(row) = self.row.get_mut(..coded.len()) {
            row.copy_from_slice(coded);
        }
        self.transforms.undo(self.y, coded.len(), &mut self.row);
        self.y += 1;
        Ok(&self.row)
    }

    /// The green channel of the next row, which has the samples of an ALPH chunk.
    pub(in crate::decode::webp) fn next_green(&mut self, samples: &mut [u8]) -> Result<(), Error> {
        extract_channel(self.next()?, GREEN_SHIFT, samples);
        Ok(())
    }
}

/// Copies one channel of each pixel to `samples`.
pub(super) fn extract_channel(row: &[u32], shift: u32, samples: &mut [u8]) {
    for (sample, &pixel) in samples.iter_mut().zip(row) {
        *sample = channel(pixel, shift);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "eight bits")]
const fn channel(pixel: u32, shift: u32) -> u8 {
    (pixel >> shift) as u8
}

pub(super) const ALPHA_SHIFT: u32 = 24;
pub(super) const RED_SHIFT: u32 = 16;
pub(super) const GREEN_SHIFT: u32 = 8;
pub(super) const BLUE_SHIFT: u32 = 0;
