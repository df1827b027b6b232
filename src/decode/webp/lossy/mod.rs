//! VP8 → rows of planes: key frames (RFC 6386), one row of macroblocks at a time.

use super::order::LoopFilter;
use crate::error::Error;
use crate::format::Format;
use crate::job::Job;
use crate::probe::webp::vp8::BoolDecoder;
use crate::probe::webp::vp8::{Frame, FrameHeader};
use crate::shrink::RowSink;
use crate::size::Size;
use crate::work;

mod loop_filter;
mod modes;
mod predict;
mod quantizer;
mod reconstruct;
mod macroblock_row;
mod tables;
mod tokens;
mod inverse_dct;
mod transpose;

use loop_filter::Strengths;
use macroblock_row::{LINES_ABOVE, MacroblockRow};
use modes::{Luma, Modes, SubblockMode};
use reconstruct::{Lowest, Reconstruction};
use tokens::{Coefficients, Nonzero, Tokens};

/// What is live while a frame is decoded.
pub(super) fn memory_bytes(frame: &Frame) -> u64 {
    let columns = u64::from(frame.size.width.div_ceil(16));
    columns * (macroblock_row::COLUMN_BYTES + size_of::<Above>() as u64)
}

/// The most rows of U and V that come behind the rows of Y for the same pixels: a row of macroblocks of
/// them, and what was kept of the one above.
pub(super) const CHROMA_LINES_BEHIND: usize = 8 + LINES_ABOVE as usize;

/// Emits the planes Y, U and V, some rows of each in turn.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    frame: &Frame,
    loop_filter: LoopFilter,
    job: Job<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let (first, partitions) = frame.split(data)?;
    let (header, mut decoder) = FrameHeader::read(first)?;
    let segments = header.segments.as_ref();
    let quantizers = quantizer::read(&mut decoder, segments);
    decoder.flag(); // refresh_entropy_probs: there is no other frame
    let tokens = Tokens::read(&mut decoder);
    let mut modes = Modes::new(decoder, segments.and_then(|segments| segments.map));
    let strengths = Strengths::new(&header.filter, segments);
    let partition_count = frame.partitions().len();
    let rows_of_macroblocks = frame.size.height.div_ceil(16) as usize;
    if partitions.iter().take(rows_of_macroblocks).any(|data| !BoolDecoder::can_start(data)) {
        return Err(Error::malformed(Format::WebP, "the first byte of a partition"));
    }
    let mut partitions = partitions.map(BoolDecoder::new);

    let columns = frame.size.width.div_ceil(16);
    let mut above = job.budget.buffer(columns as usize, Above::OUTSIDE)?;
    let mut rows = MacroblockRow::new(columns as usize, job.budget)?;
    let mut rebuild = Reconstruction::new();
    let mut coefficients = Coefficients::NONE;
    let is_large = frame.size.pixels() > LARGE_PIXELS;
    for (y, next_y) in (0..frame.size.height).step_by(16).zip(1usize..) {
        let partition = partitions.get_mut((next_y - 1) % partition_count);
        let partition = partition.ok_or(Error::Bug("a row of macroblocks without a partition"))?;
        let mut left = (SubblockModes::default(), Nonzero::NONE);
        rebuild.start_row(y == 0);
        let mut beyond = &mut above[..];
        let mut column = 0;
        while let Some((above, right)) = beyond.split_first_mut() {
            if column % COLUMNS_BETWEEN_POLLS == 0 {
                job.interrupt.check()?;
            }
            let macroblock = modes.next(&mut above.modes, &mut left.0);
            let by_subblocks = matches!(macroblock.luma, Luma::Subblocks(_));
            if macroblock.skipped {
                above.nonzero.skip(!by_subblocks);
                left.1.skip(!by_subblocks);
                coefficients.kinds = Coefficients::NONE.kinds;
            } else {
                let quantizer = &quantizers[macroblock.segment & 3];
                let nonzero = (&mut above.nonzero, &mut left.1);
                let (from, coefficients) = (*partition, &mut coefficients);
                *partition = if is_large {
                    tokens.macroblock::<true>(from, !by_subblocks, quantizer, nonzero, coefficients)
                } else {
                    tokens.macroblock::<false>(
                        from,
                        !by_subblocks,
                        quantizer,
                        nonzero,
                        coefficients,
                    )
                };
            }
            let above_right = Above::luma_right_of(above, right);
            let lowest = &mut above.lowest;
            if let Some(lines) = rows.macroblock(column) {
                rebuild.macroblock(&macroblock, &mut coefficients, lowest, above_right, lines);
            }
            if loop_filter == LoopFilter::Exact
                && let Some(strength) = strengths.of(&macroblock)
            {
                let subblocks = by_subblocks || !coefficients.are_all_zero();
                rows.filter(column, y == 0, subblocks, strength, header.filter.simple);
            }
            beyond = right;
            column += 1;
        }
        if modes.is_past_end() || partition.is_past_end() {
            return Err(Error::truncated_at(Format::WebP, y, frame.size.height));
        }
        let lines = (frame.size.height - y).min(16);
        work::decoded(u64::from(lines) * u64::from(frame.size.width));
        emit(&mut rows, y, frame.size, sink)?;
        rows.advance();
    }
    Ok(())
}

/// What a macroblock leaves for the one below it.
#[derive(Clone, Copy, Debug)]
struct Above {
    lowest: Lowest,
    modes: SubblockModes,
    nonzero: Nonzero,
}

type SubblockModes = [SubblockMode; 4];

impl Above {
    const OUTSIDE: Self =
        Self { lowest: Lowest::OUTSIDE, modes: [SubblockMode::Dc; 4], nonzero: Nonzero::NONE };

    /// The luma above the macroblock to the right; past the last column, what is nearest.
    fn luma_right_of(&self, right: &[Self]) -> [u8; 4] {
        let next = right.first().and_then(|next| next.lowest.luma.first_chunk());
        next.copied().unwrap_or([self.lowest.luma[15]; 4])
    }
}

/// Emits the lines that no filter will change any more, cut to the size of their plane, when the
/// macroblocks from line `top` of the picture on are in `rows`.
fn emit<S: RowSink>(
    rows: &mut MacroblockRow<'_>,
    top: u32,
    size: Size,
    sink: &mut S,
) -> Result<(), Error> {
    let is_last = size.height - top <= 16;
    for plane in 0..3 {
        let shift = u32::from(plane != 0);
        let (width, height) = (size.width.div_ceil(1 << shift), size.height.div_ceil(1 << shift));
        let top = top >> shift;
        let ready = if is_last { height } else { top + (16 >> shift) - LINES_ABOVE };
        for y in top.saturating_sub(LINES_ABOVE)..ready {
            let line = rows.line(plane, (y + LINES_ABOVE - top) as usize);
            sink.row(plane, y, line.get(..width as usize).unwrap_or_default())?;
        }
    }
    Ok(())
}

/// From here on pixels, and not bytes, decide how many branches a hostile frame can have.
const LARGE_PIXELS: u64 = 1 << 25;

/// Macroblocks between two looks at the interrupt.
const COLUMNS_BETWEEN_POLLS: usize = 128;

#[cfg(test)]
mod tests;
