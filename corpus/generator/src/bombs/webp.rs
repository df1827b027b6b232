//! WebP: pixel floods, zero-entropy images, groups of codes, frames, canvases.

use bombproof_testkit::bombs::{icc, webp as bombs};

use super::{bomb, error, flood, over, picture};
use crate::manifest::{Case, Facts, Outcome};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, bytes| {
        cases.push(bomb("webp", name, threat, what, outcome, bytes));
    };
    let not_there = || error("not_credible").or(error("truncated")).or(over(&["max_memory_bytes"]));
    push(
        "flood-vp8",
        1,
        "Lossy of 16,383 × 16,383 pixels in 60 bytes.",
        flood(),
        bombs::hollow_lossy(16_383, 16_383),
    );
    push(
        "flood-vp8l",
        19,
        "Lossless of 16,384 × 16,384 pixels of one colour, with all of its data.",
        flood(),
        bombs::one_color(16_384, 16_384),
    );
    push(
        "absent-vp8-10000",
        2,
        "Lossy of 10,000 × 10,000 pixels and hardly any data.",
        not_there(),
        bombs::hollow_lossy(10_000, 10_000),
    );
    push(
        "absent-vp8-2000",
        2,
        "Lossy of 2,000 × 2,000 pixels and hardly any data.",
        not_there(),
        bombs::hollow_lossy(2_000, 2_000),
    );
    push(
        "zero-entropy-10000",
        19,
        "Lossless of 10,000 × 10,000 pixels of one colour: no bit a pixel.",
        flood(),
        bombs::one_color(10_000, 10_000),
    );
    push(
        "zero-entropy-4000",
        19,
        "Lossless of 4,000 × 4,000 pixels of one colour: no bit a pixel.",
        flood().or(picture(4_000, 4_000)),
        bombs::one_color(4_000, 4_000),
    );
    push(
        "alph-zero-entropy",
        21,
        "Compressed alpha of one value for 3,000 × 3,000 pixels around hardly any lossy data.",
        not_there().or(over(&["max_pixels"])),
        bombs::zero_entropy_alpha(3_000, 3_000),
    );
    push(
        "canvas-1-around-vp8",
        43,
        "VP8X of 1×1 around VP8 of 16,383 × 16,383.",
        error("malformed"),
        bombs::canvas_around((1, 1), (16_383, 16_383)),
    );
    push(
        "canvas-2-24",
        18,
        "The largest canvas, 2^24 × 256, around a small picture.",
        error("malformed").or(flood()),
        bombs::canvas_around((1 << 24, 256), (16, 16)),
    );
    push(
        "canvas-animated-2-24",
        18,
        "An animation on a canvas of 2^24 × 255 with a frame of 16×16.",
        flood(),
        bombs::animated_canvas(1 << 24, 255),
    );
    let canvas =
        Outcome::picture(Facts { animated: true, alpha: true, ..Facts::new(16_000, 7_000) });
    push(
        "canvas-animated-16000",
        18,
        "An animation on a canvas of 16,000 × 7,000 with a frame of 16×16.",
        canvas,
        bombs::animated_canvas(16_000, 7_000),
    );
    push(
        "groups-20000",
        42,
        "16×16 pixels and 20,000 groups of prefix codes, all but one unused.",
        picture(16, 16).or(over(&["max_memory_bytes"])).or(error("malformed")),
        bombs::unused_groups(20_000, false),
    );
    push(
        "groups-long-codes",
        42,
        "16×16 pixels and 1,400 unused groups of prefix codes with large tables.",
        picture(16, 16).or(over(&["max_memory_bytes"])).or(error("malformed")),
        bombs::unused_groups(1_400, true),
    );
    let animated = Outcome::picture(Facts { animated: true, ..Facts::new(1, 1) });
    push(
        "frames-1200",
        17,
        "An animation of 1,200 frames.",
        animated.or(over(&["max_segments"])),
        bombs::frames(1_200),
    );
    push(
        "icc-mluc",
        45,
        "A profile of 61 KB whose text records all name one string.",
        picture(16, 16),
        bombs::with_icc(&icc::mluc(2_600, 30_000)),
    );
    push(
        "chunks-before-image",
        7,
        "2,000 unknown chunks before the image.",
        over(&["max_segments"]),
        bombs::chunks(2_000, false),
    );
    push(
        "chunks-after-image",
        7,
        "2,000 unknown chunks behind the image.",
        picture(16, 16).or(over(&["max_segments"])),
        bombs::chunks(2_000, true),
    );
    push(
        "exif-60-kb",
        50,
        "An EXIF chunk that is almost all of the file.",
        picture(16, 16),
        bombs::with_exif(&[0; 60_000]),
    );
    cases
}
