//! The inverse transforms of a stream (RFC 9649, section 4), applied one row at a time.

use super::color_transform::{self, Multipliers};
use super::sub_image::decode_sub_image;
use super::{entropy_image, predictors};
use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::vp8l::{
    Headers, Image, Stream, Tiles, Transform, TransformHeader, packing,
};
use crate::simd;
use crate::size::Size;

/// The memory of [`Transforms`], and the peak while they are read, in bytes.
pub(super) fn memory_bytes(size: Size, stream: &Stream) -> (u64, u64) {
    let (mut retained, mut peak, mut width) = (0, 0, size.width);
    for transform in stream.transforms.iter().flatten() {
        let image = match transform {
            Transform::Predictor(Tiles { image, .. }) => {
                retained += image.size.pixels() + 4 * u64::from(above_len(width));
                image
            }
            Transform::Color(Tiles { image, .. }) => {
                retained += size_of::<Multipliers>() as u64 * image.size.pixels();
                image
            }
            Transform::SubtractGreen => continue,
            Transform::Palette(image) => {
                retained += 4 * MAX_COLORS as u64;
                width = width.div_ceil(1 << packing(image.size.width));
                image
            }
        };
        peak = peak.max(retained + entropy_image::memory_bytes(image));
    }
    (retained, peak)
}

/// The most work of reading and undoing the transforms, in picoseconds.
pub(super) fn work_ps(stream: &Stream) -> u64 {
    let coded_pixels = stream.picture.size.pixels();
    let transform_ps = |transform: &Transform| match transform {
        Transform::Predictor(tiles) => sum_ps([(coded_pixels, PREDICTED_PIXEL_PS)])
            .saturating_add(entropy_image::work_ps(&tiles.image)),
        Transform::Color(tiles) => sum_ps([(coded_pixels, COLOR_PIXEL_PS)])
            .saturating_add(entropy_image::work_ps(&tiles.image)),
        Transform::SubtractGreen => sum_ps([(coded_pixels, GREEN_PIXEL_PS)]),
        // A row of 16,384 indices, eight for each coded pixel.
        Transform::Palette(image) => sum_ps([(coded_pixels, 8 * INDEXED_PIXEL_PS)])
            .saturating_add(entropy_image::work_ps(image)),
    };
    stream.transforms.iter().flatten().map(transform_ps).fold(0, u64::saturating_add)
}

const PREDICTED_PIXEL_PS: u64 = 6_000;
const COLOR_PIXEL_PS: u64 = 2_200;
const GREEN_PIXEL_PS: u64 = 300;
const INDEXED_PIXEL_PS: u64 = 1_000;

pub(super) struct Transforms<'b> {
    /// In the order in which the encoder applied them.
    transforms: [Option<InverseTransform<'b>>; 4],
}

enum InverseTransform<'b> {
    Predictor {
        tiles: PerTile<'b, u8>,
        /// The row above and one more pixel: the first of the current row, which counts as above
        /// and to the right of its last pixel.
        above: Buffer<'b, u32>,
    },
    Color(PerTile<'b, Multipliers>),
    SubtractGreen,
    ColorIndexing {
        colors: Buffer<'b, u32>,
        packing: u32,
        /// The width of the row when unpacked: one index for each pixel.
        width: usize,
    },
}

/// One item for each tile.
struct PerTile<'b, T> {
    side_log2: u32,
    tiles_per_row: usize,
    items: Buffer<'b, T>,
}

impl<'b> Transforms<'b> {
    /// Reads the transforms. They must match the planned `stream`.
    pub(super) fn read(
        headers: &mut Headers<'_>,
        stream: &Stream,
        job: Job<'b>,
    ) -> Result<Self, Error> {
        let mut transforms = [const { None }; 4];
        for (transform, planned) in transforms.iter_mut().zip(&stream.transforms) {
            let width = headers.size.width;
            *transform = Some(match (headers.transform()?, planned) {
                (None, None) => return Ok(Self { transforms }),
                (
                    Some(TransformHeader::Predictor { side_log2, size }),
                    Some(Transform::Predictor(tiles)),
                ) if (side_log2, size) == (tiles.side_log2, tiles.image.size) => {
                    let above = job.budget.buffer(above_len(width) as usize, 0)?;
                    let tiles = PerTile::read(headers, tiles, job, predictors::mode)?;
                    InverseTransform::Predictor { tiles, above }
                }
                (
                    Some(TransformHeader::Color { side_log2, size }),
                    Some(Transform::Color(tiles)),
                ) if (side_log2, size) == (tiles.side_log2, tiles.image.size) => {
                    InverseTransform::Color(PerTile::read(
                        headers,
                        tiles,
                        job,
                        Multipliers::from_pixel,
                    )?)
                }
                (Some(TransformHeader::SubtractGreen), Some(Transform::SubtractGreen)) => {
                    InverseTransform::SubtractGreen
                }
                (Some(TransformHeader::Palette(size)), Some(Transform::Palette(image)))
                    if size == image.size =>
                {
                    let colors = read_palette(headers, image, job)?;
                    InverseTransform::ColorIndexing {
                        colors,
                        packing: packing(size.width),
                        width: width as usize,
                    }
                }
                _ => return Err(Error::OTHER_BYTES),
            });
        }
        if headers.transform()?.is_some() {
            return Err(Error::OTHER_BYTES);
        }
        Ok(Self { transforms })
    }

