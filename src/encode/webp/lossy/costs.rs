//! What bits and levels cost, in units of 1/256 bit.

use crate::vp8::tables::{
    BANDS, EXTRA_BITS_1, EXTRA_BITS_2, EXTRA_BITS_3, EXTRA_BITS_4, EXTRA_BITS_5, EXTRA_BITS_6,
    Probabilities,
};

/// The cost of `bit`, which is 0 with a probability of `probability` / 256.
#[inline(always)]
pub(super) const fn bit_cost(bit: bool, probability: u8) -> u32 {
    let index = if bit { 256 - probability as usize } else { probability as usize };
    BIT_COSTS[index & 255] as u32
}

/// The cost of `bit` when the range of the boolean coder is the worst one for it.
pub(super) const fn max_bit_cost(bit: bool, probability: u8) -> u32 {
    let costs = if bit { &MAX_COSTS_OF_1 } else { &MAX_COSTS_OF_0 };
    costs[probability as usize] as u32
}

/// The costs of the levels of a coefficient by the context of its token. In contexts 1 and 2, and
/// for the first coefficient of a block, the token that ends a block is possible: its absence is in
/// the costs of contexts 1 and 2.
pub(super) type ContextCosts = [[u16; VARIABLE_LEVELS]; 3];

/// The costs of one block type.
#[derive(Clone)]
pub(super) struct BlockCosts {
    /// By coefficient.
    levels: [ContextCosts; 16],
    /// The cost of the end of the block before a coefficient, and that of its absence.
    ends: [[[u16; 2]; 3]; 17],
}

impl BlockCosts {
    pub(super) const ZERO: Self =
        Self { levels: [[[0; VARIABLE_LEVELS]; 3]; 16], ends: [[[0; 2]; 3]; 17] };

    /// The costs of the level of coefficient `n` without its sign and extra bits, by context.
    #[inline(always)]
    pub(super) fn levels(&self, n: usize) -> &ContextCosts {
        &self.levels[n & 15]
    }

    /// The cost of the end of the block before coefficient `n`, up to 16.
    #[inline(always)]
    pub(super) fn end(&self, n: usize, context: usize) -> u32 {
        if n == 16 { 0 } else { u32::from(self.ends[n & 15][context][1]) }
    }

    /// What the first coefficient `n` of a block costs more than the levels say.
    #[inline(always)]
    pub(super) fn no_end(&self, n: usize, context: usize) -> u32 {
        if context == 0 { u32::from(self.ends[n & 15][context][0]) } else { 0 }
    }
}

/// Updates the costs of all block types.
pub(super) fn update(costs: &mut [BlockCosts; 4], probabilities: &Probabilities) {
    for (costs, bands) in costs.iter_mut().zip(probabilities) {
        let mut of_bands = [[[0; VARIABLE_LEVELS]; 3]; 8];
        for (band, contexts) in of_bands.iter_mut().zip(bands) {
            for (context, (levels, p)) in band.iter_mut().zip(contexts).enumerate() {
                for (level, cost) in levels.iter_mut().enumerate() {
                    let no_end = if context > 0 { bit_cost(true, p[0]) } else { 0 };
                    let cost_of_level = no_end + token_cost(level, p);
                    *cost = u16::try_from(cost_of_level).unwrap_or(u16::MAX);
                }
            }
        }
        for (n, levels) in costs.levels.iter_mut().enumerate() {
            *levels = of_bands[BANDS[n] & 7];
        }
        for (n, ends) in costs.ends.iter_mut().enumerate().take(16) {
            for (end, p) in ends.iter_mut().zip(&bands[BANDS[n] & 7]) {
                let cost = |bit| u16::try_from(bit_cost(bit, p[0])).unwrap_or(u16::MAX);
                *end = [cost(true), cost(false)];
            }
        }
    }
}

/// The cost of the sign and the extra bits of a level.
#[inline(always)]
pub(super) fn fixed_cost(level: u32) -> u32 {
    LEVEL_COSTS[level.min(MAX_LEVEL) as usize].into()
}

/// The cost of the branches of a token after that of the end (RFC 6386, 13.2).
const fn token_cost(level: usize, p: &[u8; 11]) -> u32 {
    if level == 0 {
        return bit_cost(false, p[1]);
    }
    let above_0 = bit_cost(true, p[1]);
    if level == 1 {
        return above_0 + bit_cost(false, p[2]);
    }
    let above_1 = above_0 + bit_cost(true, p[2]);
    if level < 5 {
        let small = above_1 + bit_cost(false, p[3]);
        return match level {
            2 => small + bit_cost(false, p[4]),
            _ => small + bit_cost(true, p[4]) + bit_cost(level == 4, p[5]),
        };
    }
    let large = above_1 + bit_cost(true, p[3]);
    match level {
        5..=6 => large + bit_cost(false, p[6]) + bit_cost(false, p[7]),
        7..=10 => large + bit_cost(false, p[6]) + bit_cost(true, p[7]),
        11..=34 => {
            large + bit_cost(true, p[6]) + bit_cost(false, p[8]) + bit_cost(level > 18, p[9])
        }
        _ => large + bit_cost(true, p[6]) + bit_cost(true, p[8]) + bit_cost(level > 66, p[10]),
    }
}

