//! The file that image-webp sees: three chunk headers of ours and one slice of the upload.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::vp8l::{HEADER_BYTES, stream_header};
use crate::size::Size;

/// RIFF, VP8X with the flag for alpha, and one VP8L chunk (RFC 9649, 2.4, 2.7 and 2.6).
///
/// With that flag image-webp decodes into the buffer of its caller, without a copy of its own, and
/// takes a side of 16,384 pixels, which it reads as 0 in a file without VP8X.
pub(super) struct View<'a> {
    front: [u8; FRONT_BYTES],
    data: &'a [u8],
    position: usize,
    interrupt: &'a Interrupt,
    reads: u32,
    /// Why a read was refused.
    pub(super) stopped: Option<Error>,
    /// True when more was asked for than there is.
    pub(super) ended: bool,
}

impl<'a> View<'a> {
    /// A file of one picture of `size`; `data` is a VP8L stream without its five-byte header.
    pub(super) fn new(data: &'a [u8], size: Size, interrupt: &'a Interrupt) -> Result<Self, Error> {
        let length = HEADER_BYTES as u64 + data.len() as u64;
        let chunk = u32::try_from(length).map_err(|_| TOO_LONG)?;
        let padded = u32::try_from(length + length % 2 + 30).map_err(|_| TOO_LONG)?;
        let [w0, w1, w2, _] = (size.width - 1).to_le_bytes();
        let [h0, h1, h2, _] = (size.height - 1).to_le_bytes();
        let mut front = [0; FRONT_BYTES];
        let parts: [&[u8]; 9] = [
            b"RIFF",
            &padded.to_le_bytes(),
            b"WEBPVP8X",
            &10u32.to_le_bytes(),
            &[FLAG_ALPHA, 0, 0, 0],
            &[w0, w1, w2, h0, h1, h2],
            b"VP8L",
            &chunk.to_le_bytes(),
            &stream_header(size),
        ];
        for (slot, &byte) in front.iter_mut().zip(parts.iter().copied().flatten()) {
            *slot = byte;
        }
        Ok(Self { front, data, position: 0, interrupt, reads: 0, stopped: None, ended: false })
    }
}

impl BufRead for View<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // image-webp asks once for each symbol; looking at the clock costs as much as a symbol.
        self.reads = self.reads.wrapping_add(1);
        if self.reads.is_multiple_of(4096)
            && let Err(error) = self.interrupt.check()
        {
            self.stopped = Some(error);
            return Err(io::Error::from(io::ErrorKind::Other));
        }
        let left = match self.front.get(self.position..) {
            Some(front) if !front.is_empty() => front,
            _ => self.data.get(self.position - FRONT_BYTES..).unwrap_or_default(),
        };
        self.ended |= left.is_empty();
        Ok(left)
    }

    fn consume(&mut self, count: usize) {
        self.position = self.position.saturating_add(count);
    }
}

impl Read for View<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut left = self.fill_buf()?;
        let count = left.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for View<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => usize::try_from(at).ok(),
            SeekFrom::Current(by) => {
                isize::try_from(by).ok().and_then(|by| self.position.checked_add_signed(by))
            }
            SeekFrom::End(_) => None,
        };
        self.position = position.ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
        // Looking for another chunk behind the picture is no sign of missing data.
        self.ended = false;
        Ok(self.position as u64)
    }
}

const FRONT_BYTES: usize = 12 + 8 + 10 + 8 + HEADER_BYTES;
const FLAG_ALPHA: u8 = 0x10;
const TOO_LONG: Error = Error::Bug("a chunk longer than a RIFF file");
