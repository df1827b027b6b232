//! Iterates over the chunks of a RIFF container (RFC 9649, 2.3 and 2.4).

use super::errors::{TRUNCATED, malformed};
use crate::error::Error;
use crate::work;

/// A chunk: its FourCC and its payload, without padding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub(super) id: [u8; 4],
    pub(super) payload: &'a [u8],
}

/// Iterates over the chunks of a file or of an animation frame.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    rest: &'a [u8],
    /// True if the file is shorter than its RIFF header declares.
    truncated: bool,
    count: u32,
}

impl<'a> Chunks<'a> {
    /// The chunks of a file. Ignores bytes after the RIFF container.
    pub(super) fn of_file(bytes: &'a [u8]) -> Result<Self, Error> {
        let Some((header, rest)) = bytes.split_first_chunk::<12>() else {
            return Err(TRUNCATED);
        };
        let &[b'R', b'I', b'F', b'F', s0, s1, s2, s3, b'W', b'E', b'B', b'P'] = header else {
            return Err(malformed("no RIFF header"));
        };
        // The size includes the four bytes "WEBP" and at least one chunk header.
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        let Some(declared) = size.checked_sub(4).filter(|&declared| declared >= 8) else {
            return Err(malformed("the size of the RIFF container"));
        };
        let inside = usize::try_from(declared).ok().and_then(|declared| rest.get(..declared));
        Ok(Self { rest: inside.unwrap_or(rest), truncated: inside.is_none(), count: 0 })
    }

    /// The chunks inside the payload of an ANMF chunk.
    pub(super) const fn of_frame(data: &'a [u8]) -> Self {
        Self { rest: data, truncated: false, count: 0 }
    }

    /// Returns the next chunk, or `None` when less than a chunk header is left.
    pub(super) fn next(&mut self) -> Result<Option<Chunk<'a>>, Error> {
        let Some((&[i0, i1, i2, i3, s0, s1, s2, s3], data)) = self.rest.split_first_chunk::<8>()
        else {
            return Ok(None);
        };
        work::parsed(8);
        let length = u32::from_le_bytes([s0, s1, s2, s3]);
        let split = usize::try_from(length).ok().and_then(|length| data.split_at_checked(length));
        let Some((payload, rest)) = split else {
            return Err(if self.truncated {
                TRUNCATED
            } else {
                malformed("a chunk past its container")
            });
        };
        // Chunks start at even offsets. The last one may lack its padding.
        let padding = usize::from(length % 2 == 1);
        self.rest = rest.get(padding..).unwrap_or_default();
        self.add_to_count(1);
        Ok(Some(Chunk { id: [i0, i1, i2, i3], payload }))
    }

    pub(super) const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The number of chunks so far, without those that were uncounted.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) const fn add_to_count(&mut self, chunks: u32) {
        self.count = self.count.saturating_add(chunks);
    }

    /// Removes the last chunk from the count. Frames after the first one do not count.
    pub(super) const fn uncount_last(&mut self) {
        self.count = self.count.saturating_sub(1);
    }
}
