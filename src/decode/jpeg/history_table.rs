//! Passes AC codes of a progressive scan whose coefficients are not kept, several at a time. Only
//! which of them become nonzero is noted, because a later refinement codes a bit for each.

use super::bit_reader::BitReader;
use super::huffman::{END_OF_BLOCK, ZERO_RUN};
use crate::probe::jpeg::HuffmanTable;

/// What one lookup passes. Bits 0–5 are the number of bits to consume, bits 6–12 the number of
/// coefficients that they code. Bit 13 is set if the block ends with them. Bit 16 and those above
/// tell which of the coefficients are nonzero, the first one in the lowest bit. See also
/// [`NO_ENTRY`].
type Entry = u32;

const ENDS_BLOCK: Entry = 0x2000;
/// The index does not contain a complete code that an entry can hold.
const NO_ENTRY: Entry = 0x4000;

/// Passes codes whose coefficients were 0 before the scan. Indexed by the next [`INDEX_BITS`] bits.
#[derive(Clone, Debug)]
pub(super) struct HistoryTable {
    entries: [Entry; 1 << INDEX_BITS],
}

impl HistoryTable {
    pub(super) const EMPTY: Self = Self { entries: [NO_ENTRY; 1 << INDEX_BITS] };

    /// Replaces the table with one for `ac`, for a refinement scan or for a first one.
    pub(super) fn build(&mut self, ac: &HuffmanTable<'_>, refines: bool) {
        // The sign is the only extra bit in a refinement (T.81, G.1.2.3).
        let max_size = if refines { 1 } else { 15 };
        fill_entries(ac, max_size, &mut self.entries, 0);
    }

    /// Passes the codes of the coefficients from `k` on, and adds those that are nonzero to
    /// `history`. Stops before a code that is not in the table. Returns the index of the next
    /// coefficient, which is over `last` at the end of the block.
    #[inline(always)]
    pub(super) fn pass(
        &self,
        mut k: u32,
        last: u32,
        history: &mut u64,
        bits: &mut BitReader<'_>,
    ) -> u32 {
        while k <= last {
            bits.refill();
            for _ in 0..LOOKUPS_PER_REFILL {
                let entry = self.entries.get(bits.peek(INDEX_BITS)).copied().unwrap_or(NO_ENTRY);
                // Either flag makes `next` exceed the band, so one comparison covers all cases.
                let next = k + ((entry >> 6) & 0x3FF);
                if next <= last {
                    bits.consume(entry & 63);
                    *history |= u64::from(entry >> 16) << k;
                    k = next;
                    continue;
                }
                let next = k + ((entry >> 6) & 0x7F);
                // Bits after the last coefficient belong to the next block.
                let fits = next <= last || (next == last + 1 && entry & ENDS_BLOCK == 0);
                if !fits || entry & NO_ENTRY != 0 {
                    return k;
                }
                bits.consume(entry & 63);
                *history |= u64::from(entry >> 16) << k;
                return last + 1;
            }
        }
        k
    }
}

/// The picoseconds that [`HistoryTable::build`] takes.
pub(super) const BUILD_PS: u64 = 20_000_000;

/// Fills `entries`, which are indexed by the bits that follow those of `prefix`. Each entry covers
/// `prefix` and the codes in its index. The extra bits of the last code may lie outside the index,
/// because their value does not matter.
fn fill_entries(ac: &HuffmanTable<'_>, max_size: u32, entries: &mut [Entry], prefix: Entry) {
    entries.fill(if prefix == 0 { NO_ENTRY } else { prefix });
    let index_bits = entries.len().ilog2();
    let passed = (prefix >> 6) & 0x7F;
    for (symbol, code, length) in ac.codes() {
        let Some(bits_left) = index_bits.checked_sub(length) else { return };
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let (coefficients, nonzero) = match symbol {
            END_OF_BLOCK => (0, 0),
            ZERO_RUN => (16, 0),
            // A run of blocks without further codes, or an error.
            _ if size == 0 || size > max_size => continue,
            _ => (run + 1, 1 << (passed + run)),
        };
        let consumed = (prefix & 63) + length + size;
        if passed + coefficients > MAX_COEFFICIENTS || consumed > MAX_ENTRY_BITS {
            continue;
        }
        let prefix = (prefix >> 16 | nonzero) << 16 | (passed + coefficients) << 6 | consumed;
        let first = (code << bits_left) as usize;
        let entries = entries.get_mut(first..first + (1 << bits_left)).unwrap_or_default();
        if symbol == END_OF_BLOCK {
            entries.fill(prefix | ENDS_BLOCK);
        } else if let Some(bits_left) = bits_left.checked_sub(size)
            && bits_left > 0
            && let Some((first, others)) = entries.split_at_mut_checked(1 << bits_left)
        {
            fill_entries(ac, max_size, first, prefix);
            others.chunks_exact_mut(1 << bits_left).for_each(|other| other.copy_from_slice(first));
        } else {
            entries.fill(prefix);
        }
    }
}

const INDEX_BITS: u32 = 10;
/// An entry has 16 bits for the coefficients that it covers.
const MAX_COEFFICIENTS: u32 = 16;
/// The most bits that one lookup consumes. The 56 bits of a refill are enough for three lookups.
const MAX_ENTRY_BITS: u32 = 18;
const LOOKUPS_PER_REFILL: u32 = 56 / MAX_ENTRY_BITS;
