//! VP8L → rows of planes (RFC 9649, section 3): decodes the entropy-coded pixels and undoes
//! the transforms, one row at a time.

use crate::budget::{Budget, Buffer};
use crate::decode::premultiply::is_opaque_row;
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::vp8l::Stream;
use crate::shrink::RowSink;
use crate::size::Size;

mod color_pairs;
mod color_transform;
mod prefix_code_groups;
mod entropy_image;
mod predictors;
mod rows;
mod sub_image;
mod tile_groups;
#[cfg(test)]
mod tests;
mod transforms;

pub(super) use rows::Rows;
use rows::{ALPHA_SHIFT, BLUE_SHIFT, GREEN_SHIFT, RED_SHIFT, extract_channel};

/// The most work of [`Rows`] in picoseconds.
pub(super) fn work_ps(stream: &Stream) -> u64 {
    let tiles = stream.tiles.as_ref().map_or(0, |tiles| entropy_image::work_ps(&tiles.image));
    transforms::work_ps(stream)
        .saturating_add(tiles)
        .saturating_add(entropy_image::work_ps(&stream.picture))
}

/// The most work of [`decode`] beyond [`work_ps`]: extracting the planes.
pub(super) fn extract_ps(size: Size, premultiply: bool) -> u64 {
    let premultiplied = if premultiply { size.pixels() } else { 0 };
    sum_ps([(size.pixels(), EXTRACTED_PIXEL_PS), (premultiplied, PREMULTIPLIED_PIXEL_PS)])
}

const EXTRACTED_PIXEL_PS: u64 = 1_000;
const PREMULTIPLIED_PIXEL_PS: u64 = 1_000;

/// What is done with the alpha channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AlphaUse {
    /// The picture is opaque, whatever the alpha of its pixels is.
    None,
    Straight,
    /// Colours are multiplied by alpha.
    Premultiplied,
}

/// A row of one colour, and one of alpha, which is empty if alpha is not used.
pub(super) struct SampleRows<'b> {
    samples: Buffer<'b, u8>,
    alphas: Buffer<'b, u8>,
}

impl<'b> SampleRows<'b> {
    pub(super) fn new(size: Size, alpha: AlphaUse, budget: &'b Budget) -> Result<Self, Error> {
        let width = u64::from(size.width);
        let alphas = if alpha == AlphaUse::None { 0 } else { width };
        Ok(Self { samples: budget.buffer(width, 0)?, alphas: budget.buffer(alphas, 0)? })
    }
}

/// Delivers, for each row, alpha unless opaque, then red, green and blue.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    (size, stream): (Size, &Stream),
    alpha: AlphaUse,
    job: Job<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let mut rows = Rows::new(data, (size, stream), job)?;
    let SampleRows { mut samples, mut alphas } = SampleRows::new(size, alpha, job.budget)?;
    for y in 0..size.height {
        job.interrupt.check()?;
        let row = rows.next()?;
        extract_channel(row, ALPHA_SHIFT, &mut alphas);
        if alpha != AlphaUse::None {
            sink.row(3, y, &alphas)?;
        }
        let multiplies = alpha == AlphaUse::Premultiplied && !is_opaque_row(&alphas);
        for (plane, shift) in [(0, RED_SHIFT), (1, GREEN_SHIFT), (2, BLUE_SHIFT)] {
            extract_channel(row, shift, &mut samples);
            if multiplies {
                premultiply(&mut samples, &alphas);
            }
            sink.row(plane, y, &samples)?;
        }
    }
    Ok(())
}

/// The same as [`premultiply_row`](crate::decode::premultiply::premultiply_row) towards 0, in
/// 16-bit arithmetic, which is vectorized with more lanes.
fn premultiply(samples: &mut [u8], alphas: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alphas) {
        let product = u16::from(*sample) * u16::from(alpha) + 128;
        let [quotient, _] = (product + (product >> 8)).to_be_bytes();
        *sample = quotient;
    }
}
