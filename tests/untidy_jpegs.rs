//! P6: a JPEG whose wrapping breaks a rule is shown like the tidy one when every pixel is there.
//! Whether a file is refused does not depend on the size of the thumbnail.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Error, Limits, Request, Thumbnail, thumbnail};
use bombproof_testkit::jpeg::{Frame, Options, untidy};
use bombproof_testkit::pictures::{landscape, ycbcr};

#[path = "support/manifest.rs"]
mod manifest;

use manifest::read;

fn run(bytes: &[u8], request: &Request) -> Result<Thumbnail, Error> {
    thumbnail(bytes, request, &Limits::default())
}

/// Requests that decode 45 × 37 pixels at 1/8, 1/4, 1/2 and in full.
fn requests() -> [Request; 4] {
    [
        Request::cover(4, 4).png(),
        Request::cover(8, 8).png(),
        Request::cover(16, 16).jpeg(80),
        Request::full_size().pixels(),
    ]
}

fn assert_same(untidy: &[u8], tidy: &[u8], what: &str) {
    for request in requests() {
        let untidy = run(untidy, &request).unwrap_or_else(|error| panic!("{what}: {error}"));
        let tidy = run(tidy, &request).unwrap();
        assert!(untidy.bytes() == tidy.bytes(), "{what}, {request:?}");
    }
}

/// The names of untidy files, and of the tidy file that each resembles.
const PAIRS: [(&str, &str); 17] = [
    ("scan-header-zeros", "sampling-420"),
    ("scan-header-any", "sampling-420"),
    ("ids-shared", "sampling-420"),
    ("tables-unused-broken", "sampling-420"),
    ("jfif-too-short", "sampling-420"),
    ("zero-runs-end-blocks", "sampling-420"),
    ("padding-after-scan", "sampling-420"),
    ("no-eoi-trailing-data", "sampling-420"),
    ("restart-after-bytes", "restart-every-row"),
    ("zero-runs-end-bands", "sampling-420-progressive"),
    ("progressive-dc-twice", "sampling-420-progressive"),
    ("progressive-ac-twice", "sampling-420-progressive"),
    ("progressive-dc-refinement-twice", "sampling-420-progressive"),
    ("cmyk-plain", "cmyk-adobe-0"),
    ("cmyk-by-ids", "cmyk-adobe-0"),
    ("cmyk-jfif-too-long", "cmyk-adobe-0"),
    ("cmyk-jfif-into-adobe", "cmyk-adobe-0"),
];

#[test]
fn an_untidy_file_is_shown_like_the_tidy_one() {
    let file = |name: &str| read(&format!("valid/{name}.jpg"));
    for (untidy, tidy) in PAIRS {
        assert_same(&file(untidy), &file(tidy), untidy);
    }
}

#[test]
fn an_untidy_photograph_is_shown_like_the_tidy_one() {
    let planes = landscape(500, 333).map(3, ycbcr);
    let frame = Frame::new(&planes, &[(2, 2), (1, 1), (1, 1)], 80, true);
    let base = Options { optimal: true, ..Options::default() };
    let tidy = frame.file(&base);
    let restarts = frame.file(&Options { restart_interval: 5, ..base.clone() });
    let runs = Options { zero_runs_end_blocks: true, ..base };
    let progressive = frame.file(&Options { sof: 0xC2, ..Options::default() });
    for (untidy, tidy, what) in [
        (untidy::scan_parameters(&tidy, [0; 3]), &tidy, "a scan header of zeros"),
        (untidy::component_ids(&tidy, &[7, 7, 7]), &tidy, "shared identifiers"),
        (untidy::component_ids(&tidy, &[0, 1, 0]), &tidy, "two shared identifiers"),
        (untidy::unused_tables(&tidy, 3), &tidy, "broken tables"),
        (frame.file(&runs), &tidy, "runs past the end of blocks"),
        (untidy::bytes_before_restarts(&restarts, &[1]), &restarts, "a byte before restarts"),
        (
            untidy::bytes_before_restarts(&restarts, &[0x5A; 40_000]),
            &restarts,
            "bytes before restarts",
        ),
        (
            frame.file(&Options { sof: 0xC2, ..runs.clone() }),
            &progressive,
            "runs past the end of bands",
        ),
        (untidy::repeated_scan(&progressive, 0, 0), &progressive, "a first scan of DC twice"),
        (untidy::repeated_scan(&progressive, 0, 4), &progressive, "the same, after scans of AC"),
        (untidy::repeated_scan(&progressive, 2, 2), &progressive, "a first scan of AC twice"),
        (untidy::repeated_scan(&progressive, 6, 9), &progressive, "a refinement of DC twice"),
    ] {
        for request in [
            Request::cover(32, 32).png(),
            Request::cover(64, 64).png(),
            Request::cover(150, 150).jpeg(80),
            Request::full_size().pixels(),
        ] {
            let untidy = run(&untidy, &request).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(untidy.bytes() == run(tidy, &request).unwrap().bytes(), "{what}, {request:?}");
        }
    }
}

