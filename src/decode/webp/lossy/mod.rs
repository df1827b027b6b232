//! VP8 → rows of planes: decodes key frames (RFC 6386), one row of macroblocks at a time.

use super::order::LoopFilter;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::format::Format;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::webp::vp8::{BoolDecoder, Frame, FrameHeader};
use crate::shrink::RowSink;
use crate::size::Size;
use crate::vp8::modes::{LumaPrediction, SubblockMode, SubblockModes};
use crate::vp8::nonzero::Nonzero;
use crate::vp8::predict::SamplesAbove;
use crate::work;

mod loop_filter;
mod modes;
mod quantizer;
mod reconstruct;
mod macroblock_row;
mod tokens;
mod transpose;

use loop_filter::Strengths;
use macroblock_row::{LINES_ABOVE, MacroblockRow};
use modes::HeaderReader;
use reconstruct::Reconstruction;
use tokens::{Coefficients, TokenDecoder};

/// A row of macroblocks, and what each needs from the one above it.
pub(super) struct Buffers<'b> {
    above: Buffer<'b, ContextAbove>,
    row: MacroblockRow<'b>,
}

impl<'b> Buffers<'b> {
    pub(super) fn new(frame: &Frame, budget: &'b Budget) -> Result<Self, Error> {
        let columns = u64::from(frame.size.width.div_ceil(16));
        let above = budget.buffer(columns, ContextAbove::OUTSIDE)?;
        Ok(Self { above, row: MacroblockRow::new(columns, budget)? })
    }
}

/// The most work of [`decode`] in picoseconds.
pub(super) fn work_ps(frame: &Frame, loop_filter: LoopFilter) -> u64 {
    let Size { width, height } = frame.size;
    let macroblocks = u64::from(width.div_ceil(16)) * u64::from(height.div_ceil(16));
    let token_bytes = frame.partitions().iter().map(|&bytes| u64::from(bytes)).sum();
    let filtered = if loop_filter == LoopFilter::Exact { macroblocks } else { 0 };
    sum_ps([
        (frame.first_partition_bytes.into(), MODE_BYTE_PS),
        (token_bytes, TOKEN_BYTE_PS),
        (macroblocks, MACROBLOCK_PS),
        (filtered, FILTERED_MACROBLOCK_PS),
    ])
}

/// A byte of the first partition.
const MODE_BYTE_PS: u64 = 50_000;
/// A byte of a partition of coefficients.
const TOKEN_BYTE_PS: u64 = 54_000;
/// A macroblock: its prediction, transforms and samples.
const MACROBLOCK_PS: u64 = 1_950_000;
/// The loop filter of a macroblock.
const FILTERED_MACROBLOCK_PS: u64 = 900_000;

/// The most rows of U and V that are delivered after the rows of Y for the same pixels: those of a
/// row of macroblocks, and those retained from the row above it.
pub(super) const CHROMA_LAG_ROWS: usize = 8 + LINES_ABOVE as usize;

