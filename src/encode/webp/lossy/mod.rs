//! Pixels → lossy WebP (VP8, RFC 6386): a key frame, with lossless alpha beside it.
//!
//! Each macroblock is predicted in several ways, and the one is coded that costs least, in distortion
//! and in bits. The levels of all macroblocks are kept until the probabilities of their tokens are
//! known. Then the bytes are counted, and the file is allocated with its exact length.

use super::container::{self, CHUNK_HEADER_BYTES, Chunk, FILE_HEADER_BYTES, VP8X};
use super::lossless::{self, Stream};
use crate::budget::{Budget, Buffer};
use crate::charges;
use crate::encode::quality::highest;
use crate::error::{BadRequest, Error};
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
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
/// With `max_bytes` the quality is the highest up to `quality` whose file is not longer.
///
/// # Errors
/// [`BadRequest::Quality`] for a quality outside 1–100, [`Error::OverLimit`] for a side over
/// [`MAX_SIDE_PX`] and when the file of quality 1 is too long, [`Error::Interrupted`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    quality: u8,
    max_bytes: Option<u64>,
    job: Job<'b>,
) -> Result<Buffer<'b, u8>, Error> {
    if !(1..=100).contains(&quality) {
        return Err(Error::BadRequest(BadRequest::Quality));
    }
    picture.check(MAX_SIDE_PX)?;
    let mut samples = SampleRow::new(picture.size, job.budget)?;
    let alpha =
        if picture.is_opaque() { None } else { Some(Stream::of_alpha(picture, job.interrupt)?) };
    let mut code = |quality| {
        job.interrupt.check()?;
        CodedPicture::new(picture, quality, &mut samples, job)
    };
    let quality = match max_bytes {
        Some(max_bytes) => highest(quality, max_bytes, |quality| {
            let mut buffer = NO_CHUNKS;
            let chunks = chunks(&code(quality)?, alpha.as_ref(), picture.gamut, &mut buffer);
            Ok(container::file_bytes(chunks))
        })?,
        None => quality,
    };
    let mut coded = code(quality)?;
    let mut buffer = NO_CHUNKS;
    let chunks = chunks(&coded, alpha.as_ref(), picture.gamut, &mut buffer);
    charges::file_starts();
    let mut file = container::start(chunks, job.budget)?;
    for &chunk in chunks {
        container::write_chunk(&mut file, chunk, |file| match (&chunk.id, &alpha) {
            (b"VP8X", _) => {
                container::write_vp8x(file, picture.size, picture.gamut, alpha.is_some())
            }
            (b"ICCP", _) => container::write_profile(file, picture.gamut),
            (b"ALPH", Some(stream)) => {
                file.extend_from_slice(&[LOSSLESS_ALPHA])?;
                stream.write(file, job.interrupt)
            }
            _ => coded.write(file, job.interrupt),
        })?;
    }
    container::finish(file, chunks)
}

/// The chunks of the file, in `buffer`.
fn chunks<'c>(
    coded: &CodedPicture<'_>,
    alpha: Option<&Stream<'_>>,
    gamut: Gamut,
    buffer: &'c mut [Chunk; 4],
) -> &'c [Chunk] {
    let profile = container::profile_chunks(gamut);
    let extended = profile.is_none() && alpha.is_some();
    let alpha = alpha.map(|stream| Chunk { id: *b"ALPH", bytes: 1 + stream.bytes() });
    let frame = Chunk { id: *b"VP8 ", bytes: coded.bytes() };
    let [vp8x, iccp] = profile.map_or([None; 2], |chunks| chunks.map(Some));
    let vp8x = vp8x.or(extended.then_some(VP8X));
    let chunks = [vp8x, iccp, alpha, Some(frame)].into_iter().flatten();
    let count = buffer.iter_mut().zip(chunks).map(|(slot, chunk)| *slot = chunk).count();
    &buffer[..count]
}

/// Charges what is live in [`encode`] to a budget that counts. Returns what is charged when the file
/// is allocated.
pub(crate) fn count(
    size: Size,
    layout: Layout,
    gamut: Gamut,
    quality: u8,
    budget: &Budget,
) -> Result<u64, Error> {
    let _samples = SampleRow::new(size, budget)?;
    let _coded = encoder::Buffers::new(size, budget)?;
    let before_bytes = budget.used_bytes();
    budget.reserve(file_bytes(size, layout, gamut, quality))?;
    Ok(before_bytes)
}

/// The length of the longest file of any picture of this size.
pub(crate) const fn file_bytes(size: Size, layout: Layout, gamut: Gamut, quality: u8) -> u64 {
    let macroblocks = encoder::macroblocks(size);
    let tokens = macroblocks.saturating_mul(max_token_bytes::per_macroblock(quality));
    let frame = encoder::FRAME_HEADER_BYTES
        .saturating_add(header_budget::max_bytes(macroblocks))
        .saturating_add(tokens)
        .saturating_add(PARTITION_END_BYTES);
    let alpha = if layout.has_alpha() {
        let stream = lossless::file_bytes(size, Layout::Gray, Gamut::Srgb);
        stream.saturating_add(VP8X.bytes + 2 * CHUNK_HEADER_BYTES + 1 + 1)
    } else {
        0
    };
    let chunks = alpha.saturating_add(frame).saturating_add(CHUNK_HEADER_BYTES + 1);
    chunks.saturating_add(FILE_HEADER_BYTES + container::profile_bytes(gamut))
}

/// The most work of [`encode`] in picoseconds, with up to `tries` of other qualities.
pub(crate) fn work_ps(size: Size, layout: Layout, quality: u8, tries: u64) -> u64 {
    let alpha = if layout.has_alpha() { lossless::work_ps(size, Layout::Gray) } else { 0 };
    let file_bytes = file_bytes(size, Layout::Rgb, Gamut::Srgb, quality);
    let terms = [(encoder::macroblocks(size), MACROBLOCK_PS), (file_bytes, FILE_BYTE_PS)];
    sum_ps(terms).saturating_mul(1 + tries).saturating_add(alpha)
}

/// A macroblock: its colours, modes and levels.
const MACROBLOCK_PS: u64 = 70_000_000;
/// A byte of the longest file, counted and written.
const FILE_BYTE_PS: u64 = 60_000;

/// What the boolean coder appends to the tokens.
const PARTITION_END_BYTES: u64 = 2;
const NO_CHUNKS: [Chunk; 4] = [Chunk { id: [0; 4], bytes: 0 }; 4];
/// Lossless compression, neither filtered nor quantized (RFC 9649, 2.7.1.2).
const LOSSLESS_ALPHA: u8 = 1;

#[cfg(test)]
mod tests;
