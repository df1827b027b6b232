//! JPEG: pixel, scan, marker and table floods, EXIF and ICC.

use bombproof_testkit::bombs::jpeg::{self as bombs, ScanFlood};
use bombproof_testkit::bombs::{exif, icc};

use super::{bomb, error, flood, over, picture};
use crate::manifest::{Case, Facts, Outcome};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, threat, what: &str, outcome, bytes| {
        cases.push(bomb("jpeg", name, threat, what, outcome, bytes));
    };
    let not_there = || error("not_credible").or(error("truncated"));
    push(
        "flood-64250",
        1,
        "64,250 × 64,250 pixels in 4,856 bytes.",
        flood(),
        bombs::flood(0xC0, 64_250, 4_856),
    );
    push(
        "flood-65535-progressive",
        9,
        "65,535 × 65,535 pixels, progressive, in 166 bytes.",
        flood(),
        bombs::flood(0xC2, 65_535, 166),
    );
    push(
        "absent-10000",
        2,
        "10,000 × 10,000 pixels and hardly any data: within the limits, not credible.",
        not_there(),
        bombs::flood(0xC0, 10_000, 2_000),
    );
    push(
        "absent-10000-progressive",
        2,
        "The same, progressive.",
        not_there().or(over(&["max_memory_bytes"])),
        bombs::flood(0xC2, 10_000, 2_000),
    );
    let every_coefficient = ScanFlood { side: 4_096, bands: 63, refined: 0, dc_data: true };
    push(
        "scans-99",
        49,
        "99 legal progressive scans over 16 megapixels.",
        over(&["max_scans", "max_scan_work"]),
        bombs::scans(ScanFlood { refined: 35, ..every_coefficient }),
    );
    push(
        "scans-64",
        8,
        "64 legal progressive scans over 16 megapixels: every coefficient alone.",
        over(&["max_scan_work"]),
        bombs::scans(every_coefficient),
    );
    push(
        "scans-99-no-dc-data",
        8,
        "99 scans over 16 megapixels, the DC scan without its data.",
        over(&["max_scans", "max_scan_work"]).or(not_there()).or(error("malformed")),
        bombs::scans(ScanFlood { refined: 35, dc_data: false, ..every_coefficient }),
    );
    push(
        "scans-baseline-50",
        8,
        "50 baseline scans of one component over 16 megapixels, without data.",
        over(&["max_scan_work", "max_scans"]).or(not_there()).or(error("malformed")),
        bombs::baseline_scans(4_096, 50),
    );
    push(
        "coefficients",
        9,
        "30 megapixels of grey, progressive, one DC scan of one bit a block.",
        Outcome::picture(Facts { progressive: true, ..Facts::new(5_600, 5_360) })
            .or(over(&["max_memory_bytes"])),
        bombs::coefficients(5_600, 5_360),
    );
    push(
        "markers-com",
        10,
        "2,000 empty comments.",
        over(&["max_segments"]),
        bombs::markers(0xFE, 2_000, b""),
    );
    push(
        "markers-app2",
        10,
        "2,000 APP2 segments that claim to be parts of a profile.",
        over(&["max_segments"]),
        bombs::markers(0xE2, 2_000, b"ICC_PROFILE\0\x01\xFF"),
    );
    push(
        "markers-dqt",
        10,
        "2,000 quantisation segments without a table.",
        over(&["max_segments"]).or(error("malformed")),
        bombs::markers(0xDB, 2_000, b""),
    );
    push(
        "fill-bytes",
        10,
        "60,000 fill bytes before a marker.",
        picture(16, 16),
        bombs::fill_bytes(60_000),
    );
    push(
        "dht-3854-tables",
        41,
        "A DHT segment of 3,854 tables without a symbol.",
        over(&["max_segments"]).or(error("malformed")).or(picture(16, 16)),
        bombs::huffman_tables(3_854),
    );
    push(
        "exif-loop",
        24,
        "An EXIF IFD whose next IFD is itself, and whose EXIF pointer too; orientation 1.",
        picture(16, 16),
        bombs::with_exif(&exif::looping()),
    );
    push(
        "exif-pointers",
        24,
        "An EXIF IFD of 1,000 pointers to an IFD of 4,000 entries.",
        picture(16, 16),
        bombs::with_exif(&exif::pointer_tree(1, 1_000, 4_000)),
    );
    push(
        "exif-tree",
        44,
        "Three levels of 30 pointers and 30 entries below: 810,000 for a reader that follows.",
        picture(16, 16),
        bombs::with_exif(&exif::pointer_tree(3, 30, 30)),
    );
    push(
        "exif-huge-count",
        24,
        "An EXIF IFD that says 65,535 entries and a value of 4 G elements.",
        picture(16, 16),
        bombs::with_exif(&exif::huge_count(65_535)),
    );
    push(
        "icc-mluc",
        45,
        "A profile of 64 KB whose text records all name one string.",
        picture(16, 16),
        bombs::with_icc(&icc::mluc(2_600, 30_000)),
    );
    push(
        "icc-duplicate-tags",
        23,
        "A profile with 2,500 tags of one curve.",
        picture(16, 16),
        bombs::with_icc(&icc::duplicate_tags(2_500)),
    );
    cases
}
