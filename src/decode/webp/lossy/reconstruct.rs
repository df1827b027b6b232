//! Prediction + residuals → the samples of a macroblock, before the loop filter.

use super::modes::MacroblockHeader;
use super::tokens::{BlockContent, Coefficients};
use super::transpose::Lanes;
use crate::vp8::inverse_dct::{self, BlockPair};
use crate::vp8::modes::{LumaPrediction, SubblockMode};
use crate::vp8::predict::{self, Border, SamplesAbove, clamp};
use crate::vp8::predict_subblock::predict_subblock;

/// Reconstructs the macroblocks of a row, from left to right.
pub(super) struct Reconstruction {
    luma: Border<16>,
    chroma: [Border<8>; 2],
    has_above: bool,
    has_left: bool,
    /// The residuals: eight pairs of luma blocks, two of U and two of V.
    residuals: [BlockPair; 12],
}

impl Reconstruction {
    pub(super) const fn new() -> Self {
        Self {
            luma: Border::at_row_start(true),
            chroma: [Border::at_row_start(true); 2],
            has_above: false,
            has_left: false,
            residuals: [[[0; 8]; 4]; 12],
        }
    }

    /// Starts a row of macroblocks.
    pub(super) fn start_row(&mut self, is_first: bool) {
        self.luma = Border::at_row_start(is_first);
        self.chroma = [Border::at_row_start(is_first); 2];
        (self.has_above, self.has_left) = (!is_first, false);
    }

    /// Reconstructs the next macroblock of the row. A line of chroma has eight
    /// samples of U, then eight of V.
    ///
    /// `above_right` are the four luma samples to the right of `above`. On return, `above` is the
    /// bottom of this macroblock, and the coefficients are zeros.
    pub(super) fn next_macroblock(
        &mut self,
        header: &MacroblockHeader,
        coefficients: &mut Coefficients,
        above: &mut SamplesAbove,
        above_right: [u8; 4],
        (luma, chroma): (&mut [Lanes; 16], &mut [Lanes; 8]),
    ) {
        let in_picture = (self.has_above, self.has_left);
        let (has_luma, has_chroma) = self.compute_residuals(coefficients);

        self.luma.above = above.luma;
        match &header.luma {
            LumaPrediction::Macroblock(mode) => {
                *luma = predict::predict_block(*mode, &self.luma, in_picture);
                if has_luma {
                    add_luma(luma, &self.residuals);
                }
            }
            LumaPrediction::Subblocks(modes) => {
                *luma = self.reconstruct_subblocks(modes, above_right, has_luma);
            }
        }
        move_right(&mut self.luma, luma, 15);
        above.luma = luma[15];

        for (border, above) in self.chroma.iter_mut().zip(&above.chroma) {
            border.above = *above;
        }
        let [u, v] = &self.chroma;
        let u = predict::predict_block(header.chroma, u, in_picture);
        let v = predict::predict_block(header.chroma, v, in_picture);
        for (line, (u, v)) in chroma.iter_mut().zip(u.iter().zip(&v)) {
            line[..8].copy_from_slice(u);
            line[8..].copy_from_slice(v);
        }
        if has_chroma {
            add_chroma(chroma, &self.residuals);
        }
        let [u, v] = &mut self.chroma;
        move_right(u, chroma, 7);
        move_right(v, chroma, 15);
        above.chroma[0].copy_from_slice(&chroma[7][..8]);
        above.chroma[1].copy_from_slice(&chroma[7][8..]);
        self.has_left = true;
    }

    /// Transforms all coefficients. Returns whether luma, and whether chroma, has residuals.
    fn compute_residuals(&mut self, coefficients: &mut Coefficients) -> (bool, bool) {
        let Coefficients { pairs, contents, exceeds_16_bit_transform } = coefficients;
        let (luma, chroma) = pairs.split_at_mut(LUMA_PAIRS);
        let (luma_contents, chroma_contents) = contents.split_at(LUMA_PAIRS);
        let (luma_residuals, chroma_residuals) = self.residuals.split_at_mut(LUMA_PAIRS);
        let wide = *exceeds_16_bit_transform;
        (
            transform(luma, luma_contents, wide, luma_residuals),
            transform(chroma, chroma_contents, wide, chroma_residuals),
        )
    }

