//! Bits of a VP8L stream, the lowest of each byte first (RFC 9649, 3.1).

use super::TRUNCATED;
use crate::error::Error;
use crate::work;

#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    buffer: u64,
    held: u32,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self { data, buffer: 0, held: 0 }
    }

    /// A number of up to 32 bits.
    pub(super) fn read(&mut self, count: u32) -> Result<u32, Error> {
        if self.held < count {
            self.fill();
        }
        let value = self.buffer & ((1u64 << count) - 1);
        self.skip(count)?;
        u32::try_from(value).map_err(|_| Error::Bug("more than 32 bits were asked for"))
    }

    pub(super) fn flag(&mut self) -> Result<bool, Error> {
        Ok(self.read(1)? == 1)
    }

    /// The next bits: 15 at least, with zeros behind the end of the data.
    pub(super) fn peek(&mut self) -> u64 {
        if self.held < 15 {
            self.fill();
        }
        self.buffer
    }

    pub(super) fn skip(&mut self, count: u32) -> Result<(), Error> {
        self.held = self.held.checked_sub(count).ok_or(TRUNCATED)?;
        self.buffer = self.buffer.checked_shr(count).unwrap_or(0);
        Ok(())
    }

    /// Holds at least 56 bits afterwards, or all that are left. Bits above those that are held
    /// may already be those that follow.
    fn fill(&mut self) {
        if let Some(&next) = self.data.first_chunk::<8>() {
            let bytes = (63 - self.held) / 8;
            self.buffer |= u64::from_le_bytes(next) << self.held;
            self.data = self.data.get(bytes as usize..).unwrap_or_default();
            self.held += 8 * bytes;
            work::walked(bytes as usize);
            return;
        }
        while self.held < 56 {
            let Some((&byte, rest)) = self.data.split_first() else { return };
            self.buffer |= u64::from(byte) << self.held;
            self.held += 8;
            self.data = rest;
            work::walked(1);
        }
    }
}
