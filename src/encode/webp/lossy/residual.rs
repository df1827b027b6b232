//! Residuals of blocks: their size, and their sum with a prediction.

use super::forward_dct::Block;
use crate::vp8::inverse_dct::{self, BlockPair};
use crate::vp8::predict::clamp;

/// The difference of four lines of four samples.
#[inline(always)]
pub(super) fn difference(source: [[u8; 4]; 4], prediction: [[u8; 4]; 4]) -> Block {
    let mut block = [0; 16];
    let samples = source.as_flattened().iter().zip(prediction.as_flattened());
    for (residual, (source, prediction)) in block.iter_mut().zip(samples) {
        *residual = i16::from(*source) - i16::from(*prediction);
    }
    block
}

/// The block at column `x` and row `y`, in blocks, of a larger one.
#[inline(always)]
pub(super) fn block_at<const SIDE: usize>(
    samples: &[[u8; SIDE]; SIDE],
    x: usize,
    y: usize,
) -> [[u8; 4]; 4] {
    [0, 1, 2, 3].map(|line| {
        let samples = samples.get(4 * y + line).and_then(|line| line.get(4 * x..4 * x + 4));
        samples.and_then(|samples| samples.first_chunk().copied()).unwrap_or_default()
    })
}

/// Sets the block at column `x` and row `y`, in blocks.
#[inline(always)]
pub(super) fn set_block<const SIDE: usize>(
    samples: &mut [[u8; SIDE]; SIDE],
    (x, y): (usize, usize),
    block: [[u8; 4]; 4],
) {
    for (line, block) in samples.iter_mut().skip(4 * y).zip(block) {
        if let Some(samples) = line.get_mut(4 * x..4 * x + 4) {
            samples.copy_from_slice(&block);
        }
    }
}

/// The sum of the magnitudes of the Hadamard transform: about what a residual costs to code.
#[inline(always)]
pub(super) fn hadamard(residuals: &Block) -> u32 {
    let pass = |[a, b, c, d]: [i16; 4]| {
        let (sum, difference, right_sum, right_difference) = (a + b, a - b, c + d, c - d);
        [
            sum + right_sum,
            difference + right_difference,
            sum - right_sum,
            difference - right_difference,
        ]
    };
    let mut rows = [[0; 4]; 4];
    for (row, residuals) in rows.iter_mut().zip(residuals.as_chunks::<4>().0) {
        *row = pass(*residuals);
    }
    let [a, b, c, d] = rows;
    let mut sum = 0;
    for (((a, b), c), d) in a.into_iter().zip(b).zip(c).zip(d) {
        let column = pass([a, b, c, d]);
        sum += column.iter().map(|value| u32::from(value.unsigned_abs())).sum::<u32>();
    }
    sum / 2
}

/// The samples of a block: a prediction and the residual of its coefficients.
#[inline(always)]
pub(super) fn reconstruct(prediction: [[u8; 4]; 4], coefficients: &Block) -> [[u8; 4]; 4] {
    if coefficients[1..].iter().all(|&coefficient| coefficient == 0) {
        if coefficients[0] == 0 {
            return prediction;
        }
        let mut pair = [[0; 8]; 4];
        pair[0][0] = coefficients[0];
        return add(prediction, &inverse_dct::dc_only(&pair));
    }
    let mut pair: BlockPair = [[0; 8]; 4];
    for (row, coefficients) in pair.iter_mut().zip(coefficients.as_chunks::<4>().0) {
        row[..4].copy_from_slice(coefficients);
    }
    add(prediction, &inverse_dct::transform_in_32_bits(&pair))
}

#[inline(always)]
fn add(mut samples: [[u8; 4]; 4], residuals: &BlockPair) -> [[u8; 4]; 4] {
    for (line, residuals) in samples.iter_mut().zip(residuals) {
        for (sample, residual) in line.iter_mut().zip(residuals) {
            *sample = clamp(i16::from(*sample).saturating_add(*residual));
        }
    }
    samples
}
