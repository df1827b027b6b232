//! WebP: pixel floods, zero-entropy images, groups of prefix codes, frames, canvases, chunks.

use bombproof_testkit::bombs::{icc, webp as bombs};

use crate::case::{Case, bomb};
use crate::outcome::{
    Outcome, PictureHeader, absent_pixels, malformed, over_limit, picture, pixel_flood, truncated,
};

pub fn cases() -> Vec<Case> {
    [pixels(), canvases(), prefix_codes(), chunks()].into_iter().flatten().collect()
}

fn pixels() -> Vec<Case> {
    let absent_pixels = || absent_pixels().or(over_limit(&["max_memory_bytes"]));
    vec![
        case(
            "flood-vp8",
            1,
            "Lossy of 16,383 × 16,383 pixels in 60 bytes.",
            pixel_flood(),
            bombs::absent_pixels(16_383, 16_383),
        ),
        case(
            "flood-vp8l",
            19,
            "Lossless of 16,384 × 16,384 pixels of one colour, with complete data.",
            pixel_flood(),
            bombs::one_color(16_384, 16_384),
        ),
        case(
            "flood-vp8l-28",
            51,
            "The header of a lossless picture of 16,384 × 16,384 pixels, in 28 bytes.",
            pixel_flood().or(truncated()),
            bombs::one_color(16_384, 16_384)[..28].to_vec(),
        ),
        case(
            "absent-vp8-10000",
            2,
            "Lossy of 10,000 × 10,000 pixels with almost no data.",
            absent_pixels(),
            bombs::absent_pixels(10_000, 10_000),
        ),
        case(
            "absent-vp8-2000",
            2,
            "Lossy of 2,000 × 2,000 pixels with almost no data.",
            absent_pixels(),
            bombs::absent_pixels(2_000, 2_000),
        ),
        case(
            "zero-entropy-10000",
            19,
            "Lossless of 10,000 × 10,000 pixels of one colour: 0 bits per pixel.",
            pixel_flood(),
            bombs::one_color(10_000, 10_000),
        ),
        case(
            "zero-entropy-4000",
            19,
            "Lossless of 4,000 × 4,000 pixels of one colour: 0 bits per pixel.",
            pixel_flood().or(picture(4_000, 4_000)),
            bombs::one_color(4_000, 4_000),
        ),
        case(
            "alph-zero-entropy",
            21,
            "Compressed alpha of one value for 3,000 × 3,000 pixels with almost no lossy data.",
            absent_pixels().or(over_limit(&["max_pixels"])),
            bombs::zero_entropy_alpha(3_000, 3_000),
        ),
    ]
}

fn canvases() -> Vec<Case> {
    let large = PictureHeader { animated: true, alpha: true, ..PictureHeader::new(16_000, 7_000) };
    let one_pixel = PictureHeader { animated: true, ..PictureHeader::new(1, 1) };
    vec![
        case(
            "canvas-1-around-vp8",
            43,
            "VP8X of 1×1 around VP8 of 16,383 × 16,383.",
            malformed(),
            bombs::canvas_around((1, 1), (16_383, 16_383)),
        ),
        case(
            "canvas-2-24",
            18,
            "The largest canvas, 2^24 × 256, around a small picture.",
            malformed().or(pixel_flood()),
            bombs::canvas_around((1 << 24, 256), (16, 16)),
        ),
        case(
            "canvas-animated-2-24",
            18,
            "An animation on a canvas of 2^24 × 255 with a frame of 16×16.",
            pixel_flood(),
            bombs::animated_canvas(1 << 24, 255),
        ),
        case(
            "canvas-animated-16000",
            18,
            "An animation on a canvas of 16,000 × 7,000 with a frame of 16×16.",
            Outcome::picture(large),
            bombs::animated_canvas(16_000, 7_000),
        ),
        case(
            "frames-1200",
            17,
            "An animation of 1,200 frames.",
            Outcome::picture(one_pixel).or(over_limit(&["max_segments"])),
            bombs::frames(1_200),
        ),
    ]
}

fn prefix_codes() -> Vec<Case> {
    let outcome = || picture(16, 16).or(over_limit(&["max_memory_bytes"])).or(malformed());
    vec![
        case(
            "groups-20000",
            42,
            "16×16 pixels and 20,000 groups of prefix codes, all but one unused.",
            outcome(),
            bombs::unused_groups(20_000, false),
        ),
        case(
            "groups-long-codes",
            42,
            "16×16 pixels and 1,400 unused groups of prefix codes with large tables.",
            outcome(),
            bombs::unused_groups(1_400, true),
        ),
    ]
}

fn chunks() -> Vec<Case> {
    vec![
        case(
            "icc-mluc",
            45,
            "A profile of 61 KB with text records that all share one string.",
            picture(16, 16),
            bombs::with_icc(&icc::mluc(2_600, 30_000)),
        ),
        case(
            "chunks-before-image",
            7,
            "2,000 unknown chunks before the image.",
            over_limit(&["max_segments"]),
            bombs::chunks(2_000, false),
        ),
        case(
            "chunks-after-image",
            7,
            "2,000 unknown chunks after the image.",
            picture(16, 16).or(over_limit(&["max_segments"])),
            bombs::chunks(2_000, true),
        ),
        case(
            "exif-60-kb",
            50,
            "An EXIF chunk that fills almost the complete file.",
            picture(16, 16),
            bombs::with_exif(&[0; 60_000]),
        ),
    ]
}

fn case(name: &str, threat: u32, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    bomb("webp", name, threat, what, outcome, bytes)
}
