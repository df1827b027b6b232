//! The chunks of a WebP file.

use bombproof_testkit::webp;

#[derive(Clone)]
pub struct Chunk {
    pub name: [u8; 4],
    pub payload: Vec<u8>,
}

/// The chunks of a WebP file, or None if `file` is something else.
pub fn parse_file(file: &[u8]) -> Option<Vec<Chunk>> {
    let (riff, rest) = file.split_at_checked(12)?;
    (riff.starts_with(b"RIFF") && riff.ends_with(b"WEBP")).then(|| parse_chunks(rest))
}

/// A sequence of chunks. The last one may be truncated.
pub fn parse_chunks(mut rest: &[u8]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    while let Some((name, after)) = rest.split_first_chunk::<4>()
        && let Some((length, after)) = after.split_first_chunk::<4>()
    {
        let length = (u32::from_le_bytes(*length) as usize).min(after.len());
        chunks.push(Chunk { name: *name, payload: after[..length].to_vec() });
        rest = after.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    chunks
}

pub fn write_chunks(chunks: &[Chunk]) -> Vec<u8> {
    chunks.iter().flat_map(|chunk| webp::chunk(&chunk.name, &chunk.payload)).collect()
}
