//! The loops over the symbols of a compressed block (RFC 1951, 3.2.5).

use super::bit_reader::BitReader;
use super::block_codes::{BlockCodes, DecodingTables, low_byte};
use super::copy_match::copy_match;
use super::prefix_code::look_up;
use super::symbols::{HAS_BASE, IS_END_OF_BLOCK, IS_LITERAL, literals};

/// Why a loop stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The window is filled up to its limit.
    WindowIsFull,
    EndOfBlock,
    Corrupt,
    /// The current slice has too few bytes for this loop.
    EndOfSlice,
    /// The stream has ended.
    PastEnd,
}

/// What the loops read and write.
pub(super) struct Symbols<'a, 'w> {
    pub(super) bits: BitReader<'a>,
    pub(super) window: &'w mut [u8],
    pub(super) filled: usize,
    /// The loops stop once so many bytes are filled. The window is [`SPARE_BYTES`] longer.
    pub(super) limit: usize,
}

/// Bytes that the loops may write past the limit: two pairs of literals and a match, and what
/// [`copy_match`] writes past the end of a match.
pub(super) const SPARE_BYTES: usize = 2 * 2 + 258 + super::copy_match::SPARE_BYTES;

impl<'a> Symbols<'a, '_> {
    /// Decodes symbols as long as they take no more than a look-up each, and
    /// pairs the literals of the tables once the block is long enough.
    #[inline(always)]
    pub(super) fn decode(&mut self, tables: &mut DecodingTables<'_>, codes: &BlockCodes) -> Stop {
        if tables.bytes_before_pairing == 0 {
            return self.decode_fast(tables);
        }
        // The loop stops where a slice has less than eight bytes.
        let rest = self.bits.rest();
        let first = rest.get(..tables.bytes_before_pairing + 7).unwrap_or(rest);
        self.bits.set_rest(first);
        let stop = self.decode_fast(tables);
        let read = first.len().saturating_sub(self.bits.rest().len());
        self.bits.set_rest(rest.get(read..).unwrap_or_default());
        tables.bytes_before_pairing = tables.bytes_before_pairing.saturating_sub(read);
        if tables.bytes_before_pairing == 0 {
            tables.pair_literals(codes);
        }
        stop
    }

    /// Decodes symbols while the current slice has the bytes that a symbol may take, so that
    /// nothing has to be checked for each of them.
    #[inline(always)]
    fn decode_fast(&mut self, tables: &DecodingTables<'_>) -> Stop {
        let (literal_lengths, literal_length_bits): (&[u32], _) =
            (&tables.literal_lengths, tables.literal_length_bits);
        let (distances, distance_bits): (&[u32], _) = (&tables.distances, tables.distance_bits);
        let (limit, window) = (self.limit, &mut *self.window);
        // Local copies stay in registers.
        let (mut bits, mut filled) = (self.bits, self.filled);
        let Some(refilled) = bits.refilled_from_slice() else { return Stop::EndOfSlice };
        bits = refilled;
        // A refilled reader has 64 bits, though it counts only whole bytes. A pass takes 48 at most,
        // so the next symbol is looked up before the reader is refilled and does not wait for that.
        let mut entry = look_up(literal_lengths, literal_length_bits, bits.peek());
        let stop = loop {
            if filled >= limit {
                break Stop::WindowIsFull;
            }
            let Some(refilled) = bits.refilled_from_slice() else { break Stop::EndOfSlice };
            bits = refilled;
            if entry & IS_LITERAL != 0 {
                let slots = window.get_mut(filled..).and_then(<[u8]>::first_chunk_mut::<8>);
                let Some(slots) = slots else { break Stop::WindowIsFull };
                let (mut bytes, mut count) = (u64::from(entry >> 16), literals(entry));
                bits.consume(entry);
                entry = look_up(literal_lengths, literal_length_bits, bits.peek());
                let mut goes_on = entry & IS_LITERAL != 0;
                if goes_on {
                    bytes |= u64::from(entry >> 16) << (8 * count);
                    count += literals(entry);
                    bits.consume(entry);
                    entry = look_up(literal_lengths, literal_length_bits, bits.peek());
                    goes_on = entry & IS_LITERAL != 0;
                    if goes_on {
                        bytes |= u64::from(entry >> 16) << (8 * count);
                        count += literals(entry);
                        bits.consume(entry);
                        entry = look_up(literal_lengths, literal_length_bits, bits.peek());
                    }
                }
                *slots = bytes.to_le_bytes();
                filled += count;
                if goes_on {
                    continue;
                }
                let Some(refilled) = bits.refilled_from_slice() else { break Stop::EndOfSlice };
                bits = refilled;
            }
            let length = extended(entry, bits.peek());
            bits.consume(entry);
            if entry & HAS_BASE == 0 {
                break if entry & IS_END_OF_BLOCK != 0 { Stop::EndOfBlock } else { Stop::Corrupt };
            }
            let distance_entry = look_up(distances, distance_bits, bits.peek());
            let distance = extended(distance_entry, bits.peek());
            bits.consume(distance_entry);
            if distance_entry & HAS_BASE == 0 || distance > filled {
                break Stop::Corrupt;
            }
            entry = look_up(literal_lengths, literal_length_bits, bits.peek());
            copy_match(window, filled, distance, length);
            filled += length;
        };
        (self.bits, self.filled) = (bits, filled);
        stop
    }

    /// Decodes symbols one by one, until [`decode_fast`](Self::decode_fast) can take over.
    pub(super) fn decode_carefully(
        &mut self,
        tables: &DecodingTables<'_>,
        slices: &mut impl Iterator<Item = &'a [u8]>,
    ) -> Stop {
        while self.filled < self.limit {
            self.bits = self.bits.refilled(slices);
            let bits = &mut self.bits;
            let entry = look_up(&tables.literal_lengths, tables.literal_length_bits, bits.peek());
            let length = extended(entry, bits.peek());
            // Of a pair of literals the second may lie past the end.
            bits.consume(if entry & IS_LITERAL != 0 { entry >> 8 } else { entry });
            if entry & IS_LITERAL != 0 {
                if bits.is_past_end() {
                    return Stop::PastEnd;
                }
                if let Some(slot) = self.window.get_mut(self.filled) {
                    *slot = low_byte(entry >> 16);
                }
                self.filled += 1;
            } else if entry & HAS_BASE != 0 {
                let entry = look_up(&tables.distances, tables.distance_bits, bits.peek());
                let distance = extended(entry, bits.peek());
                bits.consume(entry);
                if bits.is_past_end() {
                    return Stop::PastEnd;
                }
                if entry & HAS_BASE == 0 || distance > self.filled {
                    return Stop::Corrupt;
                }
                copy_match(self.window, self.filled, distance, length);
                self.filled += length;
            } else if bits.is_past_end() {
                return Stop::PastEnd;
            } else if entry & IS_END_OF_BLOCK != 0 {
                return Stop::EndOfBlock;
            } else {
                return Stop::Corrupt;
            }
            if self.bits.refilled_from_slice().is_some() {
                return Stop::EndOfSlice;
            }
        }
        Stop::WindowIsFull
    }
}

/// The length or distance of an entry: its base, and the extra bits that follow its code in `bits`.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "at most 28 bits")]
fn extended(entry: u32, bits: u64) -> usize {
    let symbol_bits = bits & ((1 << (entry & 63)) - 1);
    (entry >> 16) as usize + (symbol_bits >> (entry >> 8 & 63)) as usize
}
