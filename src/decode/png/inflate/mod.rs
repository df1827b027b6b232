//! Deflate (RFC 1951) in a zlib stream (RFC 1950).
//!
//! It is ours because of the worst case. A block can be 13 bytes long, and an inflater that is made for
//! speed fills thousands of entries for each: 32 MiB of such blocks take it a quarter of a minute. Here
//! a table is as large as the longest code asks for, and the fixed codes are made ready once.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;

mod bit_reader;
mod prefix_code;
mod symbols;
#[cfg(test)]
mod tests;

use bit_reader::BitReader;
use prefix_code::{Code, Damage, Run, Runs, look_up};
use symbols::{
    DISTANCES, END, END_OF_BLOCK, LITERAL, NUMBER, SYMBOLS, distance_entry, symbol_entry,
};

/// Inflates the stream that `I` hands out slice by slice.
pub(super) struct Inflater<'a, 'b, I> {
    slices: I,
    bits: BitReader<'a>,
    state: State,
    is_last_block: bool,
    /// What was inflated: up to 32 KiB that copies may refer to, and what follows.
    window: Buffer<'b, u8>,
    filled: usize,
    /// What is before was read.
    read: usize,
    symbols: Code<SYMBOLS>,
    distances: Code<DISTANCES>,
    block_tables: Tables<'b>,
    fixed_tables: Tables<'b>,
    has_fixed_tables: bool,
}

/// What the codes of a block are looked up in, and with how many bits.
struct Tables<'b> {
    symbols: Buffer<'b, u32>,
    symbol_bits: u32,
    distances: Buffer<'b, u32>,
    distance_bits: u32,
}

