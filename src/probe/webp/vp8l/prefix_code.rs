//! Prefix codes of VP8L (RFC 9649, 3.7.2): checked, priced, and looked up.

use super::bit_reader::BitReader;
use crate::error::Error;
use crate::probe::webp::errors::malformed;

/// The lengths of one complete prefix code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixCode {
    /// How many symbols have a code of each length.
    pub(super) counts: [u16; MAX_LENGTH + 1],
    /// Symbols with a code, the first of them, and the last.
    pub(super) used: u16,
    pub(super) first: u16,
    pub(crate) last: u16,
}

impl PrefixCode {
    /// The only symbol of a code that spends no bits.
    pub(crate) fn single(&self) -> Option<u16> {
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

    /// The bits that are looked up first: none for a single symbol.
    pub(crate) fn root_bits(&self) -> u32 {
        self.longest().min(ROOT_BITS)
    }

    fn longest(&self) -> u32 {
        if self.used == 1 {
            return 0;
        }
        self.counts
            .iter()
            .zip(0..)
            .filter(|(count, _)| **count > 0)
            .map(|(_, l)| l)
            .max()
            .unwrap_or(0)
    }

    fn count(&self, length: u32) -> u32 {
        self.counts.get(length as usize).copied().unwrap_or_default().into()
    }

    /// The length of the table that [`fill`](Self::fill) takes.
    pub(crate) fn entries(&self) -> u32 {
        let longest = self.longest();
        if longest <= ROOT_BITS {
            return 1 << longest;
        }
        let mut entries = 1 << ROOT_BITS;
        let mut left = *self;
        for length in ROOT_BITS + 1..=longest {
            while left.count(length) > 0 {
                let bits = left.table_bits(length, left.count(length));
                entries += 1 << bits;
                let mut room = 1u32 << bits;
                let longer = left.counts.iter_mut().zip(0..).skip(length as usize);
                for (count, length) in longer.take_while(|&(_, length)| length <= ROOT_BITS + bits)
                {
                    let step = ROOT_BITS + bits - length;
                    // Only of the longest codes may there be more than fit, and each takes one entry.
                    let taken = u32::from(*count).min(room);
                    room -= taken << step;
                    *count -= u16::try_from(taken).unwrap_or_default();
                }
            }
        }
        entries
    }

    /// Fills the first [`entries`](Self::entries) of `table`, to be looked up by [`PrefixTable`].
    ///
    /// Codes that are longer than the root share tables behind it, by their first bits.
    pub(crate) fn fill(&self, lengths: &[u8], table: &mut [u16]) {
        if let Some(symbol) = self.single() {
            table.iter_mut().take(1).for_each(|entry| *entry = symbol);
            return;
        }
        let mut sorted = [0u16; MAX_ALPHABET];
        self.sort(lengths, &mut sorted);
        let mut symbols = sorted.iter();
        let longest = self.longest();
        // The code in the order of the stream: its first bit lowest.
        let mut code = 0;
        let mut filled = 1;
        for length in 1..=longest.min(ROOT_BITS) {
            table.copy_within(..filled, filled);
            filled *= 2;
            for &symbol in symbols.by_ref().take(self.count(length) as usize) {
                put(table, code, entry(symbol, length));
                code = next_code(code, length);
            }
        }
        let mask = filled - 1;
        let (mut prefix, mut place, mut bits) = (usize::MAX, filled, 0);
        for length in ROOT_BITS + 1..=longest {
            let count = self.count(length);
            for (nth, &symbol) in (0..count).zip(symbols.by_ref()) {
                if code & mask != prefix {
                    if prefix != usize::MAX {
                        place += 1 << bits;
                    }
                    prefix = code & mask;
                    bits = self.table_bits(length, count - nth);
                    let link = u16::try_from(place).unwrap_or_default();
                    put(table, prefix, entry(link, ROOT_BITS + bits));
                }
                let part = table.get_mut(place..place + (1 << bits)).unwrap_or_default();
                let behind = length - ROOT_BITS;
                for slot in part.iter_mut().skip(code >> ROOT_BITS).step_by(1 << behind) {
                    *slot = entry(symbol, behind);
                }
                code = next_code(code, length);
            }
        }
    }

    /// The bits of a table behind the root, whose first code has `length` bits and is followed by
    /// `left` codes of that length in all: as many as its longest code has.
    fn table_bits(&self, length: u32, left: u32) -> u32 {
        let mut bits = length - ROOT_BITS;
        let mut unused = (1u32 << bits).saturating_sub(left);
        while unused > 0 && bits < MAX_BITS_BEHIND_ROOT {
            bits += 1;
            unused = (2 * unused).saturating_sub(self.count(ROOT_BITS + bits));
        }
        bits
    }

    /// Puts the symbols in the order of their codes: by length, then by value.
    fn sort(&self, lengths: &[u8], sorted: &mut [u16]) {
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
                put(sorted, usize::from(*slot), symbol);
                *slot += 1;
            }
        }
    }
}

