//! The chunks of a PNG (5.3).

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
    /// The whole chunk, from its length to its CRC.
    pub(crate) whole: &'a [u8],
}

impl Chunk<'_> {
    /// The chunks that a decoder is fed with, and no other.
    pub(crate) const fn is_approved(&self) -> bool {
        matches!(&self.kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND")
    }

    /// Compares the CRC over type and data (5.3) with the stored one.
    pub(crate) fn check_crc(&self) -> Result<(), Error> {
        let (covered, stored) = match self.whole.split_last_chunk::<4>() {
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

/// The chunks of a PNG in file order. A chunk that reaches past the end of the slice is an error.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    /// The chunks after the signature; none when there is no signature.
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
        let whole_bytes = length.checked_add(12).ok_or_else(truncated)?;
        let (whole, rest) = self.rest.split_at_checked(whole_bytes).ok_or_else(truncated)?;
        Ok((Chunk { kind: *kind, data, whole }, rest))
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

/// 5.2.
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// 7.1: lengths and sides are at most 2^31 - 1.
pub(super) const MAX_LENGTH: u32 = i32::MAX as u32;
