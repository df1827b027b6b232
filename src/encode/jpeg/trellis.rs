//! Quantization by rate and distortion.

use super::huffman::Histogram;
use super::quantizer::{QuantizedBlock, Quantizer};
use crate::dct::{Block, ZIGZAG};

/// Chooses for each block the AC coefficients with the least errors and bits.
///
/// A bit is worth a sixteenth of the square of a quantization step. How many bits a coefficient
/// takes depends on how many zeros are before it, so the choice is a shortest path: from the start of
/// the block, over the coefficients that are not zero, to its end.
pub(super) struct Trellis {
    /// The cost of an AC symbol: the bits of its code and those after it.
    costs: [i64; 256],
}

/// Errors are measured in parts of a step. Their squares are the unit of costs.
const PARTS_PER_STEP: i64 = 64;
const COST_PER_BIT: u64 = 1 << COST_PER_BIT_LOG2;
const COST_PER_BIT_LOG2: u32 = 8;
const MAX_CODE_BITS: u64 = 16;

/// AC symbols without a value (T.81, F.1.2.2): the end of a block, and a run of 16 zeros.
const END_OF_BLOCK: usize = 0;
const SIXTEEN_ZEROS: usize = 0xF0;

/// The cheapest way to a coefficient that is not zero.
#[derive(Clone, Copy)]
struct Path {
    /// Of all coefficients up to this one, less the cost of as many zeros.
    cost: i64,
    /// The coefficient in zigzag order. 0 is the start of the block.
    k: usize,
    /// The index of the path that it continues.
    before: usize,
    /// Without its sign.
    value: i16,
}

impl Path {
    const START: Self = Self { cost: 0, k: 0, before: 0, value: 0 };
}

impl Trellis {
    /// `histogram` counts the AC symbols of the same picture, quantized in another way.
    pub(super) fn new(histogram: &Histogram) -> Self {
        let total = log2(histogram.iter().sum());
        let mut costs = [0; 256];
        for (symbol, (cost, &count)) in (0_u64..).zip(costs.iter_mut().zip(histogram)) {
            let code = total.saturating_sub(log2(count)).min(MAX_CODE_BITS * COST_PER_BIT);
            *cost = (code + (symbol & 15) * COST_PER_BIT).cast_signed();
        }
        Self { costs }
    }

    /// Quantizes coefficients in natural order, scaled by 8. No value is larger than `quantizer`
    /// makes it.
    pub(super) fn quantize(&self, coefficients: &Block, quantizer: &Quantizer) -> QuantizedBlock {
        let mut block = quantizer.quantize(coefficients);
        let mut paths = [Path::START; 64];
        let mut len = 1;
        let mut left = block.nonzero & !1;
        while left != 0 {
            let k = left.trailing_zeros() as usize & 63;
            let coefficient = coefficients.as_flattened()[usize::from(ZIGZAG[k] & 63)];
            let magnitude = i64::from(coefficient.unsigned_abs()) * (PARTS_PER_STEP / 8)
                / i64::from(quantizer.steps[k]);
            let value = block.coefficients[k].unsigned_abs();
            paths[len & 63] = self.path_to(k, value, magnitude, paths.get(..len).unwrap_or(&paths));
            len += 1;
            left &= left - 1;
        }
        let mut path = self.cheapest_end(paths.get(..len).unwrap_or(&paths));
        let quantized = core::mem::replace(&mut block, QuantizedBlock::EMPTY).coefficients;
        while path.k > 0 {
            let k = path.k & 63;
            block.put(k, if quantized[k] < 0 { -path.value } else { path.value });
            path = paths[path.before & 63];
        }
        block.put(0, quantized[0]);
        block
    }

    /// The cheapest way to coefficient `k`, with its `value` or one step less. One step less has fewer
    /// bits only below a power of two; otherwise it is just worse.
    #[inline(always)]
    fn path_to(&self, k: usize, value: u16, magnitude: i64, known: &[Path]) -> Path {
        let mut cheapest = Path { cost: i64::MAX, ..Path::START };
        let values =
            if value > 1 && value.is_power_of_two() { value - 1..=value } else { value..=value };
        for value in values {
            let size = (u16::BITS - value.leading_zeros()) as usize;
            let error = magnitude - i64::from(value) * PARTS_PER_STEP;
            let instead_of_zero = error * error - magnitude * magnitude;
            for (before, path) in (0..).zip(known) {
                let run = k - path.k - 1;
                let zeros = (run >> 4) as i64 * self.costs[SIXTEEN_ZEROS];
                let cost = path.cost + zeros + self.costs[(run & 15) << 4 | size & 15];
                if cost + instead_of_zero < cheapest.cost {
                    let cost = cost + instead_of_zero;
                    cheapest = Path { cost, k, before, value: value.cast_signed() };
                }
            }
        }
        cheapest
    }

