//! Quantization: division by the steps of a quality.

use crate::dct::{Block, ZIGZAG};

/// The quantized coefficients of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuantizedBlock {
    /// In zigzag order.
    pub(super) coefficients: [i16; 64],
    /// A bit for each coefficient that is not zero, the lowest for DC.
    pub(super) nonzero: u64,
}

impl QuantizedBlock {
    pub(super) const EMPTY: Self = Self { coefficients: [0; 64], nonzero: 0 };

    /// Sets a coefficient that is zero.
    #[inline(always)]
    pub(super) fn put(&mut self, k: usize, value: i16) {
        self.coefficients[k & 63] = value;
        self.nonzero |= u64::from(value != 0) << (k & 63);
    }
}

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
    /// The steps for `quality` from 1 to 100, as libjpeg scales those of quality 50.
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

    /// Quantizes coefficients in natural order, scaled by 8.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the upper half of 32 bits")]
    pub(super) fn quantize(&self, block: &Block) -> QuantizedBlock {
        let mut block = *block;
        let factors = self.reciprocals.iter().zip(&self.corrections);
        for (value, (&reciprocal, &correction)) in block.as_flattened_mut().iter_mut().zip(factors)
        {
            let magnitude = u32::from(value.unsigned_abs() + correction);
            let quotient = ((magnitude * u32::from(reciprocal)) >> 16) as u16;
            let sign = *value >> 15;
            *value = (quotient.cast_signed() ^ sign) - sign;
        }
        let block = block.as_flattened();
        let mut quantized = QuantizedBlock::EMPTY;
        for (k, &index) in ZIGZAG.iter().enumerate() {
            quantized.put(k, block[usize::from(index & 63)]);
        }
        quantized
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
