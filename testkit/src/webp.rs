//! The RIFF container of WebP (RFC 9649, 2).

/// Flags of VP8X.
pub const ICC: u8 = 0x20;
pub const ALPHA: u8 = 0x10;
pub const EXIF: u8 = 0x08;
pub const XMP: u8 = 0x04;
pub const ANIMATION: u8 = 0x02;

/// One chunk with its padding.
pub fn chunk(name: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut bytes = [name.as_slice(), &(payload.len() as u32).to_le_bytes(), payload].concat();
    if !payload.len().is_multiple_of(2) {
        bytes.push(0);
    }
    bytes
}

/// A complete file from its chunks.
pub fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF".as_slice(), &(body.len() as u32 + 4).to_le_bytes(), b"WEBP", &body].concat()
}

pub fn vp8x(flags: u8, width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8X", &[&[flags, 0, 0, 0], u24(width - 1).as_slice(), &u24(height - 1)].concat())
}

/// Background colour and loop count.
pub fn anim() -> Vec<u8> {
    chunk(b"ANIM", &[255, 255, 255, 0, 0, 0])
}

/// A frame at an even offset, blended, with a duration of 100 ms.
pub fn anmf((x, y): (u32, u32), (width, height): (u32, u32), chunks: &[Vec<u8>]) -> Vec<u8> {
    let head = [u24(x / 2), u24(y / 2), u24(width - 1), u24(height - 1), u24(100)].concat();
    chunk(b"ANMF", &[head, vec![0], chunks.concat()].concat())
}

/// Alpha with a filter from 0 to 3 (RFC 9649, 2.7.1.2), as raw or VP8L-coded values.
pub fn alph(filter: u8, compressed: bool, data: &[u8]) -> Vec<u8> {
    chunk(b"ALPH", &[&[filter << 2 | u8::from(compressed)], data].concat())
}

/// Alpha values less their prediction by `filter`.
pub fn filter_alpha(alpha: &[u8], width: usize, filter: u8) -> Vec<u8> {
    let at = |x: usize, y: usize| i32::from(alpha[y * width + x]);
    (0..alpha.len())
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let prediction = match (filter, x, y) {
                (0, ..) | (_, 0, 0) => 0,
                (1, 0, _) => at(0, y - 1),
                (1, ..) => at(x - 1, y),
                (2, _, 0) => at(x - 1, 0),
                (2, ..) => at(x, y - 1),
                (_, _, 0) => at(x - 1, 0),
                (_, 0, _) => at(0, y - 1),
                _ => (at(x - 1, y) + at(x, y - 1) - at(x - 1, y - 1)).clamp(0, 255),
            };
            alpha[i].wrapping_sub(prediction as u8)
        })
        .collect()
}

fn u24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}
