//! WebP: lossy, lossless, lossy with alpha, and animations.

use bombproof_testkit::webp::{ALPHA, ANIMATION, alph, anim, anmf, chunk, file, vp8x};

use crate::candidate_file::{Candidate, MAX_BYTES};
use crate::vp8::{self, Probabilities};
use crate::vp8l;

pub(crate) const ALL: &[Candidate] = &[
    Candidate::new("vp8-longest-tokens.webp", || lossy((8_192, 2_048), 30 << 20, vp8::LONGEST)),
    Candidate::new("vp8-most-branches.webp", || {
        lossy((16_383, 7_324), 31 << 20, vp8::MOST_BRANCHES)
    }),
    Candidate::new("vp8-largest.webp", || lossy((16_383, 7_324), 31 << 20, vp8::LARGEST)),
    Candidate::new("vp8-any-tokens.webp", || lossy((8_192, 1_856), 12 << 20, vp8::ANY)),
    Candidate::new("vp8-small-tokens.webp", || lossy((8_192, 3_200), 16 << 20, vp8::SMALL)),
    Candidate::new("vp8l-groups.webp", || lossless(&vp8l::groups(3_200, 2_400))),
    Candidate::new("vp8l-group-of-each-tile.webp", || {
        lossless(&vp8l::group_of_each_tile(4_000, 2_800, 8_192))
    }),
    Candidate::new("vp8l-literals.webp", || lossless(&vp8l::literals(4_000, 3_300))),
    Candidate::new("vp8l-small-literals.webp", || lossless(&vp8l::small_literals(11_000, 9_500))),
    Candidate::new("vp8l-smallest-literals.webp", || {
        lossless(&vp8l::smallest_literals(16_383, 12_900))
    }),
    Candidate::new("vp8l-long-codes.webp", || lossless(&vp8l::long_codes(4_000, 3_300))),
    Candidate::new("vp8l-copies.webp", || lossless(&vp8l::copies(4_000, 3_300))),
    Candidate::new("vp8l-distant-copies.webp", || lossless(&vp8l::distant_copies(4_000, 3_300))),
    Candidate::new("alph-and-vp8.webp", || {
        alpha_and_lossy((3_600, 2_700), vp8l::literal_stream, 8 << 20, vp8::SMALL)
    }),
    Candidate::new("alph-and-vp8-most-pixels.webp", || {
        let alpha = vp8l::smallest_literal_stream;
        alpha_and_lossy((12_000, 8_700), alpha, 15 << 20, vp8::SOMETIMES_ENDED)
    }),
    Candidate::new("frame-on-canvas.webp", frame_on_canvas),
    Candidate::new("frames.webp", frames),
];

fn lossy(size: (u32, u32), data_bytes: usize, probabilities: Probabilities) -> Vec<u8> {
    file(&[chunk(b"VP8 ", &vp8::payload(size, data_bytes, probabilities))])
}

fn lossless(payload: &[u8]) -> Vec<u8> {
    file(&[chunk(b"VP8L", payload)])
}

/// Alpha of noise, so that all colours are multiplied by it, and a lossy frame.
fn alpha_and_lossy(
    (width, height): (u32, u32),
    alpha: fn(u32, u32) -> Vec<u8>,
    data_bytes: usize,
    probabilities: Probabilities,
) -> Vec<u8> {
    let alpha = alph(3, true, &alpha(width, height));
    let color = chunk(b"VP8 ", &vp8::payload((width, height), data_bytes, probabilities));
    file(&[vp8x(ALPHA, width, height), alpha, color])
}

/// A lossy frame that leaves a part of its canvas uncovered, so
/// that its rows are copied into the canvas.
fn frame_on_canvas() -> Vec<u8> {
    let (width, height) = (8_192, 3_000);
    let color = chunk(b"VP8 ", &vp8::payload((width, height), 16 << 20, vp8::SMALL));
    let canvas = (16_384, 16_384);
    let frame = anmf((1_000, 1_000), (width, height), &[color]);
    file(&[vp8x(ANIMATION | ALPHA, canvas.0, canvas.1), anim(), frame])
}

/// As many empty frames as fit. Only the first frame is decoded.
fn frames() -> Vec<u8> {
    let size = (16, 16);
    let first = anmf((0, 0), size, &[chunk(b"VP8 ", &vp8::payload(size, 4_096, vp8::SMALL))]);
    let rest = chunk(b"ANMF", &[]).repeat(MAX_BYTES / 8 - 4_096);
    file(&[vp8x(ANIMATION, 16, 16), anim(), first, rest])
}
