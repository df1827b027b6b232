//! Skips AC coefficients that the scale does not need. One lookup skips several codes with their
//! extra bits.

use super::bit_reader::{BitReader, Fault};
use super::huffman::{END_OF_BLOCK, HuffmanLookup, ZERO_RUN, extend};
use crate::probe::jpeg::{CodeBits, HuffmanTable};

/// What one lookup skips. Bits 0–5 are the number of bits to consume, bits 6–12 the number of
/// coefficients that they code. Bit 13 is set if the block ends with them. See also [`NO_ENTRY`].
type Entry = u16;

const ENDS_BLOCK: Entry = 0x2000;
/// The index does not contain a complete code.
const NO_ENTRY: Entry = 0x4000;

/// Skips codes inside a block. Indexed by the next [`SKIP_BITS`] bits.
#[derive(Clone, Debug)]
pub(super) struct SkipTable {
    entries: [Entry; 1 << SKIP_BITS],
}

impl SkipTable {
    pub(super) const EMPTY: Self = Self { entries: [NO_ENTRY; 1 << SKIP_BITS] };

    /// Replaces the table with one for `ac`.
    pub(super) fn build(&mut self, ac: &HuffmanTable<'_>) {
        fill_entries(ac, &mut self.entries, 0);
    }

    /// Skips the AC coefficients from `k` to the end of the block. The bits of the last refill must
    /// be enough for `lookups` lookups.
    #[inline(always)]
    pub(super) fn skip(
        &self,
        mut k: u32,
        mut lookups: u32,
        lookup: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        'refill: while k < 64 {
            for _ in 0..core::mem::replace(&mut lookups, LOOKUPS_PER_REFILL) {
                let entry =
                    u32::from(self.entries.get(bits.peek(SKIP_BITS)).copied().unwrap_or(NO_ENTRY));
                // Either flag makes `next` exceed the block, so one comparison covers all cases.
                let next = k + (entry >> 6);
                if next < 64 {
                    bits.consume(entry & 63);
                    k = next;
                    continue;
                }
                if entry & u32::from(ENDS_BLOCK) != 0 && k + ((entry >> 6) & 0x7F) < 64 {
                    bits.consume(entry & 63);
                    return Ok(());
                }
                // Decodes a single code: bits after the last coefficient belong to the next block.
                k = skip_one_code(k, lookup, bits)?;
                bits.refill();
                continue 'refill;
            }
            bits.refill();
        }
        Ok(())
    }
}

/// Decodes the DC code of a block and skips the AC codes that follow it. Indexed by the next
/// [`START_BITS`] bits. Bits 16–31 of an entry are the value of the DC code, the lower bits an
/// [`Entry`].
#[derive(Clone, Debug)]
pub(super) struct StartTable {
    entries: [u32; 1 << START_BITS],
}

impl StartTable {
    pub(super) const EMPTY: Self = Self { entries: [NO_ENTRY as u32; 1 << START_BITS] };

    /// Replaces the table with one for `dc` and `ac`.
    pub(super) fn build(&mut self, dc: &HuffmanTable<'_>, ac: &HuffmanTable<'_>) {
        self.entries.fill(u32::from(NO_ENTRY));
        for (symbol, code, length) in dc.codes() {
            let size = u32::from(symbol & 15);
            let Some(bits_left) = START_BITS.checked_sub(length + size) else { continue };
            let first = (code << (START_BITS - length)) as usize;
            let entries = self.entries.get_mut(first..first + (1 << (bits_left + size)));
            let entries = entries.unwrap_or_default();
            let Some((first, _)) = entries.split_at_mut_checked(1 << bits_left) else { continue };
            fill_entries(ac, first, pack_entry(length + size, 1));
            // The AC codes are the same for all DC values. The first value comes last, because the
            // others are copied from it.
            for extra in (0..1 << size).rev() {
                let value = extend(extra, size).cast_unsigned() << 16;
                for next in 0..1 << bits_left {
                    let entry = entries.get(next).copied().unwrap_or_default() | value;
                    if let Some(to) = entries.get_mut(((extra as usize) << bits_left) + next) {
                        *to = entry;
                    }
                }
            }
        }
    }

