//! Prefix codes of VP8L (RFC 9649, 3.7.2): completeness, table sizes and symbol lookup.

use super::bit_reader::BitReader;
use crate::error::Error;
use crate::probe::webp::errors::malformed;

/// The code lengths of one prefix code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixCode {
    /// The number of codes of each length.
    pub(super) counts: [u16; MAX_LENGTH + 1],
    /// The number of symbols with a code.
    pub(super) used: u16,
    /// The first symbol with a code.
    pub(super) first: u16,
    /// The last symbol with a code.
    pub(crate) last: u16,
}

impl PrefixCode {
    /// The symbol of a code with only one. It is coded in no bits.
    pub(crate) fn single(&self) -> Option<u16> {
        (self.used == 1).then_some(self.first)
    }

    /// Refuses an incomplete code (RFC 9649, 3.7.2.1). A code of one symbol is complete at any
    /// length.
    pub(super) fn check_complete(self) -> Result<Self, Error> {
        let code_space: u32 = self
            .counts
            .iter()
            .zip(0u32..)
            .skip(1)
            .map(|(&n, length)| u32::from(n) << (15 - length))
            .sum();
        if self.used == 1 || code_space == 1 << 15 {
            Ok(self)
        } else {
            Err(malformed("an incomplete prefix code"))
        }
    }

