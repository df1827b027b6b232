//! Prediction of a subblock of 4 × 4 samples (RFC 6386, 12.3). Lines are numbers: the first sample is
//! the lowest byte, and one operation computes the means of all bytes.

use super::modes::SubblockMode;
use super::predict::clamp;

/// The lines of a subblock.
pub(crate) type Block = [u32; 4];

/// Predicts a subblock from the four samples to its left, the one above and to the left, and the
/// eight above, the last four of which are also to the right.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the low bytes are meant")]
pub(crate) fn predict_subblock(mode: SubblockMode, left: u32, above_left: u8, above: u64) -> Block {
    match mode {
        SubblockMode::Dc => {
            let sum = sum_of_bytes(u64::from(left) << 32 | above & 0xFFFF_FFFF);
            [((sum + 4) >> 3) as u32 * ONES; 4]
        }
        SubblockMode::TrueMotion => left.to_le_bytes().map(|left| {
            let change = i16::from(left) - i16::from(above_left);
            let [a, b, c, d, ..] = above.to_le_bytes();
            u32::from_le_bytes([a, b, c, d].map(|above| clamp(i16::from(above) + change)))
        }),
        SubblockMode::Vertical => {
            let line = mean_3(above << 8 | u64::from(above_left), above, above >> 8);
            [line as u32; 4]
        }
        SubblockMode::Horizontal => {
            let left = repeat_last(left);
            let means = mean_3(left << 8 | u64::from(above_left), left, left >> 8);
            (means as u32).to_le_bytes().map(|mean| u32::from(mean) * ONES)
        }
        SubblockMode::LeftDown => {
            let last = above & 0xFF << 56;
            let next = above >> 8 | last;
            let means = mean_3(above, next, next >> 8 | last);
            [means, means >> 8, means >> 16, means >> 24].map(|line| line as u32)
        }
        SubblockMode::RightDown => {
            let (_, means) = means_around_corner(left, above_left, above);
            [means >> 24, means >> 16, means >> 8, means].map(|line| line as u32)
        }
        SubblockMode::VerticalRight => {
            let (means_2, means_3) = means_around_corner(left, above_left, above);
            let (even, odd) = ((means_2 >> 32) as u32, (means_3 >> 24) as u32);
            let [_, last, third, ..] = means_3.to_le_bytes();
            [even, odd, even << 8 | u32::from(third), odd << 8 | u32::from(last)]
        }
        SubblockMode::VerticalLeft => {
            let next = above >> 8;
            let (means_2, means_3) = (mean_2(above, next), mean_3(above, next, next >> 8));
            let (even, odd) = (means_2 as u32, means_3 as u32);
            let [_, _, _, _, third, last, ..] = means_3.to_le_bytes();
            [even, odd, even >> 8 | u32::from(third) << 24, odd >> 8 | u32::from(last) << 24]
        }
        SubblockMode::HorizontalDown => {
            let (means_2, means_3) = means_around_corner(left, above_left, above);
            let pairs = interleave(means_2 as u32, means_3 as u32);
            let first = (pairs >> 48) as u32 | ((means_3 >> 32) as u32) << 16;
            [first, (pairs >> 32) as u32, (pairs >> 16) as u32, pairs as u32]
        }
        SubblockMode::HorizontalUp => {
            let left = repeat_last(left);
            let (means_2, means_3) = (mean_2(left, left >> 8), mean_3(left, left >> 8, left >> 16));
            let pairs = interleave(means_2 as u32, means_3 as u32);
            [pairs as u32, (pairs >> 16) as u32, (pairs >> 32) as u32, (left >> 32) as u32]
        }
    }
}

/// The means of two and of three neighbours, from the last sample on the left, over the corner, to
/// the fourth above.
#[inline(always)]
fn means_around_corner(left: u32, above_left: u8, above: u64) -> (u64, u64) {
    let upwards = u64::from(left.swap_bytes());
    let edge = upwards | u64::from(above_left) << 32 | above << 40;
    let next = edge >> 8 | above << 32 & 0xFF << 56;
    (mean_2(edge, next), mean_3(edge, next, next >> 8))
}

/// The samples on the left, followed by the last one four more times.
#[inline(always)]
fn repeat_last(left: u32) -> u64 {
    u64::from(left) | u64::from((left >> 24) * ONES) << 32
}

/// The mean of each byte, rounded up.
#[inline(always)]
const fn mean_2(a: u64, b: u64) -> u64 {
    (a | b) - ((a ^ b) >> 1 & LOW_7_BITS)
}

/// The mean of each byte with that of `b` counted twice, rounded. This is the mean, rounded up, of
/// `b` and of the mean of the others, rounded down.
#[inline(always)]
const fn mean_3(a: u64, b: u64, c: u64) -> u64 {
    mean_2((a & c) + ((a ^ c) >> 1 & LOW_7_BITS), b)
}

