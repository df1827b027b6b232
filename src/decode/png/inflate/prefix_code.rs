//! Prefix codes of deflate (RFC 1951, 3.2.2), and the tables that decode them.

use super::symbols::{END_OF_BLOCK, IS_LINK, LITERAL_LENGTH_SYMBOLS, pair, with_code};

/// The stream violates the deflate format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corrupt;

/// A canonical prefix code: the number of symbols of each code length, and the symbols
/// sorted by code length, then by value.
#[derive(Clone, Debug)]
pub(super) struct PrefixCode<const N: usize> {
    counts: [u16; 16],
    symbols: [u16; N],
}

/// A run of consecutive symbols with the same code length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LengthRun {
    pub(super) first: u16,
    pub(super) count: u16,
    pub(super) length: u8,
}

/// The runs of a code. Symbols without a code are left out.
pub(super) struct LengthRuns {
    runs: [LengthRun; LITERAL_LENGTH_SYMBOLS],
    count: usize,
}

impl LengthRuns {
    pub(super) const EMPTY: Self = Self {
        runs: [LengthRun { first: 0, count: 0, length: 0 }; LITERAL_LENGTH_SYMBOLS],
        count: 0,
    };

    pub(super) const fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds the symbols from `first` up to but excluding `end`.
    pub(super) fn push(&mut self, first: u32, end: u32, length: u8) {
        if first == end || length == 0 {
            return;
        }
        if let Some(slot) = self.runs.get_mut(self.count) {
            *slot = LengthRun { first: low_half(first), count: low_half(end - first), length };
            self.count += 1;
        }
    }

    pub(super) fn as_slice(&self) -> &[LengthRun] {
        self.runs.get(..self.count).unwrap_or_default()
    }
}

impl<const N: usize> PrefixCode<N> {
    pub(super) const EMPTY: Self = Self { counts: [0; 16], symbols: [0; N] };

    /// Assigns the code whose lengths are `runs`, sorted by symbol.
    ///
    /// An incomplete code is corrupt, as it is for zlib. Where `allow_single` is set, there are two
    /// exceptions: a single symbol with a code of one bit, and no symbols at all.
    pub(super) fn assign(&mut self, runs: &[LengthRun], allow_single: bool) -> Result<(), Corrupt> {
        self.counts = [0; 16];
        for run in runs {
            if let Some(count) = self.counts.get_mut(usize::from(run.length)) {
                *count += run.count;
            }
        }
        let (mut unused, mut total, mut offsets) = (1_i32, 0, [0_u16; 16]);
        for (&count, offset) in self.counts.iter().zip(&mut offsets).skip(1) {
            unused = 2 * unused - i32::from(count);
            if unused < 0 {
                return Err(Corrupt);
            }
            *offset = total;
            total += count;
        }
        let is_single = total == 0 || total == 1 && self.counts[1] == 1;
        if unused > 0 && !(allow_single && is_single) {
            return Err(Corrupt);
        }
        for run in runs {
            let Some(offset) = offsets.get_mut(usize::from(run.length)) else { continue };
            let slots = self.symbols.iter_mut().skip(usize::from(*offset));
            for (slot, symbol) in slots.take(usize::from(run.count)).zip(run.first..) {
                *slot = symbol;
            }
            *offset += run.count;
        }
        Ok(())
    }