    /// Decodes the DC code of a block with its extra bits, and skips complete AC codes after it. A
    /// refill must have come before. Returns the DC value and the index of the next coefficient,
    /// which is over 63 at the end of the block. Returns `None` if the DC code with its extra bits
    /// is longer than [`START_BITS`].
    #[inline(always)]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Option<(i32, u32)> {
        let entry = self.entries.get(bits.peek(START_BITS)).copied().unwrap_or_default();
        if entry & u32::from(NO_ENTRY) != 0 {
            return None;
        }
        bits.consume(entry & 63);
        Some((entry.cast_signed() >> 16, (entry >> 6) & 0xFF))
    }
}

/// The most picoseconds that a byte of skipped codes takes.
pub(super) const fn byte_ps(longest: CodeBits) -> u64 {
    if longest.code <= SKIP_BITS && longest.with_extra_bits <= MAX_ENTRY_BITS as u32 {
        COVERED_BYTE_PS
    } else {
        UNCOVERED_BYTE_PS
    }
}

/// A byte of codes that a lookup covers, with their extra bits.
const COVERED_BYTE_PS: u64 = 1_500;
/// A byte of codes that it does not cover.
const UNCOVERED_BYTE_PS: u64 = 8_200;

/// Skips one AC code. Returns the index of the next coefficient, 64 at the end of the block.
#[inline(always)]
fn skip_one_code(k: u32, lookup: &HuffmanLookup, bits: &mut BitReader<'_>) -> Result<u32, Fault> {
    bits.refill();
    let (symbol, length) = lookup.find_code(bits.peek(16)).ok_or(Fault::InvalidCode)?;
    let size = u32::from(symbol & 15);
    bits.consume(length + size);
    match symbol {
        END_OF_BLOCK => return Ok(64),
        // May pass the end of the block: there is no coefficient to lose.
        ZERO_RUN => return Ok(64.min(k + 16)),
        _ if size == 0 => return Err(Fault::InvalidSymbol),
        _ => {}
    }
    let next = k + u32::from(symbol >> 4) + 1;
    if next > 64 { Err(Fault::RunTooLong) } else { Ok(next) }
}

/// Fills `entries`, which are indexed by the bits that follow those of `prefix`. Each entry covers
/// `prefix` and the codes in its index. The extra bits of the last code may lie outside the index,
/// because their value does not matter.
fn fill_entries<T: Copy + From<Entry>>(ac: &HuffmanTable<'_>, entries: &mut [T], prefix: Entry) {
    entries.fill(T::from(if prefix == 0 { NO_ENTRY } else { prefix }));
    let index_bits = entries.len().ilog2();
    for (symbol, code, length) in ac.codes() {
        let Some(bits_left) = index_bits.checked_sub(length) else { return };
        let size = u32::from(symbol & 15);
        let coefficients = match symbol {
            END_OF_BLOCK => 0,
            _ if size == 0 && symbol != ZERO_RUN => continue,
            _ => Entry::from(symbol >> 4) + 1,
        };
        let prefix = prefix + pack_entry(length + size, coefficients);
        // A block has at most 63 AC coefficients, and a lookup must not consume more bits.
        if prefix >> 6 > 63 || prefix & 63 > MAX_ENTRY_BITS {
            continue;
        }
        let first = (code << bits_left) as usize;
        let entries = entries.get_mut(first..first + (1 << bits_left)).unwrap_or_default();
        if symbol == END_OF_BLOCK {
            entries.fill(T::from(prefix | ENDS_BLOCK));
        } else if let Some(bits_left) = bits_left.checked_sub(size)
            && let Some((first, others)) = entries.split_at_mut_checked(1 << bits_left)
        {
            fill_entries(ac, first, prefix);
            others.chunks_exact_mut(1 << bits_left).for_each(|other| other.copy_from_slice(first));
        } else {
            entries.fill(T::from(prefix));
        }
    }
}

