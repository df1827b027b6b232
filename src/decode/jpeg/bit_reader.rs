//! Reads bits from entropy-coded data. Byte stuffing is removed in chunks (T.81, B.1.1.5); a marker
//! ends the data.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::format::Format;
use crate::probe::jpeg::{RST0, RST7, malformed};

/// The entropy-coded data of one scan. Byte stuffing is removed one window at a time.
pub(super) struct EntropyData<'a, 'b> {
    source: &'a [u8],
    /// The first byte of `source` that is not in the window yet.
    next_source_byte: usize,
    window: Buffer<'b, u8>,
    /// How many bytes of the window are data. Once `end` is known, zeros follow them.
    filled_bytes: usize,
    end: Option<End>,
    position: BitPosition,
}

/// What follows the last byte of a restart interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A marker, and the offset of the byte after it.
    Marker { code: u8, after: usize },
    /// The end of the file.
    File,
}

/// The position of a [`BitReader`] in the window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BitPosition {
    /// The next bits, the first one in the most significant bit. Below the first `bit_count` bits
    /// there may be further data bits; the next refill overwrites them with the same values.
    buffer: u64,
    bit_count: u32,
    /// The byte of the window at which the next refill starts.
    next_byte: usize,
}

impl<'a, 'b> EntropyData<'a, 'b> {
    pub(super) fn new(budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            source: &[],
            next_source_byte: 0,
            window: budget.buffer(WINDOW_BYTES as u64, 0)?,
            filled_bytes: 0,
            end: None,
            position: BitPosition::default(),
        })
    }

    /// Starts a scan. Its data begins at the start of `source`.
    pub(super) fn start(&mut self, source: &'a [u8]) {
        self.source = source;
        self.begin_interval(0);
    }

    /// Starts a restart interval at `offset` in the source.
    fn begin_interval(&mut self, offset: usize) {
        self.next_source_byte = offset;
        self.filled_bytes = 0;
        self.end = None;
        self.position = BitPosition::default();
    }

    /// The length of the prefix of the source that has been read. It contains no marker except
    /// RSTn.
    pub(super) const fn consumed_bytes(&self) -> usize {
        self.next_source_byte
    }

    /// A reader at the current position. It has enough bits for one MCU and, until
    /// [`BitReader::is_low`] returns true, for another one. Zeros follow the end of the data.
    ///
    /// Pass the reader's position to [`commit`](Self::commit) before asking for the next reader.
    #[inline(always)]
    pub(super) fn reader(&mut self) -> BitReader<'_> {
        if self.filled_bytes - self.position.next_byte.min(self.filled_bytes) < MAX_MCU_BYTES
            && self.end.is_none()
        {
            self.fill_window();
        }
        // Past the end there are zeros for one MCU. `commit` finds out whether a reader used them.
        let last_mcu_start = if self.end.is_some() {
            self.filled_bytes
        } else {
            self.filled_bytes.saturating_sub(MAX_MCU_BYTES)
        };
        BitReader { window: &self.window, position: self.position, last_mcu_start }
    }

    /// Continues at the position of a reader, and returns the outcome of reading up to it. Bits
    /// past the end of the data can cause any fault, so the end of the data takes precedence over
    /// `outcome`.
    #[inline(always)]
    pub(super) fn commit(
        &mut self,
        position: BitPosition,
        outcome: Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.position = position;
        // A code that caused a fault is not consumed. It has at most 31 bits, extra bits included.
        let faulty_bits = if outcome.is_ok() { 0 } else { 31 };
        let available_bits = self.filled_bytes * 8 + self.position.bit_count as usize;
        if self.position.next_byte * 8 + faulty_bits > available_bits && self.end.is_some() {
            return Err(match self.end {
                Some(End::Marker { code: RST0..=RST7, .. }) => Fault::EarlyRestart,
                _ => Fault::Truncated,
            });
        }
        outcome
    }

    /// Consumes the restart marker with number `expected`, 0 to 7 (T.81, E.2.4). Skips bytes before
    /// it: the marker proves that they are not a part of the interval that follows.
    pub(super) fn consume_restart_marker(&mut self, expected: u8) -> Result<(), Fault> {
        while self.end.is_none() {
            self.skip_window();
        }
        match self.end {
            Some(End::Marker { code, after }) if code == RST0 + expected => {
                self.begin_interval(after);
                Ok(())
            }
            Some(End::Marker { code: RST0..=RST7, .. }) => Err(Fault::WrongRestart),
            _ => Err(Fault::Truncated),
        }
    }

    /// Ends the scan after its last MCU. Fails if bytes that are not padding precede the next marker
    /// other than RSTn: the data is damaged, because an encoder stops after the last MCU. Where the
    /// file ends without such a marker, they are data that was appended to it.
    ///
    /// Bytes of all ones or all zeros are padding, and so are the bits before the next byte.
    pub(super) fn end_scan(&mut self) -> Result<(), Fault> {
        let mut has_surplus = false;
        loop {
            let BitPosition { buffer, bit_count, next_byte } = self.position;
            // Zeros in the buffer may lie past the end, and are padding as well.
            let buffered = (buffer << (bit_count % 8)).to_be_bytes();
            let buffered = buffered.iter().take(bit_count as usize / 8);
            let unread = self.window.get(next_byte..self.filled_bytes).unwrap_or_default();
            has_surplus |= buffered.chain(unread).any(|byte| !matches!(byte, 0 | 0xFF));
            match self.end {
                None => self.skip_window(),
                Some(End::Marker { code: RST0..=RST7, after }) => self.begin_interval(after),
                Some(End::Marker { .. }) if has_surplus => return Err(Fault::Surplus),
                Some(_) => return Ok(()),
            }
        }
    }

    /// Skips what is unread in the window, and fills it again.
    fn skip_window(&mut self) {
        self.position = BitPosition { next_byte: self.filled_bytes, ..BitPosition::default() };
        self.fill_window();
    }

    /// Moves unread bytes to the front of the window and fills the rest of it.
    fn fill_window(&mut self) {
        let from = self.position.next_byte.min(self.filled_bytes);
        self.window.copy_within(from..self.filled_bytes, 0);
        self.filled_bytes -= from;
        self.position.next_byte -= from;
        while self.filled_bytes + 8 <= WINDOW_BYTES - MAX_MCU_BYTES {
            let free = self.window.get_mut(self.filled_bytes..WINDOW_BYTES - MAX_MCU_BYTES);
            let free = free.unwrap_or_default();
            let rest = self.source.get(self.next_source_byte..).unwrap_or_default();
            if let (Some(from), Some(to)) = (rest.first_chunk::<32>(), free.first_chunk_mut::<32>())
                && has_no_ff(from)
            {
                *to = *from;
                self.filled_bytes += 32;
                self.next_source_byte += 32;
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
            self.filled_bytes += clean;
            self.next_source_byte += clean;
            if rest.get(clean) != Some(&0xFF) {
                continue;
            }
            let run = rest.iter().skip(clean).take_while(|&&byte| byte == 0xFF).count();
            match rest.get(clean + run) {
                None => self.end = Some(End::File),
                Some(0) => {
                    if let Some(place) = self.window.get_mut(self.filled_bytes) {
                        *place = 0xFF;
                    }
                    self.filled_bytes += 1;
                    self.next_source_byte += run + 1;
                }
                Some(&code) => {
                    self.end = Some(End::Marker { code, after: self.next_source_byte + run + 1 });
                }
            }
            if self.end.is_some() {
                break;
            }
        }
        if self.end.is_some() {
            let filled_bytes = self.filled_bytes;
            self.window
                .iter_mut()
                .skip(filled_bytes)
                .take(MAX_MCU_BYTES)
                .for_each(|byte| *byte = 0);
        }
    }
}

