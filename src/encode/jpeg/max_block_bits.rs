//! The most bits of a coded block.
//!
//! The samples of a block are between -128 and 127, so the sum of their squares is at most
//! 64 · 128². The orthonormal DCT preserves that sum (Parseval). A coefficient of size category s
//! (T.81, F.1.2) has a magnitude of at least (2^(s-1) - ½) quantiser steps, minus the rounding of
//! the integer transform. So not all coefficients of a block can be large. The worst block is the
//! longest sequence of (run, size) symbols, after the DC difference, that has a possible energy.
//!
//! How long a symbol is depends on the picture, because its code is made for it. But the code of a
//! picture is the best one: with any other code, the picture takes no fewer bits. So the worst block
//! of any code that a DHT segment can define is a bound for all pictures, and the smallest of these
//! bounds holds. The search tries codes whose lengths grow with run and size.
//!
//! A byte of ones counts twice, because of the zero byte that is stuffed after it (F.1.2.3). No code
//! consists of only ones, so each symbol has at least one bit that is in no such byte. A symbol of
//! b bits takes at most 2b - 1 with the stuffed ones.
//!
//! A progressive file codes the same coefficients after runs that are no longer, since a band cuts
//! them. Luma has two bands, and the end of a block in the first one is an additional symbol. Runs of
//! ends have codes of their own, which take no more bits than the ends they stand for.
//!
//! The search in the tests computes the numbers. It charges each unit of energy with a number of
//! bits (a Lagrange multiplier). That can only overestimate the worst block. The search minimises
//! the estimate over all multipliers.

use crate::request::JpegEffort;

/// The bits of an average luma block and of an average chroma block at `quality`, at most.
///
/// A quality outside 1–100 is clamped.
pub(super) const fn per_block(quality: u8, effort: JpegEffort) -> (u64, u64) {
    let index = match quality {
        0 => 0,
        1..=100 => quality as usize - 1,
        _ => 99,
    };
    let [luma, chroma] = match effort {
        JpegEffort::Balanced => [&LUMA_BITS, &CHROMA_BITS],
        JpegEffort::Smallest => [&SQUARE_LUMA_BITS, &SQUARE_CHROMA_BITS],
    };
    (luma[index] as u64, chroma[index] as u64)
}

/// The end of a block in a second band.
pub(super) const SECOND_END_BITS: u64 = 2 * 8 - 1;

const LUMA_BITS: [u16; 100] = [
    273, 273, 285, 304, 321, 343, 364, 383, 402, 415, 427, 439, 450, 457, 465, 474, 483, 492, 501,
    509, 519, 528, 537, 546, 556, 565, 573, 582, 589, 598, 605, 613, 621, 626, 635, 642, 647, 654,
    660, 664, 673, 678, 683, 691, 695, 703, 708, 712, 721, 724, 727, 732, 736, 740, 743, 747, 752,
    757, 761, 765, 771, 775, 782, 786, 792, 797, 803, 809, 815, 822, 829, 835, 844, 855, 860, 872,
    885, 896, 906, 919, 936, 950, 969, 985, 1002, 1021, 1030, 1044, 1059, 1078, 1096, 1115, 1141,
    1168, 1204, 1246, 1290, 1349, 1436, 1480,
];
const CHROMA_BITS: [u16; 100] = [
    273, 273, 273, 274, 280, 289, 298, 302, 308, 313, 318, 324, 332, 340, 346, 352, 357, 361, 365,
    371, 376, 382, 388, 394, 400, 407, 416, 424, 430, 437, 444, 451, 459, 465, 473, 481, 488, 494,
    500, 506, 516, 521, 529, 538, 544, 554, 561, 568, 577, 585, 593, 606, 615, 625, 634, 641, 645,
    649, 651, 655, 658, 661, 664, 667, 669, 672, 675, 678, 682, 685, 690, 695, 700, 706, 710, 719,
    728, 737, 746, 760, 774, 790, 801, 810, 826, 840, 862, 887, 918, 959, 1002, 1019, 1034, 1055,
    1091, 1145, 1181, 1265, 1378, 1480,
];