/// The entry that skips `bits` bits, which code `coefficients`.
#[allow(clippy::cast_possible_truncation, reason = "under 64")]
const fn pack_entry(bits: u32, coefficients: Entry) -> Entry {
    coefficients << 6 | bits as Entry
}

const SKIP_BITS: u32 = 13;
/// This table has 16 KiB too. A larger one would evict the others from the L1 cache.
const START_BITS: u32 = 12;
/// The most bits that one lookup consumes. The 56 bits of a refill are enough for three lookups.
const MAX_ENTRY_BITS: Entry = 18;
const LOOKUPS_PER_REFILL: u32 = 56 / MAX_ENTRY_BITS as u32;
/// How many lookups in [`SkipTable`] can follow one in [`StartTable`] before the next refill.
pub(super) const LOOKUPS_AFTER_START: u32 = LOOKUPS_PER_REFILL - 1;
/// The same after a code with its extra bits, which has at most 31 bits.
pub(super) const LOOKUPS_AFTER_CODE: u32 = (56 - 31) / MAX_ENTRY_BITS as u32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::jpeg::huffman::tests::with_bits;
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    /// Skips with the table, right after a refill.
    fn skip(
        k: u32,
        skip_table: &SkipTable,
        lookup: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        bits.refill();
        skip_table.skip(k, LOOKUPS_PER_REFILL, lookup, bits)
    }

    fn skip_code_by_code(
        mut k: u32,
        lookup: &HuffmanLookup,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        while k < 64 {
            k = skip_one_code(k, lookup, bits)?;
        }
        Ok(())
    }

    /// Random bits. Half of them contain three ones in a row, which make long codes.
    fn some_bits() -> impl Iterator<Item = u64> {
        let mut seed = 1_u64;
        core::iter::repeat_with(move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed ^ (seed << 7) | if seed & 8 == 0 { 0 } else { 0x7000 << 40 }
        })
    }

    fn build_lookup(table: &HuffmanTable<'_>) -> HuffmanLookup {
        let mut lookup = HuffmanLookup::EMPTY;
        lookup.build(table);
        lookup
    }

    #[test]
    fn skipping_with_the_table_ends_where_single_codes_end() {
        for table in &STANDARD_AC {
            let lookup = build_lookup(table);
            let mut skip_table = SkipTable::EMPTY;
            skip_table.build(table);
            for bits in some_bits().take(1_000) {
                for start in [1, 5, 25, 60, 63] {
                    let fast = with_bits(bits, |bits| skip(start, &skip_table, &lookup, bits));
                    let slow = with_bits(bits, |bits| skip_code_by_code(start, &lookup, bits));
                    assert_eq!(fast.0, slow.0);
                    if fast.0.is_ok() {
                        assert_eq!(fast.1, slow.1);
                    }
                }
            }
        }
    }

    #[test]
    fn the_start_table_decodes_a_dc_code_and_skips_complete_ac_codes() {
        let [mut dc_too_long, mut incomplete, mut complete] = [0; 3];
        for (dc, ac) in STANDARD_DC.iter().zip(&STANDARD_AC) {
            let (dc_lookup, ac_lookup) = (build_lookup(dc), build_lookup(ac));
            let mut start_table = StartTable::EMPTY;
            start_table.build(dc, ac);
            for bits in some_bits().take(20_000) {
                let ((slow, dc_bits), slow_bits) = with_bits(bits, |bits| {
                    let decoded = dc_lookup.decode_value(bits);
                    let dc_bits = bits.consumed_bits();
                    let outcome = decoded
                        .and_then(|dc| skip_code_by_code(1, &ac_lookup, bits).map(|()| dc.value));
                    (outcome, dc_bits)
                });
                let (fast, fast_bits) = with_bits(bits, |bits| {
                    bits.refill();
                    let (value, next) = start_table.decode(bits)?;
                    *(if next > 63 { &mut complete } else { &mut incomplete }) += 1;
                    Some(skip_code_by_code(next, &ac_lookup, bits).map(|()| value))
                });
                match fast {
                    None => {
                        assert!(dc_bits == 0 || dc_bits > START_BITS as usize);
                        dc_too_long += 1;
                    }
                    Some(fast) => {
                        assert_eq!(fast, slow);
                        assert!(fast.is_err() || fast_bits == slow_bits);
                    }
                }
            }
        }
        assert!(
            dc_too_long > 100 && incomplete > 100 && complete > 100,
            "{dc_too_long} {incomplete} {complete}"
        );
    }

    #[test]
    fn building_a_table_again_clears_the_old_one() {
        let mut counts = [0; 16];
        counts[0] = 1;
        let one = |symbols| HuffmanTable { counts: &counts, symbols };
        let (mut skip_table, mut start_table) = (SkipTable::EMPTY, StartTable::EMPTY);
        skip_table.build(&STANDARD_AC[0]);
        skip_table.build(&one(&[END_OF_BLOCK]));
        start_table.build(&STANDARD_DC[0], &STANDARD_AC[0]);
        start_table.build(&one(&[0]), &one(&[END_OF_BLOCK]));
        assert!(skip_table.entries[1 << 12..].iter().all(|&entry| entry == NO_ENTRY));
        assert!(
            start_table.entries[1 << 10..]
                .iter()
                .all(|&entry| entry & 0x7FF == 0x41 || entry & u32::from(NO_ENTRY) != 0)
        );
    }

    #[test]
    fn a_symbol_of_a_run_without_a_coefficient_is_invalid() {
        for symbol in [0x10, 0x50, 0xE0] {
            let mut counts = [0; 16];
            [counts[0], counts[1]] = [1, 1];
            let table = HuffmanTable { counts: &counts, symbols: &[symbol, END_OF_BLOCK] };
            let lookup = build_lookup(&table);
            let (mut skip_table, mut start_table) = (SkipTable::EMPTY, StartTable::EMPTY);
            skip_table.build(&table);
            start_table.build(&STANDARD_DC[0], &table);
            let skipped = with_bits(0, |bits| skip(1, &skip_table, &lookup, bits)).0;
            assert_eq!(skipped, Err(Fault::InvalidSymbol));
            let skipped = with_bits(0, |bits| skip_code_by_code(1, &lookup, bits)).0;
            assert_eq!(skipped, Err(Fault::InvalidSymbol));
            // The DC code 00 is for the value 0.
            let started = with_bits(0, |bits| {
                bits.refill();
                start_table.decode(bits)
            });
            assert_eq!(started.0, Some((0, 1)));
        }
    }

    #[test]
    fn codes_that_a_lookup_covers_are_cheaper() {
        let byte_ps = |code, with_extra_bits| byte_ps(CodeBits { code, with_extra_bits });
        assert_eq!([byte_ps(1, 1), byte_ps(13, 18)], [COVERED_BYTE_PS; 2]);
        assert_eq!([byte_ps(14, 18), byte_ps(13, 19), byte_ps(16, 31)], [UNCOVERED_BYTE_PS; 3]);
    }

    #[test]
    fn an_entry_for_many_zero_runs_does_not_overflow() {
        // A single code of one bit for 16 zero coefficients. The index contains 13 of them.
        let mut counts = [0; 16];
        counts[0] = 1;
        let table = HuffmanTable { counts: &counts, symbols: &[ZERO_RUN] };
        let lookup = build_lookup(&table);
        let mut skip_table = SkipTable::EMPTY;
        skip_table.build(&table);
        assert_eq!(with_bits(0, |bits| skip(0, &skip_table, &lookup, bits)), (Ok(()), 4));
        assert_eq!(with_bits(0, |bits| skip(1, &skip_table, &lookup, bits)), (Ok(()), 4));
        assert_eq!(with_bits(0, |bits| skip(49, &skip_table, &lookup, bits)), (Ok(()), 1));
    }
}