/// Why entropy-coded data cannot be decoded. Small, because the innermost loops return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The data ends before the scan is complete.
    Truncated,
    EarlyRestart,
    WrongRestart,
    Surplus,
    InvalidCode,
    RunTooLong,
    InvalidSymbol,
}

impl Fault {
    /// The error for a fault in row `row` of `rows`.
    #[cold]
    pub(super) fn into_error(self, row: u32, rows: u32) -> Error {
        match self {
            Self::Truncated => Error::truncated_at(Format::Jpeg, row.min(rows), rows),
            Self::EarlyRestart => malformed("a restart marker before its interval is over"),
            Self::WrongRestart => malformed("a restart marker with the wrong number"),
            Self::Surplus => malformed("data after the last block of a scan"),
            Self::InvalidCode => malformed("a Huffman code that is not in its table"),
            Self::RunTooLong => malformed("a run of coefficients past the end of its band"),
            Self::InvalidSymbol => malformed("a Huffman symbol that is invalid in this scan"),
        }
    }
}

/// Reads the bits of a few MCUs, until it [is low](Self::is_low).
///
/// [`refill`](Self::refill) makes at least 56 bits available, more than the longest code (16 bits)
/// with its extra bits (15). Functions that are not inlined take and return the reader by value, so
/// that the loops that call them keep it in registers.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'w> {
    window: &'w [u8],
    position: BitPosition,
    /// The last position from which one MCU can be read.
    last_mcu_start: usize,
}

