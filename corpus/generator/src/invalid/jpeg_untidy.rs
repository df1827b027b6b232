//! JPEG: files that resemble those of `valid/jpeg_untidy.rs`, but lack data or would be misread.

use bombproof_testkit::jpeg::{Options, untidy};

use super::jpeg::{frame, marker_offset, progressive};
use crate::case::{Case, invalid};
use crate::outcome::{Outcome, malformed, truncated};

pub fn cases() -> Vec<Case> {
    [restarts(), entropy_coded_data(), progressive_scripts()].into_iter().flatten().collect()
}

fn restarts() -> Vec<Case> {
    let complete = frame().file(&Options { restart_interval: 2, ..Options::default() });
    let bytes = untidy::bytes_before_restarts(&complete, &[0x55, 0xAA]);
    let mut out_of_order = bytes.clone();
    out_of_order[marker_offset(&bytes, 0xD1, 0) + 1] = 0xD2;
    let mut other_marker = bytes.clone();
    other_marker[marker_offset(&bytes, 0xD1, 0) + 1] = 0xFE;
    let mut no_interval = untidy::split(&complete);
    no_interval.retain(|segment| segment.marker != 0xDD);
    vec![
        case(
            "restart-out-of-order-after-bytes",
            "Bytes before the restart markers, and RST2 in place of RST1.",
            malformed(),
            out_of_order,
        ),
        case(
            "restart-missing-after-bytes",
            "Bytes before the restart markers, and a comment in place of RST1.",
            truncated().or(malformed()),
            other_marker,
        ),
        case(
            "restart-without-interval",
            "Restart markers without a DRI segment.",
            malformed(),
            untidy::join(&no_interval),
        ),
    ]
}

fn entropy_coded_data() -> Vec<Case> {
    let mut surplus = frame().file(&Options { end_of_image: false, ..Options::default() });
    surplus.extend([0x55, 0xAA, 0xFF, 0xD9]);
    let mut lower = frame().file(&Options { restart_interval: 3, ..Options::default() });
    let height = marker_offset(&lower, 0xC0, 0) + 6;
    lower[height] -= 16;
    vec![
        case(
            "bytes-after-scan",
            "Two bytes between the last MCU and EOI: an encoder writes none, so the data is damaged.",
            malformed(),
            surplus,
        ),
        case("height-too-small", "A height of 16 rows less than the data has.", malformed(), lower),
    ]
}

fn progressive_scripts() -> Vec<Case> {
    let complete = frame().file(&progressive());
    vec![
        case(
            "progressive-refinement-twice",
            "A refinement of AC is sent twice: the second copy would be misread.",
            malformed(),
            untidy::repeated_scan(&complete, 5, 5),
        ),
        case(
            "progressive-refinement-after-first-twice",
            "The first scan and the refinement of AC are sent again after both: the copy would be misread.",
            malformed(),
            untidy::repeated_scan(&untidy::repeated_scan(&complete, 2, 8), 8, 9),
        ),
        case(
            "progressive-ac-refinement-left-out",
            "A refinement of AC is left out, and the next one is misread.",
            malformed().or(truncated()),
            untidy::left_out_scan(&complete, 5),
        ),
        case(
            "progressive-cut-in-last-scan",
            "Progressive that ends in its last scan.",
            truncated(),
            complete[..complete.len() - 12].to_vec(),
        ),
    ]
}

fn case(name: &str, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    invalid("jpeg", name, what, outcome, bytes).for_threat(16)
}