    /// Fills `table` and returns the number of stream bits that index its root: the
    /// length of the longest code, but at most `max_root_bits`. Longer codes continue
    /// in subtables behind the root.
    ///
    /// `entry` returns the entry of a symbol, without the length of its code. The entry of an
    /// unused bit pattern is 0.
    pub(super) fn fill_table(
        &self,
        table: &mut [u32],
        max_root_bits: u32,
        entry: impl Fn(u16) -> u32,
    ) -> u32 {
        let longest = (0..).zip(&self.counts).filter(|(_, count)| **count > 0);
        let longest = longest.map(|(length, _)| length).max().unwrap_or(0);
        let root_bits = longest.min(max_root_bits);
        let mut symbols = self.symbols.iter();
        // The bits of the code in stream order: the first one is the lowest.
        let mut code = 0;
        let mut filled = 1;
        table.iter_mut().take(1).for_each(|slot| *slot = 0);
        for (length, &count) in (0..=root_bits).zip(&self.counts).skip(1) {
            table.copy_within(..filled, filled);
            filled *= 2;
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                if let Some(slot) = table.get_mut(code) {
                    *slot = with_code(entry(symbol), length);
                }
                code = next_code(code, length);
            }
        }
        let root_mask = filled - 1;
        // The current subtable: the root bits that its codes share, its start, and its index bits.
        let (mut prefix, mut start, mut bits) = (usize::MAX, filled, 0);
        for length in root_bits + 1..=longest {
            let count = self.counts.get(length as usize).copied().unwrap_or_default();
            for (nth, &symbol) in (0..count).zip(symbols.by_ref()) {
                if code & root_mask != prefix {
                    if prefix != usize::MAX {
                        start += 1 << bits;
                    }
                    prefix = code & root_mask;
                    bits = self.subtable_bits(root_bits, length, count - nth);
                    if let Some(slot) = table.get_mut(prefix) {
                        *slot = link(start, bits);
                    }
                }
                let subtable = table.get_mut(start..start + (1 << bits)).unwrap_or_default();
                let stride = 1 << (length - root_bits);
                for slot in subtable.iter_mut().skip(code >> root_bits).step_by(stride) {
                    *slot = with_code(entry(symbol), length);
                }
                code = next_code(code, length);
            }
        }
        root_bits
    }

    /// Makes one look-up pass two literals, where both codes fit in the bits that index the `root` of
    /// a table. `entry` returns the entry of a literal.
    #[inline(always)]
    pub(super) fn pair_literals(&self, root: &mut [u32], entry: impl Fn(u16) -> u32) {
        // The literals by code length, each with its code in stream order.
        let mut literals = [(0, 0); N];
        let mut ends = [0; 16];
        let (mut code, mut count, mut symbols) = (0, 0, self.symbols.iter());
        for ((length, &codes), end) in (0..).zip(&self.counts).zip(&mut ends).skip(1) {
            for &symbol in symbols.by_ref().take(usize::from(codes)) {
                if symbol < END_OF_BLOCK
                    && let Some(slot) = literals.get_mut(count)
                {
                    *slot = (code, with_code(entry(symbol), length));
                    count += 1;
                }
                code = next_code(code, length);
            }
            *end = count;
        }
        let of_length = |length: usize| {
            let end = |length: usize| ends.get(length).copied().unwrap_or_default();
            literals.get(end(length - 1)..end(length)).unwrap_or_default()
        };
        let root_bits = root.len().ilog2() as usize;
        for first_length in 1..root_bits {
            for second_length in 1..=root_bits - first_length {
                let stride = 1 << (first_length + second_length);
                for &(first_code, first) in of_length(first_length) {
                    for &(second_code, second) in of_length(second_length) {
                        let mut index = first_code | second_code << first_length;
                        while let Some(slot) = root.get_mut(index) {
                            *slot = pair(first, second);
                            index += stride;
                        }
                    }
                }
            }
        }
    }

    /// The index bits of the subtable whose first code has `length` bits: as many as its longest
    /// code needs. `codes_left` codes of that length remain, the first one included.
    fn subtable_bits(&self, root_bits: u32, length: u32, codes_left: u16) -> u32 {
        let mut bits = length - root_bits;
        let mut unused = (1_i32 << bits) - i32::from(codes_left);
        while unused > 0 && root_bits + bits < 15 {
            bits += 1;
            let count = self.counts.get((root_bits + bits) as usize).copied().unwrap_or_default();
            unused = 2 * unused - i32::from(count);
        }
        bits
    }
}

/// The code of `length` bits that follows `code`, both in stream order. The last
/// code is followed by itself.
const fn next_code(code: usize, length: u32) -> usize {
    let ones = (1 << length) - 1;
    if code == ones {
        return code;
    }
    // Increments a bit-reversed number: the highest 0 becomes 1, and the ones above it become 0.
    let bit = 1 << (code ^ ones).ilog2();
    code & (bit - 1) | bit
}

/// A root entry that links to a subtable: its start from bit 16 on, and its index bits.
#[allow(clippy::cast_possible_truncation, reason = "a table has less than 8,192 entries")]
const fn link(start: usize, bits: u32) -> u32 {
    IS_LINK | (start as u32) << 16 | bits
}

/// Looks up the next `bits` of the stream in a table with `root_bits`.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "masked to few bits")]
pub(super) fn look_up(table: &[u32], root_bits: u32, bits: u64) -> u32 {
    let masked = |bits: u64, count: u32| (bits & ((1 << count) - 1)) as usize;
    let entry = table.get(masked(bits, root_bits)).copied().unwrap_or_default();
    if entry & IS_LINK == 0 {
        return entry;
    }
    let index = (entry >> 16) as usize + masked(bits >> root_bits, entry & 15);
    table.get(index).copied().unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation, reason = "a symbol, or a number of symbols")]
const fn low_half(value: u32) -> u16 {
    value as u16
}

#[cfg(test)]
#[allow(clippy::disallowed_macros, clippy::cast_possible_truncation, reason = "tests")]
mod tests {
    use super::super::symbols::{IS_LITERAL, literal_length_entry, literals};
    use super::*;

    fn code(lengths: &[u8]) -> Result<PrefixCode<288>, Corrupt> {
        let runs = (0..).zip(lengths).filter(|(_, length)| **length > 0);
        let runs: Vec<LengthRun> =
            runs.map(|(first, &length)| LengthRun { first, count: 1, length }).collect();
        let mut code = PrefixCode::EMPTY;
        code.assign(&runs, false)?;
        Ok(code)
    }

