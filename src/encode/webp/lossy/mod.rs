//! Pixels → lossy WebP (VP8, RFC 6386): a key frame, with lossless alpha beside it.
//!
//! Each macroblock is predicted in several ways, and the one is coded that costs least, in distortion
//! and in bits. The levels of all macroblocks are kept until the probabilities of their tokens are
//! known. Then the bytes are counted, and the file is allocated with its exact length.

use super::container::{self, CHUNK_HEADER_BYTES, Chunk, FILE_HEADER_BYTES};
use super::lossless::{self, Stream};
use crate::budget::Buffer;
use crate::charges;
use crate::error::{BadRequest, Error};
use crate::job::Job;
use crate::picture::{Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;

mod bool_encoder;
mod chroma;
mod costs;
mod encoder;
mod first_partition;
mod forward_dct;
mod header_budget;
mod luma;
mod macroblock;
mod max_token_bytes;
mod mode_costs;
mod probabilities;
mod quality;
mod residual;
mod segment;
mod segmentation;
mod tokens;
mod trellis;
mod yuv;

use encoder::CodedPicture;
use yuv::SampleRow;

/// The longest side that a lossy WebP can have (RFC 6386, 9.1).
pub(crate) const MAX_SIDE_PX: u32 = 16_383;

/// Encodes `picture` as a lossy WebP. Alpha is lossless, and left out when no pixel is transparent.
///
/// # Errors
/// [`BadRequest::Quality`] for a quality outside 1–100, [`Error::OverLimit`] for a side over
/// [`MAX_SIDE_PX`], [`Error::Interrupted`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    quality: u8,
    job: Job<'b>,
) -> Result<Buffer<'b, u8>, Error> {
    if !(1..=100).contains(&quality) {
        return Err(Error::BadRequest(BadRequest::Quality));
    }
    picture.check(MAX_SIDE_PX)?;
    let size = picture.size;
    let mut samples = SampleRow::new(size, job.budget)?;
    let mut coded = CodedPicture::new(picture, quality, &mut samples, job)?;
    let frame = Chunk { id: *b"VP8 ", bytes: coded.bytes() };
    charges::file_starts();
    if picture.is_opaque() {
        let mut file = container::start(&[frame], job.budget)?;
        container::write_chunk(&mut file, frame, |file| coded.write(file, job.interrupt))?;
        return container::finish(file, &[frame]);
    }
    job.interrupt.check()?;
    let stream = Stream::of_alpha(picture)?;
    let alpha = Chunk { id: *b"ALPH", bytes: 1 + stream.bytes() };
    let chunks = [Chunk { id: *b"VP8X", bytes: VP8X_BYTES }, alpha, frame];
    let mut file = container::start(&chunks, job.budget)?;
    container::write_chunk(&mut file, chunks[0], |file| write_vp8x(file, size))?;
    container::write_chunk(&mut file, alpha, |file| {
        file.extend_from_slice(&[LOSSLESS_ALPHA])?;
        stream.write(file)
    })?;
    container::write_chunk(&mut file, frame, |file| coded.write(file, job.interrupt))?;
    container::finish(file, &chunks)
}

/// The flags and the size of the canvas (RFC 9649, 2.7).
fn write_vp8x(file: &mut Buffer<'_, u8>, size: Size) -> Result<(), Error> {
    file.extend_from_slice(&[HAS_ALPHA, 0, 0, 0])?;
    for side in [size.width, size.height] {
        let [a, b, c, _] = (side - 1).to_le_bytes();
        file.extend_from_slice(&[a, b, c])?;
    }
    Ok(())
}

/// The most bytes that [`encode`] allocates.
pub(crate) const fn memory_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    encoder::memory_bytes(size)
        .saturating_add(SampleRow::memory_bytes(size))
        .saturating_add(file_bytes(size, layout, quality))
}

/// The length of the longest file of any picture of this size.
pub(crate) const fn file_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    let macroblocks = encoder::macroblocks(size);
    let tokens = macroblocks.saturating_mul(max_token_bytes::per_macroblock(quality));
    let frame = encoder::FRAME_HEADER_BYTES
        .saturating_add(header_budget::max_bytes(macroblocks))
        .saturating_add(tokens)
        .saturating_add(PARTITION_END_BYTES);
    let alpha = if layout.has_alpha() {
        let stream = lossless::memory_bytes(size, Layout::Gray);
        stream.saturating_add(VP8X_BYTES + 2 * CHUNK_HEADER_BYTES + 1 + 1)
    } else {
        0
    };
    let chunks = alpha.saturating_add(frame).saturating_add(CHUNK_HEADER_BYTES + 1);
    chunks.saturating_add(FILE_HEADER_BYTES)
}

/// The most work of [`encode`] in picoseconds.
pub(crate) fn work_ps(size: Size, layout: Layout, quality: u8) -> u64 {
    let alpha = if layout.has_alpha() { lossless::work_ps(size, Layout::Gray) } else { 0 };
    let file_bytes = file_bytes(size, Layout::Rgb, quality);
    let terms = [(encoder::macroblocks(size), MACROBLOCK_PS), (file_bytes, FILE_BYTE_PS)];
    sum_ps(terms).saturating_add(alpha)
}

/// A macroblock: its colours, modes and levels.
const MACROBLOCK_PS: u64 = 70_000_000;
/// A byte of the longest file, counted and written.
const FILE_BYTE_PS: u64 = 60_000;

/// What the boolean coder appends to the tokens.
const PARTITION_END_BYTES: u64 = 2;
const VP8X_BYTES: u64 = 10;
/// The flag of alpha in a VP8X chunk (RFC 9649, 2.7).
const HAS_ALPHA: u8 = 0x10;
/// Lossless compression, neither filtered nor quantized (RFC 9649, 2.7.1.2).
const LOSSLESS_ALPHA: u8 = 1;

#[cfg(test)]
mod tests;
