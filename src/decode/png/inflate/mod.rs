//! Inflate: a deflate (RFC 1951) decoder for zlib streams (RFC 1950).
//!
//! Existing crates are fast on typical streams, but not in the worst case. A block can be 13 bytes
//! long, and an inflater that is tuned for speed fills thousands of table entries for each block:
//! 32 MiB of such blocks keep it busy for a quarter of a minute. Here, a table is only as large as
//! the longest code requires, and the tables of the fixed codes are built once.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;

mod adler32;
mod bit_reader;
mod block_codes;
mod prefix_code;
mod symbols;
#[cfg(test)]
mod tests;

use adler32::Adler32;
use bit_reader::BitReader;
use block_codes::{BlockCodes, DecodingTables, low_byte};
use prefix_code::{Corrupt, look_up};
use symbols::{HAS_BASE, IS_END_OF_BLOCK, IS_LITERAL};

/// Inflates the stream that `I` returns slice by slice.
pub(super) struct Inflater<'a, 'b, I> {
    slices: I,
    bits: BitReader<'a>,
    state: State,
    is_last_block: bool,
    /// The bytes up to `filled` are inflated: at most 32 KiB of history, then the bytes from
    /// `delivered` on that the caller has not read.
    window: Buffer<'b, u8>,
    filled: usize,
    delivered: usize,
    /// The checksum of all inflated bytes.
    checksum: Adler32,
    codes: BlockCodes,
    dynamic_tables: DecodingTables<'b>,
    fixed_tables: DecodingTables<'b>,
    has_fixed_tables: bool,
}

