//! VP8L → rows (RFC 9649, section 3): pixels out of prefix codes and a window of earlier pixels, then
//! the transforms undone, a row at a time.

use crate::decode::premultiply::is_opaque_row;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::vp8l::Stream;
use crate::shrink::RowSink;
use crate::size::Size;

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
use rows::{ALPHA, BLUE, GREEN, RED, extract_channel};

/// The most that is live while a stream is decoded to rows.
///
/// The images in the headers are decoded one after the other, each beside what is kept of those
/// before it, and then the picture beside all.
pub(super) fn memory_bytes(size: Size, stream: &Stream) -> u64 {
    let (transforms, mut peak) = transforms::memory_bytes(size, stream);
    let mut kept = transforms;
    if let Some(tiles) = &stream.tiles {
        kept += tile_groups::tile_bytes(tiles);
        peak = peak.max(kept + entropy_image::memory_bytes(&tiles.image));
    }
    peak.max(kept + entropy_image::memory_bytes(&stream.picture) + row_bytes(size))
}

/// The row in which transforms are undone.
fn row_bytes(size: Size) -> u64 {
    4 * u64::from(size.width)
}

/// What [`decode`] holds beside [`memory_bytes`]: a row of one colour, and one of alpha.
pub(super) fn sample_bytes(size: Size, stream: &Stream) -> u64 {
    u64::from(size.width) * if stream.alpha { 2 } else { 1 }
}

/// What becomes of the alpha of each pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AlphaUse {
    /// The picture is opaque, whatever its pixels say.
    None,
    Straight,
    /// The colours are multiplied by it.
    Premultiplied,
}

/// Emits alpha, unless opaque, red, green and blue of each row in turn.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    (size, stream): (Size, &Stream),
    alpha: AlphaUse,
    job: Job<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let width = size.width as usize;
    let mut rows = Rows::new(data, (size, stream), job)?;
    let mut samples = job.budget.buffer(width, 0u8)?;
    let mut alphas = job.budget.buffer(if alpha == AlphaUse::None { 0 } else { width }, 0u8)?;
    for y in 0..size.height {
        job.interrupt.check()?;
        let row = rows.next()?;
        extract_channel(row, ALPHA, &mut alphas);
        if alpha != AlphaUse::None {
            sink.row(3, y, &alphas)?;
        }
        let multiplies = alpha == AlphaUse::Premultiplied && !is_opaque_row(&alphas);
        for (plane, shift) in [(0, RED), (1, GREEN), (2, BLUE)] {
            extract_channel(row, shift, &mut samples);
            if multiplies {
                multiply(&mut samples, &alphas);
            }
            sink.row(plane, y, &samples)?;
        }
    }
    Ok(())
}

/// The same as [`premultiply_row`](super::super::premultiply_row) towards 0, in numbers of 16 bits, of
/// which the machine takes many at a time.
fn multiply(samples: &mut [u8], alphas: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alphas) {
        let product = u16::from(*sample) * u16::from(alpha) + 128;
        let [quotient, _] = (product + (product >> 8)).to_be_bytes();
        *sample = quotient;
    }
}
