//! The transforms of a stream (RFC 9649, section 4), undone a row at a time.

use super::color_transform::{self, Factors};
use super::sub_image::decode_sub_image;
use super::{entropy_image, predictors};
use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::vp8l::{
    Headers, Image, Stream, Tiles, Transform, TransformHeader, packing,
};
use crate::size::Size;

/// What is kept of the transforms, and the most that is live while they are read.
pub(super) fn memory_bytes(size: Size, stream: &Stream) -> (u64, u64) {
    let (mut kept, mut peak, mut width) = (0, 0, size.width);
    for transform in stream.transforms.iter().flatten() {
        let image = match transform {
            Transform::Predictor(Tiles { image, .. }) => {
                kept += image.size.pixels() + 4 * u64::from(above_len(width));
                image
            }
            Transform::Color(Tiles { image, .. }) => {
                kept += size_of::<Factors>() as u64 * image.size.pixels();
                image
            }
            Transform::SubtractGreen => continue,
            Transform::Palette(image) => {
                kept += 4 * COLORS as u64;
                width = width.div_ceil(1 << packing(image.size.width));
                image
            }
        };
        peak = peak.max(kept + entropy_image::memory_bytes(image));
    }
    (kept, peak)
}

pub(super) struct Transforms<'b> {
    /// In the order in which they were applied.
    steps: [Option<Step<'b>>; 4],
}

enum Step<'b> {
    Predictor {
        tiles: PerTile<'b, u8>,
        /// The row above, and one pixel more: to the right of a row, the next one begins.
        above: Buffer<'b, u32>,
    },
    Color(PerTile<'b, Factors>),
    SubtractGreen,
    Palette {
        colors: Buffer<'b, u32>,
        packing: u32,
        /// How wide the row is with an index for each pixel.
        width: usize,
    },
}

/// One thing for each tile.
struct PerTile<'b, T> {
    side_log2: u32,
    across: usize,
    items: Buffer<'b, T>,
}

impl<'b> Transforms<'b> {
    /// Reads the transforms, which have to be those of `stream`.
    pub(super) fn read(
        headers: &mut Headers<'_>,
        stream: &Stream,
        job: Job<'b>,
    ) -> Result<Self, Error> {
        let mut steps = [const { None }; 4];
        for (step, planned) in steps.iter_mut().zip(&stream.transforms) {
            let width = headers.size.width;
            *step = Some(match (headers.transform()?, planned) {
                (None, None) => return Ok(Self { steps }),
                (
                    Some(TransformHeader::Predictor { side_log2, size }),
                    Some(Transform::Predictor(tiles)),
                ) if (side_log2, size) == (tiles.side_log2, tiles.image.size) => {
                    let above = job.budget.buffer(above_len(width) as usize, 0)?;
                    let tiles = PerTile::read(headers, tiles, job, predictors::mode)?;
                    Step::Predictor { tiles, above }
                }
                (
                    Some(TransformHeader::Color { side_log2, size }),
                    Some(Transform::Color(tiles)),
                ) if (side_log2, size) == (tiles.side_log2, tiles.image.size) => {
                    Step::Color(PerTile::read(headers, tiles, job, Factors::of)?)
                }
                (Some(TransformHeader::SubtractGreen), Some(Transform::SubtractGreen)) => {
                    Step::SubtractGreen
                }
                (Some(TransformHeader::Palette(size)), Some(Transform::Palette(image)))
                    if size == image.size =>
                {
                    let colors = read_palette(headers, image, job)?;
                    Step::Palette { colors, packing: packing(size.width), width: width as usize }
                }
                _ => return Err(Error::OTHER_BYTES),
            });
        }
        if headers.transform()?.is_some() {
            return Err(Error::OTHER_BYTES);
        }
        Ok(Self { steps })
    }

    /// Undoes them in row `y`, of which so many pixels are coded.
    pub(super) fn undo(&mut self, y: u32, mut coded: usize, row: &mut [u32]) {
        for step in self.steps.iter_mut().rev().flatten() {
            let pixels = row.get_mut(..coded).unwrap_or_default();
            match step {
                Step::Predictor { tiles, above } => {
                    if y == 0 {
                        predictors::undo_first_row(pixels);
                    } else {
                        let modes = tiles.row(y);
                        predictors::undo_row(modes, 1 << tiles.side_log2, above, pixels);
                    }
                    if let Some(above) = above.get_mut(..coded) {
                        above.copy_from_slice(pixels);
                    }
                }
                Step::Color(tiles) => {
                    let tiles_of_row = pixels.chunks_mut(1 << tiles.side_log2);
                    for (pixels, factors) in tiles_of_row.zip(tiles.row(y)) {
                        color_transform::undo(*factors, pixels);
                    }
                }
                Step::SubtractGreen => color_transform::add_green(pixels),
                Step::Palette { colors, packing, width } => {
                    coded = *width;
                    expand(colors, *packing, row.get_mut(..coded).unwrap_or_default());
                }
            }
        }
    }
}

impl<'b, T: Clone> PerTile<'b, T> {
    fn read(
        headers: &mut Headers<'_>,
        tiles: &Tiles,
        job: Job<'b>,
        item: impl Fn(u32) -> T,
    ) -> Result<Self, Error> {
        let Tiles { side_log2, image } = tiles;
        let pixels = image.size.pixels();
        let bytes = size_of::<T>() as u64 * pixels;
        let len = usize::try_from(pixels).map_err(|_| Error::OutOfMemory { bytes })?;
        let mut items = job.budget.empty_buffer(len)?;
        decode_sub_image(&mut headers.bits, image, job, |row| {
            row.iter().try_for_each(|&pixel| items.push(item(pixel)))
        })?;
        Ok(Self { side_log2: *side_log2, across: image.size.width as usize, items })
    }

    /// The tiles in which row `y` lies.
    fn row(&self, y: u32) -> &[T] {
        let start = (y >> self.side_log2) as usize * self.across;
        self.items.get(start..start + self.across).unwrap_or_default()
    }
}

/// Each colour is coded as what it adds to the one before (RFC 9649, 4.4). Indices without a colour
/// are transparent black.
fn read_palette<'b>(
    headers: &mut Headers<'_>,
    image: &Image,
    job: Job<'b>,
) -> Result<Buffer<'b, u32>, Error> {
    let mut colors = job.budget.buffer(COLORS, 0)?;
    decode_sub_image(&mut headers.bits, image, job, |row| {
        let mut last = 0;
        for (color, &added) in colors.iter_mut().zip(row) {
            last = predictors::add(last, added);
            *color = last;
        }
        Ok(())
    })?;
    Ok(colors)
}

/// Puts colours in the place of indices, of which 2^`packing` share the green of a pixel.
fn expand(colors: &[u32], packing: u32, row: &mut [u32]) {
    let Some(colors) = colors.first_chunk::<COLORS>() else { return };
    let color = |index: u32| colors[(index & 0xFF) as usize];
    if packing == 0 {
        row.iter_mut().for_each(|pixel| *pixel = color(*pixel >> 8));
        return;
    }
    let bits = 8 >> packing;
    let mask = (1 << bits) - 1;
    // From the end, since the packed ones lie at the start of the same row.
    for at in (0..row.len().div_ceil(1 << packing)).rev() {
        let mut indices = row.get(at).copied().unwrap_or_default() >> 8;
        let pixels = row.get_mut(at << packing..).unwrap_or_default();
        for pixel in pixels.iter_mut().take(1 << packing) {
            *pixel = color(indices & mask);
            indices >>= bits;
        }
    }
}

const fn above_len(width: u32) -> u32 {
    width + 1
}

const COLORS: usize = 256;