    /// The path that is the cheapest with the end of the block.
    fn cheapest_end(&self, paths: &[Path]) -> Path {
        let cost = |path: &Path| path.cost + if path.k < 63 { self.costs[END_OF_BLOCK] } else { 0 };
        paths.iter().copied().min_by_key(cost).unwrap_or(Path::START)
    }
}

/// The logarithm of at least 1, times [`COST_PER_BIT`], within a tenth of a bit.
fn log2(count: u64) -> u64 {
    let count = count.clamp(1, u64::MAX >> COST_PER_BIT_LOG2);
    let bits = count.ilog2();
    // 1 + x for 2^x.
    u64::from(bits) * COST_PER_BIT + (count << COST_PER_BIT_LOG2 >> bits) - COST_PER_BIT
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::encode::jpeg::quantization::Quantization;
    use crate::encode::jpeg::sampling::Sampling;
    use crate::encode::jpeg::scan::Scan;
    use crate::encode::jpeg::symbols::{BlockCoder, Class, Symbol, SymbolSink};
    use crate::error::Error;
    use crate::request::JpegEffort;

    /// Adds up the costs of all AC symbols.
    struct Costs<'t>(&'t Trellis, i64);

    impl SymbolSink for Costs<'_> {
        fn start_mcu(&mut self) -> Result<(), Error> {
            Ok(())
        }

        fn put(&mut self, symbol: Symbol) {
            if symbol.class == Class::Ac {
                self.1 += self.0.costs[symbol.index()];
            }
        }
    }

    /// The cost of a block, symbol by symbol.
    fn cost(
        trellis: &Trellis,
        quantizer: &Quantizer,
        exact: &Block,
        block: &QuantizedBlock,
    ) -> i64 {
        let scan = Scan::script(Sampling::Gray, false);
        let mut costs = Costs(trellis, 0);
        let mut coder = BlockCoder::new(&scan[0]);
        coder.block(0, block, &mut costs);
        coder.end_blocks(&mut costs);
        let errors = ZIGZAG.iter().enumerate().skip(1).map(|(k, &index)| {
            let magnitude = i64::from(exact.as_flattened()[usize::from(index)].unsigned_abs());
            let parts = magnitude * (PARTS_PER_STEP / 8) / i64::from(quantizer.steps[k]);
            let value = i64::from(block.coefficients[k].unsigned_abs());
            (parts - value * PARTS_PER_STEP).pow(2)
        });
        costs.1 + errors.sum::<i64>()
    }

    proptest! {
        /// Every choice of zero, the value and one step less costs at least as much.
        #[test]
        fn no_other_coefficients_cost_less(
            histogram in prop::array::uniform32(prop_oneof![Just(0_u64), 1_u64..5_000]),
            places in prop::collection::vec((0_usize..64, -900_i16..900), 0..7),
            quality in 20_u8..=95,
        ) {
            let mut counts = [0; 256];
            for (to, count) in counts.iter_mut().zip(histogram.iter().cycle()) {
                *to = *count;
            }
            let trellis = Trellis::new(&counts);
            let [quantizer, _] = Quantization::new(quality, JpegEffort::Smallest).quantizers;
            let mut exact = [[0; 8]; 8];
            for &(place, value) in &places {
                exact[place / 8][place % 8] = value;
            }
            let found = trellis.quantize(&exact, &quantizer);
            let least = cost(&trellis, &quantizer, &exact, &found);
            let nearest = quantizer.quantize(&exact);
            prop_assert_eq!(found.coefficients[0], nearest.coefficients[0]);
            let places: Vec<usize> = (1..64).filter(|&k| nearest.coefficients[k] != 0).collect();
            for choice in 0..3_usize.pow(places.len() as u32) {
                let mut other = QuantizedBlock::EMPTY;
                other.put(0, nearest.coefficients[0]);
                let mut digits = choice;
                for &k in &places {
                    let value = nearest.coefficients[k];
                    other.put(k, [0, value, value - value.signum()][digits % 3]);
                    digits /= 3;
                }
                prop_assert!(least <= cost(&trellis, &quantizer, &exact, &other), "{:?}", other);
            }
        }

        #[test]
        fn logarithms_are_within_a_tenth_of_a_bit(count in 1_u64..1 << 50) {
            let exact = (count as f64).log2();
            prop_assert!((log2(count) as f64 / COST_PER_BIT as f64 - exact).abs() < 0.1);
        }
    }

    #[test]
    fn a_symbol_that_never_occurs_costs_the_longest_code() {
        let mut histogram = [0; 256];
        histogram[0x01] = u64::MAX >> 9;
        let trellis = Trellis::new(&histogram);
        assert_eq!(trellis.costs[0x01], 256);
        assert_eq!(trellis.costs[0x53], (16 + 3) * 256);
    }
}
