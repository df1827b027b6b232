//! Prefix codes of VP8L (RFC 9649, 3.7.2): checked, priced and, for small images, used.

use super::bits::Bits;
use super::heap::Heap;
use super::lengths::{Lengths, Tally};
use super::malformed;
use crate::error::Error;
use crate::probe::Format;

/// The lengths of one complete prefix code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// How many symbols have a code of each length.
    pub(super) counts: [u16; MAX_LENGTH + 1],
    /// Symbols with a code, and the first of them.
    pub(super) used: u16,
    pub(super) first: u16,
}

impl Shape {
    /// Reads a code over `alphabet` symbols. The length of each symbol's code goes to `lengths`,
    /// where that is asked for.
    ///
    /// `heap` is charged with the table that image-webp keeps of it, and with what it needs in
    /// between. A code that is not complete is refused, in exact arithmetic: image-webp's is modulo
    /// 2^16, which lets some codes pass that make it panic.
    pub(super) fn read(
        bits: &mut Bits<'_>,
        alphabet: u16,
        heap: &mut Heap,
        lengths: Option<&mut Lengths>,
    ) -> Result<Self, Error> {
        if bits.flag()? {
            Self::read_simple(bits, alphabet, heap, lengths)
        } else {
            super::lengths::read(bits, alphabet, heap, lengths)
        }
    }

    /// One or two symbols (RFC 9649, 3.7.2.1.1).
    fn read_simple(
        bits: &mut Bits<'_>,
        alphabet: u16,
        heap: &mut Heap,
        lengths: Option<&mut Lengths>,
    ) -> Result<Self, Error> {
        let mut tally = Tally::new(lengths);
        let two = bits.flag()?;
        let width = if bits.flag()? { 8 } else { 1 };
        let first = symbol(bits.read(width)?, alphabet)?;
        tally.skip_to(first);
        tally.put(1, 1);
        if two {
            let second = symbol(bits.read(8)?, alphabet)?;
            if second <= first {
                // The code of the smaller symbol is 0, whichever comes first; image-webp says
                // otherwise. No encoder is known to write them so.
                return Err(Error::unsupported(Format::WebP, "a prefix code out of order"));
            }
            tally.skip_to(second);
            tally.put(1, 1);
            heap.take(TWO_SYMBOL_TABLE);
        }
        Ok(tally.shape())
    }

    /// The only symbol of a code that spends no bits.
    pub(super) fn single(&self) -> Option<u16> {
        (self.used == 1).then_some(self.first)
    }

    /// Refuses a code that is not complete (RFC 9649, 3.7.2.1). One symbol alone is complete at any
    /// length.
    pub(super) fn complete(self) -> Result<Self, Error> {
        let filled: u32 =
            self.counts.iter().zip(0u32..).skip(1).map(|(&n, l)| u32::from(n) << (15 - l)).sum();
        if self.used == 1 || filled == 1 << 15 {
            Ok(self)
        } else {
            Err(malformed("an incomplete prefix code"))
        }
    }

    /// A table of up to 2^10 entries of 4 bytes, and two nodes of 16 bytes for each longer code.
    pub(super) fn table_bytes(&self) -> u64 {
        if self.used == 1 {
            return 0;
        }
        let longest = self.counts.iter().rposition(|&count| count != 0).unwrap_or(0);
        let long: u64 = self.counts.iter().skip(11).map(|&count| u64::from(count)).sum();
        (4 << longest.min(10)) + 32 * long
    }

    /// Puts the symbols in the order of their codes: by length, then by value.
    pub(super) fn sort(&self, lengths: &[u8], sorted: &mut [u16]) {
        let mut next = [0u16; MAX_LENGTH + 1];
        let mut at = 0;
        for (slot, &count) in next.iter_mut().zip(&self.counts).skip(1) {
            *slot = at;
            at += count;
        }
        for (symbol, &length) in (0u16..).zip(lengths) {
            if length != 0
                && let Some(slot) = next.get_mut(usize::from(length))
            {
                if let Some(place) = sorted.get_mut(usize::from(*slot)) {
                    *place = symbol;
                }
                *slot += 1;
            }
        }
    }
}

/// A code to read symbols with.
pub(super) struct Code<'s> {
    pub(super) shape: Shape,
    /// The symbols in the order of their codes.
    sorted: &'s [u16],
    /// For each pattern of the next eight bits: the symbol, and the length of its code above it;
    /// or [`LONG`].
    table: [u16; 256],
}

