//! The longest tokens that a macroblock can have at each quality.
//!
//! Every probability is fitted to the picture, so that the bits of a branch cost no more than with a
//! probability of 1/2. The residuals of a block are at most 255, so its coefficients are bounded
//! together: the sum of their squares is.

/// The most bytes that the tokens of a macroblock take.
pub(super) const fn per_macroblock(quality: u8) -> u64 {
    let index = if quality > 100 { 99 } else { quality.saturating_sub(1) };
    BYTES[index as usize] as u64
}

/// By quality from 1 to 100. The tests compute it.
const BYTES: [u16; 100] = [
    495, 516, 520, 528, 534, 553, 561, 568, 573, 585, 596, 602, 613, 615, 617, 624, 624, 624, 624,
    627, 627, 630, 630, 630, 630, 632, 632, 637, 637, 637, 645, 645, 645, 645, 645, 645, 652, 652,
    655, 655, 655, 661, 661, 661, 661, 661, 661, 661, 670, 670, 670, 678, 678, 678, 678, 678, 678,
    682, 682, 682, 682, 682, 682, 682, 686, 686, 686, 686, 686, 686, 686, 695, 695, 695, 695, 700,
    709, 709, 710, 725, 725, 737, 737, 737, 750, 750, 750, 767, 767, 786, 786, 820, 820, 820, 820,
    820, 820, 820, 820, 820,
];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::print_stdout, reason = "a test")]
mod tests {
    use super::*;
    use crate::encode::webp::lossy::costs::{category, max_bit_cost};
    use crate::encode::webp::lossy::quality;
    use crate::encode::webp::lossy::segment::Segment;

    /// The most bits of a level with its sign, the branch of the end before it, and all branches of
    /// probability 1/2.
    fn level_bits(level: u32) -> f64 {
        let branches = match level {
            0 => 2,
            1 => 3,
            2 => 5,
            3..=10 => 6,
            _ => 7,
        };
        let (base, extra_bits) = category(level);
        let extra = extra_bits.iter().rev().enumerate();
        let extra: u32 =
            extra.map(|(bit, &p)| max_bit_cost((level - base) >> bit & 1 == 1, p)).sum();
        let sign = u32::from(level > 0);
        f64::from((branches + sign) * max_bit_cost(true, 128) + extra) / 256.0
    }

    /// The most bits of a block whose coefficients have a norm of at most `norm`. A level is that of
    /// a coefficient at least half a step below it.
    ///
    /// No sum of bits exceeds that of (bits - weight × square) plus weight × norm², whatever the
    /// weight is. So the least over some weights is a bound.
    fn block_bits(step: i32, norm: f64) -> f64 {
        let square = |level: u32| {
            let least = (f64::from(level) - 0.5).max(0.0) * f64::from(step);
            least * least
        };
        let bound = |weight: f64| {
            let most = (0..=2047).map(|level| level_bits(level) - weight * square(level));
            16.0 * most.fold(0.0, f64::max) + weight * norm * norm
        };
        (0..64).map(|i| bound(1e-9 * 1.5f64.powi(i))).fold(f64::MAX, f64::min)
    }

    fn macroblock_bytes(quality: u8) -> u16 {
        let segment = Segment::new(quality::finest_index(quality), 0);
        let least = |steps: [i32; 16]| steps.into_iter().min().unwrap();
        // 16 residuals of 255 times the gain of the transform, 2, and 16 roundings by up to 1.
        let norm = 4.0 * 255.0 * 2.0 + 4.0;
        let luma = block_bits(least(segment.quantizer.luma), norm);
        let chroma = block_bits(least(segment.quantizer.chroma), norm);
        // The norm of 16 DC coefficients, doubled as well.
        let y2 = block_bits(least(segment.quantizer.y2), 2.0 * 4.0 * 2_044.0 + 4.0);
        ((16.0 * luma + 8.0 * chroma + y2) / 8.0).ceil() as u16
    }

    #[test]
    fn the_table_is_what_is_computed() {
        for quality in [1, 20, 50, 75, 80, 90, 100] {
            assert_eq!(
                per_macroblock(quality),
                macroblock_bytes(quality).into(),
                "quality {quality}"
            );
        }
    }

    #[test]
    #[ignore = "prints the table"]
    fn print_the_table() {
        for quality in 1..=100 {
            let end = if quality % 16 == 0 { "\n" } else { " " };
            print!("{},{end}", macroblock_bytes(quality));
        }
    }
}
