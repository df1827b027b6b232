//! BitReader of a VP8L stream, the lowest of each byte first (RFC 9649, 3.1).

use crate::error::Error;
use crate::probe::webp::errors::TRUNCATED;

/// A place in the stream. Small and copied, so that loops keep it in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitReader<'a> {
    rest: &'a [u8],
    /// The next bits. Above those that are held may be more of the stream, never anything else.
    next: u64,
    held: u32,
    /// How many of the last bits stand for nothing: zeros behind the end of the data.
    past_end: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { rest: data, next: 0, held: 0, past_end: 0 }
    }

    /// A number of up to 32 bits.
    pub(crate) fn read(&mut self, count: u32) -> Result<u32, Error> {
        self.refill();
        let value = self.take(count);
        if self.are_past_end() { Err(TRUNCATED) } else { Ok(value) }
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        Ok(self.read(1)? == 1)
    }

    /// Holds at least 56 bits afterwards, zeros when there are no more.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        let Some(&bytes) = self.rest.first_chunk::<8>() else {
            *self = self.refilled_bytewise();
            return;
        };
        self.next |= u64::from_le_bytes(bytes) << self.held;
        let passed = (63 - self.held) >> 3 & 7;
        self.rest = self.rest.get(passed as usize..).unwrap_or_default();
        self.held |= 56;
    }

    /// By value: where a place has an address, loops would keep it in memory.
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

    /// The next bits, the first one lowest: those that are held.
    #[inline(always)]
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    #[inline(always)]
    pub(crate) const fn held(&self) -> u32 {
        self.held
    }

    /// Passes bits that are held.
    #[inline(always)]
    pub(crate) const fn skip(&mut self, count: u32) {
        self.next >>= count;
        self.held -= count;
    }

    /// Takes up to 32 bits that are held.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "32 bits")]
    pub(crate) const fn take(&mut self, count: u32) -> u32 {
        let taken = self.next & ((1 << count) - 1);
        self.skip(count);
        taken as u32
    }

    /// Whether bits were passed that are not there.
    #[inline(always)]
    pub(crate) const fn are_past_end(&self) -> bool {
        self.past_end > self.held
    }

    /// The bytes from which no bit was taken yet, or held.
    pub(super) const fn bytes_left(&self) -> usize {
        self.rest.len()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_bit_is_read_once_and_none_behind_the_end() {
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
