//! Frames with a partition that ends early, and sizes that say so.

use std::ops::Range;

/// A frame of which the end of one partition is missing.
pub struct Cut {
    /// 0 is the first partition, with the modes; the token partitions follow.
    pub partition: usize,
    pub missing_bytes: usize,
    pub payload: Vec<u8>,
}

/// The payload of a VP8 chunk with each of its partitions cut: at every one of the last 16 bytes, and
/// at every `step` bytes before.
pub fn cuts(payload: &[u8], log2_partitions: u32, step: usize) -> Vec<Cut> {
    let ranges = partitions(payload, log2_partitions);
    let mut cuts = Vec::new();
    for partition in 0..ranges.len() {
        let length = ranges[partition].len();
        for missing_bytes in (1..length.min(16)).chain((16..length).step_by(step)).chain([length]) {
            let mut parts: Vec<&[u8]> =
                ranges.iter().map(|range| &payload[range.clone()]).collect();
            parts[partition] = &parts[partition][..length - missing_bytes];
            cuts.push(Cut { partition, missing_bytes, payload: join(payload, &parts) });
        }
    }
    cuts
}

/// The first partition and the token partitions (RFC 6386, 9.5).
fn partitions(payload: &[u8], log2_partitions: u32) -> Vec<Range<usize>> {
    let first = (u24(payload) >> 5) as usize;
    let sizes = FRAME_HEADER_BYTES + first;
    let count = 1 << log2_partitions;
    let mut start = sizes + 3 * (count - 1);
    let mut ranges = vec![FRAME_HEADER_BYTES..sizes];
    for size in payload[sizes..start].chunks_exact(3) {
        let end = start + u24(size) as usize;
        ranges.push(start..end);
        start = end;
    }
    ranges.push(start..payload.len());
    ranges
}

/// A frame of these partitions, with the header of `payload` but for the sizes.
fn join(payload: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let tag = u24(payload) & 0x1F | (parts[0].len() as u32) << 5;
    let mut bytes = tag.to_le_bytes()[..3].to_vec();
    bytes.extend(&payload[3..FRAME_HEADER_BYTES]);
    bytes.extend(parts[0]);
    for part in &parts[1..parts.len() - 1] {
        bytes.extend(&(part.len() as u32).to_le_bytes()[..3]);
    }
    bytes.extend(parts[1..].concat());
    bytes
}

fn u24(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

const FRAME_HEADER_BYTES: usize = 10;
