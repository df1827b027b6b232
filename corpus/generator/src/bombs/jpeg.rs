//! JPEG: pixel floods, scan floods, floods of markers and tables, EXIF and ICC.

use bombproof_testkit::bombs::jpeg::{self as bombs, ScanFlood};
use bombproof_testkit::bombs::{exif, icc};

use crate::case::{Case, bomb};
use crate::outcome::{
    Outcome, PictureHeader, absent_pixels, malformed, over_limit, picture, pixel_flood,
};

pub fn cases() -> Vec<Case> {
    [pixels(), scans(), segments(), metadata()].into_iter().flatten().collect()
}

fn pixels() -> Vec<Case> {
    vec![
        case(
            "flood-64250",
            1,
            "64,250 × 64,250 pixels in 4,856 bytes.",
            pixel_flood(),
            bombs::flood(0xC0, 64_250, 4_856),
        ),
        case(
            "flood-65535-progressive",
            9,
            "65,535 × 65,535 pixels, progressive, in 166 bytes.",
            pixel_flood(),
            bombs::flood(0xC2, 65_535, 166),
        ),
        case(
            "absent-10000",
            2,
            "10,000 × 10,000 pixels with almost no data: within the limits, but not credible.",
            absent_pixels(),
            bombs::flood(0xC0, 10_000, 2_000),
        ),
        case(
            "absent-10000-progressive",
            2,
            "The same as absent-10000.jpg, progressive.",
            absent_pixels().or(over_limit(&["max_memory_bytes"])),
            bombs::flood(0xC2, 10_000, 2_000),
        ),
        case(
            "coefficients",
            9,
            "30 grey megapixels, progressive, with a single DC scan of one bit per block.",
            Outcome::picture(PictureHeader {
                progressive: true,
                ..PictureHeader::new(5_600, 5_360)
            })
            .or(over_limit(&["max_memory_bytes"])),
            bombs::coefficients(5_600, 5_360),
        ),
    ]
}

fn scans() -> Vec<Case> {
    let every_coefficient = ScanFlood { side: 4_096, bands: 63, refined: 0, dc_data: true };
    vec![
        case(
            "scans-99",
            49,
            "99 legal progressive scans over 16 megapixels.",
            over_limit(&["max_scans", "max_scan_work"]),
            bombs::scans(ScanFlood { refined: 35, ..every_coefficient }),
        ),
        case(
            "scans-64",
            8,
            "64 legal progressive scans over 16 megapixels: one for each coefficient.",
            over_limit(&["max_scan_work"]),
            bombs::scans(every_coefficient),
        ),
        case(
            "scans-99-no-dc-data",
            8,
            "99 scans over 16 megapixels, the DC scan without its data.",
            over_limit(&["max_scans", "max_scan_work"]).or(absent_pixels()).or(malformed()),
            bombs::scans(ScanFlood { refined: 35, dc_data: false, ..every_coefficient }),
        ),
        case(
            "scans-baseline-50",
            8,
            "50 baseline scans of one component over 16 megapixels, without data.",
            over_limit(&["max_scan_work", "max_scans"]).or(absent_pixels()).or(malformed()),
            bombs::baseline_scans(4_096, 50),
        ),
    ]
}

fn segments() -> Vec<Case> {
    vec![
        case(
            "markers-com",
            10,
            "2,000 empty comments.",
            over_limit(&["max_segments"]),
            bombs::markers(0xFE, 2_000, b""),
        ),
        case(
            "markers-app2",
            10,
            "2,000 APP2 segments that claim to be parts of a profile.",
            over_limit(&["max_segments"]),
            bombs::markers(0xE2, 2_000, b"ICC_PROFILE\0\x01\xFF"),
        ),
        case(
            "markers-dqt",
            10,
            "2,000 quantisation segments without a table.",
            over_limit(&["max_segments"]).or(malformed()),
            bombs::markers(0xDB, 2_000, b""),
        ),
        case(
            "fill-bytes",
            10,
            "60,000 fill bytes before a marker.",
            picture(16, 16),
            bombs::fill_bytes(60_000),
        ),
        case(
            "dht-3854-tables",
            41,
            "A DHT segment of 3,854 tables without symbols.",
            over_limit(&["max_segments"]).or(malformed()).or(picture(16, 16)),
            bombs::huffman_tables(3_854),
        ),
    ]
}

fn metadata() -> Vec<Case> {
    vec![
        case(
            "exif-loop",
            24,
            "An EXIF IFD whose next-IFD offset and EXIF pointer both lead back to it; orientation 1.",
            picture(16, 16),
            bombs::with_exif(&exif::ifd_loop()),
        ),
        case(
            "exif-pointers",
            24,
            "An EXIF IFD of 1,000 pointers to an IFD of 4,000 entries.",
            picture(16, 16),
            bombs::with_exif(&exif::pointer_tree(1, 1_000, 4_000)),
        ),
        case(
            "exif-tree",
            44,
            "Three levels of IFDs with 30 pointers each, to one of 30 entries: 810,000 entries for a reader that follows all.",
            picture(16, 16),
            bombs::with_exif(&exif::pointer_tree(3, 30, 30)),
        ),
        case(
            "exif-huge-count",
            24,
            "An EXIF IFD that declares 65,535 entries, one with a value of 4 G elements.",
            picture(16, 16),
            bombs::with_exif(&exif::huge_count(65_535)),
        ),
        case(
            "icc-mluc",
            45,
            "A profile of 64 KB with text records that all share one string.",
            picture(16, 16),
            bombs::with_icc(&icc::mluc(2_600, 30_000)),
        ),
        case(
            "icc-duplicate-tags",
            23,
            "A profile with 2,500 tags for the same curve.",
            picture(16, 16),
            bombs::with_icc(&icc::duplicate_tags(2_500)),
        ),
    ]
}

fn case(name: &str, threat: u32, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    bomb("jpeg", name, threat, what, outcome, bytes)
}
