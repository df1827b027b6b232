//! WebP: pixel floods, zero-entropy images, groups of codes, frames, canvases.

use super::{bomb, error, flood, over, picture};
use crate::bits::LsbBits;
use crate::manifest::{Case, Facts, Outcome};
use crate::pictures::card;
use crate::vp8;
use crate::vp8l::{self, Argb, simple_code};
use crate::webp::{ALPHA, ANIMATION, EXIF, alph, anim, anmf, chunk, file, vp8x};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, chunks: &[Vec<u8>]| {
        cases.push(bomb("webp", name, threat, what, outcome, file(chunks)));
    };
    let not_there = || error("not_credible").or(error("truncated")).or(over(&["max_memory_bytes"]));
    push(
        "flood-vp8",
        1,
        "Lossy of 16,383 × 16,383 pixels in 60 bytes.",
        flood(),
        &[hollow_vp8(16_383, 16_383)],
    );
    push(
        "flood-vp8l",
        19,
        "Lossless of 16,384 × 16,384 pixels of one colour, with all of its data.",
        flood(),
        &[one_color(16_384, 16_384)],
    );
    push(
        "absent-vp8-10000",
        2,
        "Lossy of 10,000 × 10,000 pixels and hardly any data.",
        not_there(),
        &[hollow_vp8(10_000, 10_000)],
    );
    push(
        "absent-vp8-2000",
        2,
        "Lossy of 2,000 × 2,000 pixels and hardly any data.",
        not_there(),
        &[hollow_vp8(2_000, 2_000)],
    );
    push(
        "zero-entropy-10000",
        19,
        "Lossless of 10,000 × 10,000 pixels of one colour: no bit a pixel.",
        flood(),
        &[one_color(10_000, 10_000)],
    );
    push(
        "zero-entropy-4000",
        19,
        "Lossless of 4,000 × 4,000 pixels of one colour: no bit a pixel.",
        flood().or(picture(4_000, 4_000)),
        &[one_color(4_000, 4_000)],
    );
    push(
        "alph-zero-entropy",
        21,
        "Compressed alpha of one value for 3,000 × 3,000 pixels around hardly any lossy data.",
        not_there().or(over(&["max_pixels"])),
        &[vp8x(ALPHA, 3_000, 3_000), alph(0, true, &one_color_stream()), hollow_vp8(3_000, 3_000)],
    );
    push(
        "canvas-1-around-vp8",
        43,
        "VP8X of 1×1 around VP8 of 16,383 × 16,383.",
        error("malformed"),
        &[vp8x(0, 1, 1), hollow_vp8(16_383, 16_383)],
    );
    push(
        "canvas-2-24",
        18,
        "The largest canvas, 2^24 × 256, around a small picture.",
        error("malformed").or(flood()),
        &[vp8x(0, 1 << 24, 256), small()],
    );
    push(
        "canvas-animated-2-24",
        18,
        "An animation on a canvas of 2^24 × 255 with a frame of 16×16.",
        flood(),
        &[vp8x(ANIMATION, 1 << 24, 255), anim(), anmf((0, 0), (16, 16), &[small()])],
    );
    let canvas =
        Outcome::picture(Facts { animated: true, alpha: true, ..Facts::new(16_000, 7_000) });
    push(
        "canvas-animated-16000",
        18,
        "An animation on a canvas of 16,000 × 7,000 with a frame of 16×16.",
        canvas.or(over(&["max_memory_bytes"])),
        &[vp8x(ANIMATION | ALPHA, 16_000, 7_000), anim(), anmf((0, 0), (16, 16), &[small()])],
    );
    push(
        "groups-20000",
        42,
        "16×16 pixels and 20,000 groups of prefix codes, all but one unused.",
        picture(16, 16).or(over(&["max_memory_bytes"])).or(error("malformed")),
        &[chunk(b"VP8L", &unused_groups(20_000, false))],
    );
    push(
        "groups-long-codes",
        42,
        "16×16 pixels and 1,400 unused groups of prefix codes with large tables.",
        picture(16, 16).or(over(&["max_memory_bytes"])).or(error("malformed")),
        &[chunk(b"VP8L", &unused_groups(1_400, true))],
    );
    let pixel = one_color(1, 1);
    let animated = Outcome::picture(Facts { animated: true, ..Facts::new(1, 1) });
    let mut frames = vec![vp8x(ANIMATION, 1, 1), anim()];
    frames.extend((0..1_200).map(|_| anmf((0, 0), (1, 1), std::slice::from_ref(&pixel))));
    push(
        "frames-1200",
        17,
        "An animation of 1,200 frames.",
        animated.or(over(&["max_segments"])),
        &frames,
    );
    let mut chunks = vec![vp8x(0, 16, 16)];
    chunks.extend((0..2_000).map(|_| chunk(b"OWN ", b"")));
    chunks.push(small());
    push(
        "chunks-before-image",
        7,
        "2,000 unknown chunks before the image.",
        over(&["max_segments"]),
        &chunks,
    );
    let mut chunks = vec![vp8x(0, 16, 16), small()];
    chunks.extend((0..2_000).map(|_| chunk(b"OWN ", b"")));
    push(
        "chunks-after-image",
        7,
        "2,000 unknown chunks behind the image.",
        picture(16, 16).or(over(&["max_segments"])),
        &chunks,
    );
    push(
        "exif-60-kb",
        50,
        "An EXIF chunk that is almost all of the file.",
        picture(16, 16),
        &[vp8x(EXIF, 16, 16), small(), chunk(b"EXIF", &[0; 60_000])],
    );
    cases
}