/// The bit stays 0, as libjpeg shows it.
#[test]
fn a_left_out_refinement_of_dc_changes_no_sample_by_more_than_its_bit() {
    let tidy = run(&read("valid/sampling-420-progressive.jpg"), &requests()[3]).unwrap();
    let untidy = read("valid/progressive-dc-refinement-left-out.jpg");
    let untidy = run(&untidy, &requests()[3]).unwrap();
    let differences = tidy.bytes().iter().zip(untidy.bytes()).map(|(a, b)| a.abs_diff(*b));
    let largest = differences.max().unwrap();
    assert!((1..16).contains(&largest), "{largest}");
}

/// The kinds of the outcomes for all requests.
fn kinds(bytes: &[u8]) -> [&'static str; 4] {
    requests().map(|request| run(bytes, &request).map_or_else(|error| error.kind(), |_| "picture"))
}

#[test]
fn a_truncated_file_has_the_same_outcome_at_every_size() {
    for name in [
        "sampling-420-progressive",
        "sampling-444-progressive",
        "progressive-deep-refinement",
        "progressive-spectral-only",
        "progressive-dc-apart",
        "restart-progressive",
        "scans-apart",
        "scans-luma-then-chroma",
    ] {
        let bytes = read(&format!("valid/{name}.jpg"));
        for end in 0..=bytes.len() {
            let kinds = kinds(&bytes[..end]);
            assert_eq!(kinds, [kinds[0]; 4], "{name} truncated at {end}");
            // Only the EOI marker may be missing, or the bits that pad the last byte.
            assert_eq!(kinds[0] == "picture", end + 2 >= bytes.len(), "{name} truncated at {end}");
        }
    }
}

#[test]
fn a_changed_byte_has_the_same_outcome_at_every_size() {
    let mut refused = 0;
    for name in ["sampling-420", "restart-every-row"] {
        let bytes = read(&format!("valid/{name}.jpg"));
        let scan = bytes.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap() + 14;
        for (at, bit) in (scan..bytes.len()).zip((0..8).cycle()) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let kinds = kinds(&changed);
            assert_eq!(kinds, [kinds[0]; 4], "{name}, bit {bit} of byte {at}");
            refused += u32::from(kinds[0] != "picture");
        }
    }
    println!("{refused} changes refused");
}

#[test]
fn damaged_and_incomplete_files_are_refused_at_every_size() {
    for name in [
        "bytes-after-scan",
        "height-too-small",
        "progressive-ac-refinement-left-out",
        "progressive-cut-in-last-scan",
        "progressive-refinement-after-first-twice",
        "progressive-refinement-twice",
        "restart-missing",
        "restart-missing-after-bytes",
        "restart-out-of-order",
        "restart-out-of-order-after-bytes",
        "restart-without-interval",
        "dht-oversubscribed",
        "dc-of-17-bits",
        "run-past-block",
    ] {
        let kinds = kinds(&read(&format!("invalid/{name}.jpg")));
        assert!(matches!(kinds[0], "malformed" | "truncated"), "{name}: {kinds:?}");
        assert_eq!(kinds, [kinds[0]; 4], "{name}");
    }
}
