//! PNG: pixel and chunk floods, inflate bombs, extreme shapes, APNG.

use bombproof_testkit::bombs::png::{self as bombs, Text};

use super::{bomb, error, flood, over, picture};
use crate::manifest::{Case, Facts, Outcome};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, bytes| {
        cases.push(bomb("png", name, threat, what, outcome, bytes));
    };
    let not_there = || error("not_credible").or(error("truncated"));
    push(
        "flood-65535",
        1,
        "65,535 × 65,535 pixels in 65 bytes.",
        flood(),
        bombs::flood((65_535, 65_535), 8, 6),
    );
    push(
        "flood-2-31",
        1,
        "The largest sides that a PNG can say.",
        flood(),
        bombs::flood(((1 << 31) - 1, (1 << 31) - 1), 16, 6),
    );
    push(
        "wraps-32-bits",
        33,
        "65,536 × 65,537 pixels: 65,536 when counted in 32 bits.",
        flood(),
        bombs::flood((65_536, 65_537), 8, 0),
    );
    push(
        "flood-25500",
        1,
        "25,500 × 25,500 pixels in 49 bytes, without IEND.",
        flood(),
        bombs::flood_without_end((25_500, 25_500)),
    );
    push(
        "absent-10000",
        2,
        "10,000 × 10,000 pixels and hardly any data: within the limits, not credible.",
        not_there(),
        bombs::absent((10_000, 10_000), 6, 0, 500),
    );
    push(
        "idat-inflates-past-image",
        4,
        "16×16 pixels whose IDAT goes on to inflate to 40 MB.",
        picture(16, 16).or(error("malformed")),
        bombs::image_data_past_image(40 << 20),
    );
    push(
        "iccp-50-mb",
        5,
        "A profile that inflates to 50 MB.",
        picture(16, 16),
        bombs::profile(50 << 20),
    );
    push(
        "ztxt-50-mb",
        6,
        "A text that inflates to 50 MB.",
        picture(16, 16),
        bombs::text(Text::Compressed, 50 << 20),
    );
    push(
        "itxt-50-mb",
        6,
        "An international text that inflates to 50 MB.",
        picture(16, 16),
        bombs::text(Text::International, 50 << 20),
    );
    push(
        "exif-60-kb",
        50,
        "An eXIf chunk that is almost all of the file.",
        picture(16, 16),
        bombs::long_exif(60_000),
    );
    push(
        "chunks-before-data",
        7,
        "2,000 text chunks before the data.",
        over(&["max_segments"]),
        bombs::chunks(2_000, false),
    );
    push(
        "chunks-after-data",
        7,
        "2,000 text chunks behind the data.",
        picture(16, 16).or(over(&["max_segments"])),
        bombs::chunks(2_000, true),
    );
    push(
        "idat-empty-4000",
        7,
        "4,000 empty IDAT chunks before the one with data.",
        picture(16, 16),
        bombs::empty_image_data(4_000),
    );
    push(
        "aspect-1x100000",
        31,
        "A good file of 1 × 100,000 grey pixels.",
        over(&["max_side_px"]),
        bombs::black((1, 100_000), 8, 0),
    );
    push(
        "aspect-1x32768",
        31,
        "A good file of 1 × 32,768 grey pixels, the longest side allowed.",
        picture(1, 32_768),
        bombs::black((1, 32_768), 8, 0),
    );
    push(
        "aspect-32768x1",
        31,
        "A good file of 32,768 × 1 grey pixels.",
        picture(32_768, 1),
        bombs::black((32_768, 1), 8, 0),
    );
    push(
        "aspect-1x150",
        32,
        "A good file of 1 × 150 pixels: the small side must not become 0.",
        picture(1, 150),
        bombs::black((1, 150), 8, 2),
    );
    push(
        "bits-64-megapixels",
        26,
        "A good file of 8,000 × 8,000 pixels of one bit.",
        picture(8_000, 8_000),
        bombs::black((8_000, 8_000), 1, 0),
    );
    let deep = Outcome::picture(Facts { alpha: true, ..Facts::new(32_768, 100) });
    push(
        "rgba-16-wide",
        26,
        "A good file of 32,768 × 100 pixels of 64 bits.",
        deep,
        bombs::black((32_768, 100), 16, 6),
    );
    let interlaced =
        |width, height| Outcome::picture(Facts { progressive: true, ..Facts::new(width, height) });
    push(
        "adam7-wide",
        25,
        "Adam7 of 30,000 × 300 pixels of one bit.",
        interlaced(30_000, 300),
        bombs::black_interlaced((30_000, 300), 1, 0),
    );
    push(
        "adam7-flood",
        25,
        "Adam7 of 65,535 × 65,535 pixels.",
        flood(),
        bombs::absent((65_535, 65_535), 6, 1, 100),
    );
    push(
        "apng-700-frames",
        17,
        "APNG of 700 frames.",
        Outcome::picture(Facts { animated: true, ..Facts::new(16, 16) })
            .or(over(&["max_segments"])),
        bombs::frames(700, 700),
    );
    push(
        "apng-says-2-31-frames",
        17,
        "APNG that says 2^31 - 1 frames and has one.",
        Outcome::picture(Facts { animated: true, ..Facts::new(16, 16) }).or(error("malformed")),
        bombs::frames((1 << 31) - 1, 1),
    );
    cases
}