fn small() -> Vec<u8> {
    chunk(b"VP8 ", &vp8::encode(&card(16, 16), &vp8::Options::default()))
}

/// A VP8 chunk of any size with the data of a very small picture.
fn hollow_vp8(width: u32, height: u32) -> Vec<u8> {
    let mut payload = vp8::encode(&card(1, 1), &vp8::Options::default());
    payload[6..8].copy_from_slice(&(width as u16).to_le_bytes());
    payload[8..10].copy_from_slice(&(height as u16).to_le_bytes());
    chunk(b"VP8 ", &payload)
}

/// A VP8L chunk of one colour: every code has one symbol, no pixel needs a bit.
fn one_color(width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8L", &[vp8l::header(width, height, false, 0), one_color_stream()].concat())
}

fn one_color_stream() -> Vec<u8> {
    let mut bits = LsbBits::default();
    bits.put(0, 3);
    for symbol in [90, 200, 40, 255, 0] {
        simple_code(&mut bits, &[symbol]);
    }
    bits.finish()
}

/// 16×16 pixels in four tiles, each of which names the last of `count` groups.
fn unused_groups(count: u32, long_codes: bool) -> Vec<u8> {
    let mut bits = LsbBits::default();
    // No transform, no colour cache; groups by tiles of 8×8 pixels.
    bits.put(0, 2);
    bits.put(1, 1);
    bits.put(3 - 2, 3);
    let tiles = Argb { width: 2, height: 2, pixels: vec![0xFF00_0000 | (count - 1) << 8; 4] };
    vp8l::image(&mut bits, &tiles, 0, None);
    // A complete code with lengths 1, 2, 3, ... 14, 15, 15.
    let mut lengths = [0_u8; 256 + 24];
    for (symbol, length) in lengths[..16].iter_mut().enumerate() {
        *length = (symbol as u8 + 1).min(15);
    }
    for _ in 1..count {
        if long_codes {
            vp8l::write_lengths(&mut bits, &lengths);
        } else {
            short_code(&mut bits);
        }
        for _ in 0..4 {
            short_code(&mut bits);
        }
    }
    for symbol in [90, 200, 40, 255, 0] {
        simple_code(&mut bits, &[symbol]);
    }
    [vp8l::header(16, 16, false, 0), bits.finish()].concat()
}

/// The shortest code of all, four bits: the symbol 0.
fn short_code(bits: &mut LsbBits) {
    bits.put(1, 4);
}
