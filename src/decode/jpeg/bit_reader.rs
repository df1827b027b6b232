//! EntropyData-coded data → bits: stuffing is taken out in chunks (T.81, B.1.1.5), markers end it.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::format::Format;
use crate::probe::jpeg::{RST0, RST7, malformed};

/// The entropy data of one scan, freed of stuffing a window at a time.
pub(super) struct EntropyData<'a, 'b> {
    source: &'a [u8],
    /// Where in `source` the window ends.
    next: usize,
    window: Buffer<'b, u8>,
    /// Bytes of the window that are data. Zeros follow once `end` is known.
    filled: usize,
    end: Option<End>,
    position: Position,
}

/// What stands behind the last byte of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A marker, and where the bytes after it start.
    Marker { code: u8, after: usize },
    /// Nothing: the file ends.
    File,
}

#[derive(Clone, Copy, Debug, Default)]
struct Position {
    /// The next bits, from the most significant on. Past the `count` that are accounted for, there
    /// may be more, which the next refill sets again to the same.
    ahead: u64,
    count: u32,
    /// The byte of the window that the next refill starts with.
    byte: usize,
}

impl<'a, 'b> EntropyData<'a, 'b> {
    pub(super) fn new(budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            source: &[],
            next: 0,
            window: budget.buffer(WINDOW_BYTES, 0)?,
            filled: 0,
            end: None,
            position: Position::default(),
        })
    }

    /// StartTable a scan whose data are at the start of `source`.
    pub(super) fn start(&mut self, source: &'a [u8]) {
        self.source = source;
        self.start_at(0);
    }

    fn start_at(&mut self, next: usize) {
        self.next = next;
        self.filled = 0;
        self.end = None;
        self.position = Position::default();
    }

    /// Bytes of the source in which no marker but RSTn stands.
    pub(super) const fn passed_bytes(&self) -> usize {
        self.next
    }

    /// The bits from here on: enough for one MCU and, until they [are low](BitReader::is_low), for one more;
    /// zeros where the data end. They must come back through [`settle`](Self::settle) before the next.
    #[inline(always)]
    pub(super) fn bits(&mut self) -> BitReader<'_> {
        if self.filled - self.position.byte.min(self.filled) < MCU_BYTES && self.end.is_none() {
            self.fill();
        }
        // Behind the end are zeros for one MCU; whether that is past it, `settle` tells.
        let last =
            if self.end.is_some() { self.filled } else { self.filled.saturating_sub(MCU_BYTES) };
        BitReader { window: &self.window, position: self.position, last }
    }

    /// Goes on after the bits that were taken, with the outcome of taking them. BitReader that are not
    /// there make any fault, so the end of the data is the one that counts.
    #[inline(always)]
    pub(super) fn settle(&mut self, taken: Taken, outcome: Result<(), Fault>) -> Result<(), Fault> {
        self.position = taken.0;
        // A code that is at fault has not been taken: it and its extra bits are 31 at the most.
        let at_fault = if outcome.is_ok() { 0 } else { 31 };
        let there = self.filled * 8 + self.position.count as usize;
        if self.position.byte * 8 + at_fault > there && self.end.is_some() {
            return Err(match self.end {
                Some(End::Marker { code: RST0..=RST7, .. }) => Fault::EarlyRestart,
                _ => Fault::End,
            });
        }
        outcome
    }

    /// Passes the restart marker with number `expected`, 0 to 7 (T.81, E.2.4).
    pub(super) fn restart(&mut self, expected: u8) -> Result<(), Fault> {
        if self.end.is_none() {
            self.fill();
        }
        let unread_bits = self.filled * 8 + self.position.count as usize;
        if self.end.is_none() || unread_bits >= self.position.byte * 8 + 8 {
            return Err(Fault::NoRestart);
        }
        match self.end {
            Some(End::Marker { code, after }) if code == RST0 + expected => {
                self.start_at(after);
                Ok(())
            }
            Some(End::Marker { code: RST0..=RST7, .. }) => Err(Fault::WrongRestart),
            _ => Err(Fault::End),
        }
    }

    /// Moves what is unread to the front and fills the rest of the window.
    fn fill(&mut self) {
        let from = self.position.byte.min(self.filled);
        self.window.copy_within(from..self.filled, 0);
        self.filled -= from;
        self.position.byte -= from;
        while self.filled + 8 <= WINDOW_BYTES - MCU_BYTES {
            let free = self.window.get_mut(self.filled..WINDOW_BYTES - MCU_BYTES);
            let free = free.unwrap_or_default();
            let rest = self.source.get(self.next..).unwrap_or_default();
            if let (Some(from), Some(to)) = (rest.first_chunk::<32>(), free.first_chunk_mut::<32>())
                && from.iter().max() < Some(&0xFF)
            {
                *to = *from;
                self.filled += 32;
                self.next += 32;
                continue;
            }
            let clean = if let (Some(from), Some(to)) =
                (rest.first_chunk::<8>(), free.first_chunk_mut::<8>())
            {
                *to = *from;
                bytes_before_ff(*from)
            } else if let (Some(&from), Some(to)) = (rest.first(), free.first_mut()) {
                *to = from;
                usize::from(from != 0xFF)
            } else {
                self.end = Some(End::File);
                break;
            };
            self.filled += clean;
            self.next += clean;
            if rest.get(clean) != Some(&0xFF) {
                continue;
            }
            let run = rest.iter().skip(clean).take_while(|&&byte| byte == 0xFF).count();
            match rest.get(clean + run) {
                None => self.end = Some(End::File),
                Some(0) => {
                    if let Some(place) = self.window.get_mut(self.filled) {
                        *place = 0xFF;
                    }
                    self.filled += 1;
                    self.next += run + 1;
                }
                Some(&code) => {
                    self.end = Some(End::Marker { code, after: self.next + run + 1 });
                }
            }
            if self.end.is_some() {
                break;
            }
        }
        if self.end.is_some() {
            let filled = self.filled;
            self.window.iter_mut().skip(filled).take(MCU_BYTES).for_each(|byte| *byte = 0);
        }
    }
}

