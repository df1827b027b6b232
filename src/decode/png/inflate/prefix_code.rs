//! The Huffman codes of a deflate block (RFC 1951, 3.2.2) and the tables in which they are looked up.

use super::symbols::SYMBOLS;

/// Bytes that are not deflated data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage;

/// A code, as how many symbols there are of each length, and the symbols by length and value.
#[derive(Clone, Debug)]
pub(super) struct Code<const N: usize> {
    counts: [u16; 16],
    symbols: [u16; N],
}

/// Symbols in a row whose codes have one length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    pub(super) first: u16,
    pub(super) count: u16,
    pub(super) length: u8,
}

/// The runs of a code, without those of symbols that have none.
pub(super) struct Runs {
    runs: [Run; SYMBOLS],
    count: usize,
}

impl Default for Runs {
    fn default() -> Self {
        Self { runs: [Run::default(); SYMBOLS], count: 0 }
    }
}

impl Runs {
    /// The symbols from `first` up to `end`.
    pub(super) fn push(&mut self, first: u32, end: u32, length: u8) {
        if first == end || length == 0 {
            return;
        }
        if let Some(slot) = self.runs.get_mut(self.count) {
            *slot = Run { first: low_half(first), count: low_half(end - first), length };
            self.count += 1;
        }
    }

    pub(super) fn all(&self) -> &[Run] {
        self.runs.get(..self.count).unwrap_or_default()
    }
}

impl<const N: usize> Code<N> {
    pub(super) const EMPTY: Self = Self { counts: [0; 16], symbols: [0; N] };

    /// Takes the code that `runs` describe, by rising symbol, without the symbols that have none.
    ///
    /// A code that leaves bit patterns unused is damage, as for zlib: but for one of a single symbol of
    /// one bit, or of none, and only where `may_be_single`.
    pub(super) fn set(&mut self, runs: &[Run], may_be_single: bool) -> Result<(), Damage> {
        self.counts = [0; 16];
        for run in runs {
            if let Some(count) = self.counts.get_mut(usize::from(run.length)) {
                *count += run.count;
            }
        }
        let (mut unused, mut total, mut places) = (1_i32, 0, [0_u16; 16]);
        for (&count, place) in self.counts.iter().zip(&mut places).skip(1) {
            unused = 2 * unused - i32::from(count);
            if unused < 0 {
                return Err(Damage);
            }
            *place = total;
            total += count;
        }
        let is_single = total == 0 || total == 1 && self.counts[1] == 1;
        if unused > 0 && !(may_be_single && is_single) {
            return Err(Damage);
        }
        for run in runs {
            let Some(place) = places.get_mut(usize::from(run.length)) else { continue };
            let slots = self.symbols.iter_mut().skip(usize::from(*place));
            for (slot, symbol) in slots.take(usize::from(run.count)).zip(run.first..) {
                *slot = symbol;
            }
            *place += run.count;
        }
        Ok(())
    }

    /// Fills `table`, to be looked up with the next bits of the stream: as many as the longest code has,
    /// but not more than `most_bits`, which are returned. Codes that are longer share tables behind.
    ///
    /// `entry` says what a symbol becomes, with its low six bits free for the bits of its code. Patterns
    /// without a symbol are 0.
    pub(super) fn fill(
        &self,
        table: &mut [u32],
        most_bits: u32,
        entry: impl Fn(u16) -> u32,
    ) -> u32 {
        let longest = (0..).zip(&self.counts).filter(|(_, count)| **count > 0);
        let longest = longest.map(|(length, _)| length).max().unwrap_or(0);
        let root_bits = longest.min(most_bits);
        let mut symbols = self.symbols.iter();
        // The code in the order of the stream: its first bit lowest.
        let mut code = 0;
        let mut filled = 1;
        table.iter_mut().take(1).for_each(|slot| *slot = 0);
        for (length, &count) in (0..=root_bits).zip(&self.counts).skip(1) {
            table.copy_within(..filled, filled);
            filled *= 2;
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                if let Some(slot) = table.get_mut(code) {
                    *slot = entry(symbol) | length;
                }
                code = next_code(code, length);
            }
        }
        let root_mask = filled - 1;
        // The table of the codes that share their first bits: those bits, its place and its own bits.
        let (mut prefix, mut place, mut bits) = (usize::MAX, filled, 0);
        for length in root_bits + 1..=longest {
            let count = self.counts.get(length as usize).copied().unwrap_or_default();
            for (nth, &symbol) in (0..count).zip(symbols.by_ref()) {
                if code & root_mask != prefix {
                    if prefix != usize::MAX {
                        place += 1 << bits;
                    }
                    prefix = code & root_mask;
                    bits = self.table_bits(root_bits, length, count - nth);
                    if let Some(slot) = table.get_mut(prefix) {
                        *slot = link(place, bits);
                    }
                }
                let slots = table.get_mut(place..place + (1 << bits)).unwrap_or_default();
                let step = 1 << (length - root_bits);
                for slot in slots.iter_mut().skip(code >> root_bits).step_by(step) {
                    *slot = entry(symbol) | length;
                }
                code = next_code(code, length);
            }
        }
        root_bits
    }

    /// The bits of a table behind the root, whose first code has `length` bits and is followed by `left`
    /// codes of that length in all: as many as its longest code has.
    fn table_bits(&self, root_bits: u32, length: u32, left: u16) -> u32 {
        let mut bits = length - root_bits;
        let mut unused = (1_i32 << bits) - i32::from(left);
        while unused > 0 && root_bits + bits < 15 {
            bits += 1;
            let count = self.counts.get((root_bits + bits) as usize).copied().unwrap_or_default();
            unused = 2 * unused - i32::from(count);
        }
        bits
    }
}