    /// The number of rows that are best undone together.
    pub(super) fn rows_at_once(stream: &Stream) -> u32 {
        let predicted = |transform: &Transform| matches!(transform, Transform::Predictor(_));
        if stream.transforms.iter().flatten().any(predicted) { 2 } else { 1 }
    }

    /// Undoes the transforms in row `y` and, if it is in `rows`, the row below it. `width` is the
    /// number of coded pixels at the start of each, which is less than the width of the picture where
    /// indices are packed. A row with an odd number has no row below it.
    pub(super) fn undo(&mut self, y: u32, width: usize, rows: [&mut [u32]; 2]) {
        // Compiled for the vectors of the machine, with all that is inlined into it.
        simd::vectorize(
            #[inline(always)]
            || self.undo_rows(y, width, rows),
        );
    }

    #[inline(always)]
    fn undo_rows(&mut self, y: u32, mut width: usize, [first, second]: [&mut [u32]; 2]) {
        for transform in self.transforms.iter_mut().rev().flatten() {
            let pixels = first.get_mut(..width).unwrap_or_default();
            let below = second.get_mut(..width).unwrap_or_default();
            match transform {
                InverseTransform::Predictor { tiles, above } => {
                    let (modes, side) = (tiles.row(y), 1 << tiles.side_log2);
                    if y > 0 && !below.is_empty() && side >= MIN_SIDE_OF_TWO_ROWS {
                        predictors::undo_two_rows(modes, side, above, pixels, below);
                        keep(above, below);
                        continue;
                    }
                    if y == 0 {
                        predictors::undo_first_row(pixels);
                    } else {
                        predictors::undo_row(modes, side, above, pixels);
                    }
                    keep(above, pixels);
                    if !below.is_empty() {
                        predictors::undo_row(modes, side, above, below);
                        keep(above, below);
                    }
                }
                InverseTransform::Color(tiles) => {
                    let multipliers = tiles.row(y);
                    for row in [pixels, below] {
                        let tiles_of_row = row.chunks_mut(1 << tiles.side_log2);
                        for (pixels, multipliers) in tiles_of_row.zip(multipliers) {
                            if pixels.len() < 16 {
                                color_transform::undo_few(*multipliers, pixels);
                            } else {
                                color_transform::undo(*multipliers, pixels);
                            }
                        }
                    }
                }
                InverseTransform::SubtractGreen => {
                    color_transform::add_green(pixels);
                    color_transform::add_green(below);
                }
                InverseTransform::ColorIndexing { colors, packing, width: unpacked_width } => {
                    width = *unpacked_width;
                    look_up_colors(colors, *packing, first.get_mut(..width).unwrap_or_default());
                    look_up_colors(colors, *packing, second.get_mut(..width).unwrap_or_default());
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
        Ok(Self { side_log2: *side_log2, tiles_per_row: image.size.width as usize, items })
    }

    /// The items of the row of tiles that row `y` belongs to.
    fn row(&self, y: u32) -> &[T] {
        let start = (y >> self.side_log2) as usize * self.tiles_per_row;
        self.items.get(start..start + self.tiles_per_row).unwrap_or_default()
    }
}

/// Reads the colour table (RFC 9649, 4.4). Each colour is coded as its difference from the
/// previous one. Indices without a colour are transparent black.
fn read_palette<'b>(
    headers: &mut Headers<'_>,
    image: &Image,
    job: Job<'b>,
) -> Result<Buffer<'b, u32>, Error> {
    let mut colors = job.budget.buffer(MAX_COLORS, 0)?;
    decode_sub_image(&mut headers.bits, image, job, |row| {
        let mut previous = 0;
        for (color, &difference) in colors.iter_mut().zip(row) {
            previous = predictors::add(previous, difference);
            *color = previous;
        }
        Ok(())
    })?;
    Ok(colors)
}

/// Keeps a row for the prediction of the next one.
fn keep(above: &mut [u32], row: &[u32]) {
    if let Some(above) = above.get_mut(..row.len()) {
        above.copy_from_slice(row);
    }
}

/// Replaces indices by colours. The green channel of a coded pixel has 2^`packing` indices.
#[inline(always)]
fn look_up_colors(colors: &[u32], packing: u32, row: &mut [u32]) {
    let Some(colors) = colors.first_chunk::<MAX_COLORS>() else { return };
    let color = |index: u32| colors[(index & 0xFF) as usize];
    if packing == 0 {
        row.iter_mut().for_each(|pixel| *pixel = color(*pixel >> 8));
        return;
    }
    let bits = 8 >> packing;
    let mask = (1 << bits) - 1;
    // From the end, because the packed pixels are at the start of the same row.
    for packed in (0..row.len().div_ceil(1 << packing)).rev() {
        let mut indices = row.get(packed).copied().unwrap_or_default() >> 8;
        let pixels = row.get_mut(packed << packing..).unwrap_or_default();
        for pixel in pixels.iter_mut().take(1 << packing) {
            *pixel = color(indices & mask);
            indices >>= bits;
        }
    }
}

/// The pixels of the row above that the predictor transform stores.
const fn above_len(width: u32) -> u32 {
    width + 1
}

/// In smaller tiles, the start of each takes longer than two chains save.
const MIN_SIDE_OF_TWO_ROWS: usize = 16;

const MAX_COLORS: usize = 256;
