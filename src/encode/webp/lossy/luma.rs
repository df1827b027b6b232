//! The luma of a macroblock: predicted as a whole or by subblocks, whichever costs less.

use super::costs::BlockCosts;
use super::forward_dct::{self, Block};
use super::header_budget::AllowedModes;
use super::macroblock::{CHROMA, Macroblock, Surroundings, Y2};
use super::mode_costs::{self, MAX_SUBBLOCK_MODE_COSTS, SUBBLOCK_MODE_COSTS, SUBBLOCK_MODES};
use super::residual::{block_at, difference, hadamard, reconstruct, set_block};
use super::segment::Segment;
use crate::vp8::inverse_dct::{BlockPair, inverse_wht};
use crate::vp8::modes::{LumaPrediction, Mode, SubblockMode};
use crate::vp8::predict;
use crate::vp8::predict_subblock::predict_subblock;

type Luma = [[u8; 16]; 16];

/// Chooses the prediction and the levels of luma. Returns the reconstructed samples, and the most
/// that the modes cost in units of 1/256 bit.
#[inline(always)]
pub(super) fn choose(
    source: &Luma,
    around: &Surroundings,
    segment: &Segment,
    costs: &[BlockCosts; 4],
    allowed: AllowedModes,
    macroblock: &mut Macroblock,
) -> (Luma, u32) {
    let mut best = i64::MAX;
    let mut header_cost = 0;
    let mut samples = [[0; 16]; 16];
    for (_, mode) in two_best_modes(source, around, segment, allowed) {
        let mut candidate = Macroblock::EMPTY;
        let (score, reconstructed) = whole(source, around, segment, costs, mode, &mut candidate);
        if score < best {
            (best, samples) = (score, reconstructed);
            macroblock.luma = candidate.luma;
            macroblock.levels = candidate.levels;
            header_cost = mode_costs::max_cost(mode_costs::luma_mode(Some(mode)));
        }
    }
    let mut candidate = Macroblock::EMPTY;
    let most = (best, allowed.max_subblocks_cost);
    let subblocks = by_subblocks(source, around, segment, costs, most, &mut candidate);
    if let Some(reconstructed) = subblocks {
        (samples, header_cost) = reconstructed;
        macroblock.luma = candidate.luma;
        macroblock.levels = candidate.levels;
    }
    (samples, header_cost)
}

/// The two modes for the macroblock as a whole that look best before their residuals are quantized.
#[inline(always)]
fn two_best_modes(
    source: &Luma,
    around: &Surroundings,
    segment: &Segment,
    allowed: AllowedModes,
) -> [(u32, Mode); 2] {
    let mut best = [(u32::MAX, Mode::Dc); 2];
    for &mode in allowed.modes() {
        let prediction = predict::predict_block(mode, &around.luma, around.in_picture);
        let rate = mode_costs::cost(mode_costs::luma_mode(Some(mode)));
        let mut cost = rate * segment.hadamard_lambda / 256;
        for block in 0..16 {
            let (x, y) = (block % 4, block / 4);
            let residuals = difference(block_at(source, x, y), block_at(&prediction, x, y));
            cost += hadamard(&residuals);
        }
        if cost < best[0].0 {
            best = [(cost, mode), best[0]];
        } else if cost < best[1].0 {
            best[1] = (cost, mode);
        }
    }
    best
}

