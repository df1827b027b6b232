//! WebP: pixel floods, zero-entropy images, groups of prefix codes, frames, canvases.

use crate::bit_writer::LsbBitWriter;
use crate::pictures::{landscape, spotlight, test_card};
use crate::vp8;
use crate::vp8l::{self, Argb, write_simple_code};
use crate::webp::{ALPHA, ANIMATION, EXIF, ICC, alph, anim, anmf, chunk, file, vp8x};

/// Rows 1 and 2: lossy of any size up to 16,383 a side, with the data of one pixel.
pub fn absent_pixels(width: u32, height: u32) -> Vec<u8> {
    file(&[one_pixel_vp8(width, height)])
}

/// Row 19: lossless of any size up to 16,384 a side, of one colour. The data are complete at 0 bits
/// per pixel.
pub fn one_color(width: u32, height: u32) -> Vec<u8> {
    file(&[one_color_vp8l(width, height)])
}

/// Row 21: compressed alpha of one value, with the lossy data of one pixel.
pub fn zero_entropy_alpha(width: u32, height: u32) -> Vec<u8> {
    let alpha = alph(0, true, &one_color_stream());
    file(&[vp8x(ALPHA, width, height), alpha, one_pixel_vp8(width, height)])
}

/// Rows 18 and 43: the canvas of a still picture around a VP8 frame of another size.
pub fn canvas_around(canvas: (u32, u32), frame: (u32, u32)) -> Vec<u8> {
    file(&[vp8x(0, canvas.0, canvas.1), one_pixel_vp8(frame.0, frame.1)])
}

/// Row 18: an animation on a canvas of any size up to 2^24 a side, with one frame of 16×16 pixels.
pub fn animated_canvas(width: u32, height: u32) -> Vec<u8> {
    let frame = anmf((0, 0), (16, 16), &[small()]);
    file(&[vp8x(ANIMATION | ALPHA, width, height), anim(), frame])
}

/// Row 17: an animation of `count` frames of one pixel.
pub fn frames(count: usize) -> Vec<u8> {
    let pixel = one_color_vp8l(1, 1);
    let mut chunks = vec![vp8x(ANIMATION, 1, 1), anim()];
    chunks.extend((0..count).map(|_| anmf((0, 0), (1, 1), std::slice::from_ref(&pixel))));
    file(&chunks)
}

/// Row 20: the sizes that VP8X, ANMF, ALPH and VP8 declare.
#[derive(Clone, Copy, Debug)]
pub struct NestedSizes {
    pub canvas: (u32, u32),
    pub frame: (u32, u32),
    pub alpha: (u32, u32),
    pub vp8: (u32, u32),
}

/// Rows 20 and 47: an animation of one frame with raw alpha.
pub fn nested(sizes: NestedSizes) -> Vec<u8> {
    let values = spotlight(sizes.alpha.0, sizes.alpha.1).samples;
    let inside = [alph(0, false, &values), lossy(sizes.vp8.0, sizes.vp8.1)];
    let (width, height) = sizes.canvas;
    file(&[vp8x(ANIMATION | ALPHA, width, height), anim(), anmf((0, 0), sizes.frame, &inside)])
}

/// Row 20: a token partition that declares `bytes` bytes, at most 2^24 - 1, in a smaller chunk.
pub fn partition_past_chunk(bytes: u32) -> Vec<u8> {
    let options = vp8::Options { log2_partitions: 1, ..vp8::Options::default() };
    let mut payload = vp8::encode(&landscape(30, 22), &options);
    let tag = u32::from_le_bytes([payload[0], payload[1], payload[2], 0]);
    let lengths = 10 + (tag >> 5) as usize;
    payload[lengths..lengths + 3].copy_from_slice(&bytes.to_le_bytes()[..3]);
    file(&[chunk(b"VP8 ", &payload)])
}

