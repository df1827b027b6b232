//! The container of WebP: RIFF with a few chunks (RFC 9649, 2).

use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// A chunk: its identifier and the length of its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    pub(super) bytes: u64,
}

impl Chunk {
    /// The length of the chunk in the file, with its padding.
    const fn padded_bytes(self) -> u64 {
        CHUNK_HEADER_BYTES.saturating_add(self.bytes).saturating_add(self.bytes % 2)
    }
}

/// Allocates the file of these chunks with its exact length, and writes its header.
pub(super) fn start<'b>(chunks: &[Chunk], budget: &'b Budget) -> Result<Buffer<'b, u8>, Error> {
    let bytes = file_bytes(chunks);
    let riff_bytes = u32::try_from(bytes - CHUNK_HEADER_BYTES).map_err(|_| TOO_LONG)?;
    let capacity = usize::try_from(bytes).map_err(|_| Error::OutOfMemory { bytes })?;
    let mut file = budget.empty_buffer(capacity)?;
    file.extend_from_slice(b"RIFF")?;
    file.extend_from_slice(&riff_bytes.to_le_bytes())?;
    file.extend_from_slice(b"WEBP")?;
    Ok(file)
}

/// Appends a chunk with the payload that `write` appends.
pub(super) fn write_chunk<'b>(
    file: &mut Buffer<'b, u8>,
    chunk: Chunk,
    write: impl FnOnce(&mut Buffer<'b, u8>) -> Result<(), Error>,
) -> Result<(), Error> {
    file.extend_from_slice(&chunk.id)?;
    let bytes = u32::try_from(chunk.bytes).map_err(|_| TOO_LONG)?;
    file.extend_from_slice(&bytes.to_le_bytes())?;
    write(file)?;
    if chunk.bytes % 2 == 1 {
        file.extend_from_slice(&[0])?;
    }
    Ok(())
}

/// Returns the file when it has the length of its chunks.
pub(super) fn finish<'b>(file: Buffer<'b, u8>, chunks: &[Chunk]) -> Result<Buffer<'b, u8>, Error> {
    if file.len() as u64 == file_bytes(chunks) {
        Ok(file)
    } else {
        Err(Error::Bug("a WebP of an unexpected length"))
    }
}

/// The length of the file of these chunks.
pub(super) fn file_bytes(chunks: &[Chunk]) -> u64 {
    FILE_HEADER_BYTES + chunks.iter().map(|chunk| chunk.padded_bytes()).sum::<u64>()
}

/// The identifier and the length of a chunk.
pub(super) const CHUNK_HEADER_BYTES: u64 = 8;
/// "RIFF", the length of what follows, and "WEBP".
pub(super) const FILE_HEADER_BYTES: u64 = 12;
const TOO_LONG: Error = Error::Bug("a WebP of more than 4 GiB");
