//! Quantization: forward DCT, and division by the steps of a quality.

use crate::dct::{Block, ZIGZAG, forward8};

/// The quantization of one kind of component.
pub(super) struct Quantizer {
    /// The steps in zigzag order, as a DQT segment lists them.
    pub(super) steps: [u8; 64],
    /// For each coefficient in natural order, 2¹⁶ over eight steps, because the transform scales by
    /// 8 ...
    reciprocals: [u16; 64],
    /// ... and what is added before the product, so that it rounds.
    corrections: [u16; 64],
}

impl Quantizer {
    /// The steps of T.81, K.1, for `quality` from 1 to 100, as libjpeg scales them.
    ///
    /// An AC coefficient is rounded up from 137/256 of a step on. What it gains below that is rarely
    /// worth its bits.
    pub(super) fn new(base: &[u8; 64], quality: u8) -> Self {
        let mut quantizer = Self::to_nearest(base, quality);
        for (&step, &index) in quantizer.steps.iter().zip(&ZIGZAG).skip(1) {
            quantizer.corrections[usize::from(index & 63)] -= 9 * u16::from(step) / 32;
        }
        quantizer
    }

    /// The same, with all coefficients rounded to the nearest step.
    pub(super) fn to_nearest(base: &[u8; 64], quality: u8) -> Self {
        let quality = u32::from(quality.clamp(1, 100));
        let percent = if quality < 50 { 5_000 / quality } else { 200 - 2 * quality };
        let mut quantizer = Self { steps: [1; 64], reciprocals: [0; 64], corrections: [0; 64] };
        for ((step, &base), &index) in quantizer.steps.iter_mut().zip(base).zip(&ZIGZAG) {
            let scaled = ((u32::from(base) * percent + 50) / 100).clamp(1, 255);
            *step = u8::try_from(scaled).unwrap_or(u8::MAX);
            let (reciprocal, correction) = reciprocal(8 * u16::from(*step));
            let index = usize::from(index & 63);
            quantizer.reciprocals[index] = reciprocal;
            quantizer.corrections[index] = correction;
        }
        quantizer
    }

    /// The quantized coefficients of samples between −128 and 127.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the upper half of 32 bits")]
    pub(super) fn coefficients(&self, samples: &Block) -> Block {
        let mut block = forward8(samples);
        let factors = self.reciprocals.iter().zip(&self.corrections);
        for (value, (&reciprocal, &correction)) in block.as_flattened_mut().iter_mut().zip(factors)
        {
            let magnitude = u32::from(value.unsigned_abs() + correction);
            let quotient = ((magnitude * u32::from(reciprocal)) >> 16) as u16;
            let sign = *value >> 15;
            *value = (quotient.cast_signed() ^ sign) - sign;
        }
        block
    }
}

/// A reciprocal of 15 bits, doubled, and the correction with which its product rounds. The error of
/// the reciprocal is made good on the side where it is smaller.
const fn reciprocal(divisor: u16) -> (u16, u16) {
    const ONE: u16 = 1 << 15;
    let (quotient, remainder, half) = (ONE / divisor, ONE % divisor, divisor / 2);
    if remainder == 0 {
        (2 * quotient, half)
    } else if remainder <= half {
        (2 * quotient, half + 1)
    } else {
        (2 * (quotient + 1), half)
    }
}

/// T.81, K.1, in zigzag order.
#[rustfmt::skip]
pub(super) const LUMA_STEPS: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
    26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
#[rustfmt::skip]
pub(super) const CHROMA_STEPS: [u8; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];