/// A symbol and the bits to pass; in the root, more than it has bits link to a table at this place.
#[allow(clippy::cast_possible_truncation, reason = "15 at the most")]
const fn entry(symbol: u16, bits: u32) -> u16 {
    symbol | (bits as u16) << 12
}

fn put(table: &mut [u16], at: usize, value: u16) {
    if let Some(slot) = table.get_mut(at) {
        *slot = value;
    }
}

/// The code of `length` bits after `code`, both with their first bit lowest; `code` itself when it
/// is the last one.
const fn next_code(code: usize, length: u32) -> usize {
    let ones = (1 << length) - 1;
    if code == ones {
        return code;
    }
    // Adds one from the other end: the highest bit that is 0 becomes 1, those above it become 0.
    let bit = 1 << (code ^ ones).ilog2();
    code & (bit - 1) | bit
}

/// A code to read symbols with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixTable<'t> {
    entries: &'t [u16],
    mask: u64,
}

impl<'t> PrefixTable<'t> {
    /// `entries` starts with what [`PrefixCode::fill`] made of a code with so many bits in its root.
    #[inline(always)]
    pub(crate) const fn new(entries: &'t [u16], root_bits: u32) -> Self {
        Self { entries, mask: (1 << root_bits) - 1 }
    }

    /// True when symbols spend no bits, there being only one.
    #[inline(always)]
    pub(crate) const fn is_single(&self) -> bool {
        self.mask == 0
    }

    /// The next symbol, whose code may need 15 held bits.
    #[inline(always)]
    pub(crate) fn symbol(&self, bits: &mut BitReader<'_>) -> u16 {
        let entry = self.entry(bits.next() & self.mask);
        let length = u32::from(entry >> 12);
        if length <= ROOT_BITS {
            bits.skip(length);
            return entry & 0xFFF;
        }
        let behind = bits.next() >> ROOT_BITS & ((1 << (length - ROOT_BITS)) - 1);
        let entry = self.entry(u64::from(entry & 0xFFF) + behind);
        bits.skip(ROOT_BITS + u32::from(entry >> 12));
        entry & 0xFFF
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "less than 2^13")]
    fn entry(&self, at: u64) -> u16 {
        self.entries.get(at as usize).copied().unwrap_or_default()
    }
}

pub(super) const MAX_LENGTH: usize = 15;

/// What one look answers for most symbols. The largest symbol is 2,327, and the tables of a code have
/// 2,704 entries at the most, so that either leaves four bits of an entry for the length.
const ROOT_BITS: u32 = 8;
const MAX_BITS_BEHIND_ROOT: u32 = 15 - ROOT_BITS;

/// The code lengths of the largest alphabet: green, lengths and a colour cache of 11 bits.
pub(crate) type Lengths = [u8; MAX_ALPHABET];