/// Codes luma with one mode for the macroblock.
#[inline(always)]
fn whole(
    source: &Luma,
    around: &Surroundings,
    segment: &Segment,
    costs: &[BlockCosts; 4],
    mode: Mode,
    macroblock: &mut Macroblock,
) -> (i64, Luma) {
    macroblock.luma = LumaPrediction::Macroblock(mode);
    let prediction = predict::predict_block(mode, &around.luma, around.in_picture);
    let rate = mode_costs::cost(mode_costs::luma_mode(Some(mode)));
    let mut score = segment.lambda * i64::from(rate);

    let (mut above, mut left) = (around.nonzero_above.luma, around.nonzero_left.luma);
    let mut dc: Block = [0; 16];
    let blocks = segment.luma(costs, true);
    let levels = macroblock.levels.split_at_mut(CHROMA).0.iter_mut();
    let mut coefficients = [[0; 16]; 16];
    for (block, (levels, coefficients)) in levels.zip(&mut coefficients).enumerate() {
        let (x, y) = (block % 4, block / 4);
        let residuals = difference(block_at(source, x, y), block_at(&prediction, x, y));
        let transformed = forward_dct::transform(&residuals);
        dc[block] = transformed[0];
        let quantized = blocks.quantize(&transformed, usize::from(above[x] + left[y]));
        let nonzero = u8::from(quantized.end > 1);
        (above[x], left[y]) = (nonzero, nonzero);
        score += quantized.score;
        *levels = quantized.levels;
        *coefficients = blocks.dequantize(levels);
    }

    let y2 = segment.y2(costs);
    let context = around.nonzero_above.y2 + around.nonzero_left.y2;
    let quantized = y2.quantize(&forward_dct::wht(&dc), usize::from(context));
    score += quantized.score / 4;
    macroblock.levels[Y2] = quantized.levels;
    let mut pair: BlockPair = [[0; 8]; 4];
    let levels = y2.dequantize(&quantized.levels);
    for (row, levels) in pair.iter_mut().zip(levels.as_chunks::<4>().0) {
        row[..4].copy_from_slice(levels);
    }
    let mut samples = [[0; 16]; 16];
    for (block, (dc, coefficients)) in inverse_wht(&pair).iter().zip(&mut coefficients).enumerate()
    {
        let (x, y) = (block % 4, block / 4);
        coefficients[0] = *dc;
        set_block(&mut samples, (x, y), reconstruct(block_at(&prediction, x, y), coefficients));
    }
    (score, samples)
}

/// Codes luma with a mode for each subblock, if that costs less than `most.0`, and no more than
/// `most.1` for the modes.
#[inline(always)]
fn by_subblocks(
    source: &Luma,
    around: &Surroundings,
    segment: &Segment,
    costs: &[BlockCosts; 4],
    (best, max_header_cost): (i64, u32),
    macroblock: &mut Macroblock,
) -> Option<(Luma, u32)> {
    let rate = mode_costs::cost(mode_costs::luma_mode(None));
    let mut header_cost = mode_costs::max_cost(mode_costs::luma_mode(None));
    let mut score = segment.lambda * i64::from(rate);
    let (mut above, mut left) = (around.nonzero_above.luma, around.nonzero_left.luma);
    let (mut modes_above, mut modes_left) = (around.modes_above, around.modes_left);
    let mut modes = [SubblockMode::Dc; 16];
    let blocks = segment.luma(costs, false);
    let mut canvas = Canvas::new(around);
    for (block, slot) in modes.iter_mut().enumerate() {
        let (x, y) = (block % 4, block / 4);
        let source = block_at(source, x, y);
        let neighbours = (modes_above[x] as usize, modes_left[y] as usize);
        let mode_costs = &SUBBLOCK_MODE_COSTS[neighbours.0][neighbours.1];
        let context = usize::from(above[x] + left[y]);
        let mut chosen = None;
        let mut least = i64::MAX;
        for (_, mode) in best_subblock_modes(&canvas, source, (x, y), mode_costs, segment) {
            let prediction = canvas.predict(mode, x, y);
            let coefficients = forward_dct::transform(&difference(source, prediction));
            let quantized = blocks.quantize(&coefficients, context);
            let mode_cost = mode_costs[mode as usize];
            let sum = quantized.score + segment.lambda * i64::from(mode_cost);
            if sum < least {
                least = sum;
                chosen = Some((mode, prediction, quantized));
            }
        }
        let (mode, prediction, quantized) = chosen?;
        score += least;
        let max_costs = &MAX_SUBBLOCK_MODE_COSTS[neighbours.0][neighbours.1];
        header_cost += u32::from(max_costs[mode as usize]);
        if score >= best || header_cost > max_header_cost {
            return None;
        }
        let nonzero = u8::from(quantized.end > 0);
        (above[x], left[y]) = (nonzero, nonzero);
        (modes_above[x], modes_left[y]) = (mode, mode);
        *slot = mode;
        macroblock.levels[block] = quantized.levels;
        let coefficients = blocks.dequantize(&quantized.levels);
        canvas.set(x, y, reconstruct(prediction, &coefficients));
    }
    macroblock.luma = LumaPrediction::Subblocks(modes);
    Some((canvas.luma(), header_cost))
}

