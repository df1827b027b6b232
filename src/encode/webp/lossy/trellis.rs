//! Coefficients → levels: of all levels near a coefficient, those of a block that cost least, in
//! distortion and in bits.

use super::costs::{BlockCosts, MAX_LEVEL, VARIABLE_LEVELS, fixed_cost};
use super::forward_dct::Block;
use crate::vp8::inverse_dct::truncate_to_16_bits;
use crate::vp8::quantizer::Steps;

/// The levels of a block and what they cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantized {
    /// In zigzag order.
    pub(super) levels: Block,
    /// The index past the last level that is not 0, or the first index if all are.
    pub(super) end: usize,
    /// The distortion and the bits.
    pub(super) score: i64,
}

/// How the blocks of one type are quantized.
#[derive(Clone, Copy)]
pub(super) struct BlockType<'a> {
    pub(super) costs: &'a BlockCosts,
    pub(super) steps: &'a Steps,
    /// The index of the first coefficient: 1 if DC is coded in a Y2 block.
    pub(super) first: usize,
    /// What 1/256 bit costs, where a squared unit of a coefficient costs [`DISTORTION`].
    pub(super) lambda: i64,
    /// The largest coefficient that is coded.
    pub(super) max_coefficient: u32,
}

impl BlockType<'_> {
    /// Quantizes `coefficients`. `context` is the number of neighbouring blocks, above and left,
    /// that have levels.
    #[inline(always)]
    pub(super) fn quantize(&self, coefficients: &Block, context: usize) -> Quantized {
        let mut energy = 0;
        let mut last = None;
        let mut magnitudes = [0u32; 16];
        for n in self.first..16 {
            let magnitude = u32::from(coefficients[ZIGZAG[n]].unsigned_abs());
            energy += i64::from(magnitude * magnitude);
            magnitudes[n] = magnitude.min(self.max_coefficient);
            if 2 * magnitude > self.steps[n].unsigned_abs() {
                last = Some(n);
            }
        }
        let mut levels = [0; 16];
        let mut path = Path::new(self, context);
        if let Some(last) = last {
            for (n, &magnitude) in magnitudes.iter().enumerate().take(last + 1).skip(self.first) {
                let step = self.steps[n].unsigned_abs();
                let nearest = (magnitude + step / 2) / step;
                let nearest = nearest.min(self.max_coefficient / step).min(MAX_LEVEL);
                path.advance(self, n, magnitude, nearest);
            }
            path.levels(&mut levels, self.first, coefficients);
        }
        let (score, end, _) = path.best;
        Quantized { levels, end, score: score + energy * DISTORTION }
    }

    #[inline(always)]
    fn rate(&self, cost: u32) -> i64 {
        self.lambda * i64::from(cost)
    }

    /// The coefficients of `levels`, row by row.
    #[inline(always)]
    pub(super) fn dequantize(&self, levels: &Block) -> Block {
        let mut coefficients = [0; 16];
        for n in self.first..16 {
            let coefficient = i32::from(levels[n]) * self.steps[n];
            coefficients[ZIGZAG[n]] = truncate_to_16_bits(coefficient);
        }
        coefficients
    }
}

/// The best levels up to a coefficient.
///
/// The cost of a token depends on whether the level before it is 0, 1 or larger. So the best levels
/// are known for each of the three (the algorithm of Viterbi).
struct Path {
    /// The score by the context of the next token, relative to a block of zeros.
    scores: [i64; 3],
    /// The level of each coefficient, and the context before it, by the context after it.
    steps_back: [[(i16, u8); 3]; 16],
    /// The best score of a complete block, its end, and the context there.
    best: (i64, usize, usize),
}

impl Path {
    #[inline(always)]
    fn new(blocks: &BlockType<'_>, context: usize) -> Self {
        let BlockType { costs, first, .. } = *blocks;
        let mut scores = [IMPOSSIBLE; 3];
        scores[context] = blocks.rate(costs.no_end(first, context));
        let nothing = blocks.rate(costs.end(first, context));
        Self { scores, steps_back: [[(0, 0); 3]; 16], best: (nothing, first, 0) }
    }

    /// Adds coefficient `n`, with its nearest level or the next one towards 0.
    #[inline(always)]
    fn advance(&mut self, blocks: &BlockType<'_>, n: usize, magnitude: u32, nearest: u32) {
        let step = blocks.steps[n].unsigned_abs();
        let of_levels = blocks.costs.levels(n);
        let mut next = [IMPOSSIBLE; 3];
        for level in nearest.saturating_sub(1)..=nearest {
            let column = (level as usize).min(VARIABLE_LEVELS - 1);
            let (mut score, mut before) = (IMPOSSIBLE, 0);
            for (context, (&reached, costs)) in (0..).zip(self.scores.iter().zip(of_levels)) {
                let sum = reached + blocks.rate(costs[column].into());
                if sum < score {
                    (score, before) = (sum, context);
                }
            }
            let error = i64::from(magnitude) - i64::from(level * step);
            let distortion = error * error - i64::from(magnitude * magnitude);
            score += distortion * DISTORTION + blocks.rate(fixed_cost(level));
            let after = (level as usize).min(2);
            if score < next[after] {
                next[after] = score;
                self.steps_back[n][after] = (i16::try_from(level).unwrap_or_default(), before);
                let with_end = score + blocks.rate(blocks.costs.end(n + 1, after));
                if level > 0 && with_end < self.best.0 {
                    self.best = (with_end, n + 1, after);
                }
            }
        }
        self.scores = next;
    }

