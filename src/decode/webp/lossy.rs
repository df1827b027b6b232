//! VP8 → rows of planes.

use image_webp::vp8::Vp8Decoder;

use super::super::{RowSink, premultiply_row};
use super::{BAND, failure};
use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::vp8::{BLACK, Frame, NO_CHROMA};
use crate::work;

/// The peak of image-webp's heap, followed through `decode_frame`.
pub(super) fn memory_bytes(frame: &Frame) -> u64 {
    let columns = u64::from(frame.size.width.div_ceil(16));
    let borders = u64::from(frame.size.width) + 20 + 16 * columns + 2 * (17 + 9 + 9);
    let mut live = plane_bytes(frame) + TOKEN_PROBABILITIES + MACROBLOCK * columns + borders;
    let mut peak = live;

    // Each partition is copied into words; a last word that is not full is cut off, by a move.
    let words = |bytes: u32| 4 * u64::from(bytes.div_ceil(4));
    let mut partition = |live: &mut u64, bytes: u32, beside: u64| {
        let moved = if bytes.is_multiple_of(4) { 0 } else { words(bytes) - 4 };
        peak = peak.max(*live + words(bytes) + moved + beside);
        *live += words(bytes);
    };
    partition(&mut live, frame.first_partition_bytes, 0);
    if let Some((&last, others)) = frame.partitions().split_last() {
        for &bytes in others {
            partition(&mut live, bytes, LENGTHS);
        }
        // The last one is read to the end of the data first.
        partition(&mut live, last, u64::from(last).max(8));
    }

    // One entry for each macroblock, in a vector that grows by doubling, from four entries on.
    let capacity = frame.macroblocks().next_power_of_two().max(4);
    let grown_from = if capacity > 4 { capacity / 2 } else { 0 };
    let decoded = live + MACROBLOCK * (capacity + grown_from);
    // All of that is gone when our two rows come.
    let emitted = plane_bytes(frame) + 2 * u64::from(frame.size.width);
    peak.max(decoded).max(emitted) + ERROR
}

/// Y, U and V, padded to whole macroblocks.
const fn plane_bytes(frame: &Frame) -> u64 {
    384 * frame.macroblocks()
}

/// Emits the planes Y, U, V, one after the other, multiplied by `alpha` when it is given: one byte
/// a pixel.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    frame: &Frame,
    alpha: Option<&[u8]>,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let codec = budget.take(memory_bytes(frame))?;
    // A VP8 stream is wrong only in its header, which was approved: what fails here has ended.
    work::decoded(frame.size.pixels());
    let planes = Vp8Decoder::decode_frame(data).map_err(|error| {
        let ended = matches!(error, image_webp::DecodingError::BitStreamError);
        failure(error, ended, data)
    })?;
    drop(codec);
    let _planes = budget.take(plane_bytes(frame))?;
    if (u32::from(planes.width), u32::from(planes.height)) != (frame.size.width, frame.size.height)
    {
        return Err(Error::Bug("the codec read another size"));
    }
    let width = usize::from(planes.width);
    let height = usize::from(planes.height);
    let columns = width.div_ceil(16);
    let chroma = (width.div_ceil(2), height.div_ceil(2));
    let mut row = budget.buffer(width, 0u8)?;
    let mut row_alpha = budget.buffer(width, 0u8)?;
    for (plane, samples, stride, (columns, rows), zero) in [
        (0, &planes.ybuf, 16 * columns, (width, height), BLACK),
        (1, &planes.ubuf, 8 * columns, chroma, NO_CHROMA),
        (2, &planes.vbuf, 8 * columns, chroma, NO_CHROMA),
    ] {
        for (y, samples) in (0u32..).zip(samples.chunks_exact(stride)).take(rows) {
            if (y as usize).is_multiple_of(BAND) {
                interrupt.check()?;
            }
            let samples = samples.get(..columns).unwrap_or(samples);
            let Some(alpha) = alpha else {
                sink.row(plane, y, samples)?;
                continue;
            };
            let row = row.get_mut(..columns).unwrap_or_default();
            row.copy_from_slice(samples);
            let mut alpha = alpha.chunks_exact(width);
            if plane == 0 {
                premultiply_row(row, zero, alpha.nth(y as usize).unwrap_or_default());
            } else {
                let above = alpha.nth(2 * y as usize).unwrap_or_default();
                average_pairs(above, alpha.next().unwrap_or(above), &mut row_alpha);
                premultiply_row(row, zero, row_alpha.get(..columns).unwrap_or_default());
            }
            sink.row(plane, y, row)?;
        }
    }
    Ok(())
}

/// The mean alpha of the 2 × 2 pixels of each chroma sample; at the right edge of 1 × 2.
fn average_pairs(above: &[u8], below: &[u8], averages: &mut [u8]) {
    let pairs = above.chunks(2).zip(below.chunks(2));
    for (average, (above, below)) in averages.iter_mut().zip(pairs) {
        let count = above.len() + below.len();
        let sum: usize = above.iter().chain(below).map(|&alpha| usize::from(alpha)).sum();
        *average = u8::try_from((sum + count / 2) / count.max(1)).unwrap_or(u8::MAX);
    }
}

/// Bytes of one macroblock's modes.
const MACROBLOCK: u64 = 30;
/// 4 × 8 × 3 × 11 nodes of four bytes.
const TOKEN_PROBABILITIES: u64 = 4 * 8 * 3 * 11 * 4;
/// The lengths of up to seven partitions.
const LENGTHS: u64 = 3 * 7;
/// An error with its source.
const ERROR: u64 = 128;
