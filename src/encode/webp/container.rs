//! The container of WebP: RIFF with a few chunks (RFC 9649, 2).

use crate::budget::{Budget, Buffer};
use crate::encode::profile;
use crate::error::Error;
use crate::picture::Gamut;
use crate::size::Size;

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
    let mut file = budget.empty_buffer(bytes)?;
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

/// The VP8X chunk and that of the profile, which come first in a file that has one.
pub(super) fn profile_chunks(gamut: Gamut) -> Option<[Chunk; 2]> {
    let bytes = profile::of(gamut)?.len() as u64;
    Some([VP8X, Chunk { id: *b"ICCP", bytes }])
}

/// The bytes of [`profile_chunks`].
pub(super) const fn profile_bytes(gamut: Gamut) -> u64 {
    match profile::of(gamut) {
        Some(profile) => {
            let iccp = Chunk { id: *b"ICCP", bytes: profile.len() as u64 };
            VP8X.padded_bytes() + iccp.padded_bytes()
        }
        None => 0,
    }
}

/// Appends the content of a VP8X chunk: the flags and the size of the canvas (RFC 9649, 2.7).
pub(super) fn write_vp8x(
    file: &mut Buffer<'_, u8>,
    size: Size,
    gamut: Gamut,
    has_alpha: bool,
) -> Result<(), Error> {
    let icc_flag = if profile::of(gamut).is_some() { HAS_PROFILE } else { 0 };
    let alpha_flag = if has_alpha { HAS_ALPHA } else { 0 };
    file.extend_from_slice(&[icc_flag | alpha_flag, 0, 0, 0])?;
    for side in [size.width, size.height] {
        let [a, b, c, _] = (side - 1).to_le_bytes();
        file.extend_from_slice(&[a, b, c])?;
    }
    Ok(())
}

/// Appends the content of an ICCP chunk.
pub(super) fn write_profile(file: &mut Buffer<'_, u8>, gamut: Gamut) -> Result<(), Error> {
    let profile = profile::of(gamut).ok_or(Error::Bug("a chunk for no profile"))?;
    file.extend_from_slice(profile)
}

/// The chunk that says what other chunks there are.
pub(super) const VP8X: Chunk = Chunk { id: *b"VP8X", bytes: 10 };
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
/// The identifier and the length of a chunk.
pub(super) const CHUNK_HEADER_BYTES: u64 = 8;
/// "RIFF", the length of what follows, and "WEBP".
pub(super) const FILE_HEADER_BYTES: u64 = 12;
const TOO_LONG: Error = Error::Bug("a WebP of more than 4 GiB");
