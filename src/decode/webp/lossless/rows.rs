//! The pixels of a VP8L stream, row by row.

use super::entropy_image::EntropyImage;
use super::sub_image::{count_sub_image, read_tile_groups};
use super::tile_groups::TileGroups;
use super::transforms::Transforms;
use crate::budget::{Budget, Buffer};
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
    size: Size,
    /// One row, or two that are undone together.
    rows: Buffer<'b, u32>,
    /// The next row of the picture. The second of two rows is in `rows` already.
    y: u32,
    rows_at_once: u32,
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
        let (mut pixels, rows) = buffers(size, stream, tiles, job.budget)?;
        pixels.read_codes(&mut bits, declared, job.interrupt)?;
        let rows_at_once = Transforms::rows_at_once(stream);
        Ok(Self { bits, pixels, transforms, size, rows, y: 0, rows_at_once })
    }

    /// Charges what is live in [`Rows`] to a budget that counts, until the result is dropped.
    ///
    /// The sub-images in the headers are decoded one after another, and then the picture. Each is
    /// decoded while the results of those before it are in memory.
    pub(in crate::decode::webp) fn count(
        size: Size,
        stream: &Stream,
        budget: &'b Budget,
    ) -> Result<impl Sized + use<'b>, Error> {
        let transforms = Transforms::count(size, stream, budget)?;
        let tiles = match &stream.tiles {
            Some(tiles) => {
                let groups = TileGroups::new(tiles, budget)?;
                count_sub_image(&tiles.image, budget)?;
                Some(groups)
            }
            None => None,
        };
        Ok((transforms, buffers(size, stream, tiles, budget)?))
    }

    /// The next row. Truncated or corrupt data is an error, returned before
    /// the row that it belongs to.
    pub(in crate::decode::webp) fn next(&mut self) -> Result<&[u32], Error> {
        let (first, second) = self.rows.split_at_mut(self.size.width as usize);
        let y = self.y;
        self.y += 1;
        if !y.is_multiple_of(self.rows_at_once) {
            return Ok(second);
        }
        let is_last = self.y == self.size.height;
        let second = if is_last { Default::default() } else { second };
        let mut width = 0;
        for row in [&mut *first, &mut *second] {
            if row.is_empty() {
                break;
            }
            let coded = self.pixels.next_row(&mut self.bits)?;
            work::decoded(row.len() as u64);
            width = coded.len();
            if let Some(row) = row.get_mut(..width) {
                row.copy_from_slice(coded);
            }
        }
        self.transforms.undo(y, width, [first, second]);
        Ok(first)
    }

    /// The green channel of the next row, which has the samples of an ALPH chunk.
    pub(in crate::decode::webp) fn next_green(&mut self, samples: &mut [u8]) -> Result<(), Error> {
        extract_channel(self.next()?, GREEN_SHIFT, samples);
        Ok(())
    }
}

/// The picture without codes, and the rows in which its transforms are undone.
fn buffers<'b>(
    size: Size,
    stream: &Stream,
    tiles: Option<TileGroups<'b>>,
    budget: &'b Budget,
) -> Result<(EntropyImage<'b>, Buffer<'b, u32>), Error> {
    let samples = u64::from(Transforms::rows_at_once(stream)) * u64::from(size.width);
    Ok((EntropyImage::new(stream.picture, tiles, budget)?, budget.buffer(samples, 0)?))
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