impl BitReader<'_> {
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        let BitPosition { buffer, bit_count, next_byte } = self.position;
        let chunk = self.window.get(next_byte..).and_then(<[u8]>::first_chunk::<8>);
        let next = chunk.map_or(0, |chunk| u64::from_be_bytes(*chunk));
        self.position = BitPosition {
            buffer: buffer | next >> (bit_count & 63),
            bit_count: bit_count | 56,
            next_byte: next_byte + ((63 - (bit_count & 63)) >> 3) as usize,
        };
    }

    /// Returns the next `n` bits, 1 to 32, without consuming them.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
    pub(super) const fn peek(&self, n: u32) -> usize {
        (self.position.buffer >> (64 - n)) as usize
    }

    /// Consumes `n` bits. A refill must have made them available.
    #[inline(always)]
    pub(super) const fn consume(&mut self, n: u32) {
        self.position.buffer <<= n;
        self.position.bit_count -= n;
    }

    /// Reads `n` bits, 0 to 16, as a number. A refill must have made them available.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "at most 16 bits are left")]
    pub(super) fn read(&mut self, n: u32) -> u32 {
        // Two shifts, because a single shift by 64 would overflow.
        let value = (self.position.buffer >> 1 >> (63 - n)) as u32;
        self.consume(n);
        value
    }

    /// Refills, then reads one bit.
    #[inline(always)]
    pub(super) fn read_bit(&mut self) -> bool {
        self.refill();
        self.read(1) == 1
    }

    /// True when less than one MCU may be available.
    #[inline(always)]
    pub(super) const fn is_low(&self) -> bool {
        self.position.next_byte > self.last_mcu_start
    }

    /// The number of bits consumed since the start of the window.
    #[cfg(test)]
    pub(super) const fn consumed_bits(&self) -> usize {
        self.position.next_byte * 8 - self.position.bit_count as usize
    }

    #[inline(always)]
    pub(super) fn position(self) -> BitPosition {
        self.position
    }
}

/// True if no byte is 0xFF. Without a branch for each byte, so that the compiler vectorises it.
#[inline(always)]
fn has_no_ff(bytes: &[u8; 32]) -> bool {
    bytes.iter().fold(0, |any, &byte| any | u8::from(byte == 0xFF)) == 0
}