const SQUARE_LUMA_BITS: [u16; 100] = [
    273, 273, 273, 273, 280, 294, 312, 333, 352, 371, 390, 409, 427, 445, 462, 482, 500, 519, 534,
    548, 564, 578, 588, 597, 605, 612, 619, 625, 630, 636, 643, 648, 654, 658, 664, 670, 674, 679,
    684, 688, 696, 699, 704, 710, 713, 719, 723, 727, 731, 736, 741, 746, 751, 755, 761, 767, 772,
    779, 786, 792, 798, 805, 814, 822, 828, 836, 845, 852, 862, 872, 881, 892, 902, 913, 920, 935,
    947, 959, 973, 986, 998, 1009, 1017, 1029, 1039, 1049, 1062, 1076, 1093, 1112, 1130, 1151,
    1171, 1198, 1234, 1277, 1329, 1409, 1480, 1480,
];
const SQUARE_CHROMA_BITS: [u16; 100] = [
    273, 273, 273, 276, 282, 292, 300, 308, 317, 328, 338, 348, 358, 368, 379, 390, 398, 407, 416,
    424, 433, 441, 449, 459, 466, 472, 478, 484, 490, 496, 502, 507, 513, 519, 525, 531, 535, 541,
    545, 550, 557, 560, 565, 572, 575, 583, 588, 593, 598, 603, 607, 612, 617, 622, 627, 632, 638,
    643, 649, 655, 661, 668, 674, 680, 686, 693, 699, 705, 711, 719, 725, 735, 744, 750, 756, 766,
    772, 783, 793, 802, 816, 827, 841, 855, 869, 888, 909, 928, 953, 980, 1009, 1033, 1056, 1083,
    1114, 1150, 1204, 1275, 1383, 1480,
];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "test data")]
mod tests {
    use super::*;
    use crate::encode::jpeg::quantization::Quantization;

    const EFFORTS: [JpegEffort; 2] = [JpegEffort::Balanced, JpegEffort::Smallest];
    const ENERGY: f64 = 64.0 * 128.0 * 128.0;
    /// The error of the integer transform is smaller (in orthonormal coefficients).
    const TRANSFORM_ERROR: f64 = 0.5;
    /// The length of each DC code, and of the two AC codes without a value.
    const DC_LEN: u32 = 4;
    const NO_VALUE_LEN: u32 = 8;
    /// The length of the codes for runs of ends. A run of 2^n to 2^(n+1) - 1 has n more bits.
    const RUN_OF_ENDS_LEN: u32 = 12;

    /// The lengths of an AC code by run and size.
    type Lengths = [[u32; 11]; 16];

    /// The codes that the search tries: the first symbol has `first` bits, and each further zero and
    /// each larger size makes a symbol longer by so many quarters of a bit.
    fn codes() -> impl Iterator<Item = Lengths> {
        let all = (1_u32..=5).flat_map(|first| {
            (4_u32..=12).flat_map(move |zero| (0_u32..=8).map(move |size| (first, zero, size)))
        });
        all.filter_map(|(first, zero, size)| {
            let mut lengths: Lengths = [[NO_VALUE_LEN; 11]; 16];
            for (run, lengths) in (0_u32..).zip(&mut lengths) {
                for (category, len) in (0_u32..).zip(lengths).skip(1) {
                    *len = (first + (run * zero + (category - 1) * size).div_ceil(4)).min(16);
                }
            }
            is_code(&lengths).then_some(lengths)
        })
    }

    /// True when a code of these lengths exists, and one of only ones beside it (Kraft).
    fn is_code(lengths: &Lengths) -> bool {
        let share = |len: u32| 1 << (16 - len);
        let values = lengths.iter().flat_map(|lengths| &lengths[1..]);
        let values = values.map(|&len| share(len)).sum::<u64>();
        values + 2 * share(NO_VALUE_LEN) + 14 * share(RUN_OF_ENDS_LEN) < 1 << 16
    }