    /// Predicts and reconstructs one subblock after another. In the last column, all four rows of
    /// subblocks use the samples above and to the right of the macroblock (RFC 6386, 12.3).
    fn reconstruct_subblocks(
        &self,
        modes: &[SubblockMode; 16],
        above_right: [u8; 4],
        has_residual: bool,
    ) -> [Lanes; 16] {
        // Line 0 is the border. To the right of all lines are the samples above and to the right.
        let mut samples = [[0; 24]; 17];
        samples[0][..16].copy_from_slice(&self.luma.above);
        for line in samples.iter_mut().step_by(4) {
            line[16..20].copy_from_slice(&above_right);
        }
        let rows = modes.as_chunks::<4>().0.iter().zip(self.luma.left.as_chunks::<4>().0);
        let rows = rows.zip(self.residuals.as_chunks::<2>().0);
        let mut start_above_left = self.luma.above_left;
        for (y, ((modes, left), [first, second])) in rows.enumerate() {
            let (mut left, mut above_left) = (u32::from_le_bytes(*left), start_above_left);
            start_above_left = left.to_le_bytes()[3];
            let residuals = [split(first), split(second)];
            for (x, &mode) in modes.iter().enumerate() {
                let border = samples[4 * y][4 * x..].first_chunk();
                let above = border.copied().map_or(0, u64::from_le_bytes);
                let predicted = predict_subblock(mode, left, above_left, above);
                let mut block = [0; 16];
                for (samples, line) in block.as_chunks_mut::<4>().0.iter_mut().zip(predicted) {
                    *samples = line.to_le_bytes();
                }
                let mut right = predicted.map(|line| line.to_le_bytes()[3]);
                if has_residual {
                    let residual = &residuals[x / 2][x % 2];
                    // The next subblock waits for this column only.
                    for (sample, line) in right.iter_mut().zip(residual.as_chunks::<4>().0) {
                        *sample = clamp(i16::from(*sample) + line[3]);
                    }
                    add_to_subblock(&mut block, residual);
                }
                left = u32::from_le_bytes(right);
                let lines = samples.iter_mut().skip(4 * y + 1);
                for (line, block) in lines.zip(block.as_chunks::<4>().0) {
                    line[4 * x..4 * x + 4].copy_from_slice(block);
                }
                above_left = above.to_le_bytes()[3];
            }
        }
        let mut lines = [[0; 16]; 16];
        for (line, samples) in lines.iter_mut().zip(samples.iter().skip(1)) {
            line.copy_from_slice(&samples[..16]);
        }
        lines
    }
}

/// Transforms the pairs of luma or of chroma, and clears them. Returns whether they have residuals.
/// Where one block has more than DC, all are transformed in the same way: a branch for each pair
/// would often be mispredicted.
fn transform(
    pairs: &mut [BlockPair],
    contents: &[[BlockContent; 2]],
    exceeds_16_bits: bool,
    residuals: &mut [BlockPair],
) -> bool {
    let most = contents.as_flattened().iter().max();
    match most.copied().unwrap_or(BlockContent::Empty) {
        BlockContent::Empty => return false,
        BlockContent::Full if !exceeds_16_bits => {
            inverse_dct::transform_in_16_bits(pairs, residuals);
        }
        BlockContent::Full => {
            for (pair, residual) in pairs.iter().zip(residuals) {
                *residual = inverse_dct::transform_in_32_bits(pair);
            }
        }
        BlockContent::DcOnly => {
            for (pair, residual) in pairs.iter().zip(residuals) {
                *residual = inverse_dct::dc_only(pair);
            }
        }
    }
    pairs.fill([[0; 8]; 4]);
    true
}