    /// The number of bits that index the root table: 0 for a single symbol.
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
            .map(|(_, length)| length)
            .max()
            .unwrap_or(0)
    }

    fn count(&self, length: u32) -> u32 {
        self.counts.get(length as usize).copied().unwrap_or_default().into()
    }

    /// The number of table entries that [`fill`](Self::fill) writes.
    pub(crate) fn entries(&self) -> u32 {
        let longest = self.longest();
        if longest <= ROOT_BITS {
            return 1 << longest;
        }
        let mut entries = 1 << ROOT_BITS;
        let mut left = *self;
        for length in ROOT_BITS + 1..=longest {
            while left.count(length) > 0 {
                let bits = left.subtable_bits(length, left.count(length));
                entries += 1 << bits;
                let mut free = 1u32 << bits;
                let longer = left.counts.iter_mut().zip(0..).skip(length as usize);
                for (count, length) in longer.take_while(|&(_, length)| length <= ROOT_BITS + bits)
                {
                    let step = ROOT_BITS + bits - length;
                    // Only the longest codes can be more than fit, and each of those uses one
                    // entry.
                    let fitting = u32::from(*count).min(free);
                    free -= fitting << step;
                    *count -= u16::try_from(fitting).unwrap_or_default();
                }
            }
        }
        entries
    }

    /// Fills the first [`entries`](Self::entries) of `table`, for lookups by [`PrefixTable`].
    ///
    /// The table starts with a root table. Codes longer than its index share subtables after it,
    /// grouped by their first bits.
    pub(crate) fn fill(&self, lengths: &[u8], table: &mut [u16]) {
        if let Some(symbol) = self.single() {
            table.iter_mut().take(1).for_each(|entry| *entry = symbol);
            return;
        }
        let mut sorted = [0u16; MAX_ALPHABET];
        self.sort(lengths, &mut sorted);
        let mut symbols = sorted.iter();
        let longest = self.longest();
        // The current code in stream order: its first bit is the lowest.
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
        let (mut prefix, mut start, mut bits) = (usize::MAX, filled, 0);
        for length in ROOT_BITS + 1..=longest {
            let count = self.count(length);
            for (nth, &symbol) in (0..count).zip(symbols.by_ref()) {
                if code & mask != prefix {
                    if prefix != usize::MAX {
                        start += 1 << bits;
                    }
                    prefix = code & mask;
                    bits = self.subtable_bits(length, count - nth);
                    let link = u16::try_from(start).unwrap_or_default();
                    put(table, prefix, entry(link, ROOT_BITS + bits));
                }
                let subtable = table.get_mut(start..start + (1 << bits)).unwrap_or_default();
                let low_bits = length - ROOT_BITS;
                for slot in subtable.iter_mut().skip(code >> ROOT_BITS).step_by(1 << low_bits) {
                    *slot = entry(symbol, low_bits);
                }
                code = next_code(code, length);
            }
        }
    }

    /// The number of bits that index a subtable: as many as its longest code has beyond the root.
    /// The first code of the subtable has `length` bits; `left` codes of that length remain.
    fn subtable_bits(&self, length: u32, left: u32) -> u32 {
        let mut bits = length - ROOT_BITS;
        let mut unused = (1u32 << bits).saturating_sub(left);
        while unused > 0 && bits < MAX_SUBTABLE_BITS {
            bits += 1;
            unused = (2 * unused).saturating_sub(self.count(ROOT_BITS + bits));
        }
        bits
    }

    /// Sorts the symbols in the order of their codes: by length, then by value.
    fn sort(&self, lengths: &[u8], sorted: &mut [u16]) {
        let mut next = [0u16; MAX_LENGTH + 1];
        let mut start = 0;
        for (slot, &count) in next.iter_mut().zip(&self.counts).skip(1) {
            *slot = start;
            start += count;
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

/// A table entry: a symbol, and the number of bits to skip. In the root table, more bits than
/// [`ROOT_BITS`] mark a link: the lower part is then the start of a subtable.
#[allow(clippy::cast_possible_truncation, reason = "at most 15")]
const fn entry(symbol: u16, bits: u32) -> u16 {
    symbol | (bits as u16) << 12
}

fn put(table: &mut [u16], at: usize, value: u16) {
    if let Some(slot) = table.get_mut(at) {
        *slot = value;
    }
}

/// The next code of `length` bits, both in stream order: the first bit is the lowest. Returns
/// `code` if it is the last one.
const fn next_code(code: usize, length: u32) -> usize {
    let ones = (1 << length) - 1;
    if code == ones {
        return code;
    }
    // Adds 1 in reversed bit order: the highest 0 becomes 1, and the bits above it become 0.
    let bit = 1 << (code ^ ones).ilog2();
    code & (bit - 1) | bit
}

/// The lookup table of a prefix code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PrefixTable<'t> {
    entries: &'t [u16],
    mask: u64,
}

impl<'t> PrefixTable<'t> {
    /// `entries` starts with the table that [`PrefixCode::fill`] wrote for a code with this number
    /// of [`root_bits`](PrefixCode::root_bits).
    #[inline(always)]
    pub(crate) const fn new(entries: &'t [u16], root_bits: u32) -> Self {
        Self { entries, mask: (1 << root_bits) - 1 }
    }

    /// Returns true if there is only one symbol, coded in no bits.
    #[inline(always)]
    pub(crate) const fn is_single(&self) -> bool {
        self.mask == 0
    }

    /// Reads a symbol. Needs 15 held bits.
    #[inline(always)]
    pub(crate) fn symbol(&self, bits: &mut BitReader<'_>) -> u16 {
        let entry = self.entry(bits.peek() & self.mask);
        let length = u32::from(entry >> 12);
        if length <= ROOT_BITS {
            bits.skip(length);
            return entry & 0xFFF;
        }
        let index = bits.peek() >> ROOT_BITS & ((1 << (length - ROOT_BITS)) - 1);
        let entry = self.entry(u64::from(entry & 0xFFF) + index);
        bits.skip(ROOT_BITS + u32::from(entry >> 12));
        entry & 0xFFF
    }

    /// The symbol whose code is at the start of `bits`, and the length of the code. `None` for a code
    /// that is longer than the root table resolves.
    pub(crate) fn short_code(&self, bits: u64) -> Option<(u16, u32)> {
        let entry = self.entry(bits & self.mask);
        let length = u32::from(entry >> 12);
        (length <= ROOT_BITS).then_some((entry & 0xFFF, length))
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "less than 2^13")]
    fn entry(&self, at: u64) -> u16 {
        self.entries.get(at as usize).copied().unwrap_or_default()
    }
}

pub(super) const MAX_LENGTH: usize = 15;

/// The index of the root table, which resolves most symbols in one lookup. The largest symbol is
/// 2,327, and the tables of a code have at most 2,704 entries. Both leave four bits of an entry for
/// the length.
const ROOT_BITS: u32 = 8;
const MAX_SUBTABLE_BITS: u32 = 15 - ROOT_BITS;

