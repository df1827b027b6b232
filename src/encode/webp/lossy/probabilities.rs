//! The probabilities of the tokens of a picture.

use super::costs::max_bit_cost;
use super::tokens::Counts;
use crate::vp8::tables::{DEFAULT_TOKEN_PROBABILITIES, Probabilities, TOKEN_UPDATE_PROBABILITIES};

/// The probability of 0 for a bit that was 0 and 1 as often as `counts` says. Its bits never cost more
/// than those of probability 1/2, on which the bound of the length of a file relies.
pub(super) fn probability(counts: [u32; 2]) -> u8 {
    let [zeros, ones] = counts.map(u64::from);
    let all = zeros + ones;
    let rounded = (256 * zeros + all / 2).checked_div(all).unwrap_or(128);
    let fitted = u8::try_from(rounded.clamp(1, 255)).unwrap_or(128);
    if max_cost(counts, fitted) < max_cost(counts, 128) { fitted } else { 128 }
}

/// The most that bits with these counts cost, in units of 1/256 bit.
pub(super) fn max_cost([zeros, ones]: [u32; 2], probability: u8) -> u64 {
    u64::from(zeros) * u64::from(max_bit_cost(false, probability))
        + u64::from(ones) * u64::from(max_bit_cost(true, probability))
}

/// The default probability of each branch, or the one of the picture where that costs less with the
/// bits of its update (RFC 6386, 13.4).
pub(super) fn fitted(counts: &Counts) -> Probabilities {
    let mut probabilities = DEFAULT_TOKEN_PROBABILITIES;
    let counts = counts.as_flattened().as_flattened().as_flattened();
    let updates = TOKEN_UPDATE_PROBABILITIES.as_flattened().as_flattened().as_flattened();
    let all = probabilities.as_flattened_mut().as_flattened_mut().as_flattened_mut();
    for ((default, &counts), &update) in all.iter_mut().zip(counts).zip(updates) {
        let fitted = probability(counts);
        let kept = max_cost(counts, *default) + u64::from(max_bit_cost(false, update));
        let update_cost = u64::from(max_bit_cost(true, update) + 8 * max_bit_cost(true, 128));
        if max_cost(counts, fitted) + update_cost < kept {
            *default = fitted;
        }
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fitted_probability_costs_more_than_one_half() {
        for all in [1, 2, 3, 10, 255, 256, 257, 1_000, 1 << 20] {
            for step in 0..=500 {
                let zeros = all * step / 500;
                let counts = [zeros, all - zeros];
                let fitted = max_cost(counts, probability(counts));
                let flat = u64::from(all) * u64::from(max_bit_cost(true, 128));
                assert!(fitted <= flat, "{counts:?}: {fitted} of {flat}");
            }
        }
        assert_eq!(probability([0, 0]), 128);
    }

    #[test]
    fn only_what_pays_for_its_update_is_updated() {
        let mut counts: Counts = [[[[[0; 2]; 11]; 3]; 8]; 4];
        assert_eq!(fitted(&counts), DEFAULT_TOKEN_PROBABILITIES);
        counts[0][1][0][0] = [1, 1];
        counts[3][2][1][1] = [1_000, 3];
        let fitted = fitted(&counts);
        let mut expected = DEFAULT_TOKEN_PROBABILITIES;
        expected[3][2][1][1] = 255;
        assert_eq!(fitted, expected);
    }
}
