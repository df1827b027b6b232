//! Prediction + residuals → the samples of a macroblock, before the loop filter.

use super::inverse_dct::{self, PairRows};
use super::modes::{LumaPrediction, MacroblockHeader, SubblockMode};
use super::predict::{self, Border};
use super::tokens::{BlockContent, Coefficients};
use super::transpose::Lanes;

/// The samples directly above a macroblock, before the loop filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct SamplesAbove {
    pub(super) luma: [u8; 16],
    pub(super) chroma: [[u8; 8]; 2],
}

impl SamplesAbove {
    /// The samples above the picture (RFC 6386, 12.2 and 12.3).
    pub(super) const OUTSIDE: Self = Self { luma: [127; 16], chroma: [[127; 8]; 2] };
}

/// Reconstructs the macroblocks of a row, from left to right.
pub(super) struct Reconstruction {
    luma: Border<16>,
    chroma: [Border<8>; 2],
    has_above: bool,
    has_left: bool,
    /// The residuals of the macroblock. Those of U and V are side by side.
    luma_residual: [[i16; 16]; 16],
    chroma_residual: [[i16; 16]; 8],
    /// The pairs that are transformed together, and scratch space of the same size.
    pairs: [PairRows; 12],
    scratch: [PairRows; 12],
}

impl Reconstruction {
    pub(super) const fn new() -> Self {
        Self {
            luma: Border::at_row_start(true),
            chroma: [Border::at_row_start(true); 2],
            has_above: false,
            has_left: false,
            luma_residual: [[0; 16]; 16],
            chroma_residual: [[0; 16]; 8],
            pairs: [[[0; 8]; 4]; 12],
            scratch: [[[0; 8]; 4]; 12],
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
                    add_residual_lines(luma, &self.luma_residual);
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
            add_residual_lines(chroma, &self.chroma_residual);
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
        let (luma_contents, chroma_contents) = contents.split_at(8);
        let [has_luma, has_chroma] = [luma_contents, chroma_contents].map(|contents| {
            contents.as_flattened().iter().any(|&content| content != BlockContent::Empty)
        });
        // Full pairs are transformed together, because they do not depend on each other.
        let mut indices = [0; 12];
        let mut count = 0;
        for (i, (pair, contents)) in pairs.iter_mut().zip(&*contents).enumerate() {
            let has_any = if i < 8 { has_luma } else { has_chroma };
            if !has_any {
                continue;
            }
            match contents[0].max(contents[1]) {
                BlockContent::Empty => {
                    self.store_residual(i, &[[0; 8]; 4]);
                    continue;
                }
                BlockContent::DcOnly => self.store_residual(i, &inverse_dct::dc_only(pair)),
                BlockContent::Full if *exceeds_16_bit_transform => {
                    self.store_residual(i, &inverse_dct::transform_in_32_bits(pair));
                }
                BlockContent::Full => {
                    let rows = self.pairs.get_mut(count);
                    if let Some((rows, index)) = rows.zip(indices.get_mut(count)) {
                        inverse_dct::narrow(pair, rows);
                        *index = i;
                        count += 1;
                    }
                }
            }
            *pair = [0; 32];
        }
        if count > 0 {
            let full = self.pairs.get_mut(..count).unwrap_or_default();
            let scratch = self.scratch.get_mut(..count).unwrap_or_default();
            inverse_dct::transform_in_16_bits(full, scratch);
            for (i, &index) in indices.iter().enumerate().take(count) {
                let rows = self.pairs[i];
                self.store_residual(index, &rows);
            }
        }
        (has_luma, has_chroma)
    }

    /// Stores the residuals of a pair at its position in the macroblock.
    #[inline(always)]
    fn store_residual(&mut self, pair: usize, rows: &PairRows) {
        let (residual, x) = if pair < 8 {
            (self.luma_residual.as_mut_slice(), pair % 2 * 8)
        } else {
            (self.chroma_residual.as_mut_slice(), pair / 2 % 2 * 8)
        };
        let y = if pair < 8 { pair / 2 * 4 } else { pair % 2 * 4 };
        for (residual, row) in residual.iter_mut().skip(y).zip(rows) {
            residual[x..x + 8].copy_from_slice(row);
        }
    }

    /// Predicts and reconstructs one subblock after another. In the last column, all four rows of
    /// subblocks use the samples above and to the right of the macroblock (RFC 6386, 12.3).
    fn reconstruct_subblocks(
        &self,
        modes: &[SubblockMode; 16],
        above_right: [u8; 4],
        has_residual: bool,
    ) -> [Lanes; 16] {
        // Column 15 and line 0 are the border. Columns 0 to 14 are unused.
        let mut samples = [[0; 32]; 17];
        samples[0][15] = self.luma.above_left;
        samples[0][16..].copy_from_slice(&self.luma.above);
        for (line, &left) in samples.iter_mut().skip(1).zip(&self.luma.left) {
            line[15] = left;
        }
        for (i, &mode) in modes.iter().enumerate() {
            let (y, x) = (i / 4 * 4, i % 4 * 4);
            let left = [
                samples[y + 1][x + 15],
                samples[y + 2][x + 15],
                samples[y + 3][x + 15],
                samples[y + 4][x + 15],
            ];
            let border = &samples[y];
            let mut above = [0; 8];
            above[..4].copy_from_slice(&border[x + 16..x + 20]);
            above[4..].copy_from_slice(border.get(x + 20..x + 24).unwrap_or(&above_right));
            let mut block = predict::predict_subblock(mode, left, border[x + 15], above);
            if has_residual {
                let mut residual = [[0; 4]; 4];
                for (line, from) in residual.iter_mut().zip(&self.luma_residual[y..]) {
                    line.copy_from_slice(&from[x..x + 4]);
                }
                add_residual(block.as_flattened_mut(), residual.as_flattened());
            }
            for (line, block) in samples.iter_mut().skip(y + 1).zip(&block) {
                line[x + 16..x + 20].copy_from_slice(block);
            }
        }
        let mut lines = [[0; 16]; 16];
        for (line, samples) in lines.iter_mut().zip(samples.iter().skip(1)) {
            line.copy_from_slice(&samples[16..]);
        }
        lines
    }
}

/// Moves the border to the next macroblock: its left samples are column `x` of `lines`.
#[inline(always)]
fn move_right<const SIDE: usize>(border: &mut Border<SIDE>, lines: &[Lanes; SIDE], x: usize) {
    border.above_left = border.above[SIDE - 1];
    for (left, line) in border.left.iter_mut().zip(lines) {
        *left = line[x];
    }
}

fn add_residual_lines<const LINES: usize>(
    samples: &mut [Lanes; LINES],
    residual: &[[i16; 16]; LINES],
) {
    for (samples, residual) in samples.iter_mut().zip(residual) {
        add_residual(samples, residual);
    }
}

/// Adds residuals to the 16 samples of a line or a subblock, which fit a vector.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn add_residual(samples: &mut [u8], residual: &[i16]) {
    for (sample, residual) in samples.iter_mut().zip(residual) {
        *sample = (i16::from(*sample) + residual).clamp(0, 255) as u8;
    }
}
