//! The sanitised view of a PNG: signature and approved chunks, as a reader for `png`.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use crate::interrupt::Interrupt;
use crate::probe::png::{Chunks, SIGNATURE};

/// Hands out the signature, IHDR, PLTE, tRNS, the IDAT chunks that hold anything, and IEND; nothing
/// else of the file is ever seen by the codec.
pub(super) struct View<'a> {
    current: &'a [u8],
    chunks: Chunks<'a>,
    interrupt: &'a Interrupt,
}

impl<'a> View<'a> {
    pub(super) fn of(bytes: &'a [u8], interrupt: &'a Interrupt) -> Self {
        let signature = bytes.get(..SIGNATURE.len()).unwrap_or_default();
        Self { current: signature, chunks: Chunks::of(bytes), interrupt }
    }

    fn advance(&mut self) -> io::Result<()> {
        while self.current.is_empty() {
            let Some(chunk) = self.chunks.next() else { return Ok(()) };
            let chunk = chunk.map_err(|_| io::ErrorKind::UnexpectedEof)?;
            // An empty IDAT chunk says nothing, but costs the codec a turn.
            if chunk.is_approved() && (&chunk.kind != b"IDAT" || !chunk.data.is_empty()) {
                self.current = chunk.whole;
            }
            if &chunk.kind == b"IEND" {
                self.chunks = Chunks::of(&[]);
            }
        }
        Ok(())
    }
}

impl BufRead for View<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.interrupt.check().is_err() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.advance()?;
        Ok(self.current.get(..POLL_BYTES).unwrap_or(self.current))
    }

    fn consume(&mut self, amount: usize) {
        self.current = self.current.get(amount..).unwrap_or_default();
    }
}

impl Read for View<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

/// `png` asks for the trait and never seeks while it reads rows.
impl Seek for View<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The slowest deflate blocks cost 57 ns a byte, so 16 KiB are less than a millisecond.
const POLL_BYTES: usize = 16 << 10;
