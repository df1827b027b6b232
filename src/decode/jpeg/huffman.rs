//! Huffman decoding with lookup tables (T.81, annex C and F.2.2.3).

use super::bit_reader::{BitReader, Fault};
use crate::probe::jpeg::HuffmanTable;

/// A Huffman table, prepared for decoding.
#[derive(Clone, Debug)]
pub(super) struct HuffmanLookup {
    /// Indexed by the next [`FAST_BITS`] bits. An entry is 0 if the code is longer. See [`Entry`].
    fast: [Entry; 1 << FAST_BITS],
    /// For each code length, the lowest 16-bit value above all codes of this length, when these are
    /// aligned to the most significant bit.
    code_limits: [u32; 16],
    /// For each code length, the offset from a code of this length to the index of its symbol.
    symbol_offsets: [i32; 16],
    symbols: [u8; 256],
}

/// Bits 0–4 are the number of bits to consume. Bit 7 is set if that includes the extra bits. Bits
/// 8–15 are the symbol, and bits 16–31 the value of the extra bits. Bit 7 with a value of 0 means a
/// symbol without extra bits.
type Entry = u32;
const HAS_VALUE: u32 = 0x80;

/// A symbol, and the value of its extra bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecodedSymbol {
    pub(super) symbol: u8,
    pub(super) value: i32,
}

impl HuffmanLookup {
    /// A table without codes.
    pub(super) const EMPTY: Self = Self {
        fast: [0; 1 << FAST_BITS],
        code_limits: [0; 16],
        symbol_offsets: [0; 16],
        symbols: [0; 256],
    };

    /// Replaces the table with `table`.
    pub(super) fn build(&mut self, table: &HuffmanTable<'_>) {
        self.fast.fill(0);
        for (to, symbol) in self.symbols.iter_mut().zip(table.symbols) {
            *to = *symbol;
        }
        let mut symbols = table.symbols.iter();
        let (mut code, mut index) = (0_u32, 0_i32);
        for (length, &count) in (1_u32..).zip(table.counts) {
            let i = length as usize - 1;
            if let Some(offset) = self.symbol_offsets.get_mut(i) {
                *offset = index - code.cast_signed();
            }
            for _ in 0..count {
                let Some(&symbol) = symbols.next() else { return };
                if length <= FAST_BITS {
                    self.fill_fast(code, length, symbol);
                }
                code += 1;
                index += 1;
            }
            if let Some(limit) = self.code_limits.get_mut(i) {
                *limit = code << (16 - length);
            }
            code <<= 1;
        }
    }

    /// Fills the fast entries of all bit patterns that start with `code`.
    fn fill_fast(&mut self, code: u32, length: u32, symbol: u8) {
        let size = u32::from(symbol & 15);
        let free = FAST_BITS - length;
        let start = (code << free) as usize;
        let entries = self.fast.get_mut(start..start + (1 << free)).unwrap_or_default();
        for (rest, entry) in (0_u32..).zip(entries) {
            *entry = u32::from(symbol) << 8;
            *entry |= if size <= free {
                let value = extend(rest >> (free - size), size);
                (length + size) | HAS_VALUE | (value.cast_unsigned() << 16)
            } else {
                length
            };
        }
    }

    /// Refills, then decodes a code and its extra bits. The lower four bits of the symbol are their
    /// number.
    #[inline(always)]
    pub(super) fn decode_value(&self, bits: &mut BitReader<'_>) -> Result<DecodedSymbol, Fault> {
        bits.refill();
        self.decode_any(bits)
    }

    /// The next code with its extra bits, if both are in the lookup, and how many bits they are. At
    /// least [`FAST_BITS`] bits must be available.
    #[inline(always)]
    pub(super) fn peek_short(&self, bits: &BitReader<'_>) -> Option<(DecodedSymbol, u32)> {
        let entry = self.fast.get(bits.peek(FAST_BITS)).copied().unwrap_or_default();
        if entry & HAS_VALUE == 0 {
            return None;
        }
        let value = entry.cast_signed() >> 16;
        Some((DecodedSymbol { symbol: symbol_of(entry), value }, entry & 31))
    }

    /// Decodes a code and its extra bits if both are in the lookup. At least [`FAST_BITS`] bits must
    /// be available, and no more are consumed.
    #[inline(always)]
    pub(super) fn decode_short(&self, bits: &mut BitReader<'_>) -> Option<DecodedSymbol> {
        let (decoded, length) = self.peek_short(bits)?;
        bits.consume(length);
        Some(decoded)
    }

    /// Decodes a code and its extra bits, of which one is not in the lookup. At least 31 bits must be
    /// available.
    #[inline(always)]
    pub(super) fn decode_long(&self, bits: &mut BitReader<'_>) -> Result<DecodedSymbol, Fault> {
        let (symbol, length) = self.find_code(bits.peek(16)).ok_or(Fault::InvalidCode)?;
        bits.consume(length);
        let size = u32::from(symbol & 15);
        Ok(DecodedSymbol { symbol, value: extend(bits.read(size), size) })
    }

    /// Decodes any code and its extra bits. At least 31 bits must be available.
    #[inline(always)]
    pub(super) fn decode_any(&self, bits: &mut BitReader<'_>) -> Result<DecodedSymbol, Fault> {
        match self.decode_short(bits) {
            Some(decoded) => Ok(decoded),
            None => self.decode_long(bits),
        }
    }

    /// Refills, then decodes a code without extra bits.
    #[inline(always)]
    pub(super) fn decode_symbol(&self, bits: &mut BitReader<'_>) -> Result<u8, Fault> {
        bits.refill();
        let entry = self.fast.get(bits.peek(FAST_BITS)).copied().unwrap_or_default();
        let (symbol, length) = if entry == 0 {
            self.find_long_code(bits.peek(16)).ok_or(Fault::InvalidCode)?
        } else {
            code_of(entry)
        };
        bits.consume(length);
        Ok(symbol)
    }

