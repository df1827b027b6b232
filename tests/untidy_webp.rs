//! P6 on WebPs whose wrapping is untidy: libwebp shows them, and so do we, with the pixels of the
//! tidy file.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use bombproof::{Limits, Picture, decode};
use bombproof_testkit::pictures::{landscape, spotlight, test_card};
use bombproof_testkit::vp8l::{self, Argb};
use bombproof_testkit::{vp8, webp};

#[path = "support/manifest.rs"]
mod manifest;

fn corpus_file(name: &str) -> Picture {
    decode(&manifest::read(&format!("valid/{name}.webp")), &Limits::default()).unwrap()
}

fn tidy(chunks: &[Vec<u8>]) -> Picture {
    decode(&webp::file(chunks), &Limits::default()).unwrap()
}

fn lossy() -> Vec<u8> {
    webp::chunk(b"VP8 ", &vp8::encode(&landscape(31, 25), &vp8::Options::default()))
}

#[test]
fn the_first_of_two_images_counts() {
    assert_eq!(corpus_file("untidy-two-images"), tidy(&[lossy()]));
}

#[test]
fn the_last_alph_chunk_before_the_image_counts() {
    let alpha = webp::alph(0, false, &spotlight(31, 25).samples);
    let expected = tidy(&[webp::vp8x(webp::ALPHA, 31, 25), alpha, lossy()]);
    assert!(expected.layout().has_alpha());
    assert_eq!(corpus_file("untidy-two-alph-chunks"), expected);
}

#[test]
fn an_alph_chunk_beside_a_lossless_image_is_ignored() {
    let argb = Argb::of(&test_card(31, 25));
    let data = vp8l::encode(&argb, false, &vp8l::Options::default());
    let expected = tidy(&[webp::chunk(b"VP8L", &data)]);
    assert_eq!(corpus_file("untidy-alph-beside-vp8l"), expected);
}

#[test]
fn the_reserved_colour_space_is_ignored() {
    assert_eq!(corpus_file("untidy-reserved-colour-space"), tidy(&[lossy()]));
}
