//! How the blocks of a file are quantized.

use super::quantizer::{QuantizedBlock, Quantizer};
use super::sampling::Kind;
use super::steps::{CHROMA_STEPS, LUMA_STEPS, SQUARE_CHROMA_STEPS, SQUARE_LUMA_STEPS};
use super::trellis::Trellis;
use crate::dct::{Block, forward8};
use crate::request::JpegEffort;

/// The quantization of luma and of chroma.
pub(super) struct Quantization {
    pub(super) quantizers: [Quantizer; 2],
    /// Chooses the coefficients that are worth their bits.
    pub(super) trellises: Option<[Trellis; 2]>,
}

impl Quantization {
    /// The quantization at `quality`, of each coefficient by itself.
    pub(super) fn new(quality: u8, effort: JpegEffort) -> Self {
        let steps = base_steps(effort);
        Self {
            quantizers: steps.each_ref().map(|steps| Quantizer::new(steps, quality)),
            trellises: None,
        }
    }

    /// The quantized coefficients of samples between −128 and 127.
    #[inline(always)]
    pub(super) fn block(&self, kind: Kind, samples: &Block) -> QuantizedBlock {
        let coefficients = forward8(samples);
        let quantizer = &self.quantizers[kind as usize];
        match &self.trellises {
            Some(trellises) => trellises[kind as usize].quantize(&coefficients, quantizer),
            None => quantizer.quantize(&coefficients),
        }
    }
}

/// The steps of luma and of chroma at quality 50.
pub(super) const fn base_steps(effort: JpegEffort) -> [[u8; 64]; 2] {
    match effort {
        JpegEffort::Balanced => [LUMA_STEPS, CHROMA_STEPS],
        JpegEffort::Smallest => [SQUARE_LUMA_STEPS, SQUARE_CHROMA_STEPS],
    }
}
