//! The inverse transforms of a stream (RFC 9649, section 4), applied one row at a time.

use super::color_transform::{self, Multipliers};
use super::sub_image::{count_sub_image, decode_sub_image};
use super::{entropy_image, predictors};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::vp8l::{
    BitReader, Headers, Image, Stream, Tiles, Transform, TransformHeader, packing,
};
use crate::simd;
use crate::size::Size;

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
            let (declared, planned) = match (headers.transform()?, planned) {
                (None, None) => return Ok(Self { transforms }),
                (Some(declared), Some(planned)) => (declared, planned),
                _ => return Err(Error::OTHER_BYTES),
            };
            if !is_planned(&declared, planned) {
                return Err(Error::OTHER_BYTES);
            }
            let new = transform.insert(InverseTransform::new(planned, width, job.budget)?);
            new.read(&mut headers.bits, planned, job)?;
        }
        if headers.transform()?.is_some() {
            return Err(Error::OTHER_BYTES);
        }
        Ok(Self { transforms })
    }

    /// Charges what is live in [`read`](Self::read) to a budget that counts, until the result is
    /// dropped.
    pub(super) fn count(size: Size, stream: &Stream, budget: &'b Budget) -> Result<Self, Error> {
        let mut transforms = [const { None }; 4];
        let mut width = size.width;
        for (transform, planned) in transforms.iter_mut().zip(stream.transforms.iter().flatten()) {
            *transform = Some(InverseTransform::new(planned, width, budget)?);
            if let Some(image) = sub_image(planned) {
                count_sub_image(image, budget)?;
            }
            if let Transform::Palette(image) = planned {
                width = width.div_ceil(1 << packing(image.size.width));
            }
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

impl<'b> InverseTransform<'b> {
    /// A planned transform without its data, for pictures of this coded width.
    fn new(planned: &Transform, width: u32, budget: &'b Budget) -> Result<Self, Error> {
        Ok(match planned {
            Transform::Predictor(tiles) => Self::Predictor {
                tiles: PerTile::new(tiles, budget)?,
                above: budget.buffer(above_len(width).into(), 0)?,
            },
            Transform::Color(tiles) => Self::Color(PerTile::new(tiles, budget)?),
            Transform::SubtractGreen => Self::SubtractGreen,
            Transform::Palette(image) => Self::ColorIndexing {
                colors: budget.buffer(MAX_COLORS as u64, 0)?,
                packing: packing(image.size.width),
                width: width as usize,
            },
        })
    }

    /// Reads the data of the transform.
    fn read(
        &mut self,
        bits: &mut BitReader<'_>,
        planned: &Transform,
        job: Job<'_>,
    ) -> Result<(), Error> {
        let Some(image) = sub_image(planned) else { return Ok(()) };
        decode_sub_image(bits, image, job, |row| match self {
            Self::Predictor { tiles, .. } => tiles.push(row, predictors::mode),
            Self::Color(tiles) => tiles.push(row, Multipliers::from_pixel),
            Self::SubtractGreen => Ok(()),
            Self::ColorIndexing { colors, .. } => {
                set_palette(colors, row);
                Ok(())
            }
        })
    }
}

/// The image with the data of a transform.
const fn sub_image(transform: &Transform) -> Option<&Image> {
    match transform {
        Transform::Predictor(tiles) | Transform::Color(tiles) => Some(&tiles.image),
        Transform::SubtractGreen => None,
        Transform::Palette(image) => Some(image),
    }
}

/// Whether the header of a transform is the one that the plan was made from.
fn is_planned(declared: &TransformHeader, planned: &Transform) -> bool {
    match (declared, planned) {
        (&TransformHeader::Predictor { side_log2, size }, Transform::Predictor(tiles))
        | (&TransformHeader::Color { side_log2, size }, Transform::Color(tiles)) => {
            (side_log2, size) == (tiles.side_log2, tiles.image.size)
        }
        (TransformHeader::SubtractGreen, Transform::SubtractGreen) => true,
        (&TransformHeader::Palette(size), Transform::Palette(image)) => size == image.size,
        _ => false,
    }
}

impl<'b, T> PerTile<'b, T> {
    fn new(tiles: &Tiles, budget: &'b Budget) -> Result<Self, Error> {
        let Tiles { side_log2, image } = *tiles;
        let items = budget.empty_buffer(image.size.pixels())?;
        Ok(Self { side_log2, tiles_per_row: image.size.width as usize, items })
    }

    /// Appends the items of a row of tiles.
    fn push(&mut self, row: &[u32], item: impl Fn(u32) -> T) -> Result<(), Error> {
        row.iter().try_for_each(|&pixel| self.items.push(item(pixel)))
    }

    /// The items of the row of tiles that row `y` belongs to.
    fn row(&self, y: u32) -> &[T] {
        let start = (y >> self.side_log2) as usize * self.tiles_per_row;
        self.items.get(start..start + self.tiles_per_row).unwrap_or_default()
    }
}

/// Sets the colour table (RFC 9649, 4.4). Each colour is coded as its difference from the previous
/// one. Indices without a colour are transparent black.
fn set_palette(colors: &mut [u32], differences: &[u32]) {
    let mut previous = 0;
    for (color, &difference) in colors.iter_mut().zip(differences) {
        previous = predictors::add(previous, difference);
        *color = previous;
    }
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
