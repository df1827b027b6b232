//! The chroma of a macroblock.

use super::costs::BlockCosts;
use super::forward_dct::{self, Block};
use super::header_budget::AllowedModes;
use super::macroblock::{CHROMA, Macroblock, Surroundings, Y2};
use super::mode_costs;
use super::residual::{block_at, difference, hadamard, reconstruct, set_block};
use super::segment::Segment;
use crate::vp8::modes::Mode;
use crate::vp8::predict;

type Chroma = [[[u8; 8]; 8]; 2];

/// Chooses the prediction and the levels of chroma. Returns the reconstructed samples.
#[inline(always)]
pub(super) fn choose(
    source: &Chroma,
    around: &Surroundings,
    segment: &Segment,
    costs: &[BlockCosts; 4],
    allowed: AllowedModes,
    macroblock: &mut Macroblock,
) -> Chroma {
    let mut best = i64::MAX;
    let mut samples = [[[0; 8]; 8]; 2];
    for (_, mode) in two_best_modes(source, around, segment, allowed) {
        let mut levels = [[0; 16]; 8];
        let (score, reconstructed) = code(source, around, segment, costs, mode, &mut levels);
        if score < best {
            (best, samples) = (score, reconstructed);
            macroblock.chroma = mode;
            macroblock.levels[CHROMA..Y2].copy_from_slice(&levels);
        }
    }
    samples
}

/// The two modes that look best before their residuals are quantized.
#[inline(always)]
fn two_best_modes(
    source: &Chroma,
    around: &Surroundings,
    segment: &Segment,
    allowed: AllowedModes,
) -> [(u32, Mode); 2] {
    let mut best = [(u32::MAX, Mode::Dc); 2];
    for &mode in allowed.modes() {
        let rate = mode_costs::cost(mode_costs::chroma_mode(mode));
        let mut cost = rate * segment.hadamard_lambda / 256;
        for (source, border) in source.iter().zip(&around.chroma) {
            let prediction = predict::predict_block(mode, border, around.in_picture);
            for block in 0..4 {
                let (x, y) = (block % 2, block / 2);
                let residuals = difference(block_at(source, x, y), block_at(&prediction, x, y));
                cost += hadamard(&residuals);
            }
        }
        if cost < best[0].0 {
            best = [(cost, mode), best[0]];
        } else if cost < best[1].0 {
            best[1] = (cost, mode);
        }
    }
    best
}

#[inline(always)]
fn code(
    source: &Chroma,
    around: &Surroundings,
    segment: &Segment,
    costs: &[BlockCosts; 4],
    mode: Mode,
    levels: &mut [Block; 8],
) -> (i64, Chroma) {
    let blocks = segment.chroma(costs);
    let rate = mode_costs::cost(mode_costs::chroma_mode(mode));
    let mut score = segment.lambda * i64::from(rate);
    let (mut above, mut left) = (around.nonzero_above.chroma, around.nonzero_left.chroma);
    let mut samples = [[[0; 8]; 8]; 2];
    let mut levels = levels.iter_mut();
    for (plane, samples) in samples.iter_mut().enumerate() {
        let (source, border) = (&source[plane], &around.chroma[plane]);
        let prediction = predict::predict_block(mode, border, around.in_picture);
        let (above, left) = (&mut above[plane], &mut left[plane]);
        for (block, levels) in levels.by_ref().take(4).enumerate() {
            let (x, y) = (block % 2, block / 2);
            let predicted = block_at(&prediction, x, y);
            let residuals = difference(block_at(source, x, y), predicted);
            let coefficients = forward_dct::transform(&residuals);
            let quantized = blocks.quantize(&coefficients, usize::from(above[x] + left[y]));
            let nonzero = u8::from(quantized.end > 0);
            (above[x], left[y]) = (nonzero, nonzero);
            score += quantized.score;
            *levels = quantized.levels;
            set_block(samples, (x, y), reconstruct(predicted, &blocks.dequantize(levels)));
        }
    }
    (score, samples)
}