/// The code length of each symbol, with space for the largest alphabet.
pub(crate) type Lengths = [u8; MAX_ALPHABET];

/// The size of the largest alphabet: green, length prefixes and a colour cache of 11 bits.
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

    /// Writes symbols in a canonical code, straight from its definition (RFC 9649, 3.7.2): codes in
    /// the order of their lengths, then of the symbols. The first bit of a code comes first.
    fn write_symbols(lengths: &[u8], symbols: &[u16]) -> Vec<u8> {
        let code_of = |symbol: u16| {
            let key = |symbol: u16| (lengths[usize::from(symbol)], symbol);
            let mut earlier: Vec<_> = (0..lengths.len() as u16)
                .filter(|&other| lengths[usize::from(other)] > 0 && key(other) < key(symbol))
                .collect();
            earlier.sort_by_key(|&other| key(other));
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

    /// The lengths of a random complete code. Repeatedly splits the longest of three codes in two.
    fn random_code(noise: &mut Noise, symbols: u64) -> Vec<u8> {
        let mut lengths = vec![0u8];
        while (lengths.len() as u64) < symbols {
            let mut pick = || (noise.number() % lengths.len() as u64) as usize;
            let (first, second, third) = (pick(), pick(), pick());
            let at = [second, third].into_iter().fold(first, |best, at| {
                if (lengths[best]..15).contains(&lengths[at]) { at } else { best }
            });
            if lengths[at] < 15 {
                lengths[at] += 1;
                lengths.insert(first, lengths[at]);
            }
        }
        lengths
    }

    /// The code of the smaller symbol is 0 (RFC 9649, 3.7.2.1.1).
    #[test]
    fn a_simple_code_has_one_symbol_or_two_in_any_order() {
        let read = |symbols: &[u32], alphabet: u16| {
            let mut stream = BitWriter::default();
            stream.put(1, 1);
            stream.put(symbols.len() as u32 - 1, 1);
            stream.put(1, 1);
            symbols.iter().for_each(|&symbol| stream.put(symbol, 8));
            let mut lengths = [3; MAX_ALPHABET];
            let code =
                read_prefix_code(&mut BitReader::new(&stream.bytes), alphabet, Some(&mut lengths))?;
            let used = (0u32..).zip(lengths).filter(|(_, length)| *length > 0).collect::<Vec<_>>();
            Ok::<_, Error>((used, code.first, code.last, code.single(), code.root_bits()))
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
        let descending: Vec<u8> = (1..=15).chain([15]).rev().collect();
        // One code of one bit fills half of the code space; 128 of nine bits and 256 of ten fill
        // the rest.
        let mixed: Vec<u8> = [1].into_iter().chain((2..386).map(|i| [10, 9, 10][i % 3])).collect();
        let short = vec![2, 0, 3, 3, 2, 0, 2];
        let random = (1..40).map(|seed| random_code(&mut Noise(seed), 2 + 3 * seed));
        for lengths in [descending, mixed, short].into_iter().chain(random) {
            let mut all = [0; MAX_ALPHABET];
            let mut counts = LengthCounts::new(Some(&mut all));
            lengths.iter().for_each(|&length| counts.add(length, 1));
            let code = counts.code().check_complete().unwrap();
            assert_eq!(all[..lengths.len()], lengths);
            let mut entries = vec![u16::MAX; code.entries() as usize];
            code.fill(&lengths, &mut entries);
            assert!(!entries.contains(&u16::MAX), "an entry that no code uses");
            let table = PrefixTable::new(&entries, code.root_bits());
            let symbols: Vec<u16> =
                (0..lengths.len() as u16).filter(|&i| lengths[usize::from(i)] > 0).collect();
            let data = write_symbols(&lengths, &symbols);
            let mut bits = BitReader::new(&data);
            for &symbol in &symbols {
                bits.refill();
                assert_eq!(table.symbol(&mut bits), symbol);
            }
            let used_bits: u32 = lengths.iter().map(|&length| u32::from(length)).sum();
            let padding = data.len() as u32 * 8 - used_bits;
            assert!(bits.read(padding).is_ok() && bits.read(1).is_err());
        }
    }
}
