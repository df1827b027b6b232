//! Prefix codes, as simple or normal code length codes (RFC 9649, 3.7.2).

use crate::bit_writer::LsbBitWriter;
use crate::huffman::{canonical_codes, code_lengths};

/// A prefix code whose lengths have been written.
pub(super) struct PrefixCode {
    lengths: Vec<u8>,
    codes: Vec<u32>,
}

impl PrefixCode {
    pub(super) fn write(bits: &mut LsbBitWriter, counts: &[u32]) -> Self {
        let used: Vec<usize> = (0..counts.len()).filter(|&s| counts[s] > 0).collect();
        let mut lengths = code_lengths(counts, 15);
        if used.len() <= 2 && used.iter().all(|s| *s < 256) {
            write_simple_code(bits, &used);
        } else {
            write_normal_code(bits, &lengths);
        }
        if used.len() < 2 {
            lengths.fill(0);
        }
        Self { codes: canonical_codes(&lengths), lengths }
    }

    pub(super) fn put(&self, bits: &mut LsbBitWriter, symbol: usize) {
        bits.put_code(self.codes[symbol], u32::from(self.lengths[symbol]));
    }
}

/// A simple code length code: one or two symbols below 256. No symbol is written as symbol 0.
pub fn write_simple_code(bits: &mut LsbBitWriter, symbols: &[usize]) {
    bits.put(1, 1);
    bits.put(u32::from(symbols.len() == 2), 1);
    bits.put(1, 1);
    bits.put(symbols.first().copied().unwrap_or(0) as u32, 8);
    if let Some(second) = symbols.get(1) {
        bits.put(*second as u32, 8);
    }
}

/// A normal code length code, with run-length codes for zeros.
pub fn write_normal_code(bits: &mut LsbBitWriter, lengths: &[u8]) {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < lengths.len() {
        let zeros = lengths[i..].iter().take(138).take_while(|l| **l == 0).count() as u32;
        if zeros >= 11 {
            tokens.push((18, zeros - 11, 7));
            i += zeros as usize;
        } else if zeros >= 3 {
            tokens.push((17, zeros - 3, 3));
            i += zeros as usize;
        } else {
            tokens.push((usize::from(lengths[i]), 0, 0));
            i += 1;
        }
    }
    let mut counts = [0; 19];
    for (symbol, _, _) in &tokens {
        counts[*symbol] += 1;
    }
    let length_lengths = code_lengths(&counts, 7);
    let codes = canonical_codes(&length_lengths);
    bits.put(0, 1);
    bits.put(19 - 4, 4);
    for symbol in CODE_LENGTH_CODE_ORDER {
        bits.put(u32::from(length_lengths[symbol]), 3);
    }
    bits.put(0, 1);
    let single = counts.iter().filter(|count| **count > 0).count() == 1;
    for (symbol, extra, extra_bits) in tokens {
        if !single {
            bits.put_code(codes[symbol], u32::from(length_lengths[symbol]));
        }
        bits.put(extra, extra_bits);
    }
}

const CODE_LENGTH_CODE_ORDER: [usize; 19] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
