//! The most bits of a coded block.
//!
//! The samples of a block are between -128 and 127, so the sum of their squares is at most
//! 64 · 128². The orthonormal DCT preserves that sum (Parseval). A coefficient of size category s
//! (T.81, F.1.2) has a magnitude of at least (2^(s-1) - ½) quantiser steps, minus the rounding of
//! the integer transform. So not all coefficients of a block can be large. The worst block is the
//! longest sequence of (run, size) symbols, after the DC difference, that has a possible energy. A
//! byte of ones counts twice, because of the zero byte that is stuffed after it (F.1.2.3).
//!
//! The search in the tests computes the numbers. It charges each unit of energy with a number of
//! bits (a Lagrange multiplier). That can only overestimate the worst block. The search minimises
//! the estimate over all multipliers.

/// The bits of the longest luma block and of the longest chroma block at `quality`.
///
/// A quality outside 1–100 is clamped.
pub(crate) const fn per_block(quality: u8) -> (u64, u64) {
    let index = match quality {
        0 => 0,
        1..=100 => quality as usize - 1,
        _ => 99,
    };
    (LUMA_BITS[index] as u64, CHROMA_BITS[index] as u64)
}

const LUMA_BITS: [u16; 100] = [
    271, 271, 277, 288, 299, 310, 325, 335, 343, 351, 357, 365, 377, 386, 398, 408, 417, 426, 434,
    442, 451, 460, 467, 474, 485, 494, 502, 509, 515, 521, 526, 530, 536, 540, 545, 549, 553, 557,
    561, 564, 570, 574, 577, 583, 587, 592, 595, 600, 615, 618, 620, 625, 631, 634, 638, 643, 649,
    653, 659, 663, 671, 675, 685, 689, 698, 703, 714, 721, 729, 741, 748, 754, 767, 782, 786, 797,
    811, 823, 835, 843, 861, 872, 888, 904, 917, 939, 953, 973, 997, 1020, 1047, 1078, 1135, 1205,
    1283, 1368, 1476, 1593, 1701, 1746,
];
const CHROMA_BITS: [u16; 100] = [
    248, 248, 248, 248, 250, 254, 264, 267, 270, 271, 274, 277, 289, 291, 294, 297, 300, 303, 305,
    311, 320, 330, 341, 352, 362, 374, 389, 402, 414, 426, 437, 448, 457, 463, 469, 473, 476, 480,
    484, 486, 490, 492, 495, 499, 501, 505, 507, 509, 513, 515, 517, 524, 526, 530, 534, 538, 543,
    547, 551, 558, 563, 568, 573, 579, 584, 591, 595, 602, 608, 614, 621, 628, 636, 644, 648, 657,
    665, 674, 683, 695, 707, 722, 737, 752, 765, 778, 791, 804, 819, 840, 862, 891, 938, 1006,
    1120, 1244, 1284, 1369, 1488, 1640,
];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;

    /// An AC Huffman table of T.81, K.3.3.2: the number of codes of each length, and the symbols in
    /// order.
    struct AcTable {
        counts: [u8; 16],
        first_symbols: &'static [u8],
    }

    #[derive(Clone, Copy, Default)]
    struct Code {
        len: u32,
        leading_ones: u32,
        trailing_ones: u32,
    }

    fn code_of(value: u32, len: u32) -> Code {
        let leading_ones = (value << (32 - len)).leading_ones();
        assert!(leading_ones < len, "no code is all ones");
        Code { len, leading_ones, trailing_ones: value.trailing_ones() }
    }

    impl AcTable {
        /// The codes by symbol (T.81, C.2). The listed symbols come first, all others in ascending
        /// order.
        fn codes(&self) -> [Code; 256] {
            let mut symbols = self.first_symbols.to_vec();
            for run in 0..16u8 {
                for size in 1..=10u8 {
                    let symbol = run << 4 | size;
                    if !symbols.contains(&symbol) {
                        symbols.push(symbol);
                    }
                }
            }
            assert_eq!(symbols.len(), 162);
            let mut codes = [Code::default(); 256];
            let mut value = 0;
            let mut symbols = symbols.into_iter();
            for (len, &count) in (1..).zip(&self.counts) {
                for _ in 0..count {
                    codes[usize::from(symbols.next().unwrap())] = code_of(value, len);
                    value += 1;
                }
                value <<= 1;
            }
            assert_eq!(symbols.next(), None);
            codes
        }
    }

    const LUMA_AC: AcTable = AcTable {
        counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        first_symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
            0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1,
            0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82,
        ],
    };
    const CHROMA_AC: AcTable = AcTable {
        counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        first_symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
            0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09,
            0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25,
            0xF1,
        ],
    };
    /// Lengths of the DC codes by size category (T.81, K.3.3.1); code k > 5 is k - 2 ones and a
    /// zero.
    const LUMA_DC_LEN: [u32; 12] = [2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9];
    const CHROMA_DC_LEN: [u32; 12] = [2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

    /// T.81, K.1, in zigzag order.
    const LUMA_STEPS: [u32; 64] = [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35,
        37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80,
        109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
    ];
    const CHROMA_STEPS: [u32; 64] = [
        17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    const ENERGY: f64 = 64.0 * 128.0 * 128.0;
    /// The error of the integer transform is smaller (in orthonormal coefficients).
    const TRANSFORM_ERROR: f64 = 0.5;
    /// The most ones at the end of the bits so far: those of a code and 10 or 11 bits of a value.
    const MAX_ONES: usize = 27;

    fn step(base: u32, quality: u32) -> f64 {
        let scale = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
        f64::from(((base * scale + 50) / 100).clamp(1, 255))
    }

    /// The bits that are stuffed into a sequence with `ones_before` ones, followed by `code`.
    fn stuffed(ones_before: usize, code: Code) -> f64 {
        f64::from((ones_before as u32 + code.leading_ones) / 8 * 8)
    }

    /// The longest block when each unit of energy costs `price` bits.
    fn longest_at(codes: &[Code; 256], dc_len: &[u32; 12], steps: &[f64; 64], price: f64) -> f64 {
        // best[k][ones]: the bits from coefficient k on, after `ones` ones at the end of the bits
        // so far.
        let mut best = [[0.0f64; MAX_ONES + 1]; 65];
        for k in (1..64).rev() {
            for ones in 0..=MAX_ONES {
                let end_of_block = codes[0x00];
                let mut most = f64::from(end_of_block.len) + stuffed(ones, end_of_block);
                let zeros = codes[0xF0];
                if k + 16 < 64 {
                    let bits = f64::from(zeros.len) + stuffed(ones, zeros);
                    most = most.max(bits + best[k + 16][zeros.trailing_ones as usize]);
                }
                for (run, &step) in steps[k..].iter().enumerate().take(16) {
                    for size in 1..=10u32 {
                        let magnitude = (f64::from(1u32 << (size - 1)) - 0.5) * step;
                        let energy = (magnitude - TRANSFORM_ERROR).max(0.0).powi(2);
                        if energy > ENERGY {
                            break;
                        }
                        let code = codes[run << 4 | size as usize];
                        let bits = f64::from(code.len + size) + stuffed(ones, code);
                        let after = (code.trailing_ones + size) as usize;
                        most = most.max(bits - price * energy + best[k + run + 1][after]);
                    }
                }
                best[k][ones] = most;
            }
        }
        let dc = |size: usize| {
            let len = dc_len[size];
            let code = Code { len, leading_ones: len - 1, trailing_ones: 0 };
            f64::from(len + size as u32) + stuffed(MAX_ONES, code) + best[1][size]
        };
        let largest_difference = 2.0 * 1024.0 / steps[0] + 1.0;
        (0..12)
            .filter(|&size| size == 0 || f64::from(1u32 << (size - 1)) <= largest_difference)
            .map(dc)
            .fold(0.0, f64::max)
    }

    fn longest_block(ac: &AcTable, dc_len: &[u32; 12], base: &[u32; 64], quality: u32) -> u64 {
        let codes = ac.codes();
        let steps = base.map(|base| step(base, quality));
        let bound = |exponent: f64| {
            let price = exponent.exp2();
            price * ENERGY + longest_at(&codes, dc_len, &steps, price)
        };
        // Every price gives an upper bound, and the bound is convex in the price.
        let (mut low, mut high) = (-26.0, -4.0);
        for _ in 0..18 {
            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if bound(a) < bound(b) { high = b } else { low = a }
        }
        bound((low + high) / 2.0).ceil() as u64
    }

    fn assert_table(qualities: impl Iterator<Item = u8>) {
        for quality in qualities {
            let luma = longest_block(&LUMA_AC, &LUMA_DC_LEN, &LUMA_STEPS, quality.into());
            let chroma = longest_block(&CHROMA_AC, &CHROMA_DC_LEN, &CHROMA_STEPS, quality.into());
            let (table_luma, table_chroma) = per_block(quality);
            // The floating point of a platform may make a difference of one bit.
            assert!(table_luma.abs_diff(luma) <= 1, "quality {quality}: {luma}");
            assert!(table_chroma.abs_diff(chroma) <= 1, "quality {quality}: {chroma}");
        }
    }

    #[test]
    fn the_search_uses_the_tables_of_the_encoder() {
        for quality in [1, 37, 50, 80, 100] {
            let mut file = Vec::new();
            let encoder = jpeg_encoder::Encoder::new(&mut file, quality);
            encoder.encode(&[0; 3], 1, 1, jpeg_encoder::ColorType::Rgb).unwrap();
            let contains = |bytes: &[u8]| file.windows(bytes.len()).any(|window| window == bytes);
            for (class_and_id, table) in [(0x10, LUMA_AC), (0x11, CHROMA_AC)] {
                let header = [&[class_and_id], &table.counts[..], table.first_symbols].concat();
                assert!(contains(&header));
            }
            for (id, base) in [(0, LUMA_STEPS), (1, CHROMA_STEPS)] {
                let steps = base.map(|base| step(base, quality.into()) as u8);
                assert!(contains(&[&[0xFF, 0xDB, 0, 67, id], &steps[..]].concat()));
            }
        }
    }

    #[test]
    fn the_table_agrees_with_the_search() {
        assert_table([1, 10, 50, 75, 80, 90, 95, 100].into_iter());
    }

    #[test]
    #[ignore = "takes a minute; run it when the table changes"]
    fn the_complete_table_agrees_with_the_search() {
        assert_table(1..=100);
    }

    #[test]
    #[ignore = "prints the table"]
    fn print_the_table() {
        let print = |ac, dc_len, base| {
            for quality in 1..=100 {
                let end = if quality % 16 == 0 { "\n" } else { " " };
                print!("{},{end}", longest_block(ac, dc_len, base, quality));
            }
            println!();
        };
        print(&LUMA_AC, &LUMA_DC_LEN, &LUMA_STEPS);
        print(&CHROMA_AC, &CHROMA_DC_LEN, &CHROMA_STEPS);
    }
}