/// Why the requested bytes are not available.
#[derive(Debug)]
pub(super) enum InflateError {
    /// The stream violates the format.
    Corrupt(&'static str),
    /// The stream ends before the requested bytes.
    Truncated,
    Interrupted(Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ZlibHeader,
    BlockHeader,
    StoredBlock { bytes_left: usize },
    CompressedBlock { fixed: bool },
    Done,
    Corrupt,
}

/// The most work of inflating `deflated_bytes` to `inflated_bytes`, in picoseconds.
pub(super) fn work_ps(deflated_bytes: u64, inflated_bytes: u64) -> u64 {
    sum_ps([(deflated_bytes, DEFLATED_BYTE_PS), (inflated_bytes, INFLATED_BYTE_PS)])
}

/// A byte of the stream: most in blocks without content, whose codes are built in vain.
const DEFLATED_BYTE_PS: u64 = 40_000;
/// A byte that is copied, added to the checksum and delivered.
const INFLATED_BYTE_PS: u64 = 550;

impl<'a, 'b, I: Iterator<Item = &'a [u8]>> Inflater<'a, 'b, I> {
    /// Reserves [`memory_bytes`] from `budget`. At most `inflated_bytes` can be read.
    pub(super) fn new(slices: I, inflated_bytes: u64, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            slices,
            bits: BitReader::default(),
            state: State::ZlibHeader,
            is_last_block: false,
            window: budget.buffer(window_bytes(inflated_bytes), 0)?,
            filled: 0,
            delivered: 0,
            checksum: Adler32::EMPTY,
            codes: BlockCodes::EMPTY,
            dynamic_tables: DecodingTables::for_dynamic_codes(budget)?,
            fixed_tables: DecodingTables::for_fixed_codes(budget)?,
            has_fixed_tables: false,
        })
    }

    /// Fills `to` with the next bytes. On an error, an unspecified part of `to` is filled.
    pub(super) fn read(
        &mut self,
        mut to: &mut [u8],
        interrupt: &Interrupt,
    ) -> Result<(), InflateError> {
        loop {
            let ready = self.window.get(self.delivered..self.filled).unwrap_or_default();
            let count = ready.len().min(to.len());
            let (now, later) = to.split_at_mut(count);
            now.copy_from_slice(ready.get(..count).unwrap_or_default());
            self.delivered += count;
            if later.is_empty() {
                return Ok(());
            }
            to = later;
            self.refill_window(interrupt)?;
        }
    }

    /// Reads the stream to its end: the end of its last block, and the checksum of all that was
    /// inflated (RFC 1950, 2.2). It proves that every byte was there and is right.
    ///
    /// Bytes that nobody has read are an error. The first of them is enough, so that a stream that
    /// goes on costs no time. What follows the checksum is not part of the stream.
    pub(super) fn finish(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        let goes_on = InflateError::Corrupt("the image data go on after the last row");
        if self.delivered < self.filled {
            return Err(goes_on);
        }
        match self.refill_window(interrupt) {
            Ok(()) => Err(goes_on),
            Err(InflateError::Truncated) if self.has_ended() => self.check_checksum(),
            Err(error) => Err(error),
        }
    }

    /// True after the last block.
    fn has_ended(&self) -> bool {
        self.state == State::Done && !self.bits.is_past_end()
    }

    /// Reads the checksum behind the last block, the high byte first.
    fn check_checksum(&mut self) -> Result<(), InflateError> {
        self.bits.skip_to_byte();
        let stored = (0..4).fold(0, |stored, _| stored << 8 | self.read_bits(8));
        if self.bits.is_past_end() {
            Err(InflateError::Truncated)
        } else if stored == self.checksum.value() {
            Ok(())
        } else {
            Err(InflateError::Corrupt("a wrong Adler-32 checksum"))
        }
    }

    /// Inflates at least one more byte into the window, whose bytes are all delivered.
    fn refill_window(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        // A window without space for one more byte has all that can be read.
        let kept = MAX_DISTANCE.min(self.fill_limit().saturating_sub(1));
        let expired = self.filled.saturating_sub(kept);
        self.window.copy_within(expired..self.filled, 0);
        self.filled -= expired;
        self.delivered = self.filled;
        let result = self.inflate_into_window(interrupt);
        self.checksum.add(self.window.get(self.delivered..self.filled).unwrap_or_default());
        result
    }

    fn inflate_into_window(&mut self, interrupt: &Interrupt) -> Result<(), InflateError> {
        interrupt.check().map_err(InflateError::Interrupted)?;
        let mut blocks = 0_u32;
        while self.filled < self.fill_limit() && self.state != State::Done {
            if self.state == State::BlockHeader {
                blocks += 1;
                if blocks.is_multiple_of(BLOCKS_PER_POLL) {
                    interrupt.check().map_err(InflateError::Interrupted)?;
                }
            }
            let error = match self.advance() {
                // Past the end, the reader returns zeros, which may look corrupt.
                // Truncation is the cause.
                _ if self.bits.is_past_end() => InflateError::Truncated,
                Err(Corrupt) => InflateError::Corrupt("the image data is damaged"),
                Ok(()) => continue,
            };
            if self.filled > self.delivered {
                // Deliver what precedes the error. The next call runs into the same error.
                return Ok(());
            }
            return Err(error);
        }
        if self.filled > self.delivered { Ok(()) } else { Err(InflateError::Truncated) }
    }

    /// Where inflating pauses. The rest of the window is room for two literals, a match, and the
    /// bytes that [`copy_match`] writes past its end.
    fn fill_limit(&self) -> usize {
        self.window.len().saturating_sub(SPARE_BYTES)
    }

    /// Processes the next header or block, the latter until the window is full.
    fn advance(&mut self) -> Result<(), Corrupt> {
        let state = match self.state {
            State::ZlibHeader => self.read_zlib_header(),
            State::BlockHeader => self.read_block_header(),
            State::StoredBlock { bytes_left } => Ok(self.copy_stored(bytes_left)),
            State::CompressedBlock { fixed } => self.decode_symbols(fixed),
            State::Done => Ok(State::Done),
            State::Corrupt => Err(Corrupt),
        };
        self.state = state.unwrap_or(State::Corrupt);
        state.map(|_| ())
    }

    /// Reads up to 16 bits.
    fn read_bits(&mut self, count: u32) -> u32 {
        self.bits.read(count, &mut self.slices)
    }

    /// Reads the zlib header (RFC 1950, 2.2): deflate, a window of up to 32
    /// KiB, and no preset dictionary.
    fn read_zlib_header(&mut self) -> Result<State, Corrupt> {
        let (method, flags) = (self.read_bits(8), self.read_bits(8));
        let is_deflate = method & 15 == 8 && method >> 4 <= 7;
        if is_deflate && flags & 0x20 == 0 && (method << 8 | flags).is_multiple_of(31) {
            Ok(State::BlockHeader)
        } else {
            Err(Corrupt)
        }
    }

    /// Reads a block header (RFC 1951, 3.2.3) and, if the block is compressed, prepares its tables.
    fn read_block_header(&mut self) -> Result<State, Corrupt> {
        self.is_last_block = self.read_bits(1) == 1;
        match self.read_bits(2) {
            0 => {
                self.bits.skip_to_byte();
                let (length, complement) = (self.read_bits(16), self.read_bits(16));
                if length ^ complement != 0xFFFF {
                    return Err(Corrupt);
                }
                Ok(State::StoredBlock { bytes_left: length as usize })
            }
            1 => {
                if !self.has_fixed_tables {
                    self.codes.set_fixed()?;
                    self.fixed_tables.fill(&self.codes);
                    self.has_fixed_tables = true;
                }
                Ok(State::CompressedBlock { fixed: true })
            }
            2 => {
                self.codes.read_dynamic(&mut self.bits, &mut self.slices)?;
                self.dynamic_tables.fill(&self.codes);
                Ok(State::CompressedBlock { fixed: false })
            }
            _ => Err(Corrupt),
        }
    }

    const fn after_block(&self) -> State {
        if self.is_last_block { State::Done } else { State::BlockHeader }
    }

    /// Copies bytes of a stored block until its end, or until the window is full.
    fn copy_stored(&mut self, mut bytes_left: usize) -> State {
        let limit = self.fill_limit();
        while bytes_left > 0 && self.filled < limit && !self.bits.is_past_end() {
            let space = self.window.get_mut(self.filled..limit).unwrap_or_default();
            let wanted = space.len().min(bytes_left);
            let count =
                self.bits.copy_bytes(space.get_mut(..wanted).unwrap_or_default(), &mut self.slices);
            self.filled += count;
            bytes_left -= count;
        }
        if bytes_left == 0 { self.after_block() } else { State::StoredBlock { bytes_left } }
    }

    /// Decodes literals and matches (3.2.5) until the end of the block, or
    /// until the window is full.
    fn decode_symbols(&mut self, fixed: bool) -> Result<State, Corrupt> {
        let limit = self.fill_limit();
        let tables = if fixed { &self.fixed_tables } else { &self.dynamic_tables };
        let (literal_lengths, literal_length_bits): (&[u32], _) =
            (&tables.literal_lengths, tables.literal_length_bits);
        let (distances, distance_bits): (&[u32], _) = (&tables.distances, tables.distance_bits);
        let window: &mut [u8] = &mut self.window;
        // Local copies stay in registers.
        let (mut bits, mut filled) = (self.bits, self.filled);
        let state = loop {
            if filled >= limit {
                break Ok(State::CompressedBlock { fixed });
            }
            bits = bits.refilled(&mut self.slices);
            let mut entry = look_up(literal_lengths, literal_length_bits, bits.peek());
            // The reader holds at least 56 bits: enough for three literals of at most 15 bits.
            if bits.has_no_padding()
                && let Some(slots) = window.get_mut(filled..).and_then(<[u8]>::first_chunk_mut)
            {
                let slots: &mut [u8; 3] = slots;
                for slot in slots {
                    if entry & IS_LITERAL == 0 {
                        break;
                    }
                    bits.skip(entry & 63);
                    *slot = low_byte(entry >> 16);
                    filled += 1;
                    entry = look_up(literal_lengths, literal_length_bits, bits.peek());
                }
            } else if entry & IS_LITERAL != 0 {
                // The end of the stream is near, so each literal may lie past it.
                bits.skip(entry & 63);
                if bits.is_past_end() {
                    break Ok(State::Done);
                }
                if let Some(slot) = window.get_mut(filled) {
                    *slot = low_byte(entry >> 16);
                }
                filled += 1;
                continue;
            }
            if bits.is_past_end() {
                break Ok(State::Done);
            }
            if entry & IS_LITERAL != 0 {
                continue;
            }
            // A length has at most 15 + 5 bits, a distance 15 + 13.
            if bits.held() < 48 {
                bits = bits.refilled(&mut self.slices);
            }
            bits.skip(entry & 63);
            if entry & HAS_BASE == 0 {
                break if entry & IS_END_OF_BLOCK != 0 {
                    Ok(self.after_block())
                } else {
                    Err(Corrupt)
                };
            }
            let length = (entry >> 16) + bits.take_held(entry >> 8 & 15);
            let entry = look_up(distances, distance_bits, bits.peek());
            bits.skip(entry & 63);
            let distance = (entry >> 16) + bits.take_held(entry >> 8 & 15);
            let (length, distance) = (length as usize, distance as usize);
            if entry & HAS_BASE == 0 || distance > filled {
                break Err(Corrupt);
            }
            if bits.is_past_end() {
                break Ok(State::Done);
            }
            copy_match(window, filled, distance, length);
            filled += length;
        };
        (self.bits, self.filled) = (bits, filled);
        state
    }
}