impl<'s> Code<'s> {
    pub(super) fn new(shape: Shape, lengths: &[u8], sorted: &'s mut [u16]) -> Self {
        shape.sort(lengths, sorted);
        let mut table = [LONG; 256];
        if let Some(symbol) = shape.single() {
            table = [symbol; 256];
        }
        let mut symbols = sorted.iter();
        let mut code = 0u8;
        for (&count, length) in shape.counts.iter().zip(0u8..).take(9).skip(1) {
            if shape.used == 1 {
                break;
            }
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                // `code` is left-aligned; the stream has its first bit lowest.
                let pattern = usize::from(code.reverse_bits());
                for entry in table.iter_mut().skip(pattern).step_by(1 << length) {
                    *entry = symbol | (u16::from(length) << 12);
                }
                code = code.wrapping_add(1 << (8 - length));
            }
        }
        Self { shape, sorted, table }
    }

    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u16, Error> {
        let window = bits.peek();
        let entry = usize::try_from(window & 0xFF).ok().and_then(|at| self.table.get(at));
        match entry {
            Some(&entry) if entry < LONG => {
                bits.skip(u32::from(entry >> 12))?;
                Ok(entry & 0xFFF)
            }
            _ => self.long_symbol(window, bits),
        }
    }

    /// Compares bit by bit with the first code of each length.
    fn long_symbol(&self, mut window: u64, bits: &mut Bits<'_>) -> Result<u16, Error> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0u32);
        for (&count, length) in self.shape.counts.iter().zip(0u32..).skip(1) {
            let count = u32::from(count);
            code = (code << 1) | u32::from(window & 1 == 1);
            window >>= 1;
            first <<= 1;
            if let Some(offset) = code.checked_sub(first)
                && offset < count
            {
                bits.skip(length)?;
                return self.sorted.get((index + offset) as usize).copied().ok_or(MISSING_SYMBOL);
            }
            first += count;
            index += count;
        }
        Err(MISSING_SYMBOL)
    }
}

fn symbol(value: u32, alphabet: u16) -> Result<u16, Error> {
    u16::try_from(value).ok().filter(|&symbol| symbol < alphabet).ok_or(MISSING_SYMBOL)
}

pub(super) const MISSING_SYMBOL: Error = malformed("a symbol outside its alphabet");

pub(super) const MAX_LENGTH: usize = 15;

/// Three nodes of 16 bytes and two table entries of 4.
const TWO_SYMBOL_TABLE: u64 = 3 * 16 + 2 * 4;

/// Above all symbols with a code of up to eight bits; the largest symbol is 2,327.
const LONG: u16 = 9 << 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::lengths::MAX_ALPHABET;

    /// The symbols of a canonical code (RFC 9649, 3.7.2), each written as the definition says: codes
    /// in the order of their lengths, then of the symbols, and the first bit of a code first.
    fn written(lengths: &[u8], symbols: &[u16]) -> Vec<u8> {
        let code_of = |symbol: u16| {
            let place = |symbol: u16| (lengths[usize::from(symbol)], symbol);
            let mut earlier: Vec<_> = (0..lengths.len() as u16)
                .filter(|&other| lengths[usize::from(other)] > 0 && place(other) < place(symbol))
                .collect();
            earlier.sort_by_key(|&other| place(other));
            let length = lengths[usize::from(symbol)];
            let code: u32 =
                earlier.iter().map(|&other| 1 << (15 - lengths[usize::from(other)])).sum();
            (code >> (15 - length), length)
        };
        let mut bits = Vec::new();
        for &symbol in symbols {
            let (code, length) = code_of(symbol);
            bits.extend((0..length).rev().map(|bit| (code >> bit) as u8 & 1));
        }
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, bit| (all << 1) | bit)).collect()
    }

    #[test]
    fn codes_of_every_length_are_read() {
        let ladder: Vec<u8> = (1..=15).chain([15]).rev().collect();
        // Half of the codes is one of one bit; 128 of nine bits and 256 of ten are the other half.
        let mixed: Vec<u8> = [1].into_iter().chain((2..386).map(|i| [10, 9, 10][i % 3])).collect();
        let short = vec![2, 0, 3, 3, 2, 0, 2];
        for lengths in [ladder, mixed, short] {
            let mut all = [0; MAX_ALPHABET];
            let mut tally = Tally::new(Some(&mut all));
            lengths.iter().for_each(|&length| tally.put(length, 1));
            let shape = tally.shape().complete().unwrap();
            assert_eq!(all[..lengths.len()], lengths);
            let mut sorted = vec![0; lengths.len()];
            let code = Code::new(shape, &lengths, &mut sorted);
            let symbols: Vec<u16> =
                (0..lengths.len() as u16).filter(|&i| lengths[usize::from(i)] > 0).collect();
            let data = written(&lengths, &symbols);
            let mut bits = Bits::new(&data);
            for &symbol in &symbols {
                assert_eq!(code.symbol(&mut bits).unwrap(), symbol);
            }
            let spent: u32 = lengths.iter().map(|&length| u32::from(length)).sum();
            let padding = data.len() as u32 * 8 - spent;
            assert!(bits.read(padding).is_ok() && bits.read(1).is_err());
        }
    }
}
