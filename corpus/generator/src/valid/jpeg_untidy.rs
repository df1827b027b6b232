//! JPEG: files that break a rule while every pixel is there. Except for one, each shows what the
//! tidy file in its description shows.

use bombproof_testkit::jpeg::{Options, Scan, untidy};
use bombproof_testkit::pictures::landscape;

use super::jpeg::{HALF, color_frame};
use crate::case::{Case, valid};
use crate::outcome::PictureHeader;

pub fn cases() -> Vec<Case> {
    [wrapping(), entropy_coded_data(), progressive_scripts()].into_iter().flatten().collect()
}

fn wrapping() -> Vec<Case> {
    let tidy = file(&Options::default());
    let tables = untidy::unused_tables(&tidy, 200);
    vec![
        case(
            "scan-header-zeros",
            "Ss, Se, Ah and Al of a sequential scan are 0: otherwise sampling-420.jpg.",
            false,
            untidy::scan_parameters(&tidy, [0; 3]),
        ),
        case(
            "scan-header-any",
            "Ss is 63, Se 1, Ah and Al 15 in a sequential scan: otherwise sampling-420.jpg.",
            false,
            untidy::scan_parameters(&tidy, [63, 1, 0xFF]),
        ),
        case(
            "ids-shared",
            "Three components with one identifier: otherwise sampling-420.jpg.",
            false,
            untidy::component_ids(&tidy, &[1, 1, 1]),
        ),
        case(
            "tables-unused-broken",
            "Huffman tables that no scan uses, one oversubscribed, one with a DC difference of 16 bits: otherwise sampling-420.jpg.",
            false,
            tables,
        ),
        case(
            "jfif-too-short",
            "A JFIF segment with a length of 12, so that four bytes lie between two segments: otherwise sampling-420.jpg.",
            false,
            untidy::jfif_length(&tidy, -4),
        ),
    ]
}

fn entropy_coded_data() -> Vec<Case> {
    let restarts = file(&Options { restart_interval: 3, ..Options::default() });
    let runs = Options { zero_runs_end_blocks: true, ..Options::default() };
    let mut padded = file(&Options { end_of_image: false, ..Options::default() });
    let mut appended = padded.clone();
    padded.extend([0, 0, 0xFF, 0, 0xFF, 0xFF, 0xD9]);
    appended.extend(b"appended");
    vec![
        case(
            "restart-after-bytes",
            "Bytes between the data and each restart marker: otherwise restart-every-row.jpg.",
            false,
            untidy::bytes_before_restarts(&restarts, &[0x55, 0xAA, 0xFF, 0, 0x12]),
        ),
        case(
            "zero-runs-end-blocks",
            "Runs of 16 zeros past the end of the block in place of each end of block: otherwise sampling-420.jpg.",
            false,
            file(&runs),
        ),
        case(
            "zero-runs-end-bands",
            "Progressive, runs of 16 zeros past the end of the band: otherwise sampling-420-progressive.jpg.",
            true,
            file(&Options { sof: 0xC2, ..runs }),
        ),
        case(
            "padding-after-scan",
            "Bytes of all zeros and all ones after the last MCU: otherwise sampling-420.jpg.",
            false,
            padded,
        ),
        case(
            "no-eoi-trailing-data",
            "Text in place of EOI: otherwise sampling-420.jpg.",
            false,
            appended,
        ),
    ]
}

fn progressive_scripts() -> Vec<Case> {
    let tidy = file(&Options { sof: 0xC2, ..Options::default() });
    let repeated = |name: &str, which: &str, scan| {
        let what = format!("{which} is sent twice: otherwise sampling-420-progressive.jpg.");
        case(name, &what, true, untidy::repeated_scan(&tidy, scan, scan))
    };
    let all = [0, 1, 2];
    let mut scans: Vec<_> =
        [(0, 2), (1, 0)].map(|bits| Scan::progressive(&all, (0, 0), bits)).to_vec();
    scans.extend(all.map(|component| Scan::progressive(&[component], (1, 63), (0, 0))));
    let gap = Options { sof: 0xC2, scans: Some(scans), ..Options::default() };
    vec![
        repeated("progressive-dc-twice", "The first scan of DC", 0),
        repeated("progressive-ac-twice", "The first scan of a band of AC", 1),
        repeated("progressive-dc-refinement-twice", "The refinement of DC", 6),
        case(
            "progressive-dc-refinement-left-out",
            "One of two refinements of DC is left out: a bit of each mean is 0.",
            true,
            file(&gap),
        ),
    ]
}

fn file(options: &Options) -> Vec<u8> {
    color_frame(&landscape(45, 37), &HALF, 85).file(options)
}

fn case(name: &str, what: &str, progressive: bool, bytes: Vec<u8>) -> Case {
    let header = PictureHeader { progressive, ..PictureHeader::new(45, 37) };
    valid("jpeg", name, what, header, bytes)
}
