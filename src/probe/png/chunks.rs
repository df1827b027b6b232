//! Iterates over the chunks of a PNG (5.3).

use super::errors::malformed;
use crate::error::Error;
use crate::format::Format;
use crate::probe::crc::crc32;
use crate::work;

/// One chunk (5.3): length, type, data, CRC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) data: &'a [u8],
    /// The complete chunk, from its length field to its CRC.
    pub(crate) bytes: &'a [u8],
}

impl Chunk<'_> {
    /// Returns true for the chunk types that the decoder receives. It never sees any other.
    pub(crate) const fn is_approved(&self) -> bool {
        matches!(&self.kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND")
    }

    /// Checks the stored CRC against that of type and data (5.3).
    pub(crate) fn check_crc(&self) -> Result<(), Error> {
        let (covered, stored) = match self.bytes.split_last_chunk::<4>() {
            Some((before, stored)) => (before.get(4..).unwrap_or_default(), *stored),
            None => return Err(Error::truncated_header(Format::Png)),
        };
        work::walked(covered.len());
        if crc32(covered) == u32::from_be_bytes(stored) {
            Ok(())
        } else {
            Err(malformed("a wrong CRC"))
        }
    }
}

/// Iterates over the chunks of a PNG in file order. A chunk that extends past the end of the slice
/// is an error, and the last item.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    /// Starts after the signature. Yields nothing if there is no signature.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(&SIGNATURE).unwrap_or_default() }
    }

    fn split_first(&self) -> Result<(Chunk<'a>, &'a [u8]), Error> {
        let truncated = || Error::truncated_header(Format::Png);
        let (length, after_length) = self.rest.split_first_chunk::<4>().ok_or_else(truncated)?;
        let (kind, after_kind) = after_length.split_first_chunk::<4>().ok_or_else(truncated)?;
        let length = u32::from_be_bytes(*length);
        if length > MAX_LENGTH {
            return Err(malformed("a chunk length over 2^31 - 1"));
        }
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(malformed("a chunk type that is not four letters"));
        }
        let length = usize::try_from(length).map_err(|_| truncated())?;
        let data = after_kind.get(..length).ok_or_else(truncated)?;
        let chunk_bytes = length.checked_add(12).ok_or_else(truncated)?;
        let (bytes, rest) = self.rest.split_at_checked(chunk_bytes).ok_or_else(truncated)?;
        Ok((Chunk { kind: *kind, data, bytes }, rest))
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        work::walked(12);
        Some(match self.split_first() {
            Ok((chunk, rest)) => {
                self.rest = rest;
                Ok(chunk)
            }
            Err(error) => {
                self.rest = &[];
                Err(error)
            }
        })
    }
}

/// The PNG signature (5.2).
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The greatest length of a chunk, and the greatest width or height (7.1): 2^31 - 1.
pub(super) const MAX_LENGTH: u32 = i32::MAX as u32;