/// Copies a match of `length` bytes to `to`, from `distance` bytes before.
/// Overwrites up to 15 bytes past its end.
#[inline(always)]
fn copy_match(window: &mut [u8], to: usize, distance: usize, length: usize) {
    if length > 32 && distance >= length {
        let from = to - distance;
        window.copy_within(from..from + length, to);
        return;
    }
    // Bytes that repeat at a distance also repeat at twice the distance, once those are written.
    let (mut done, mut distance) = (0, distance);
    while done < length {
        let to = to + done;
        let Some(&bytes) = window.get(to - distance..).and_then(<[u8]>::first_chunk::<16>) else {
            return;
        };
        if let Some(slot) = window.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<16>) {
            *slot = bytes;
        }
        done += distance.min(16);
        if distance < 16 {
            distance *= 2;
        }
    }
}

/// The memory of an [`Inflater`] for a stream of `inflated_bytes`, in bytes.
pub(super) fn memory_bytes(inflated_bytes: u64) -> u64 {
    (window_bytes(inflated_bytes) + block_codes::table_bytes()) as u64
}

fn window_bytes(inflated_bytes: u64) -> usize {
    let inflated_bytes = usize::try_from(inflated_bytes).unwrap_or(usize::MAX);
    inflated_bytes.saturating_add(SPARE_BYTES).min(WINDOW_BYTES)
}

/// The largest distance of a match.
const MAX_DISTANCE: usize = 32 << 10;
const WINDOW_BYTES: usize = 3 * MAX_DISTANCE;
const SPARE_BYTES: usize = 2 + 258 + 16;

/// Blocks between two polls of the interrupt: less than a millisecond.
const BLOCKS_PER_POLL: u32 = 256;