/// Why there is nothing more.
#[derive(Debug)]
pub(super) enum Stop {
    /// The bytes are not what the format says.
    Damaged(&'static str),
    /// The stream ends.
    Ended,
    Interrupted(Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    ZlibHeader,
    BlockHeader,
    Stored { left: usize },
    Coded { fixed: bool },
    Done,
    Damaged,
}

impl<'a, 'b, I: Iterator<Item = &'a [u8]>> Inflater<'a, 'b, I> {
    /// Takes [`memory_bytes`] from `budget`. No more than `all_bytes` can be read.
    pub(super) fn new(slices: I, all_bytes: u64, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            slices,
            bits: BitReader::default(),
            state: State::ZlibHeader,
            is_last_block: false,
            window: budget.buffer(window_bytes(all_bytes), 0)?,
            filled: 0,
            read: 0,
            symbols: Code::EMPTY,
            distances: Code::EMPTY,
            block_tables: Tables::new(SYMBOL_ENTRIES, DISTANCE_ENTRIES, budget)?,
            fixed_tables: Tables::new(FIXED_SYMBOL_ENTRIES, FIXED_DISTANCE_ENTRIES, budget)?,
            has_fixed_tables: false,
        })
    }

    /// Fills all of `to` with the next bytes. Stops early without saying how much was there.
    pub(super) fn read(&mut self, mut to: &mut [u8], interrupt: &Interrupt) -> Result<(), Stop> {
        loop {
            let ready = self.window.get(self.read..self.filled).unwrap_or_default();
            let count = ready.len().min(to.len());
            let (now, later) = to.split_at_mut(count);
            now.copy_from_slice(ready.get(..count).unwrap_or_default());
            self.read += count;
            if later.is_empty() {
                return Ok(());
            }
            to = later;
            self.inflate(interrupt)?;
        }
    }

    /// Inflates some more bytes, at least one. All before were read.
    fn inflate(&mut self, interrupt: &Interrupt) -> Result<(), Stop> {
        let behind = self.filled.saturating_sub(REACH);
        self.window.copy_within(behind..self.filled, 0);
        self.filled -= behind;
        self.read = self.filled;
        interrupt.check().map_err(Stop::Interrupted)?;
        let mut blocks = 0_u32;
        while self.filled < self.full() && self.state != State::Done {
            if self.state == State::BlockHeader {
                blocks += 1;
                if blocks.is_multiple_of(BLOCKS_PER_POLL) {
                    interrupt.check().map_err(Stop::Interrupted)?;
                }
            }
            let stop = match self.step() {
                // Behind the end all bits are 0, which are any damage; the end is what counts.
                _ if self.bits.are_past_end() => Stop::Ended,
                Err(Damage) => Stop::Damaged("the image data is damaged"),
                Ok(()) => continue,
            };
            if self.filled > self.read {
                // First what is there. The next call meets the same again.
                return Ok(());
            }
            return Err(stop);
        }
        if self.filled > self.read { Ok(()) } else { Err(Stop::Ended) }
    }

    /// Where inflating pauses: before the space for two literals, a copy, and what `repeat` writes behind
    /// it.
    fn full(&self) -> usize {
        self.window.len().saturating_sub(SPARE_BYTES)
    }

    fn step(&mut self) -> Result<(), Damage> {
        let state = match self.state {
            State::ZlibHeader => self.zlib_header(),
            State::BlockHeader => self.block_header(),
            State::Stored { left } => Ok(self.stored(left)),
            State::Coded { fixed } => self.coded(fixed),
            State::Done => Ok(State::Done),
            State::Damaged => Err(Damage),
        };
        self.state = state.unwrap_or(State::Damaged);
        state.map(|_| ())
    }

    /// Takes up to 16 bits.
    fn take(&mut self, count: u32) -> u32 {
        if self.bits.held() < count {
            self.bits = self.bits.refilled(&mut self.slices);
        }
        self.bits.take_held(count)
    }

    /// RFC 1950, 2.2: deflate, a window of up to 32 KiB, no dictionary.
    fn zlib_header(&mut self) -> Result<State, Damage> {
        let (method, flags) = (self.take(8), self.take(8));
        let is_deflate = method & 15 == 8 && method >> 4 <= 7;
        if is_deflate && flags & 0x20 == 0 && (method << 8 | flags).is_multiple_of(31) {
            Ok(State::BlockHeader)
        } else {
            Err(Damage)
        }
    }

    /// RFC 1951, 3.2.3.
    fn block_header(&mut self) -> Result<State, Damage> {
        self.is_last_block = self.take(1) == 1;
        match self.take(2) {
            0 => {
                self.bits.skip_to_byte();
                let (length, complement) = (self.take(16), self.take(16));
                if length ^ complement != 0xFFFF {
                    return Err(Damage);
                }
                Ok(State::Stored { left: length as usize })
            }
            1 => self.fixed_codes().map(|()| State::Coded { fixed: true }),
            2 => self.dynamic_codes().map(|()| State::Coded { fixed: false }),
            _ => Err(Damage),
        }
    }

    const fn after_block(&self) -> State {
        if self.is_last_block { State::Done } else { State::BlockHeader }
    }

    /// The codes of 3.2.6.
    fn fixed_codes(&mut self) -> Result<(), Damage> {
        if !self.has_fixed_tables {
            let run = |first, end, length| Run { first, count: end - first, length };
            let symbols = [run(0, 144, 8), run(144, 256, 9), run(256, 280, 7), run(280, 288, 8)];
            self.symbols.set(&symbols, false)?;
            self.distances.set(&[run(0, 32, 5)], false)?;
            self.fixed_tables.fill(&self.symbols, &self.distances);
            self.has_fixed_tables = true;
        }
        Ok(())
    }

    /// Reads the codes of a block (3.2.7).
    fn dynamic_codes(&mut self) -> Result<(), Damage> {
        let symbols = self.take(5) + 257;
        let distances = self.take(5) + 1;
        let code_lengths = self.take(4) + 4;
        if symbols > 286 || distances > 30 {
            return Err(Damage);
        }
        let mut lengths = [0; 19];
        for &symbol in LENGTH_ORDER.iter().take(code_lengths as usize) {
            if let Some(length) = lengths.get_mut(symbol) {
                *length = low_byte(self.take(3));
            }
        }
        let mut runs = Runs::default();
        for (symbol, &length) in (0..).zip(&lengths) {
            runs.push(symbol, symbol + 1, length);
        }
        let mut code = Code::<19>::EMPTY;
        code.set(runs.all(), false)?;
        let mut table = [0; 1 << 7];
        let root_bits = code.fill(&mut table, 7, |symbol| u32::from(symbol) << 8);

        // The lengths of symbols and distances are one sequence: a run may reach across the border.
        let (mut of_symbols, mut of_distances) = (Runs::default(), Runs::default());
        let (mut at, mut previous, end) = (0, None, symbols + distances);
        while at < end {
            if self.bits.held() < 7 + 7 {
                self.bits = self.bits.refilled(&mut self.slices);
            }
            let entry = look_up(&table, root_bits, self.bits.next());
            self.bits.skip(entry & 63);
            let (length, count) = match entry >> 8 {
                16 => (previous.ok_or(Damage)?, 3 + self.bits.take_held(2)),
                17 => (0, 3 + self.bits.take_held(3)),
                18 => (0, 11 + self.bits.take_held(7)),
                length => (low_byte(length), 1),
            };
            previous = Some(length);
            let after = at + count;
            let border = symbols.clamp(at, after);
            of_symbols.push(at, border, length);
            of_distances.push(
                border.saturating_sub(symbols),
                after.saturating_sub(symbols),
                length,
            );
            at = after;
        }
        let is_end = |run: &Run| (run.first..run.first + run.count).contains(&END_OF_BLOCK);
        if at > end || !of_symbols.all().iter().any(is_end) {
            return Err(Damage);
        }
        self.symbols.set(of_symbols.all(), true)?;
        self.distances.set(of_distances.all(), true)?;
        self.block_tables.fill(&self.symbols, &self.distances);
        Ok(())
    }

    fn stored(&mut self, mut left: usize) -> State {
        let full = self.full();
        while left > 0 && self.filled < full && !self.bits.are_past_end() {
            let space = self.window.get_mut(self.filled..full).unwrap_or_default();
            let wanted = space.len().min(left);
            let count =
                self.bits.copy(space.get_mut(..wanted).unwrap_or_default(), &mut self.slices);
            self.filled += count;
            left -= count;
        }
        if left == 0 { self.after_block() } else { State::Stored { left } }
    }

    /// Decodes symbols (3.2.5) up to the end of the block, or until the window is full.
    fn coded(&mut self, fixed: bool) -> Result<State, Damage> {
        let full = self.full();
        let tables = if fixed { &self.fixed_tables } else { &self.block_tables };
        let (symbols, symbol_bits): (&[u32], _) = (&tables.symbols, tables.symbol_bits);
        let (distances, distance_bits): (&[u32], _) = (&tables.distances, tables.distance_bits);
        let window: &mut [u8] = &mut self.window;
        // Copies, which stay in registers.
        let (mut bits, mut filled) = (self.bits, self.filled);
        let state = loop {
            if filled >= full {
                break Ok(State::Coded { fixed });
            }
            bits = bits.refilled(&mut self.slices);
            let mut entry = look_up(symbols, symbol_bits, bits.next());
            // At least 56 bits are held: three literals, of 15 bits at most.
            let mut literals = 0;
            while entry & LITERAL != 0 && literals < 3 {
                bits.skip(entry & 63);
                if bits.are_past_end() {
                    break;
                }
                if let Some(slot) = window.get_mut(filled) {
                    *slot = low_byte(entry >> 16);
                }
                filled += 1;
                literals += 1;
                entry = look_up(symbols, symbol_bits, bits.next());
            }
            if bits.are_past_end() {
                break Ok(State::Done);
            }
            if entry & LITERAL != 0 {
                continue;
            }
            // A length takes 15 + 5 bits at most, a distance 15 + 13.
            if bits.held() < 48 {
                bits = bits.refilled(&mut self.slices);
            }
            bits.skip(entry & 63);
            if entry & NUMBER == 0 {
                break if entry & END != 0 { Ok(self.after_block()) } else { Err(Damage) };
            }
            let length = (entry >> 16) + bits.take_held(entry >> 8 & 15);
            let entry = look_up(distances, distance_bits, bits.next());
            bits.skip(entry & 63);
            let distance = (entry >> 16) + bits.take_held(entry >> 8 & 15);
            let (length, distance) = (length as usize, distance as usize);
            if entry & NUMBER == 0 || distance > filled {
                break Err(Damage);
            }
            if bits.are_past_end() {
                break Ok(State::Done);
            }
            repeat(window, filled, distance, length);
            filled += length;
        };
        (self.bits, self.filled) = (bits, filled);
        state
    }
}