/// Why entropy data cannot be decoded. Small, because it is returned from the innermost loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The data end before the scan does.
    End,
    EarlyRestart,
    NoRestart,
    WrongRestart,
    Code,
    Run,
    Symbol,
}

impl Fault {
    /// The error at row `reached` of `expected`.
    #[cold]
    pub(super) fn at(self, reached: u32, expected: u32) -> Error {
        match self {
            Self::End => Error::truncated_at(Format::Jpeg, reached.min(expected), expected),
            Self::EarlyRestart => malformed("a restart marker before its interval is over"),
            Self::NoRestart => malformed("no restart marker where an interval is over"),
            Self::WrongRestart => malformed("a restart marker out of turn"),
            Self::Code => malformed("a Huffman code that is not in its table"),
            Self::Run => malformed("a run of coefficients past the end of its band"),
            Self::Symbol => malformed("a Huffman symbol without a meaning here"),
        }
    }
}

/// The bits of some MCUs, until they [are low](Self::is_low).
///
/// After [`refill`](Self::refill) there are 56 bits or more, which is more than any code (16) with
/// its extra bits (15). Functions that are not inlined take and return them by value, so that the
/// loops around keep them in registers.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'w> {
    window: &'w [u8],
    position: Position,
    /// The last byte from which on there is one MCU.
    last: usize,
}

/// Where [`BitReader`] have come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken(Position);

impl BitReader<'_> {
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let Position { ahead, count, byte } = self.position;
        let chunk = self.window.get(byte..).and_then(<[u8]>::first_chunk::<8>);
        let next = chunk.map_or(0, |chunk| u64::from_be_bytes(*chunk));
        self.position = Position {
            ahead: ahead | next >> (count & 63),
            count: count | 56,
            byte: byte + ((63 - (count & 63)) >> 3) as usize,
        };
    }

    /// The next `n` bits, 1 to 32, without taking them.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
    pub(super) const fn peek(&self, n: u32) -> usize {
        (self.position.ahead >> (64 - n)) as usize
    }

    /// Takes `n` bits that were refilled.
    #[inline(always)]
    pub(super) const fn take(&mut self, n: u32) {
        self.position.ahead <<= n;
        self.position.count -= n;
    }

    /// Takes `n` bits, 0 to 16, as a number.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "at most 16 bits are left")]
    pub(super) fn number(&mut self, n: u32) -> u32 {
        // In two steps, because a shift by 64 is none.
        let value = (self.position.ahead >> 1 >> (63 - n)) as u32;
        self.take(n);
        value
    }

    /// Takes one bit, refilling first.
    #[inline(always)]
    pub(super) fn bit(&mut self) -> bool {
        self.refill();
        self.number(1) == 1
    }

    /// True when there may be less than one MCU.
    #[inline(always)]
    pub(super) const fn is_low(&self) -> bool {
        self.position.byte > self.last
    }

    /// How many bits were taken since the start of the interval.
    #[cfg(test)]
    pub(super) const fn taken_bits(&self) -> usize {
        self.position.byte * 8 - self.position.count as usize
    }

    #[inline(always)]
    pub(super) fn taken(self) -> Taken {
        Taken(self.position)
    }
}