    /// Stores the levels of the best block.
    #[inline(always)]
    fn levels(&self, levels: &mut Block, first: usize, coefficients: &Block) {
        let (_, end, mut after) = self.best;
        for n in (first..end).rev() {
            let (level, before) = self.steps_back[n][after];
            let is_negative = coefficients[ZIGZAG[n]] < 0;
            levels[n] = if is_negative { -level } else { level };
            after = usize::from(before).min(2);
        }
    }
}

/// What a squared unit of a coefficient costs in a score.
pub(super) const DISTORTION: i64 = 1 << 16;

/// More than any score.
const IMPOSSIBLE: i64 = i64::MAX / 4;

/// The place of each coefficient in a block, in zigzag order (RFC 6386, 13).
const ZIGZAG: [usize; 16] = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data")]
mod tests {
    use super::*;
    use crate::encode::test_pictures::noise;
    use crate::encode::webp::lossy::costs::{self, BlockCosts};
    use crate::encode::webp::lossy::segment::Segment;
    use crate::vp8::tables::DEFAULT_TOKEN_PROBABILITIES;

    /// The score of given levels, token by token.
    fn score(blocks: &BlockType<'_>, levels: &Block, coefficients: &Block, context: usize) -> i64 {
        let end = levels.iter().rposition(|&level| level != 0).map_or(0, |last| last + 1);
        let end = end.max(blocks.first);
        let mut cost = 0;
        let mut distortion = 0;
        let mut context = context;
        for n in blocks.first..16 {
            let level = u32::from(levels[n].unsigned_abs());
            let error = i64::from(coefficients[ZIGZAG[n]])
                - i64::from(levels[n]) * i64::from(blocks.steps[n]);
            distortion += error * error;
            if n < end {
                if n == blocks.first {
                    cost += blocks.costs.no_end(n, context);
                }
                let column = (level as usize).min(VARIABLE_LEVELS - 1);
                cost += u32::from(blocks.costs.levels(n)[context][column]) + fixed_cost(level);
                context = (level as usize).min(2);
            }
        }
        cost += blocks.costs.end(end, context);
        distortion * DISTORTION + blocks.lambda * i64::from(cost)
    }

    /// Every choice between the nearest level and the next one towards 0 costs at least as much.
    #[test]
    fn no_other_levels_cost_less() {
        let mut costs = [BlockCosts::ZERO; 4];
        costs::update(&mut costs, &DEFAULT_TOKEN_PROBABILITIES);
        let mut shorter = 0;
        for (round, bytes) in noise(16 * 60, 4).as_chunks::<16>().0.iter().enumerate() {
            let segment = Segment::new((round * 2) as u8, 0);
            for with_y2 in [false, true] {
                let blocks = segment.luma(&costs, with_y2);
                // Twelve coefficients, smaller and smaller.
                let mut coefficients = [0; 16];
                for n in blocks.first..12 {
                    let share = (i16::from(bytes[n]) - 128) / (n as i16 + 1);
                    coefficients[ZIGZAG[n]] = share * blocks.steps[1] as i16 / 40;
                }
                for context in 0..3 {
                    let found = blocks.quantize(&coefficients, context);
                    assert_eq!(found.score, score(&blocks, &found.levels, &coefficients, context));
                    let nearest = [(); 16].map({
                        let mut n = 0;
                        move |()| {
                            let (step, value) = (blocks.steps[n] as i16, coefficients[ZIGZAG[n]]);
                            n += 1;
                            (value.abs() + step / 2) / step * value.signum()
                        }
                    });
                    for choice in 0..1 << 12 {
                        let mut levels = nearest;
                        let mut changed = true;
                        for (n, level) in levels.iter_mut().enumerate().take(12) {
                            if choice >> n & 1 == 1 {
                                changed &= *level != 0;
                                *level -= level.signum();
                            }
                        }
                        if changed {
                            let other = score(&blocks, &levels, &coefficients, context);
                            assert!(found.score <= other, "{levels:?} instead of {found:?}");
                        }
                    }
                    let end = nearest.iter().rposition(|&level| level != 0).map_or(0, |n| n + 1);
                    shorter += usize::from(found.end < end);
                }
            }
        }
        assert!(shorter > 30, "{shorter} blocks became shorter");
    }
}