    /// The symbol and the length of the code that the 16 bits `next` start with.
    #[inline(never)]
    pub(super) fn find_code(&self, next: usize) -> Option<(u8, u32)> {
        match self.fast.get(next >> (16 - FAST_BITS)) {
            Some(&entry) if entry != 0 => Some(code_of(entry)),
            _ => self.find_long_code(next),
        }
    }

    /// The same for a code that is longer than [`FAST_BITS`].
    #[inline(always)]
    fn find_long_code(&self, next: usize) -> Option<(u8, u32)> {
        let next = u32::try_from(next).ok()?;
        // The limits never fall, so the codes of as many lengths are too short as have a limit that
        // `next` reaches. Counting them needs no branch.
        let limits: &[u32; LONG_LENGTHS] = self.code_limits.last_chunk()?;
        let too_short: u32 = limits.iter().map(|&limit| u32::from(next >= limit)).sum();
        let length = FAST_BITS + 1 + too_short;
        let offset = self.symbol_offsets.get(length as usize - 1)?;
        let index = (next >> (16 - length)).cast_signed() + offset;
        let symbol = self.symbols.get(usize::try_from(index).ok()?)?;
        Some((*symbol, length))
    }
}

/// The value of `size` extra bits (T.81, F.2.2.1, EXTEND).
#[inline(always)]
pub(super) const fn extend(bits: u32, size: u32) -> i32 {
    // A leading 0 bit means that the value is negative.
    let negative = (bits << 1 >> size) == 0 && size > 0;
    let offset = if negative { (1 << size) - 1 } else { 0 };
    bits.cast_signed() - offset
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "keeps the byte of the symbol")]
const fn symbol_of(entry: Entry) -> u8 {
    (entry >> 8) as u8
}

/// The symbol of an entry, and the length of its code without extra bits.
#[inline(always)]
const fn code_of(entry: Entry) -> (u8, u32) {
    let extra = if entry & HAS_VALUE != 0 { (entry >> 8) & 15 } else { 0 };
    (symbol_of(entry), (entry & 31) - extra)
}

/// The symbol EOB: all further coefficients of the block are 0.
pub(super) const END_OF_BLOCK: u8 = 0x00;

/// The symbol ZRL: sixteen coefficients of 0.
pub(super) const ZERO_RUN: u8 = 0xF0;

const FAST_BITS: u32 = 10;
/// The number of code lengths over [`FAST_BITS`].
const LONG_LENGTHS: usize = 16 - FAST_BITS as usize;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::decode::jpeg::bit_reader::{EntropyData, WINDOW_BYTES};
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    /// Runs `read` on 64 bits followed by zeros. Returns its outcome and how many bits it consumed.
    pub(crate) fn with_bits<T>(
        bits: u64,
        read: impl FnOnce(&mut BitReader<'_>) -> T,
    ) -> (T, usize) {
        let bytes: Vec<u8> = bits
            .to_be_bytes()
            .into_iter()
            .flat_map(|byte| [byte, 0].into_iter().take(1 + usize::from(byte == 0xFF)))
            .collect();
        let budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&budget).unwrap();
        entropy.start(&bytes);
        let mut bits = entropy.reader();
        let outcome = read(&mut bits);
        (outcome, bits.consumed_bits())
    }

    #[test]
    fn every_code_and_value_of_the_standard_tables_is_decoded() {
        for table in STANDARD_DC.iter().chain(&STANDARD_AC) {
            let mut lookup = HuffmanLookup::EMPTY;
            lookup.build(table);
            for (symbol, code, length) in table.codes() {
                let size = u32::from(symbol & 15);
                for extra in [0, 1, (1_u32 << size) / 2, (1 << size) - 1] {
                    let extra = extra & ((1 << size) - 1);
                    let bits = u64::from(code << size | extra) << (64 - length - size);
                    let value = match (size, extra >> size.saturating_sub(1)) {
                        (0, _) => 0,
                        (_, 0) => extra.cast_signed() - (1 << size) + 1,
                        _ => extra.cast_signed(),
                    };
                    let (outcome, consumed) = with_bits(bits, |bits| lookup.decode_value(bits));
                    assert_eq!(
                        (outcome, consumed),
                        (Ok(DecodedSymbol { symbol, value }), (length + size) as usize)
                    );
                    let (outcome, consumed) = with_bits(bits, |bits| lookup.decode_symbol(bits));
                    assert_eq!((outcome, consumed), (Ok(symbol), length as usize));
                }
            }
            assert_eq!(
                with_bits(u64::MAX, |bits| lookup.decode_value(bits)).0,
                Err(Fault::InvalidCode)
            );
        }
        assert_eq!(
            with_bits(0, |bits| HuffmanLookup::EMPTY.decode_value(bits)).0,
            Err(Fault::InvalidCode)
        );
    }

    #[test]
    fn building_a_table_again_clears_the_old_one() {
        let mut lookup = HuffmanLookup::EMPTY;
        lookup.build(&STANDARD_AC[0]);
        let mut counts = [0; 16];
        counts[15] = 1;
        lookup.build(&HuffmanTable { counts: &counts, symbols: &[7] });
        assert_eq!(with_bits(0, |bits| lookup.decode_symbol(bits)).0, Ok(7));
        assert_eq!(
            with_bits(1 << 48, |bits| lookup.decode_symbol(bits)).0,
            Err(Fault::InvalidCode)
        );
    }
}