pub(crate) const MAX_ALPHABET: usize = 256 + 24 + (1 << 11);

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "tests"
)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::{BitWriter, Noise};
    use crate::probe::webp::vp8l::code_lengths::{LengthCounts, read_prefix_code};

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

    /// The lengths of a complete code: the longest of three codes is split in two, again and again.
    fn grown(noise: &mut Noise, symbols: u64) -> Vec<u8> {
        let mut lengths = vec![0u8];
        while (lengths.len() as u64) < symbols {
            let mut some = || (noise.number() % lengths.len() as u64) as usize;
            let (one, other, third) = (some(), some(), some());
            let at = [other, third].into_iter().fold(one, |best, at| {
                if (lengths[best]..15).contains(&lengths[at]) { at } else { best }
            });
            if lengths[at] < 15 {
                lengths[at] += 1;
                lengths.insert(one, lengths[at]);
            }
        }
        lengths
    }

    /// The code of the smaller symbol is 0 (RFC 9649, 3.7.2.1.1).
    #[test]
    fn a_simple_code_has_one_symbol_or_two_in_either_order() {
        let read = |symbols: &[u32], alphabet: u16| {
            let mut stream = BitWriter::default();
            stream.put(1, 1);
            stream.put(symbols.len() as u32 - 1, 1);
            stream.put(1, 1);
            symbols.iter().for_each(|&symbol| stream.put(symbol, 8));
            let mut lengths = [3; MAX_ALPHABET];
            let shape =
                read_prefix_code(&mut BitReader::new(&stream.bytes), alphabet, Some(&mut lengths))?;
            let used = (0u32..).zip(lengths).filter(|(_, length)| *length > 0).collect::<Vec<_>>();
            Ok::<_, Error>((used, shape.first, shape.last, shape.single(), shape.root_bits()))
        };
        assert_eq!(read(&[7], 256).unwrap(), (vec![(7, 1)], 7, 7, Some(7), 0));
        assert_eq!(read(&[7, 39], 40).unwrap(), (vec![(7, 1), (39, 1)], 7, 39, None, 1));
        assert_eq!(read(&[39, 7], 40).unwrap(), read(&[7, 39], 40).unwrap());
        assert_eq!(read(&[7, 7], 256).unwrap(), read(&[7], 256).unwrap());
        assert!(matches!(read(&[40, 7], 40), Err(Error::Malformed(_))));
        assert!(matches!(read(&[7, 40], 40), Err(Error::Malformed(_))));
    }

    #[test]
    fn codes_of_every_length_are_read() {
        let ladder: Vec<u8> = (1..=15).chain([15]).rev().collect();
        // Half of the codes is one of one bit; 128 of nine bits and 256 of ten are the other half.
        let mixed: Vec<u8> = [1].into_iter().chain((2..386).map(|i| [10, 9, 10][i % 3])).collect();
        let short = vec![2, 0, 3, 3, 2, 0, 2];
        let grown = (1..40).map(|seed| grown(&mut Noise(seed), 2 + 3 * seed));
        for lengths in [ladder, mixed, short].into_iter().chain(grown) {
            let mut all = [0; MAX_ALPHABET];
            let mut tally = LengthCounts::new(Some(&mut all));
            lengths.iter().for_each(|&length| tally.put(length, 1));
            let shape = tally.shape().complete().unwrap();
            assert_eq!(all[..lengths.len()], lengths);
            let mut table = vec![u16::MAX; shape.entries() as usize];
            shape.fill(&lengths, &mut table);
            assert!(!table.contains(&u16::MAX), "a table with room that no code takes");
            let code = PrefixTable::new(&table, shape.root_bits());
            let symbols: Vec<u16> =
                (0..lengths.len() as u16).filter(|&i| lengths[usize::from(i)] > 0).collect();
            let data = written(&lengths, &symbols);
            let mut bits = BitReader::new(&data);
            for &symbol in &symbols {
                bits.refill();
                assert_eq!(code.symbol(&mut bits), symbol);
            }
            let spent: u32 = lengths.iter().map(|&length| u32::from(length)).sum();
            let padding = data.len() as u32 * 8 - spent;
            assert!(bits.read(padding).is_ok() && bits.read(1).is_err());
        }
    }
}