/// The largest level that a token can have (RFC 6386, 13.2). The forward transform needs no larger
/// one.
pub(super) const MAX_LEVEL: u32 = 2047;

/// The lower end of a category of levels and the probabilities of the extra bits.
pub(super) const fn category(level: u32) -> (u32, &'static [u8]) {
    match level {
        0..5 => (level, &[]),
        5..7 => (5, &EXTRA_BITS_1),
        7..11 => (7, &EXTRA_BITS_2),
        11..19 => (11, &EXTRA_BITS_3),
        19..35 => (19, &EXTRA_BITS_4),
        35..67 => (35, &EXTRA_BITS_5),
        _ => (67, &EXTRA_BITS_6),
    }
}

/// Levels from this one on have the same branches.
pub(super) const VARIABLE_LEVELS: usize = 68;

#[allow(clippy::cast_possible_truncation, reason = "at most 12 bits, of at most 8 × 256")]
static LEVEL_COSTS: [u16; MAX_LEVEL as usize + 1] = {
    let mut costs = [0; MAX_LEVEL as usize + 1];
    let mut level = 1;
    while level <= MAX_LEVEL {
        let (base, extra_bits) = category(level);
        let mut cost = 256;
        let mut bit = 0;
        while bit < extra_bits.len() {
            let is_set = (level - base) >> (extra_bits.len() - 1 - bit) & 1 == 1;
            cost += bit_cost(is_set, extra_bits[bit]);
            bit += 1;
        }
        costs[level as usize] = cost as u16;
        level += 1;
    }
    costs
};

static BIT_COSTS: [u16; 256] = {
    let mut costs = [0; 256];
    costs[0] = 8 * 256;
    let mut probability = 1;
    while probability < 256 {
        costs[probability] = log2_ratio(256, probability as u64);
        probability += 1;
    }
    costs
};

static MAX_COSTS_OF_0: [u16; 256] = max_costs(false);
static MAX_COSTS_OF_1: [u16; 256] = max_costs(true);

/// The cost of a bit by probability, when the part of the range is the smallest.
const fn max_costs(bit: bool) -> [u16; 256] {
    let mut costs = [0; 256];
    let mut probability = 0;
    while probability < 256 {
        let (mut worst_range, mut worst_part) = (1, 1);
        let mut range = 128;
        while range < 256 {
            let split = 1 + (((range - 1) * probability as u64) >> 8);
            let part = if bit { range - split } else { split };
            if range * worst_part > worst_range * part {
                (worst_range, worst_part) = (range, part);
            }
            range += 1;
        }
        costs[probability] = log2_ratio(worst_range, worst_part) + 1;
        probability += 1;
    }
    costs
}

/// The binary logarithm of a ratio of at least 1, in units of 1/256, rounded down.
#[allow(clippy::cast_possible_truncation, reason = "at most 8 × 256")]
const fn log2_ratio(numerator: u64, denominator: u64) -> u16 {
    let whole = (numerator / denominator).ilog2();
    // The mantissa, from 1 to 2, with 30 bits after the point.
    let mut mantissa = ((numerator as u128) << 30) / ((denominator as u128) << whole);
    let mut log = whole as u16;
    let mut bit = 0;
    while bit < 8 {
        mantissa = (mantissa * mantissa) >> 30;
        log <<= 1;
        if mantissa >= 2 << 30 {
            mantissa >>= 1;
            log += 1;
        }
        bit += 1;
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::webp::lossy::bool_encoder::BoolEncoder;

    #[test]
    fn costs_are_logarithms_of_probabilities() {
        for probability in 1..=255u8 {
            for bit in [false, true] {
                let share =
                    f64::from(if bit { 256 - u16::from(probability) } else { probability.into() });
                let bits = -(share / 256.0).log2();
                let cost = f64::from(bit_cost(bit, probability)) / 256.0;
                assert!((cost - bits).abs() <= 1.0 / 256.0, "{probability}: {cost} for {bits}");
            }
        }
    }

    /// No run of bits takes more than the sum of the largest costs.
    #[test]
    fn no_bit_takes_more_than_its_largest_cost() {
        for probability in 1..=255u8 {
            for bit in [false, true] {
                let mut encoder = BoolEncoder::counting();
                (0..2_000).for_each(|_| encoder.bit(bit, probability));
                let most = 2_000 * u64::from(max_bit_cost(bit, probability)) / 256;
                let bits = 8 * encoder.finish().unwrap();
                assert!(bits <= most + 16, "{probability}: {bits} bits of {most}");
            }
        }
    }

    #[test]
    fn larger_levels_cost_more_extra_bits() {
        assert_eq!((fixed_cost(0), fixed_cost(1), fixed_cost(4)), (0, 256, 256));
        assert!(fixed_cost(67) > 256 + 4 * 256 && fixed_cost(2_000) > 256 + 11 * 256);
        assert_eq!(fixed_cost(MAX_LEVEL + 9), fixed_cost(MAX_LEVEL));
    }
}
