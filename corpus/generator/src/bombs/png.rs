//! PNG: pixel and chunk floods, decompression bombs, extreme shapes, APNG.

use bombproof_testkit::bombs::png::{self as bombs, Text};

use crate::case::{Case, bomb};
use crate::outcome::{
    Outcome, PictureHeader, absent_pixels, malformed, over_limit, picture, pixel_flood,
};

pub fn cases() -> Vec<Case> {
    [pixels(), inflation(), chunks(), shapes()].into_iter().flatten().collect()
}

fn pixels() -> Vec<Case> {
    vec![
        case(
            "flood-65535",
            1,
            "65,535 × 65,535 pixels in 65 bytes.",
            pixel_flood(),
            bombs::flood((65_535, 65_535), 8, 6),
        ),
        case(
            "flood-2-31",
            1,
            "The largest sides that a PNG can declare.",
            pixel_flood(),
            bombs::flood(((1 << 31) - 1, (1 << 31) - 1), 16, 6),
        ),
        case(
            "wraps-32-bits",
            33,
            "65,536 × 65,537 pixels: the product wraps to 65,536 in 32 bits.",
            pixel_flood(),
            bombs::flood((65_536, 65_537), 8, 0),
        ),
        case(
            "flood-25500",
            1,
            "25,500 × 25,500 pixels in 49 bytes, without IEND.",
            pixel_flood(),
            bombs::flood_without_end((25_500, 25_500)),
        ),
        case(
            "absent-10000",
            2,
            "10,000 × 10,000 pixels with almost no data: within the limits, but not credible.",
            absent_pixels(),
            bombs::absent_pixels((10_000, 10_000), 6, 0, 500),
        ),
        case(
            "adam7-flood",
            25,
            "Adam7 of 65,535 × 65,535 pixels.",
            pixel_flood(),
            bombs::absent_pixels((65_535, 65_535), 6, 1, 100),
        ),
    ]
}

fn inflation() -> Vec<Case> {
    vec![
        case(
            "idat-inflates-past-image",
            4,
            "16×16 pixels with IDAT data that inflate to 40 MB more than needed.",
            malformed(),
            bombs::image_data_past_image(40 << 20),
        ),
        case(
            "iccp-50-mb",
            5,
            "A profile that inflates to 50 MB.",
            picture(16, 16),
            bombs::profile(50 << 20),
        ),
        case(
            "ztxt-50-mb",
            6,
            "A compressed text chunk that inflates to 50 MB.",
            picture(16, 16),
            bombs::text(Text::Compressed, 50 << 20),
        ),
        case(
            "itxt-50-mb",
            6,
            "An international text chunk that inflates to 50 MB.",
            picture(16, 16),
            bombs::text(Text::International, 50 << 20),
        ),
    ]
}

fn chunks() -> Vec<Case> {
    let animated =
        || Outcome::picture(PictureHeader { animated: true, ..PictureHeader::new(16, 16) });
    vec![
        case(
            "exif-60-kb",
            50,
            "An eXIf chunk that fills almost the complete file.",
            picture(16, 16),
            bombs::long_exif(60_000),
        ),
        case(
            "chunks-before-data",
            7,
            "2,000 text chunks before the data.",
            over_limit(&["max_segments"]),
            bombs::chunks(2_000, false),
        ),
        case(
            "chunks-after-data",
            7,
            "2,000 text chunks after the data.",
            picture(16, 16).or(over_limit(&["max_segments"])),
            bombs::chunks(2_000, true),
        ),
        case(
            "idat-empty-4000",
            7,
            "4,000 empty IDAT chunks before the one with data.",
            picture(16, 16),
            bombs::empty_image_data(4_000),
        ),
        case("apng-700-frames", 17, "APNG of 700 frames.", animated(), bombs::frames(700, 700)),
        case(
            "apng-says-2-31-frames",
            17,
            "APNG that declares 2^31 - 1 frames and has one.",
            animated().or(malformed()),
            bombs::frames((1 << 31) - 1, 1),
        ),
    ]
}

fn shapes() -> Vec<Case> {
    let rgba = PictureHeader { alpha: true, ..PictureHeader::new(32_768, 100) };
    let interlaced = PictureHeader { progressive: true, ..PictureHeader::new(30_000, 300) };
    vec![
        case(
            "aspect-1x100000",
            31,
            "A valid file of 1 × 100,000 grey pixels.",
            over_limit(&["max_side_px"]),
            bombs::black((1, 100_000), 8, 0),
        ),
        case(
            "aspect-1x65535",
            31,
            "A valid file of 1 × 65,535 grey pixels, the longest side allowed.",
            picture(1, 65_535),
            bombs::black((1, 65_535), 8, 0),
        ),
        case(
            "aspect-65535x1",
            31,
            "A valid file of 65,535 × 1 grey pixels.",
            picture(65_535, 1),
            bombs::black((65_535, 1), 8, 0),
        ),
        case(
            "aspect-1x150",
            32,
            "A valid file of 1 × 150 pixels: the short side must not be scaled to 0.",
            picture(1, 150),
            bombs::black((1, 150), 8, 2),
        ),
        case(
            "bits-64-megapixels",
            26,
            "A valid file of 8,000 × 8,000 pixels of one bit.",
            picture(8_000, 8_000),
            bombs::black((8_000, 8_000), 1, 0),
        ),
        case(
            "rgba-16-wide",
            26,
            "A valid file of 32,768 × 100 pixels of 64 bits.",
            Outcome::picture(rgba),
            bombs::black((32_768, 100), 16, 6),
        ),
        case(
            "adam7-wide",
            25,
            "Adam7 of 30,000 × 300 pixels of one bit.",
            Outcome::picture(interlaced),
            bombs::black_interlaced((30_000, 300), 1, 0),
        ),
    ]
}

fn case(name: &str, threat: u32, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    bomb("png", name, threat, what, outcome, bytes)
}