    /// Decodes one symbol bit by bit. Returns it and its code length.
    fn decode_bitwise(code: &PrefixCode<288>, mut bits: u64) -> (u16, u32) {
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

    /// The lengths of a complete code: codes, most of them long ones, are split in two until there are
    /// as many as symbols.
    fn split_code(symbols: usize, mut seed: u64) -> Vec<u8> {
        let mut lengths = vec![1, 1];
        while lengths.len() < symbols {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (a, b) = ((seed >> 33) as usize, (seed >> 45) as usize);
            let (a, b) = (a % lengths.len(), b % lengths.len());
            let at = if lengths[b] > lengths[a] { b } else { a };
            if lengths[at] < 15 {
                lengths[at] += 1;
                lengths.insert((seed >> 20) as usize % lengths.len(), lengths[at]);
            }
        }
        lengths
    }

    #[test]
    fn tables_decode_the_same_symbols_as_bitwise_decoding() {
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
        let is_complete = |lengths: &[u8]| {
            lengths.iter().filter(|&&l| l > 0).map(|&l| 1_u32 << (15 - l)).sum::<u32>() == 1 << 15
        };
        let split = (0..24).map(|seed| split_code(2 + seed * 12, seed as u64));
        let given = [long, two_tables, bushy, vec![8; 256], vec![1, 1]];
        for lengths in split.chain(given) {
            assert!(is_complete(&lengths));
            let code = code(&lengths).unwrap();
            for max_root_bits in [4, 9, 11] {
                let mut table = vec![7_u32; 4096];
                let root_bits =
                    code.fill_table(&mut table, max_root_bits, |symbol| u32::from(symbol) << 16);
                // By the root bits of its codes, how many bits the longest of them has.
                let mut longest = vec![root_bits; 1 << root_bits];
                for bits in 0..1 << 15 {
                    let entry = look_up(&table, root_bits, bits);
                    let (symbol, length) = decode_bitwise(&code, bits);
                    assert_eq!(entry, with_code(u32::from(symbol) << 16, length), "{bits:b}");
                    let longest = &mut longest[bits as usize % (1 << root_bits)];
                    *longest = length.max(*longest);
                }
                let subtables = longest.iter().filter(|&&longest| longest > root_bits);
                let needed: usize = subtables.map(|longest| 1 << (longest - root_bits)).sum();
                let (filled, others) = table.split_at((1 << root_bits) + needed);
                assert!(filled.iter().all(|&entry| entry != 7));
                assert!(others.iter().all(|&entry| entry == 7));
            }
        }
    }

    #[test]
    fn a_pair_is_what_two_look_ups_give() {
        // Literals of 2, 4 and 6 bits; the end of the block, as short; lengths of 8 bits.
        let mut lengths = vec![0; 288];
        lengths[..3].fill(2);
        lengths[10..13].fill(4);
        lengths[20..22].fill(6);
        lengths[256] = 6;
        lengths[257..261].fill(8);
        let code = code(&lengths).unwrap();
        let mut single = vec![0; 4096];
        let root_bits = code.fill_table(&mut single, 11, literal_length_entry);
        let mut paired = single.clone();
        code.pair_literals(&mut paired[..1 << root_bits], literal_length_entry);
        let mut pairs = 0;
        for bits in 0..1 << 15 {
            let first = look_up(&single, root_bits, bits);
            let second = look_up(&single, root_bits, bits >> (first & 63));
            let both_bits = (first & 63) + (second & 63);
            let are_literals = first & second & IS_LITERAL != 0;
            let fits = are_literals && both_bits <= root_bits;
            let entry = look_up(&paired, root_bits, bits);
            let expected = if fits { pair(first, second) } else { first };
            assert_eq!(entry, expected, "{bits:b}");
            assert_eq!(entry >> 8 & 63, first & 63);
            if fits {
                pairs += 1;
                assert_eq!((entry & 63, literals(entry)), (both_bits, 2));
                assert_eq!(entry >> 16, first >> 16 | second >> 8 & 0xFF00);
            }
        }
        assert!(pairs > 1_000);
    }

    #[test]
    fn incomplete_and_oversubscribed_codes_are_refused() {
        for lengths in [&[1, 1, 1][..], &[1, 2], &[1], &[], &[15; 288]] {
            assert!(code(lengths).is_err(), "{lengths:?}");
        }
        let mut code = PrefixCode::<30>::EMPTY;
        let run = |length| LengthRun { first: 3, count: 1, length };
        assert!(code.assign(&[], true).is_ok());
        assert!(code.assign(&[run(1)], true).is_ok());
        assert!(code.assign(&[run(2)], true).is_err());
    }
}