#[inline(always)]
const fn sum_of_bytes(bytes: u64) -> u64 {
    let pairs = (bytes & LOW_BYTES) + (bytes >> 8 & LOW_BYTES);
    pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48
}

/// Alternates the bytes of `even` with those of `odd`.
#[inline(always)]
fn interleave(even: u32, odd: u32) -> u64 {
    let spread = |bytes: u32| {
        let bytes = u64::from(bytes);
        let halves = (bytes | bytes << 16) & 0x0000_FFFF_0000_FFFF;
        (halves | halves << 8) & LOW_BYTES
    };
    spread(even) | spread(odd) << 8
}

/// 1 in each byte.
const ONES: u32 = 0x0101_0101;
const LOW_7_BITS: u64 = 0x7F7F_7F7F_7F7F_7F7F;
/// The lower byte of each pair.
const LOW_BYTES: u64 = 0x00FF_00FF_00FF_00FF;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    /// Each sample as RFC 6386 specifies it: of the edge `e` from the last sample on the left over
    /// the corner, `e[4]`, to the eighth above.
    #[allow(clippy::cast_possible_truncation, reason = "means of bytes")]
    fn specified(mode: SubblockMode, e: [u8; 13]) -> [[u8; 4]; 4] {
        let two = |i: usize| ((u16::from(e[i]) + u16::from(e[i + 1]) + 1) >> 1) as u8;
        let mean =
            |a: u8, b: u8, c: u8| ((u16::from(a) + 2 * u16::from(b) + u16::from(c) + 2) >> 2) as u8;
        // The mean around `e[i]`, with the samples at the ends repeated.
        let three = |i: usize| mean(e[i.saturating_sub(1)], e[i], e[(i + 1).min(12)]);
        let each = |sample: &dyn Fn(usize, usize) -> u8| {
            [0, 1, 2, 3].map(|y| [0, 1, 2, 3].map(|x| sample(x, y)))
        };
        match mode {
            SubblockMode::Dc => {
                let sum: u16 = e[..4].iter().chain(&e[5..9]).map(|&s| u16::from(s)).sum();
                [[((sum + 4) >> 3) as u8; 4]; 4]
            }
            SubblockMode::TrueMotion => each(&|x, y| {
                (i16::from(e[3 - y]) + i16::from(e[5 + x]) - i16::from(e[4])).clamp(0, 255) as u8
            }),
            SubblockMode::Vertical => each(&|x, _| three(5 + x)),
            SubblockMode::Horizontal => each(&|_, y| three(3 - y)),
            SubblockMode::LeftDown => each(&|x, y| three(6 + x + y)),
            SubblockMode::RightDown => each(&|x, y| three(4 + x - y)),
            SubblockMode::VerticalRight => each(&|x, y| match x.checked_sub(y / 2) {
                Some(at) if y % 2 == 0 => two(4 + at),
                Some(at) => three(4 + at),
                None => three(5 - y),
            }),
            SubblockMode::VerticalLeft => each(&|x, y| match (x, y) {
                (3, 2) => three(10),
                (3, 3) => three(11),
                (_, 0 | 2) => two(5 + x + y / 2),
                _ => three(6 + x + y / 2),
            }),
            SubblockMode::HorizontalDown => each(&|x, y| match (2 * y).checked_sub(x) {
                None => three(3 + x - 2 * y),
                Some(at) if at % 2 == 0 => two(3 - at / 2),
                Some(at) => three(3 - at / 2),
            }),
            SubblockMode::HorizontalUp => each(&|x, y| match x + 2 * y {
                at @ (0 | 2 | 4) => two(2 - at / 2),
                at @ (1 | 3) => three(2 - at / 2),
                5 => three(0),
                _ => e[0],
            }),
        }
    }

    #[test]
    fn every_mode_predicts_as_the_format_specifies() {
        let mut noise = Noise(9);
        let modes = [
            SubblockMode::Dc,
            SubblockMode::TrueMotion,
            SubblockMode::Vertical,
            SubblockMode::Horizontal,
            SubblockMode::LeftDown,
            SubblockMode::RightDown,
            SubblockMode::VerticalRight,
            SubblockMode::VerticalLeft,
            SubblockMode::HorizontalDown,
            SubblockMode::HorizontalUp,
        ];
        for mode in modes {
            for _ in 0..2000 {
                let edge = [(); 13].map(|()| noise.byte());
                let [l3, l2, l1, l0, corner, above @ ..] = edge;
                let left = u32::from_le_bytes([l0, l1, l2, l3]);
                let block = predict_subblock(mode, left, corner, u64::from_le_bytes(above));
                assert_eq!(block.map(u32::to_le_bytes), specified(mode, edge), "{mode:?}");
            }
        }
    }
}