    /// A symbol of `bits` with the ones that are stuffed after its bytes.
    fn stuffed(bits: u32) -> f64 {
        f64::from(2 * bits - 1)
    }

    /// The longest block when each unit of energy costs `price` bits.
    fn longest_at(lengths: &Lengths, steps: &[u8; 64], price: f64) -> f64 {
        // best[k]: the bits from coefficient k on.
        let mut best = [0.0f64; 65];
        for k in (1..64).rev() {
            let mut most = stuffed(NO_VALUE_LEN);
            if k + 16 < 64 {
                most = most.max(stuffed(NO_VALUE_LEN) + best[k + 16]);
            }
            for (run, (&step, lengths)) in steps[k..].iter().zip(lengths).enumerate() {
                for (size, &len) in (0..).zip(lengths).skip(1) {
                    let magnitude = (f64::from(1_u32 << (size - 1)) - 0.5) * f64::from(step);
                    let energy = (magnitude - TRANSFORM_ERROR).max(0.0).powi(2);
                    if energy > ENERGY {
                        break;
                    }
                    most = most.max(stuffed(len + size) - price * energy + best[k + run + 1]);
                }
            }
            best[k] = most;
        }
        let largest_difference = 2.0 * 1024.0 / f64::from(steps[0]) + 1.0;
        let sizes = (0..12)
            .filter(|&size| size == 0 || f64::from(1_u32 << (size - 1)) <= largest_difference);
        sizes.map(|size| stuffed(DC_LEN + size) + best[1]).fold(0.0, f64::max)
    }

    /// The longest block in this code.
    fn longest_in(lengths: &Lengths, steps: &[u8; 64]) -> u64 {
        let bound = |exponent: f64| {
            let price = exponent.exp2();
            price * ENERGY + longest_at(lengths, steps, price)
        };
        // Every price gives an upper bound, and the bound is convex in the price.
        let (mut low, mut high) = (-26.0, -4.0);
        for _ in 0..18 {
            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if bound(a) < bound(b) { high = b } else { low = a }
        }
        bound((low + high) / 2.0).ceil() as u64
    }

    /// Of luma and of chroma.
    fn longest_blocks(quality: u8, effort: JpegEffort) -> [u64; 2] {
        Quantization::new(quality, effort).quantizers.map(|quantizer| {
            codes().map(|lengths| longest_in(&lengths, &quantizer.steps)).min().unwrap()
        })
    }

    #[test]
    fn a_run_of_ends_is_no_longer_than_the_ends() {
        assert_eq!(SECOND_END_BITS as f64, stuffed(NO_VALUE_LEN));
        for n in 1..15 {
            assert!(stuffed(RUN_OF_ENDS_LEN + n) <= f64::from(1_u32 << n) * stuffed(NO_VALUE_LEN));
        }
    }

    fn assert_table(qualities: impl Iterator<Item = u8>) {
        for quality in qualities {
            for effort in EFFORTS {
                let [luma, chroma] = longest_blocks(quality, effort);
                let (table_luma, table_chroma) = per_block(quality, effort);
                // The floating point of a platform may make a difference of one bit.
                assert!(table_luma.abs_diff(luma) <= 1, "quality {quality}: {luma}");
                assert!(table_chroma.abs_diff(chroma) <= 1, "quality {quality}: {chroma}");
            }
        }
    }

    #[test]
    fn the_table_agrees_with_the_search() {
        assert_table([1, 50, 80, 100].into_iter());
    }

    #[test]
    #[ignore = "takes ten seconds; run it when the table changes"]
    fn the_complete_table_agrees_with_the_search() {
        assert_table(1..=100);
    }

    #[test]
    #[ignore = "prints the table"]
    fn print_the_table() {
        for effort in EFFORTS {
            let bits: Vec<_> = (1..=100).map(|quality| longest_blocks(quality, effort)).collect();
            for kind in 0..2 {
                println!("{:?}", bits.iter().map(|bits| bits[kind]).collect::<Vec<_>>());
            }
        }
    }
}
