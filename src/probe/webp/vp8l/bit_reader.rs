//! The bit reader of VP8L. Bits start at the least significant one of each byte (RFC 9649, 3.1).

use crate::error::Error;
use crate::probe::webp::errors::TRUNCATED;

/// A position in the stream. It is small and `Copy`, so loops can keep it in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitReader<'a> {
    rest: &'a [u8],
    /// The next bits. Those above the held ones may already be bits of the stream, but nothing
    /// else.
    next: u64,
    /// The number of bits that are ready to read.
    held: u32,
    /// The number of bits that were loaded beyond the end of the data. They are zeros, and the last
    /// of the held ones.
    past_end: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { rest: data, next: 0, held: 0, past_end: 0 }
    }

    /// Reads a number of up to 32 bits.
    pub(crate) fn read(&mut self, count: u32) -> Result<u32, Error> {
        self.refill();
        let value = self.read_held(count);
        if self.are_past_end() { Err(TRUNCATED) } else { Ok(value) }
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        Ok(self.read(1)? == 1)
    }

    /// Refills to at least 56 held bits, with zeros beyond the end of the data.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        let Some(&bytes) = self.rest.first_chunk::<8>() else {
            *self = self.refilled_bytewise();
            return;
        };
        self.next |= u64::from_le_bytes(bytes) << self.held;
        let loaded = (63 - self.held) >> 3 & 7;
        self.rest = self.rest.get(loaded as usize..).unwrap_or_default();
        self.held |= 56;
    }

    /// Works by value: a reader with its address taken would stay in memory instead of registers.
    #[inline(never)]
    fn refilled_bytewise(mut self) -> Self {
        self.next &= (1 << self.held) - 1;
        while self.held < 56 {
            match self.rest.split_first() {
                Some((&byte, rest)) => {
                    self.next |= u64::from(byte) << self.held;
                    self.rest = rest;
                }
                None => self.past_end += 8,
            }
            self.held += 8;
        }
        self
    }

    /// Returns the next bits, the first one lowest. Only the held ones are valid.
    #[inline(always)]
    pub(crate) const fn peek(&self) -> u64 {
        self.next
    }

    /// The number of held bits: those that can be read without a refill.
    #[inline(always)]
    pub(crate) const fn held(&self) -> u32 {
        self.held
    }

    /// Skips held bits.
    #[inline(always)]
    pub(crate) const fn skip(&mut self, count: u32) {
        self.next >>= count;
        self.held -= count;
    }

    /// Reads up to 32 held bits.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "32 bits")]
    pub(crate) const fn read_held(&mut self, count: u32) -> u32 {
        let value = self.next & ((1 << count) - 1);
        self.skip(count);
        value as u32
    }

    /// Returns true once bits beyond the end of the data were read.
    #[inline(always)]
    pub(crate) const fn are_past_end(&self) -> bool {
        self.past_end > self.held
    }

    /// The number of bytes with no bit read or held.
    pub(super) const fn bytes_left(&self) -> usize {
        self.rest.len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_bit_is_read_once_and_none_beyond_the_end() {
        let data: Vec<u8> = (0..23u8).map(|i| i.wrapping_mul(37) ^ 0x5A).collect();
        let bit = |at: usize| u32::from(data[at / 8] >> (at % 8) & 1);
        for count in 1..=32usize {
            let mut bits = BitReader::new(&data);
            let mut at = 0;
            while at + count <= 8 * data.len() {
                let expected = (0..count).fold(0, |sum, i| sum | bit(at + i) << i);
                assert_eq!(bits.read(u32::try_from(count).unwrap()).unwrap(), expected);
                at += count;
            }
            let left = u32::try_from(8 * data.len() - at).unwrap();
            assert!(bits.read(left).is_ok() && !bits.are_past_end());
            assert!(bits.read(1).is_err() && bits.are_past_end());
        }
    }
}
