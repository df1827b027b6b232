//! Levels → tokens (RFC 6386, 13): written, or counted.

use super::bool_encoder::BoolEncoder;
use super::costs::category;
use super::forward_dct::Block;
use super::macroblock::{CHROMA, Macroblock, Y2};
use crate::vp8::nonzero::Nonzero;
use crate::vp8::tables::{BANDS, Probabilities};

/// Where the branches of tokens go.
pub(super) trait TokenSink {
    /// A branch with the probability at `place`: block type, band, context and index.
    fn branch(&mut self, place: [usize; 4], bit: bool);

    /// A branch with a fixed probability.
    fn fixed(&mut self, bit: bool, probability: u8);
}

/// How often each branch is 0 and 1.
pub(super) type Counts = [[[[[u32; 2]; 11]; 3]; 8]; 4];

impl TokenSink for Counts {
    #[inline(always)]
    fn branch(&mut self, [block_type, band, context, index]: [usize; 4], bit: bool) {
        self[block_type & 3][band & 7][context.min(2)][index.min(10)][usize::from(bit)] += 1;
    }

    fn fixed(&mut self, _: bool, _: u8) {}
}

/// Encodes tokens.
pub(super) struct TokenWriter<'e, 'f, 'b> {
    pub(super) encoder: &'e mut BoolEncoder<'f, 'b>,
    pub(super) probabilities: &'e Probabilities,
}

impl TokenSink for TokenWriter<'_, '_, '_> {
    #[inline(always)]
    fn branch(&mut self, [block_type, band, context, index]: [usize; 4], bit: bool) {
        let of_context = &self.probabilities[block_type & 3][band & 7][context.min(2)];
        self.encoder.bit(bit, of_context[index.min(10)]);
    }

    fn fixed(&mut self, bit: bool, probability: u8) {
        self.encoder.bit(bit, probability);
    }
}

/// Passes the tokens of a macroblock that is not skipped to `sink`, in the order of the format: Y2,
/// luma, U, V. Updates the context.
pub(super) fn write(
    macroblock: &Macroblock,
    above: &mut Nonzero,
    left: &mut Nonzero,
    sink: &mut impl TokenSink,
) {
    let has_y2 = macroblock.has_y2();
    let (luma_type, first) = if has_y2 { (LUMA_AC, 1) } else { (LUMA, 0) };
    if has_y2 {
        let context = usize::from(above.y2 + left.y2);
        let nonzero = write_block(&macroblock.levels[Y2], Y2_TYPE, 0, context, sink);
        (above.y2, left.y2) = (nonzero, nonzero);
    }
    let (luma, rest) = macroblock.levels.split_at(CHROMA);
    for (row, left) in luma.as_chunks::<4>().0.iter().zip(&mut left.luma) {
        for (levels, above) in row.iter().zip(&mut above.luma) {
            let context = usize::from(*above + *left);
            *above = write_block(levels, luma_type, first, context, sink);
            *left = *above;
        }
    }
    let planes = rest.as_chunks::<4>().0.iter().zip(&mut above.chroma).zip(&mut left.chroma);
    for ((blocks, above), left) in planes {
        for (row, left) in blocks.as_chunks::<2>().0.iter().zip(left) {
            for (levels, above) in row.iter().zip(&mut *above) {
                let context = usize::from(*above + *left);
                *above = write_block(levels, CHROMA_TYPE, 0, context, sink);
                *left = *above;
            }
        }
    }
}

/// Passes the tokens of a block to `sink`. Returns 1 if it has levels, else 0.
#[inline(always)]
fn write_block(
    levels: &Block,
    block_type: usize,
    first: usize,
    mut context: usize,
    sink: &mut impl TokenSink,
) -> u8 {
    let end = levels.iter().rposition(|&level| level != 0).map_or(0, |last| last + 1);
    let mut follows_zero = false;
    for n in first..end {
        let place = |index| [block_type, BANDS[n], context, index];
        if !follows_zero {
            sink.branch(place(0), true);
        }
        let level = u32::from(levels[n].unsigned_abs());
        write_level(level, place, sink);
        if level > 0 {
            sink.fixed(levels[n] < 0, 128);
        }
        follows_zero = level == 0;
        context = level.min(2) as usize;
    }
    let end = end.max(first);
    if end < 16 {
        sink.branch([block_type, BANDS[end], context, 0], false);
    }
    u8::from(end > first)
}

/// Passes the branches of a level after that of the end, and its extra bits (RFC 6386, 13.2).
#[inline(always)]
fn write_level(level: u32, place: impl Fn(usize) -> [usize; 4], sink: &mut impl TokenSink) {
    let mut branch = |index, bit| {
        sink.branch(place(index), bit);
        bit
    };
    if !branch(1, level > 0) || !branch(2, level > 1) {
        return;
    }
    if !branch(3, level > 4) {
        if branch(4, level > 2) {
            branch(5, level > 3);
        }
    } else if !branch(6, level > 10) {
        branch(7, level > 6);
    } else if !branch(8, level > 34) {
        branch(9, level > 18);
    } else {
        branch(10, level > 66);
    }
    let (base, extra_bits) = category(level);
    for (bit, &probability) in (0..extra_bits.len()).rev().zip(extra_bits) {
        sink.fixed((level - base) >> bit & 1 == 1, probability);
    }
}

/// The block types (RFC 6386, 13.3): luma without DC, Y2, chroma, luma with DC.
const LUMA_AC: usize = 0;
const Y2_TYPE: usize = 1;
const CHROMA_TYPE: usize = 2;
const LUMA: usize = 3;