/// Row 22: a chunk that declares `length` bytes and has 40.
pub fn chunk_past_end(name: &[u8; 4], length: u32) -> Vec<u8> {
    let mut bytes = file(&[vp8x(ICC, 16, 16), chunk(name, &[1; 40]), small()]);
    // After the RIFF header of 12 bytes, the VP8X chunk of 18, and the name.
    bytes[34..38].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// Row 42: 16×16 pixels in four tiles that all use the last of `count` groups of prefix codes. With
/// `long_codes` each group needs a large table.
pub fn unused_groups(count: u32, long_codes: bool) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    // No transform and no colour cache; groups by tiles of 8×8 pixels.
    bits.put(0, 2);
    bits.put(1, 1);
    bits.put(3 - 2, 3);
    let tiles = Argb { width: 2, height: 2, pixels: vec![0xFF00_0000 | (count - 1) << 8; 4] };
    vp8l::write_image(&mut bits, &tiles, 0, None);
    // A complete code with lengths 1, 2, 3, ... 14, 15, 15.
    let mut lengths = [0_u8; 256 + 24];
    for (symbol, length) in lengths[..16].iter_mut().enumerate() {
        *length = (symbol as u8 + 1).min(15);
    }
    for _ in 1..count {
        if long_codes {
            vp8l::write_normal_code(&mut bits, &lengths);
        } else {
            short_code(&mut bits);
        }
        for _ in 0..4 {
            short_code(&mut bits);
        }
    }
    one_color_codes(&mut bits);
    file(&[chunk(b"VP8L", &[vp8l::header(16, 16, false, 0), bits.finish()].concat())])
}

/// Row 7: `count` unknown chunks before or after the image.
pub fn chunks(count: usize, after: bool) -> Vec<u8> {
    let mut chunks = vec![vp8x(0, 16, 16)];
    let unknown = std::iter::repeat_n(chunk(b"OWN ", b""), count);
    if after {
        chunks.push(small());
        chunks.extend(unknown);
    } else {
        chunks.extend(unknown);
        chunks.push(small());
    }
    file(&chunks)
}

/// Rows 24 and 44: an EXIF chunk.
pub fn with_exif(tiff: &[u8]) -> Vec<u8> {
    file(&[vp8x(EXIF, 16, 16), small(), chunk(b"EXIF", tiff)])
}

/// Rows 23 and 45: a profile.
pub fn with_icc(profile: &[u8]) -> Vec<u8> {
    file(&[vp8x(ICC, 16, 16), chunk(b"ICCP", profile), small()])
}

/// A VP8 chunk of the landscape.
pub fn lossy(width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8 ", &vp8::encode(&landscape(width, height), &vp8::Options::default()))
}

fn small() -> Vec<u8> {
    chunk(b"VP8 ", &vp8::encode(&test_card(16, 16), &vp8::Options::default()))
}

/// A VP8 chunk that declares any size and has the data of one pixel.
fn one_pixel_vp8(width: u32, height: u32) -> Vec<u8> {
    let mut payload = vp8::encode(&test_card(1, 1), &vp8::Options::default());
    payload[6..8].copy_from_slice(&(width as u16).to_le_bytes());
    payload[8..10].copy_from_slice(&(height as u16).to_le_bytes());
    chunk(b"VP8 ", &payload)
}

fn one_color_vp8l(width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8L", &[vp8l::header(width, height, false, 0), one_color_stream()].concat())
}

fn one_color_stream() -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    bits.put(0, 3);
    one_color_codes(&mut bits);
    bits.finish()
}

/// The prefix codes of one group, of one symbol each: green, red, blue, alpha, distance.
fn one_color_codes(bits: &mut LsbBitWriter) {
    for symbol in [90, 200, 40, 255, 0] {
        write_simple_code(bits, &[symbol]);
    }
}

/// The shortest code possible, four bits: the symbol 0.
fn short_code(bits: &mut LsbBitWriter) {
    bits.put(1, 4);
}
