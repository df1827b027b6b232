//! The quantizer of a segment, and the balance between distortion and bits that belongs to it.

use super::costs::BlockCosts;
use super::trellis::BlockType;
use crate::vp8::quantizer::{IndexDeltas, Quantizer};

/// How the macroblocks of one segment are coded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) index: u8,
    pub(super) filter_level: u8,
    pub(super) quantizer: Quantizer,
    /// What 1/256 bit costs, where a squared unit of a coefficient costs
    /// [`DISTORTION`](super::trellis::DISTORTION).
    pub(super) lambda: i64,
    /// What 1/256 bit costs, where a unit of the Hadamard transform costs 256.
    pub(super) hadamard_lambda: u32,
}

impl Segment {
    pub(super) fn new(index: u8, filter_level: u8) -> Self {
        let quantizer = Quantizer::new(index.into(), INDEX_DELTAS);
        let step = quantizer.luma[1];
        Self {
            index,
            filter_level,
            quantizer,
            lambda: LAMBDA * i64::from(step * step),
            hadamard_lambda: HADAMARD_LAMBDA * step.unsigned_abs() / 16,
        }
    }

    /// The luma blocks of a macroblock, with a Y2 block or without.
    pub(super) const fn luma<'a>(&'a self, costs: &'a [BlockCosts; 4], y2: bool) -> BlockType<'a> {
        let [with_y2, _, _, without_y2] = costs;
        let costs = if y2 { with_y2 } else { without_y2 };
        let steps = &self.quantizer.luma;
        BlockType {
            costs,
            steps,
            first: y2 as usize,
            lambda: self.lambda,
            max_coefficient: MAX_COEFFICIENT,
        }
    }

    /// The Y2 block. Its score is four times that of other blocks, because its inverse transform
    /// halves errors.
    pub(super) const fn y2<'a>(&'a self, costs: &'a [BlockCosts; 4]) -> BlockType<'a> {
        let [_, costs, _, _] = costs;
        let steps = &self.quantizer.y2;
        BlockType {
            costs,
            steps,
            first: 0,
            lambda: 4 * self.lambda,
            max_coefficient: i16::MAX as u32,
        }
    }

    pub(super) const fn chroma<'a>(&'a self, costs: &'a [BlockCosts; 4]) -> BlockType<'a> {
        let [_, _, costs, _] = costs;
        let steps = &self.quantizer.chroma;
        BlockType { costs, steps, first: 0, lambda: self.lambda, max_coefficient: MAX_COEFFICIENT }
    }
}

/// The steps of the kinds of coefficients relative to those of luma AC.
pub(super) const INDEX_DELTAS: IndexDeltas =
    IndexDeltas { luma_dc: 0, y2_dc: 0, y2_ac: 0, chroma_dc: 0, chroma_ac: 0 };

/// The inverse transform in 16 bits is exact up to this coefficient.
const MAX_COEFFICIENT: u32 = 2047;
/// λ = 0.13 × step² for a bit, which is right for a uniform quantizer.
const LAMBDA: i64 = 14;
const HADAMARD_LAMBDA: u32 = 10;
