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
use crate::simd::vectorize;

mod adler32;
mod bit_reader;
mod block_codes;
mod copy_match;
mod prefix_code;
mod symbol_loop;
mod symbols;
#[cfg(test)]
mod tests;

use adler32::Adler32;
use bit_reader::BitReader;
use block_codes::{BlockCodes, DecodingTables};
use prefix_code::Corrupt;
use symbol_loop::{SPARE_BYTES, Stop, Symbols};

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
const INFLATED_BYTE_PS: u64 = 200;

impl<'a, 'b, I: Iterator<Item = &'a [u8]>> Inflater<'a, 'b, I> {
    /// At most `inflated_bytes` can be read.
    pub(super) fn new(slices: I, inflated_bytes: u64, budget: &'b Budget) -> Result<Self, Error> {
        let window_bytes = inflated_bytes.saturating_add(SPARE_BYTES as u64).min(WINDOW_BYTES);
        Ok(Self {
            slices,
            bits: BitReader::default(),
            state: State::ZlibHeader,
            is_last_block: false,
            window: budget.buffer(window_bytes, 0)?,
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
            // A stream that ends before the end of its last block has no checksum either.
            Err(InflateError::Truncated) => self.check_checksum(),
            Err(error) => Err(error),
        }
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

    /// Where inflating pauses.
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
                    // Its literals have eight bits and more, so that no two are looked up at once.
                    self.fixed_tables.bytes_before_pairing = 0;
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
        let tables = if fixed { &mut self.fixed_tables } else { &mut self.dynamic_tables };
        let window = &mut self.window;
        let mut symbols = Symbols { bits: self.bits, window, filled: self.filled, limit };
        let stop = loop {
            let mut stop = vectorize(
                #[inline(always)]
                || symbols.decode(tables, &self.codes),
            );
            if stop == Stop::EndOfSlice {
                stop = symbols.decode_carefully(tables, &mut self.slices);
            }
            if stop != Stop::EndOfSlice {
                break stop;
            }
        };
        (self.bits, self.filled) = (symbols.bits, symbols.filled);
        match stop {
            Stop::WindowIsFull | Stop::EndOfSlice => Ok(State::CompressedBlock { fixed }),
            Stop::EndOfBlock => Ok(self.after_block()),
            Stop::PastEnd => Ok(State::Done),
            Stop::Corrupt => Err(Corrupt),
        }
    }
}

/// The largest distance of a match.
const MAX_DISTANCE: usize = 32 << 10;
const WINDOW_BYTES: u64 = 3 * MAX_DISTANCE as u64;

/// Blocks between two polls of the interrupt: less than a millisecond.
const BLOCKS_PER_POLL: u32 = 256;