/// Delivers the planes Y, U and V: several rows of each, plane by plane,
/// for each row of macroblocks.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    frame: &Frame,
    loop_filter: LoopFilter,
    job: Job<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let (first, partitions) = frame.split(data)?;
    let (frame_header, mut decoder) = FrameHeader::read(first)?;
    let segments = frame_header.segments.as_ref();
    let quantizers = quantizer::read(&mut decoder, segments);
    decoder.flag(); // refresh_entropy_probs: a still picture has no other frame
    let tokens = TokenDecoder::read(&mut decoder, frame.size.pixels() > LARGE_PIXELS);
    let mut headers = HeaderReader::new(decoder, segments.and_then(|segments| segments.map));
    let strengths = Strengths::new(&frame_header.filter, segments);
    let partition_count = frame.partitions().len();
    let macroblock_rows = frame.size.height.div_ceil(16) as usize;
    let mut partitions = start_partitions(partitions, macroblock_rows)?;

    let Buffers { mut above, mut row } = Buffers::new(frame, job.budget)?;
    let mut reconstruction = Reconstruction::new();
    let mut coefficients = Coefficients::NONE;
    for (y, next_row) in (0..frame.size.height).step_by(16).zip(1usize..) {
        let partition = partitions.get_mut((next_row - 1) % partition_count);
        let partition = partition.ok_or(Error::Bug("a row of macroblocks without a partition"))?;
        let (mut left_modes, mut left_nonzero) = (SubblockModes::default(), Nonzero::NONE);
        reconstruction.start_row(y == 0);
        let lines = u64::from((frame.size.height - y).min(16));
        let mut remaining = &mut above[..];
        let mut column = 0;
        while let Some((above, right)) = remaining.split_first_mut() {
            if column % COLUMNS_PER_POLL == 0 {
                job.interrupt.check()?;
                let columns = u64::from(frame.size.width) - 16 * column as u64;
                work::decoded(lines * columns.min(16 * COLUMNS_PER_POLL as u64));
            }
            let header = headers.next(&mut above.modes, &mut left_modes);
            let by_subblocks = matches!(header.luma, LumaPrediction::Subblocks(_));
            if header.skipped {
                above.nonzero.skip(!by_subblocks);
                left_nonzero.skip(!by_subblocks);
                coefficients.contents = Coefficients::NONE.contents;
            } else {
                *partition = tokens.read_macroblock(
                    *partition,
                    !by_subblocks,
                    &quantizers[header.segment & 3],
                    (&mut above.nonzero, &mut left_nonzero),
                    &mut coefficients,
                );
            }
            let above_right = above.luma_above_right(right);
            let samples = &mut above.samples;
            if let Some(lines) = row.macroblock(column) {
                reconstruction.next_macroblock(
                    &header,
                    &mut coefficients,
                    samples,
                    above_right,
                    lines,
                );
            }
            if loop_filter == LoopFilter::Exact
                && let Some(strength) = strengths.of(&header)
            {
                let subblocks = by_subblocks || !coefficients.are_all_zero();
                row.filter(column, y == 0, subblocks, strength, frame_header.filter.simple);
            }
            remaining = right;
            column += 1;
        }
        if headers.is_past_end() || partition.is_past_end() {
            return Err(Error::truncated_at(Format::WebP, y, frame.size.height));
        }
        deliver_finished_lines(&mut row, y, frame.size, sink)?;
        row.advance();
    }
    Ok(())
}

/// Starts a decoder for each token partition. Refuses data that no encoder writes at the
/// start of a partition. There may be more partitions than `macroblock_rows`. Those are
/// unused, and their data is not checked.
fn start_partitions<const N: usize>(
    partitions: [&[u8]; N],
    macroblock_rows: usize,
) -> Result<[BoolDecoder<'_>; N], Error> {
    if partitions.iter().take(macroblock_rows).any(|data| !BoolDecoder::can_start(data)) {
        return Err(Error::malformed(Format::WebP, "the first byte of a partition"));
    }
    Ok(partitions.map(BoolDecoder::new))
}

/// What a macroblock needs from the one above it.
#[derive(Clone, Copy, Debug)]
struct ContextAbove {
    samples: SamplesAbove,
    modes: SubblockModes,
    nonzero: Nonzero,
}

impl ContextAbove {
    /// Above the first row.
    const OUTSIDE: Self = Self {
        samples: SamplesAbove::OUTSIDE,
        modes: [SubblockMode::Dc; 4],
        nonzero: Nonzero::NONE,
    };

    /// The four luma samples above and to the right of the macroblock. To the right of the last
    /// column, the nearest sample is repeated.
    fn luma_above_right(&self, right: &[Self]) -> [u8; 4] {
        let next = right.first().and_then(|next| next.samples.luma.first_chunk());
        next.copied().unwrap_or([self.samples.luma[15]; 4])
    }
}

/// Delivers the lines that the loop filter does not change any more, cropped to the width of their
/// plane. `row` has the macroblocks from line `top` of the picture on.
fn deliver_finished_lines<S: RowSink>(
    row: &mut MacroblockRow<'_>,
    top: u32,
    size: Size,
    sink: &mut S,
) -> Result<(), Error> {
    let is_last = size.height - top <= 16;
    for plane in 0..3 {
        let shift = u32::from(plane != 0);
        let (width, height) = (size.width.div_ceil(1 << shift), size.height.div_ceil(1 << shift));
        let top = top >> shift;
        let end = if is_last { height } else { top + (16 >> shift) - LINES_ABOVE };
        for y in top.saturating_sub(LINES_ABOVE)..end {
            let line = row.line(plane, (y + LINES_ABOVE - top) as usize);
            sink.row(plane, y, line.get(..width as usize).unwrap_or_default())?;
        }
    }
    Ok(())
}

/// In frames with more pixels than this, the number of pixels and not of bytes limits how many
/// branches a hostile file can make the decoder take.
const LARGE_PIXELS: u64 = 1 << 25;

/// Macroblocks between two polls of the interrupt.
const COLUMNS_PER_POLL: usize = 128;

#[cfg(test)]
pub(super) mod tests;
