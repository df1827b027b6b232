//! Huffman tables as look-ups (T.81, annex C and F.2.2.3).

use super::bit_reader::{BitReader, Fault};
use crate::probe::jpeg::HuffmanTable;

/// A table made ready for decoding.
#[derive(Clone, Debug)]
pub(super) struct HuffmanLookup {
    /// By the next [`FAST_BITS`] bits, see [`Entry`]; 0 where the code is longer.
    fast: [Entry; 1 << FAST_BITS],
    /// For each length, the first 16 bits that are above all codes of this length.
    above: [u32; 16],
    /// For each length, what is added to a code of this length for its place among the symbols.
    offset: [i32; 16],
    symbols: [u8; 256],
}

/// BitReader 0–4 the bits to take, bit 7 whether they include the extra bits, bits 8–15 the symbol,
/// bits 16–31 the value of code and extra bits. A value of 0 with bit 7 is a symbol of size 0.
type Entry = u32;
const HAS_VALUE: u32 = 0x80;

/// A symbol, and the value of its extra bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    pub(super) symbol: u8,
    pub(super) value: i32,
}

impl HuffmanLookup {
    /// A table without codes.
    pub(super) const EMPTY: Self =
        Self { fast: [0; 1 << FAST_BITS], above: [0; 16], offset: [0; 16], symbols: [0; 256] };

    pub(super) fn set(&mut self, table: &HuffmanTable<'_>) {
        self.fast.fill(0);
        for (slot, symbol) in self.symbols.iter_mut().zip(table.symbols) {
            *slot = *symbol;
        }
        let mut symbols = table.symbols.iter();
        let (mut code, mut place) = (0_u32, 0_i32);
        for (length, &count) in (1_u32..).zip(table.counts) {
            let i = length as usize - 1;
            if let Some(offset) = self.offset.get_mut(i) {
                *offset = place - code.cast_signed();
            }
            for _ in 0..count {
                let Some(&symbol) = symbols.next() else { return };
                if length <= FAST_BITS {
                    self.set_fast(code, length, symbol);
                }
                code += 1;
                place += 1;
            }
            if let Some(above) = self.above.get_mut(i) {
                *above = code << (16 - length);
            }
            code <<= 1;
        }
    }

    /// Fills all entries that start with `code`.
    fn set_fast(&mut self, code: u32, length: u32, symbol: u8) {
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

    /// Takes a code and its extra bits. The lower four bits of the symbol are their number.
    #[inline(always)]
    pub(super) fn value(&self, bits: &mut BitReader<'_>) -> Result<Coded, Fault> {
        bits.refill();
        let entry = self.fast.get(bits.peek(FAST_BITS)).copied().unwrap_or_default();
        if entry & HAS_VALUE != 0 {
            bits.take(entry & 31);
            return Ok(Coded { symbol: symbol_of(entry), value: entry.cast_signed() >> 16 });
        }
        let (coded, after) = self.long_value(entry, *bits)?;
        *bits = after;
        Ok(coded)
    }

    #[inline(never)]
    fn long_value<'w>(
        &self,
        entry: Entry,
        mut bits: BitReader<'w>,
    ) -> Result<(Coded, BitReader<'w>), Fault> {
        let symbol = self.symbol_at(entry, &mut bits)?;
        let size = u32::from(symbol & 15);
        Ok((Coded { symbol, value: extend(bits.number(size), size) }, bits))
    }

    /// Takes a code alone, refilling first.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: &mut BitReader<'_>) -> Result<u8, Fault> {
        bits.refill();
        let entry = self.fast.get(bits.peek(FAST_BITS)).copied().unwrap_or_default();
        self.symbol_at(entry, bits)
    }

    #[inline(always)]
    fn symbol_at(&self, entry: Entry, bits: &mut BitReader<'_>) -> Result<u8, Fault> {
        let found = if entry == 0 { self.find(bits.peek(16)) } else { Some(code_of(entry)) };
        let (symbol, length) = found.ok_or(Fault::Code)?;
        bits.take(length);
        Ok(symbol)
    }

    /// The symbol whose code starts `next`, which is 16 bits, and the length of the code.
    fn find(&self, next: usize) -> Option<(u8, u32)> {
        let next = u32::try_from(next).ok()?;
        let (length, (_, offset)) = (1..)
            .zip(self.above.iter().zip(&self.offset))
            .skip(FAST_BITS as usize)
            .find(|(_, (above, _))| next < **above)?;
        let place = (next >> (16 - length)).cast_signed() + offset;
        let symbol = self.symbols.get(usize::try_from(place).ok()?)?;
        Some((*symbol, length))
    }
}

/// The number that `size` extra bits mean (T.81, F.2.2.1, EXTEND).
#[inline(always)]
pub(super) const fn extend(bits: u32, size: u32) -> i32 {
    // A first bit of 0 means a negative number.
    let negative = (bits << 1 >> size) == 0 && size > 0;
    let offset = if negative { (1 << size) - 1 } else { 0 };
    bits.cast_signed() - offset
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the byte is cut out")]
const fn symbol_of(entry: Entry) -> u8 {
    (entry >> 8) as u8
}

/// The symbol of an entry, and the length of its code alone.
#[inline(always)]
const fn code_of(entry: Entry) -> (u8, u32) {
    let extra = if entry & HAS_VALUE != 0 { (entry >> 8) & 15 } else { 0 };
    (symbol_of(entry), (entry & 31) - extra)
}

/// No further coefficient of the block is coded.
pub(super) const END_OF_BLOCK: u8 = 0x00;

/// Sixteen coefficients of 0.
pub(super) const ZERO_RUN: u8 = 0xF0;

const FAST_BITS: u32 = 10;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::decode::jpeg::bit_reader::{EntropyData, WINDOW_BYTES};
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    /// Runs `read` on 32 bits followed by zeros.
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
        let mut bits = entropy.bits();
        let outcome = read(&mut bits);
        (outcome, bits.taken_bits())
    }

    #[test]
    fn every_code_and_value_of_the_standard_tables_is_read() {
        for table in STANDARD_DC.iter().chain(&STANDARD_AC) {
            let mut codes = HuffmanLookup::EMPTY;
            codes.set(table);
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
                    let (read, taken) = with_bits(bits, |bits| codes.value(bits));
                    assert_eq!(
                        (read, taken),
                        (Ok(Coded { symbol, value }), (length + size) as usize)
                    );
                    let (read, taken) = with_bits(bits, |bits| codes.symbol(bits));
                    assert_eq!((read, taken), (Ok(symbol), length as usize));
                }
            }
            assert_eq!(with_bits(u64::MAX, |bits| codes.value(bits)).0, Err(Fault::Code));
        }
        assert_eq!(with_bits(0, |bits| HuffmanLookup::EMPTY.value(bits)).0, Err(Fault::Code));
    }

    #[test]
    fn a_table_that_is_set_again_forgets_the_old_one() {
        let mut codes = HuffmanLookup::EMPTY;
        codes.set(&STANDARD_AC[0]);
        let mut counts = [0; 16];
        counts[15] = 1;
        codes.set(&HuffmanTable { counts: &counts, symbols: &[7] });
        assert_eq!(with_bits(0, |bits| codes.symbol(bits)).0, Ok(7));
        assert_eq!(with_bits(1 << 48, |bits| codes.symbol(bits)).0, Err(Fault::Code));
    }
}
