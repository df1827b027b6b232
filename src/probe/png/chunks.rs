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
    /// What the CRC covers: the type and the data.
    covered: &'a [u8],
    /// `None` if the file ends before it.
    stored_crc: Option<u32>,
}

impl Chunk<'_> {
    /// Compares the stored CRC with that of type and data (5.3).
    pub(super) fn has_correct_crc(&self) -> bool {
        work::parsed(self.covered.len());
        self.stored_crc.is_some_and(|stored| crc32(self.covered) == stored)
    }

    /// True if the type consists of four letters, as it must (5.4).
    pub(super) fn has_valid_kind(&self) -> bool {
        self.kind.iter().all(u8::is_ascii_alphabetic)
    }

    /// True if a decoder must understand the chunk: bit 5 of the first byte of its type is 0 (5.4).
    pub(super) const fn is_critical(&self) -> bool {
        self.kind[0] & 0x20 == 0
    }
}

/// Iterates over the chunks of a PNG in file order. A chunk that extends past the end of the slice
/// is an error, and the last item. IDAT is the exception: such a chunk has the data that are there,
/// and the end of the zlib stream tells whether they are complete.
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
        let length = usize::try_from(length).map_err(|_| truncated())?;
        let is_image_data = kind == b"IDAT";
        let (data, after_data) = match after_kind.split_at_checked(length) {
            Some(parts) => parts,
            None if is_image_data => (after_kind, Default::default()),
            None => return Err(truncated()),
        };
        let (stored_crc, rest) = match after_data.split_first_chunk::<4>() {
            Some((&stored, rest)) => (Some(u32::from_be_bytes(stored)), rest),
            None if is_image_data => (None, Default::default()),
            None => return Err(truncated()),
        };
        let covered = after_length.get(..4 + data.len()).unwrap_or_default();
        Ok((Chunk { kind: *kind, data, covered, stored_crc }, rest))
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        work::parsed(12);
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