/// Moves the border to the next macroblock: its left samples are column `x` of `lines`.
#[inline(always)]
fn move_right<const SIDE: usize>(border: &mut Border<SIDE>, lines: &[Lanes; SIDE], x: usize) {
    border.above_left = border.above[SIDE - 1];
    for (left, line) in border.left.iter_mut().zip(lines) {
        *left = line[x];
    }
}

/// Adds the residuals of all pairs of luma blocks.
#[inline(always)]
fn add_luma(lines: &mut [Lanes; 16], residuals: &[BlockPair; 12]) {
    let pairs = residuals.as_chunks::<2>().0;
    for (lines, [left, right]) in lines.as_chunks_mut::<4>().0.iter_mut().zip(pairs) {
        add_to_lines(lines, left, right);
    }
}

/// Adds the residuals of U, and of V beside it.
#[inline(always)]
fn add_chroma(lines: &mut [Lanes; 8], residuals: &[BlockPair; 12]) {
    let [.., upper_u, lower_u, upper_v, lower_v] = residuals;
    let pairs = [(upper_u, upper_v), (lower_u, lower_v)];
    for (lines, (u, v)) in lines.as_chunks_mut::<4>().0.iter_mut().zip(pairs) {
        add_to_lines(lines, u, v);
    }
}

#[inline(always)]
fn add_to_lines(lines: &mut [Lanes; 4], left: &BlockPair, right: &BlockPair) {
    for ((line, left), right) in lines.iter_mut().zip(left).zip(right) {
        let mut residual = [0; 16];
        residual[..8].copy_from_slice(left);
        residual[8..].copy_from_slice(right);
        *line = add_residual(*line, residual);
    }
}

/// The residuals of each block of a pair.
#[inline(always)]
fn split(pair: &BlockPair) -> [[i16; 16]; 2] {
    let mut blocks = [[0; 16]; 2];
    let [first, second] = &mut blocks;
    for ((first, second), row) in
        first.as_chunks_mut::<4>().0.iter_mut().zip(second.as_chunks_mut::<4>().0).zip(pair)
    {
        first.copy_from_slice(&row[..4]);
        second.copy_from_slice(&row[4..]);
    }
    blocks
}

/// Adds the residuals of a block. Not inlined: otherwise it is computed sample by sample.
#[inline(never)]
fn add_to_subblock(samples: &mut [u8; 16], residual: &[i16; 16]) {
    *samples = add_residual(*samples, *residual);
}

/// Adds residuals to the 16 samples of a line or a subblock, which fit a vector.
#[inline(always)]
fn add_residual(samples: [u8; 16], residual: [i16; 16]) -> [u8; 16] {
    let mut sums = [0; 16];
    for ((sum, sample), residual) in sums.iter_mut().zip(samples).zip(residual) {
        *sum = clamp(i16::from(sample) + residual);
    }
    sums
}

/// The pairs of luma blocks, which come before those of chroma.
const LUMA_PAIRS: usize = 8;

#[cfg(test)]
#[allow(clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    #[test]
    fn a_large_coefficient_is_transformed_in_32_bits() {
        let mut noise = Noise(4);
        for exceeds_16_bits in [false, true] {
            let limit = if exceeds_16_bits { 32_767 } else { 2_047 };
            let mut pairs = [(); 2].map(|()| {
                [(); 4].map(|()| [(); 8].map(|()| (noise.number() % (2 * limit)) as i16))
            });
            for value in pairs.as_flattened_mut().as_flattened_mut() {
                *value = value.wrapping_sub(limit as i16);
            }
            let expected = pairs.map(|pair| inverse_dct::transform_in_32_bits(&pair));
            let (mut residuals, contents) = ([[[0; 8]; 4]; 2], [[BlockContent::Full; 2]; 2]);
            assert!(transform(&mut pairs, &contents, exceeds_16_bits, &mut residuals));
            let clamped = residuals.map(|pair| pair.map(|row| row.map(|r| r.clamp(-255, 255))));
            assert_eq!(clamped, expected);
            assert_eq!(pairs, [[[0; 8]; 4]; 2]);
        }
    }
}