impl<'b> Tables<'b> {
    fn new(
        symbol_entries: usize,
        distance_entries: usize,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        Ok(Self {
            symbols: budget.buffer(symbol_entries, 0)?,
            symbol_bits: 0,
            distances: budget.buffer(distance_entries, 0)?,
            distance_bits: 0,
        })
    }

    fn fill(&mut self, symbols: &Code<SYMBOLS>, distances: &Code<DISTANCES>) {
        self.symbol_bits = symbols.fill(&mut self.symbols, SYMBOL_BITS, symbol_entry);
        self.distance_bits = distances.fill(&mut self.distances, DISTANCE_BITS, distance_entry);
    }
}

/// Writes `length` bytes at `at` that repeat those `distance` before; up to 15 bytes behind them change, too.
#[inline(always)]
fn repeat(window: &mut [u8], at: usize, distance: usize, length: usize) {
    if length > 32 && distance >= length {
        let from = at - distance;
        window.copy_within(from..from + length, at);
        return;
    }
    // What repeats at a distance repeats at twice the distance, once that is written.
    let (mut done, mut distance) = (0, distance);
    while done < length {
        let to = at + done;
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

#[allow(clippy::cast_possible_truncation, reason = "the low byte is meant")]
const fn low_byte(value: u32) -> u8 {
    value as u8
}

/// What an inflater of a stream of `all_bytes` takes from its budget.
pub(super) fn memory_bytes(all_bytes: u64) -> u64 {
    let entries = SYMBOL_ENTRIES + DISTANCE_ENTRIES + FIXED_SYMBOL_ENTRIES + FIXED_DISTANCE_ENTRIES;
    (window_bytes(all_bytes) + entries * size_of::<u32>()) as u64
}

fn window_bytes(all_bytes: u64) -> usize {
    let all_bytes = usize::try_from(all_bytes).unwrap_or(usize::MAX);
    all_bytes.saturating_add(SPARE_BYTES).min(WINDOW_BYTES)
}

/// How far back a copy may reach.
const REACH: usize = 32 << 10;
const WINDOW_BYTES: usize = 3 * REACH;
const SPARE_BYTES: usize = 2 + 258 + 16;

/// Blocks between two looks at the interrupt: less than a millisecond.
const BLOCKS_PER_POLL: u32 = 256;

/// The most bits that a table is looked up with at once.
const SYMBOL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 8;

/// The most entries that codes of up to 15 bits take then: `enough 288 11 15` and `enough 32 8 15` in the
/// words of zlib.
const SYMBOL_ENTRIES: usize = 2_342;
const DISTANCE_ENTRIES: usize = 402;
/// The longest fixed codes have 9 and 5 bits.
const FIXED_SYMBOL_ENTRIES: usize = 1 << 9;
const FIXED_DISTANCE_ENTRIES: usize = 1 << 5;

/// 3.2.7.
const LENGTH_ORDER: [usize; 19] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