/// The modes of a subblock that look best before their residuals are quantized.
#[inline(always)]
fn best_subblock_modes(
    canvas: &Canvas,
    source: [[u8; 4]; 4],
    (x, y): (usize, usize),
    mode_costs: &[u16; 10],
    segment: &Segment,
) -> [(u32, SubblockMode); CANDIDATES] {
    let mut best = [(u32::MAX, SubblockMode::Dc); CANDIDATES];
    for mode in SUBBLOCK_MODES {
        let residuals = difference(source, canvas.predict(mode, x, y));
        let rate = u32::from(mode_costs[mode as usize]) * segment.hadamard_lambda / 256;
        let mut next = (hadamard(&residuals) + rate, mode);
        for better in &mut best {
            if next.0 < better.0 {
                core::mem::swap(better, &mut next);
            }
        }
    }
    best
}

/// The modes of a subblock whose residuals are quantized.
const CANDIDATES: usize = 3;

/// The luma samples of a macroblock, with those above and to the left.
struct Canvas([[u8; 32]; 17]);

impl Canvas {
    /// In the last column, all four rows of subblocks use the samples above and to the right of the
    /// macroblock (RFC 6386, 12.3).
    fn new(around: &Surroundings) -> Self {
        let mut lines = [[0; 32]; 17];
        lines[0][8..24].copy_from_slice(&around.luma.above);
        lines[0][7] = around.luma.above_left;
        for line in lines.iter_mut().step_by(4) {
            line[24..28].copy_from_slice(&around.above_right);
        }
        for (line, left) in lines.iter_mut().skip(1).zip(around.luma.left) {
            line[7] = left;
        }
        Self(lines)
    }

    #[inline(always)]
    fn predict(&self, mode: SubblockMode, x: usize, y: usize) -> [[u8; 4]; 4] {
        let lines = self.0.get(4 * y..4 * y + 5).and_then(|lines| lines.first_chunk::<5>());
        let Some([top, lines @ ..]) = lines else { return [[0; 4]; 4] };
        let start = 8 + 4 * x;
        let above = top.get(start..start + 8).and_then(|above| above.first_chunk::<8>());
        let above = above.copied().map_or(0, u64::from_le_bytes);
        let left = lines.each_ref().map(|line| line.get(start - 1).copied().unwrap_or_default());
        let above_left = top.get(start - 1).copied().unwrap_or_default();
        predict_subblock(mode, u32::from_le_bytes(left), above_left, above).map(u32::to_le_bytes)
    }

    #[inline(always)]
    fn set(&mut self, x: usize, y: usize, block: [[u8; 4]; 4]) {
        for (line, block) in self.0.iter_mut().skip(4 * y + 1).zip(block) {
            if let Some(samples) = line.get_mut(8 + 4 * x..12 + 4 * x) {
                samples.copy_from_slice(&block);
            }
        }
    }

    fn luma(&self) -> Luma {
        let mut luma = [[0; 16]; 16];
        for (to, line) in luma.iter_mut().zip(self.0.iter().skip(1)) {
            to.copy_from_slice(&line[8..24]);
        }
        luma
    }
}