/// How many of eight bytes precede the first 0xFF.
fn bytes_before_ff(bytes: [u8; 8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let inverted = !u64::from_le_bytes(bytes);
    // The lowest set bit belongs to the first zero byte of `inverted`.
    let zeros = inverted.wrapping_sub(ONES) & !inverted & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
}

/// An upper bound for the bytes of one block: 64 codes of 16 bits with 15 extra bits are 248 bytes,
/// and a refill reads 8 bytes ahead.
const MAX_BLOCK_BYTES: usize = 256;

/// How many of `bytes` the codes of `blocks` can take. The others are stuffed zeros, fill bytes, and
/// what follows the last block: they are passed over.
pub(super) fn coded_bytes(bytes: u64, blocks: u64) -> u64 {
    bytes.min(blocks.saturating_mul(MAX_BLOCK_BYTES as u64))
}

/// The picoseconds that a byte takes that is passed over.
pub(super) const PASSED_BYTE_PS: u64 = 2_500;

/// The same for an MCU, which has at most 10 blocks.
const MAX_MCU_BYTES: usize = 10 * MAX_BLOCK_BYTES;

/// 16 KiB of data and the zeros that follow the data.
pub(super) const WINDOW_BYTES: usize = 16_384 + MAX_MCU_BYTES;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;

    fn with_stuffing(data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for &byte in data {
            bytes.push(byte);
            if byte == 0xFF {
                bytes.push(0);
            }
        }
        bytes
    }

    /// Reads `data` from `source` as numbers of different widths, then one bit more.
    fn read_all(source: &[u8], data: &[u8]) -> Fault {
        let budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&budget).unwrap();
        entropy.start(source);
        let (mut width, mut left) = (0, data.len() * 8);
        let mut expected = data.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
        while left > 0 {
            width = (width % 16 + 1).min(left);
            left -= width;
            let mut bits = entropy.reader();
            bits.refill();
            let number = bits.read(width as u32);
            let want = (0..width).fold(0, |n, _| n << 1 | u32::from(expected.next().unwrap()));
            assert_eq!(number, want);
            let position = bits.position();
            entropy.commit(position, Ok(())).unwrap();
        }
        let mut bits = entropy.reader();
        bits.read_bit();
        let position = bits.position();
        entropy.commit(position, Ok(())).unwrap_err()
    }

    #[test]
    fn byte_stuffing_is_removed_at_every_position() {
        for length in [0, 1, 7, 8, 9, 15, 16, 17, 40, 16_383, 16_384, 16_385, 50_000] {
            for every in [1, 2, 3, 7, 8, 9, 64, 100_000] {
                let data: Vec<u8> = (0..length)
                    .map(|i| if i % every == every - 1 { 0xFF } else { i as u8 })
                    .collect();
                let mut source = with_stuffing(&data);
                assert_eq!(read_all(&source, &data), Fault::Truncated);
                source.push(0xFF);
                assert_eq!(read_all(&source, &data), Fault::Truncated);
                source.push(0xD9);
                assert_eq!(read_all(&source, &data), Fault::Truncated);
                source.pop();
                source.extend([0xFF, 0xD0, 1, 2, 3]);
                assert_eq!(read_all(&source, &data), Fault::EarlyRestart);
            }
        }
    }

    #[test]
    fn a_restart_marker_must_come_next_and_have_the_next_number() {
        let budget = Budget::new(WINDOW_BYTES as u64);
        let restart = |source: &'static [u8], bits_before: u32| {
            let mut entropy = EntropyData::new(&budget).unwrap();
            entropy.start(source);
            let mut bits = entropy.reader();
            bits.refill();
            bits.consume(bits_before);
            let position = bits.position();
            entropy.commit(position, Ok(())).unwrap();
            entropy.consume_restart_marker(3)
        };
        assert_eq!(restart(b"ab\xFF\xFF\xD3", 16), Ok(()));
        assert_eq!(restart(b"ab\xFF\xD3", 9), Ok(()));
        assert_eq!(restart(b"ab\xFF\xD3", 8), Ok(()));
        assert_eq!(restart(b"abcdefghijklmno\xFF\x00p\xFF\xD3", 8), Ok(()));
        assert_eq!(restart(b"ab\xFF\xD4", 8), Err(Fault::WrongRestart));
        assert_eq!(restart(b"ab\xFF\xC4\xFF\xD3", 8), Err(Fault::Truncated));
        assert_eq!(restart(b"ab\xFF\xD4", 16), Err(Fault::WrongRestart));
        assert_eq!(restart(b"ab\xFF\xD9", 16), Err(Fault::Truncated));
        assert_eq!(restart(b"ab\xFF", 16), Err(Fault::Truncated));
        assert_eq!(restart(b"ab", 16), Err(Fault::Truncated));
    }
}
