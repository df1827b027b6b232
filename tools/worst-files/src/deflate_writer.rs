//! Hand-written deflate streams (RFC 1951): long runs in few bits,
//! and blocks that have only a header.

use bombproof_testkit::bit_writer::LsbBitWriter;
use bombproof_testkit::huffman::{canonical_codes, code_lengths};

/// A zlib stream of blocks.
pub(crate) struct Zlib {
    bits: LsbBitWriter,
    written_bits: usize,
    /// The two sums of Adler-32 (RFC 1950, 8.2).
    sums: (u64, u64),
}

impl Zlib {
    pub(crate) fn new() -> Self {
        let mut zlib = Self { bits: LsbBitWriter::default(), written_bits: 0, sums: (1, 0) };
        zlib.put(0x0178, 16);
        zlib
    }

    fn put(&mut self, bits: u32, count: u32) {
        self.bits.put(bits, count);
        self.written_bits += count as usize;
    }

    fn put_code(&mut self, (code, length): (u32, u8)) {
        self.bits.put_code(code, u32::from(length));
        self.written_bits += usize::from(length);
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.written_bits / 8
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let mut bytes = self.bits.finish();
        let (sum, sum_of_sums) = self.sums;
        bytes.extend(((sum_of_sums << 16 | sum) as u32).to_be_bytes());
        bytes
    }

    /// Adds `count` times `value` to the checksum.
    fn add_to_checksum(&mut self, value: u8, count: usize) {
        let (value, count) = (u64::from(value), count as u64);
        let (sum, sum_of_sums) = self.sums;
        let added = count * sum + value * (count * (count + 1) / 2);
        self.sums = ((sum + count * value) % 65_521, (sum_of_sums + added) % 65_521);
    }

    /// The header of a dynamic block: the code length of each symbol.
    fn header(&mut self, last: bool, symbols: &[u8], distances: &[u8]) {
        let tokens = tokens(&[symbols, distances].concat());
        let mut counts = [0; 19];
        for (symbol, ..) in &tokens {
            counts[*symbol] += 1;
        }
        let lengths = code_lengths(&counts, 7);
        let codes = canonical_codes(&lengths);
        let sent = ORDER.iter().rposition(|&symbol| lengths[symbol] > 0).unwrap_or(0).max(3) + 1;
        self.put(u32::from(last) | 2 << 1, 3);
        self.put(symbols.len() as u32 - 257, 5);
        self.put(distances.len() as u32 - 1, 5);
        self.put(sent as u32 - 4, 4);
        for &symbol in &ORDER[..sent] {
            self.put(u32::from(lengths[symbol]), 3);
        }
        for (symbol, extra, extra_bits) in tokens {
            self.put_code((codes[symbol], lengths[symbol]));
            self.put(extra, extra_bits);
        }
    }

    /// Empty blocks, until the stream has `bytes`. Their code has 63 literals and the end of block,
    /// each of six bits, so that every pair of literals fits in 12 bits: inflaters that look up two
    /// literals at once fill thousands of table entries for the 13 bytes of a block.
    pub(crate) fn empty_blocks_of_pairs(&mut self, bytes: usize) {
        let mut symbols = [0; 257];
        symbols[193..].fill(6);
        self.empty_blocks(bytes, &symbols);
    }

    /// The same with the shortest code: a literal and the end of block.
    pub(crate) fn empty_blocks_of_one_bit(&mut self, bytes: usize) {
        let mut symbols = [0; 257];
        symbols[255..].fill(1);
        self.empty_blocks(bytes, &symbols);
    }

    /// The same with codes of up to 15 bits, for two-level tables.
    pub(crate) fn empty_blocks_of_long_codes(&mut self, bytes: usize) {
        let mut symbols = [0; 257];
        for (length, symbol) in (1..=15).zip(&mut symbols[..15]) {
            *symbol = length;
        }
        symbols[256] = 15;
        self.empty_blocks(bytes, &symbols);
    }

    fn empty_blocks(&mut self, bytes: usize, symbols: &[u8]) {
        let codes = canonical_codes(symbols);
        while self.bytes() < bytes {
            self.header(false, symbols, &[0]);
            self.put_code((codes[256], symbols[256]));
        }
    }

    /// One block of `count` rows: a filter byte, and `row_bytes` - 1
    /// times `value`, at two bits for 258 bytes.
    pub(crate) fn rows(
        &mut self,
        count: usize,
        row_bytes: usize,
        filter: u8,
        value: u8,
        last: bool,
    ) {
        let mut symbols = [0; 286];
        symbols[usize::from(filter)] = 3;
        symbols[usize::from(value)] = 2;
        symbols[256] = 3;
        symbols[285] = 1;
        let codes: Vec<_> = canonical_codes(&symbols).into_iter().zip(symbols).collect();
        self.header(last, &symbols, &[1]);
        for _ in 0..count {
            self.put_code(codes[usize::from(filter)]);
            self.add_to_checksum(filter, 1);
            self.add_to_checksum(value, row_bytes - 1);
            let mut left = row_bytes - 1;
            self.put_code(codes[usize::from(value)]);
            left -= 1;
            while left >= 258 {
                self.put_code(codes[285]);
                self.put(0, 1);
                left -= 258;
            }
            for _ in 0..left {
                self.put_code(codes[usize::from(value)]);
            }
        }
        self.put_code(codes[256]);
    }

    /// The last block: `bytes` times `value`, in matches of three bytes that repeat the two before
    /// them, at two bits each.
    pub(crate) fn near_matches(&mut self, bytes: usize, value: u8) {
        let mut symbols = [0; 258];
        symbols[usize::from(value)] = 2;
        symbols[256] = 2;
        symbols[257] = 1;
        let codes = canonical_codes(&symbols);
        self.header(true, &symbols, &[0, 1]);
        self.add_to_checksum(value, bytes);
        let literals = 2 + (bytes - 2) % 3;
        for _ in 0..literals {
            self.put_code((codes[usize::from(value)], 2));
        }
        for _ in 0..(bytes - literals) / 3 {
            self.put_code((codes[257], 1));
            self.put(0, 1);
        }
        self.put_code((codes[256], 2));
    }
}

/// Run-length coded code lengths: symbol, extra bits and their number (RFC 1951, 3.2.7).
fn tokens(lengths: &[u8]) -> Vec<(usize, u32, u32)> {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < lengths.len() {
        let run = lengths[i..].iter().take_while(|&&length| length == lengths[i]).count();
        let repeats = i > 0 && lengths[i - 1] == lengths[i];
        let (token, length) = match (lengths[i], run) {
            (0, 11..) => ((18, run.min(138) as u32 - 11, 7), run.min(138)),
            (0, 3..) => ((17, run as u32 - 3, 3), run),
            (1.., 3..) if repeats => ((16, run.min(6) as u32 - 3, 2), run.min(6)),
            (length, _) => ((usize::from(length), 0, 0), 1),
        };
        tokens.push(token);
        i += length;
    }
    tokens
}

const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
