//! Deflate (RFC 1951) in a zlib stream (RFC 1950).
//!
//! It is ours because of the worst case. A block can be 13 bytes long, and an inflater that is made for
//! speed fills thousands of entries for each: 32 MiB of such blocks take it a quarter of a minute. Here
//! a table is as large as the longest code asks for, and the fixed codes are made ready once.

use super::bits::Bits;
use super::codes::{Code, Damage, Run, look_up};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;

/// Inflates the stream that `I` hands out slice by slice.
pub(super) struct Inflater<'a, 'b, I> {
    slices: I,
    bits: Bits<'a>,
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
            bits: Bits::default(),
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

/// The runs of a code, without those of symbols that have none.
struct Runs {
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
    fn push(&mut self, first: u32, end: u32, length: u8) {
        if first == end || length == 0 {
            return;
        }
        if let Some(slot) = self.runs.get_mut(self.count) {
            *slot = Run { first: low_half(first), count: low_half(end - first), length };
            self.count += 1;
        }
    }

    fn all(&self) -> &[Run] {
        self.runs.get(..self.count).unwrap_or_default()
    }
}

// What an entry of a table says, from bit 16 on a literal, or the base of a length or a distance, whose
// extra bits are counted in bits 8 to 11.
const LITERAL: u32 = 1 << 15;
const NUMBER: u32 = 1 << 14;
const END: u32 = 1 << 13;

fn symbol_entry(symbol: u16) -> u32 {
    match symbol.checked_sub(END_OF_BLOCK + 1) {
        Some(index) => number_entry(&LENGTHS, index),
        None if symbol == END_OF_BLOCK => END,
        None => LITERAL | u32::from(symbol) << 16,
    }
}

fn distance_entry(symbol: u16) -> u32 {
    number_entry(&OFFSETS, symbol)
}

fn number_entry(numbers: &[(u16, u8)], index: u16) -> u32 {
    let number = numbers.get(usize::from(index));
    number.map_or(0, |&(base, extra)| NUMBER | u32::from(base) << 16 | u32::from(extra) << 8)
}

#[allow(clippy::cast_possible_truncation, reason = "the low byte is meant")]
const fn low_byte(value: u32) -> u8 {
    value as u8
}

#[allow(clippy::cast_possible_truncation, reason = "a symbol, or a number of symbols")]
const fn low_half(value: u32) -> u16 {
    value as u16
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

const SYMBOLS: usize = 288;
const DISTANCES: usize = 32;
const END_OF_BLOCK: u16 = 256;

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

/// Base and extra bits of the lengths, from symbol 257 on (3.2.5): four symbols for each number of extra
/// bits, and a last one for 258 bytes.
const LENGTHS: [(u16, u8); 29] = {
    let mut lengths = numbers(3, 4);
    lengths[28] = (258, 0);
    lengths
};

/// And of the distances: two for each.
const OFFSETS: [(u16, u8); 30] = numbers(1, 2);

/// Numbers from `base` on, without a gap: `each` symbols for each number of extra bits, but for none
/// twice as many.
#[allow(clippy::cast_possible_truncation, reason = "13 at most")]
const fn numbers<const N: usize>(mut base: u16, each: usize) -> [(u16, u8); N] {
    let mut numbers = [(0, 0); N];
    let mut symbol = 0;
    while symbol < N {
        let extra = if symbol < each { 0 } else { (symbol / each - 1) as u8 };
        numbers[symbol] = (base, extra);
        base = base.wrapping_add(1 << extra);
        symbol += 1;
    }
    numbers
}

#[cfg(test)]
#[allow(
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "tests"
)]
mod tests {
    use super::*;
    use crate::probe::png::Chunks;
    use miniz_oxide::inflate::TINFLStatus;
    use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};

    fn inflater<'a, 'b>(
        stream: &'a [u8],
        slice_bytes: usize,
        budget: &'b Budget,
    ) -> Inflater<'a, 'b, impl Iterator<Item = &'a [u8]>> {
        Inflater::new(stream.chunks(slice_bytes), 1 << 20, budget).unwrap()
    }

    /// All that comes out of a stream in slices, byte by byte, and why there is no more.
    fn inflated(stream: &[u8], slice_bytes: usize) -> (Vec<u8>, Stop) {
        let budget = Budget::new(memory_bytes(1 << 20));
        let mut inflater = inflater(stream, slice_bytes, &budget);
        let mut bytes = Vec::new();
        loop {
            let mut byte = [0];
            match inflater.read(&mut byte, &Interrupt::never()) {
                Ok(()) => bytes.push(byte[0]),
                Err(stop) => return (bytes, stop),
            }
        }
    }

    /// The same by miniz_oxide; the checksum is not looked at, but must be there.
    fn oracle(stream: &[u8]) -> (Vec<u8>, TINFLStatus) {
        let mut bytes = vec![0; 1 << 20];
        let flags = flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
            | flags::TINFL_FLAG_IGNORE_ADLER32;
        let (status, _, len) =
            decompress(&mut DecompressorOxide::new(), stream, &mut bytes, 0, flags);
        bytes.truncate(len);
        (bytes, status)
    }

    /// The image data of all good PNGs of the corpus.
    fn streams() -> Vec<Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/valid");
        let mut streams = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "png") {
                let file = std::fs::read(path).unwrap();
                let chunks = Chunks::of(&file).map_while(Result::ok);
                let data = chunks.filter(|chunk| &chunk.kind == b"IDAT").map(|chunk| chunk.data);
                streams.push(data.collect::<Vec<_>>().concat());
            }
        }
        assert!(streams.len() > 20);
        streams
    }

    /// Bits of a stream, the lowest first.
    #[derive(Default)]
    struct Bits(Vec<u8>, usize);

    impl Bits {
        fn put(&mut self, bits: u32, count: u32) -> &mut Self {
            for i in 0..count {
                if self.1.is_multiple_of(8) {
                    self.0.push(0);
                }
                *self.0.last_mut().unwrap() |= ((bits >> i & 1) << (self.1 % 8)) as u8;
                self.1 += 1;
            }
            self
        }
    }

    #[test]
    fn good_streams_are_inflated_whatever_the_slices() {
        for stream in streams() {
            let (expected, status) = oracle(&stream);
            assert_eq!(status, TINFLStatus::Done);
            for slice_bytes in [1, 7, 30, 8_192, usize::MAX] {
                let (bytes, stop) = inflated(&stream, slice_bytes);
                assert!(bytes == expected && matches!(stop, Stop::Ended));
            }
        }
    }

    #[test]
    fn damage_gives_what_another_inflater_gives() {
        let mut seed = 1_u64;
        let (mut damaged_ones, mut good_ones) = (0, 0);
        for mut stream in streams() {
            stream.truncate(4_000);
            for _ in 0..300 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let mut damaged = stream.clone();
                // Mostly in the header of the first block, where there is most to get wrong.
                let reach = if seed >> 20 & 3 == 0 { damaged.len() } else { damaged.len().min(60) };
                let at = (seed >> 33) as usize % reach;
                damaged[at] ^= 1 << (seed >> 30 & 7);
                let (expected, status) = oracle(&damaged);
                let (bytes, stop) = inflated(&damaged, 1_000);
                let common = bytes.len().min(expected.len());
                assert_eq!(bytes[..common], expected[..common]);
                match stop {
                    Stop::Damaged(_) => {
                        damaged_ones += 1;
                        assert_eq!(status, TINFLStatus::Failed);
                    }
                    _ if status == TINFLStatus::Done => {
                        good_ones += 1;
                        assert_eq!(bytes.len(), expected.len());
                    }
                    _ => assert_ne!(status, TINFLStatus::Failed),
                }
            }
        }
        assert!(damaged_ones > 1_000 && good_ones > 1_000, "{damaged_ones} {good_ones}");
    }

    #[test]
    fn a_stream_that_is_cut_gives_what_is_there_and_no_byte_more() {
        let mut stream = streams().into_iter().min_by_key(Vec::len).unwrap();
        let (whole, _) = oracle(&stream);
        let mut shortest = whole.len();
        while stream.pop().is_some() {
            let (bytes, stop) = inflated(&stream, 5);
            assert!(whole.starts_with(&bytes) && bytes.len() <= shortest);
            assert!(matches!(stop, Stop::Ended));
            shortest = bytes.len();
        }
        assert_eq!(shortest, 0);
    }

    #[test]
    fn a_block_of_thirteen_bytes_gets_a_small_table() {
        // 63 literals and the end of the block have codes of six bits: an inflater that looks up two
        // literals at once fills in 4,096 pairs, and 32 MiB of such blocks took it 14 seconds.
        let mut bits = Bits::default();
        bits.put(0x0178, 16);
        for _ in 0..1_000 {
            // The code of code lengths: 16 and 18 take two bits, 0 and 6 as well.
            bits.put(2 << 1, 3).put(0, 5).put(0, 5).put(8 - 4, 4);
            for length in [2, 0, 2, 2, 0, 0, 0, 2] {
                bits.put(length, 3);
            }
            // In the order of their codes: 0, 6, 16, 18. No code for 193 literals, then 64 of six bits.
            bits.put(0b11, 2).put(138 - 11, 7).put(0b11, 2).put(55 - 11, 7).put(0b10, 2);
            for count in [6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 3] {
                bits.put(0b01, 2).put(count - 3, 2);
            }
            // No distance; the end of the block.
            bits.put(0b00, 2).put(0b11_1111, 6);
        }
        let budget = Budget::new(memory_bytes(1 << 20));
        let mut inflater = inflater(&bits.0, usize::MAX, &budget);
        assert!(matches!(inflater.read(&mut [0], &Interrupt::never()), Err(Stop::Ended)));
        assert!(inflater.block_tables.symbols[..64].iter().all(|&entry| entry != 0));
        assert!(inflater.block_tables.symbols[64..].iter().all(|&entry| entry == 0));
    }

    #[test]
    fn copies_of_every_distance_and_length_repeat_what_is_before() {
        for distance in [1, 2, 3, 7, 8, 15, 16, 17, 31, 40, 300] {
            for length in [3, 4, 15, 16, 17, 33, 258] {
                let start: Vec<u8> = (0..300_u32).map(|n| (n * 7 % 251) as u8).collect();
                let mut window = start.clone();
                window.resize(600, 0);
                repeat(&mut window, 300, distance, length);
                for i in 300..300 + length {
                    assert_eq!(window[i], window[i - distance], "{distance} {length}");
                }
                assert_eq!(window[..300], start);
            }
        }
    }
}