/// How many of eight bytes stand before the first 0xFF.
fn bytes_before_ff(bytes: [u8; 8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let inverted = !u64::from_le_bytes(bytes);
    // The lowest set bit is that of the first zero byte of `inverted`.
    let zeros = inverted.wrapping_sub(ONES) & !inverted & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
}

/// What one MCU can take at the most, and more: 10 blocks of 64 codes of 16 bits with 15 extra
/// bits are 2,480 bytes; a refill looks 8 bytes ahead.
const MCU_BYTES: usize = 2_560;

/// 16 KiB of data and the zeros after them.
pub(super) const WINDOW_BYTES: usize = 16_384 + MCU_BYTES;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;

    fn stuffed(data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for &byte in data {
            bytes.push(byte);
            if byte == 0xFF {
                bytes.push(0);
            }
        }
        bytes
    }

    /// Reads `data` from `source` in numbers of uneven width and then one bit more.
    fn read_all(source: &[u8], data: &[u8]) -> Fault {
        let budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&budget).unwrap();
        entropy.start(source);
        let (mut width, mut left) = (0, data.len() * 8);
        let mut expected = data.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
        while left > 0 {
            width = (width % 16 + 1).min(left);
            left -= width;
            let mut bits = entropy.bits();
            bits.refill();
            let number = bits.number(width as u32);
            let want = (0..width).fold(0, |n, _| n << 1 | u32::from(expected.next().unwrap()));
            assert_eq!(number, want);
            let taken = bits.taken();
            entropy.settle(taken, Ok(())).unwrap();
        }
        let mut bits = entropy.bits();
        bits.bit();
        let taken = bits.taken();
        entropy.settle(taken, Ok(())).unwrap_err()
    }

    #[test]
    fn stuffing_goes_wherever_it_falls() {
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 40, 16_383, 16_384, 16_385, 50_000] {
            for every in [1, 2, 3, 7, 8, 9, 64, 100_000] {
                let data: Vec<u8> = (0..length)
                    .map(|i| if i % every == every - 1 { 0xFF } else { i as u8 })
                    .collect();
                let mut source = stuffed(&data);
                assert_eq!(read_all(&source, &data), Fault::End);
                source.push(0xFF);
                assert_eq!(read_all(&source, &data), Fault::End);
                source.push(0xD9);
                assert_eq!(read_all(&source, &data), Fault::End);
                source.pop();
                source.extend([0xFF, 0xD0, 1, 2, 3]);
                assert_eq!(read_all(&source, &data), Fault::EarlyRestart);
            }
        }
    }

    #[test]
    fn a_restart_marker_must_be_the_next_thing_and_the_next_number() {
        let budget = Budget::new(WINDOW_BYTES as u64);
        let restart = |source: &'static [u8], bits_before: u32| {
            let mut entropy = EntropyData::new(&budget).unwrap();
            entropy.start(source);
            let mut bits = entropy.bits();
            bits.refill();
            bits.take(bits_before);
            let taken = bits.taken();
            entropy.settle(taken, Ok(())).unwrap();
            entropy.restart(3)
        };
        assert_eq!(restart(b"ab\xFF\xFF\xD3", 16), Ok(()));
        assert_eq!(restart(b"ab\xFF\xD3", 9), Ok(()));
        assert_eq!(restart(b"ab\xFF\xD3", 8), Err(Fault::NoRestart));
        assert_eq!(restart(b"ab\xFF\xD4", 16), Err(Fault::WrongRestart));
        assert_eq!(restart(b"ab\xFF\xD9", 16), Err(Fault::End));
        assert_eq!(restart(b"ab\xFF", 16), Err(Fault::End));
        assert_eq!(restart(b"ab", 16), Err(Fault::End));
    }
}