/// The code of `length` bits after `code`, both with their first bit lowest; `code` itself when it is the
/// last one.
const fn next_code(code: usize, length: u32) -> usize {
    let ones = (1 << length) - 1;
    if code == ones {
        return code;
    }
    // Adds one from the other end: the highest bit that is 0 becomes 1, those above it become 0.
    let bit = 1 << (code ^ ones).ilog2();
    code & (bit - 1) | bit
}

/// Marks the entry of codes that share a table behind the root.
const LINK: u32 = 1 << 31;

fn link(place: usize, bits: u32) -> u32 {
    LINK | u32::try_from(place).unwrap_or_default() << 8 | bits
}

/// The entry for the next `bits`, from a table that was filled with `root_bits`; its low six bits are the
/// bits of the code.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "masked to few bits")]
pub(super) fn look_up(table: &[u32], root_bits: u32, bits: u64) -> u32 {
    let masked = |bits: u64, count: u32| (bits & ((1 << count) - 1)) as usize;
    let entry = table.get(masked(bits, root_bits)).copied().unwrap_or_default();
    if entry & LINK == 0 {
        return entry;
    }
    let place = (entry >> 8 & 0x7F_FFFF) as usize + masked(bits >> root_bits, entry & 15);
    table.get(place).copied().unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation, reason = "a symbol, or a number of symbols")]
const fn low_half(value: u32) -> u16 {
    value as u16
}

#[cfg(test)]
#[allow(clippy::disallowed_macros, clippy::cast_possible_truncation, reason = "tests")]
mod tests {
    use super::*;

    fn code(lengths: &[u8]) -> Result<Code<288>, Damage> {
        let runs = (0..).zip(lengths).filter(|(_, length)| **length > 0);
        let runs: Vec<Run> = runs.map(|(first, &length)| Run { first, count: 1, length }).collect();
        let mut code = Code::EMPTY;
        code.set(&runs, false)?;
        Ok(code)
    }

    /// The symbol at the start of `bits` and the length of its code, bit by bit.
    fn find(code: &Code<288>, mut bits: u64) -> (u16, u32) {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for (length, &count) in (0..).zip(&code.counts).skip(1) {
            let count = usize::from(count);
            value |= (bits & 1) as usize;
            bits >>= 1;
            if value < first + count {
                return (code.symbols[index + value - first], length);
            }
            (index, first, value) = (index + count, (first + count) << 1, value << 1);
        }
        panic!("no symbol")
    }

    #[test]
    fn tables_find_what_is_found_bit_by_bit() {
        let mut long = vec![0; 286];
        for (length, slot) in (1..15).zip(long.iter_mut().step_by(7)) {
            *slot = length;
        }
        long[280] = 15;
        long[281] = 15;
        let mut two_tables = vec![10; 512][..286].to_vec();
        two_tables[..226].fill(8);
        two_tables[226..].fill(9);
        let mut bushy = vec![0; 286];
        bushy[..3].fill(2);
        bushy[10..26].fill(7);
        bushy[26..28].fill(4);
        let fits = |lengths: &[u8]| {
            lengths.iter().filter(|&&l| l > 0).map(|&l| 1_u32 << (15 - l)).sum::<u32>() == 1 << 15
        };
        for lengths in [long, two_tables, bushy, vec![8; 256], vec![1, 1]] {
            if !fits(&lengths) {
                assert!(code(&lengths).is_err());
                continue;
            }
            let code = code(&lengths).unwrap();
            for most_bits in [4, 9, 11] {
                let mut table = vec![7_u32; 4096];
                let root_bits = code.fill(&mut table, most_bits, |symbol| u32::from(symbol) << 16);
                for bits in 0..1 << 15 {
                    let entry = look_up(&table, root_bits, bits);
                    let (symbol, length) = find(&code, bits);
                    assert_eq!(entry, u32::from(symbol) << 16 | length, "{bits:b}");
                }
            }
        }
    }

    #[test]
    fn codes_that_do_not_fill_their_space_are_refused() {
        for lengths in [&[1, 1, 1][..], &[1, 2], &[1], &[], &[15; 288]] {
            assert!(code(lengths).is_err(), "{lengths:?}");
        }
        let mut code = Code::<30>::EMPTY;
        let run = |length| Run { first: 3, count: 1, length };
        assert!(code.set(&[], true).is_ok());
        assert!(code.set(&[run(1)], true).is_ok());
        assert!(code.set(&[run(2)], true).is_err());
    }
}
