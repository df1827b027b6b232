//! VP8L → rows: decoded in place, then taken apart row by row.

use super::super::{RowSink, premultiplied};
use super::view::View;
use super::{BAND, failure};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::vp8l::Stream;
use crate::size::Size;
use crate::work;

/// The pixels, and beside them first what image-webp keeps and then the rows that are emitted.
pub(super) fn memory_bytes(size: Size, stream: &Stream, row_bytes: u64) -> u64 {
    4 * size.pixels() + codec_bytes(stream).max(row_bytes)
}

fn codec_bytes(stream: &Stream) -> u64 {
    stream.codec_heap_bytes + CHUNK_MAP
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

/// Emits red, green, blue and, unless opaque, alpha of each row in turn.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    size: Size,
    stream: &Stream,
    alpha: AlphaUse,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let pixels = pixels(data, size, stream, budget, interrupt)?;
    let (row_bytes, width) = row_lengths(size)?;
    let mut samples = budget.buffer(width, 0u8)?;
    let planes = if alpha == AlphaUse::None { 3 } else { 4 };
    for (y, row) in (0u32..).zip(pixels.chunks_exact(row_bytes)) {
        if (y as usize).is_multiple_of(BAND) {
            interrupt.check()?;
        }
        for plane in 0..planes {
            let multiplies = alpha == AlphaUse::Premultiplied && plane < ALPHA;
            for (sample, pixel) in samples.iter_mut().zip(row.as_chunks::<4>().0) {
                *sample = if multiplies {
                    premultiplied(pixel[plane], 0, pixel[ALPHA])
                } else {
                    pixel[plane]
                };
            }
            sink.row(plane, y, &samples)?;
        }
    }
    Ok(())
}

/// The whole picture: red, green, blue, alpha of each pixel.
pub(super) fn pixels<'b>(
    data: &[u8],
    size: Size,
    stream: &Stream,
    budget: &'b Budget,
    interrupt: &Interrupt,
) -> Result<Buffer<'b, u8>, Error> {
    let length = usize::try_from(4 * size.pixels())
        .map_err(|_| Error::OutOfMemory { bytes: 4 * size.pixels() })?;
    let mut pixels = budget.buffer(length, 0u8)?;
    let _codec = budget.take(codec_bytes(stream))?;
    work::decoded(size.pixels());
    let mut view = View::new(data, size, interrupt)?;
    let decoded = image_webp::WebPDecoder::new(&mut view)
        .and_then(|mut decoder| decoder.read_image(&mut pixels));
    if let Some(stopped) = view.stopped {
        return Err(stopped);
    }
    decoded.map_err(|error| failure(error, view.ended, data))?;
    interrupt.check()?;
    Ok(pixels)
}

/// Bytes and pixels of a row.
pub(super) fn row_lengths(size: Size) -> Result<(usize, usize), Error> {
    let width = usize::try_from(size.width).map_err(|_| TOO_WIDE)?;
    Ok((width.checked_mul(4).ok_or(TOO_WIDE)?, width))
}

const ALPHA: usize = 3;
const TOO_WIDE: Error = Error::Bug("a row longer than the address space");

/// image-webp's map of two chunks, and an error with its source.
const CHUNK_MAP: u64 = 512;
