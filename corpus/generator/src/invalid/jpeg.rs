//! JPEG: truncated files, restart markers and entropy-coded data.

use bombproof_testkit::jpeg::{Frame, Options, Scan, Stream, Token, entropy_coded, typical};
use bombproof_testkit::pictures::{landscape, ycbcr};

use crate::case::{Case, invalid};
use crate::outcome::{Outcome, PictureHeader, malformed, not_credible, truncated};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    truncated_files(&mut cases);
    truncated_progressive_files(&mut cases);
    early_eoi(&mut cases);
    restarts(&mut cases);
    entropy_coded_data(&mut cases);
    cases
}

/// A small valid picture to break.
pub fn frame() -> Frame {
    let factors = [(2, 2), (1, 1), (1, 1)];
    Frame::new(&landscape(45, 37).map(3, ycbcr), &factors, 85, true)
}

pub fn progressive() -> Options {
    Options { sof: 0xC2, ..Options::default() }
}

/// The offset of the marker, of its occurrence `n` from 0.
pub fn marker_offset(bytes: &[u8], marker: u8, n: usize) -> usize {
    (0..bytes.len() - 1)
        .filter(|&i| bytes[i..i + 2] == [0xFF, marker])
        .nth(n)
        .expect("the marker is in the file")
}

fn truncated_files(cases: &mut Vec<Case>) {
    let complete = frame().file(&Options::default());
    let sos = marker_offset(&complete, 0xDA, 0);
    let mut push_truncated = |name: &str, what: &str, length: usize, outcome: Outcome| {
        cases.push(invalid("jpeg", name, what, outcome, complete[..length].to_vec()).for_threat(3));
    };
    push_truncated("cut-after-soi", "Ends after SOI.", 2, truncated());
    push_truncated("cut-in-app0", "Ends in APP0.", 9, truncated());
    push_truncated(
        "cut-in-dqt",
        "Ends in DQT.",
        marker_offset(&complete, 0xDB, 0) + 30,
        truncated(),
    );
    push_truncated(
        "cut-in-sof",
        "Ends in SOF.",
        marker_offset(&complete, 0xC0, 0) + 8,
        truncated(),
    );
    push_truncated(
        "cut-in-dht",
        "Ends in DHT.",
        marker_offset(&complete, 0xC4, 0) + 12,
        truncated(),
    );
    push_truncated("cut-before-sos", "Ends before SOS.", sos, truncated());
    push_truncated("cut-in-sos", "Ends in SOS.", sos + 6, truncated());
    push_truncated(
        "cut-after-sos",
        "Ends after SOS, before any data.",
        sos + 14,
        truncated().or(not_credible()),
    );
    push_truncated(
        "cut-at-half",
        "Ends in the middle of the data.",
        (sos + complete.len()) / 2,
        truncated(),
    );
    push_truncated("cut-20-bytes", "Lacks the last 20 bytes.", complete.len() - 20, truncated());
}

fn truncated_progressive_files(cases: &mut Vec<Case>) {
    let progressive = frame().file(&progressive());
    let third = marker_offset(&progressive, 0xDA, 2);
    let mut push = |name: &str, what: &str, outcome, bytes| {
        cases.push(invalid("jpeg", name, what, outcome, bytes).for_threat(3));
    };
    push(
        "progressive-cut-in-first-scan",
        "Progressive that ends in its first scan.",
        truncated(),
        progressive[..marker_offset(&progressive, 0xDA, 0) + 30].to_vec(),
    );
    push(
        "progressive-cut-in-third-scan",
        "Progressive that ends in its third scan.",
        truncated(),
        progressive[..third + 40].to_vec(),
    );
    push(
        "progressive-cut-between-scans",
        "Progressive that ends between two scans: every sample has a coarse value.",
        truncated().or(malformed()).or(coarse_picture()),
        progressive[..marker_offset(&progressive, 0xC4, 5)].to_vec(),
    );
}

fn early_eoi(cases: &mut Vec<Case>) {
    let complete = frame().file(&Options::default());
    let sos = marker_offset(&complete, 0xDA, 0);
    let mut push = |name: &str, what: &str, outcome, bytes| {
        cases.push(invalid("jpeg", name, what, outcome, bytes).for_threat(3));
    };
    let mut early = complete[..(sos + complete.len()) / 2].to_vec();
    early.extend([0xFF, 0xD9]);
    push("eoi-in-data", "EOI in the middle of the data.", truncated().or(malformed()), early);
    let mut no_scan = complete[..sos].to_vec();
    no_scan.extend([0xFF, 0xD9]);
    push("eoi-before-sos", "EOI before any scan.", malformed().or(truncated()), no_scan);
    let separate_scans = Options {
        scans: Some((0..3).map(|c| Scan::sequential(&[c])).collect()),
        ..Options::default()
    };
    let separate_scans = frame().file(&separate_scans);
    let mut one = separate_scans[..marker_offset(&separate_scans, 0xDA, 1)].to_vec();
    one.extend([0xFF, 0xD9]);
    push(
        "eoi-after-one-of-three-scans",
        "Baseline with one scan for each component; the file ends after the first.",
        truncated().or(malformed()),
        one,
    );
}

/// A progressive picture without its last refinements.
pub fn coarse_picture() -> Outcome {
    Outcome::picture(PictureHeader { progressive: true, ..PictureHeader::new(45, 37) })
}

fn restarts(cases: &mut Vec<Case>) {
    let complete = frame().file(&Options { restart_interval: 2, ..Options::default() });
    let second = marker_offset(&complete, 0xD1, 0);
    let broken = malformed().or(truncated());
    let mut missing = complete.clone();
    missing.drain(second..second + 2);
    cases.push(invalid(
        "jpeg",
        "restart-missing",
        "A restart marker is missing.",
        broken.clone(),
        missing,
    ));
    let mut wrong = complete.clone();
    wrong[second + 1] = 0xD5;
    cases.push(invalid(
        "jpeg",
        "restart-out-of-order",
        "RST5 in place of RST1.",
        broken.clone(),
        wrong,
    ));
    let third = marker_offset(&complete, 0xD2, 0);
    let mut lost = complete;
    lost.drain(second..third);
    cases.push(invalid(
        "jpeg",
        "restart-interval-lost",
        "A restart interval is missing together with its marker.",
        broken,
        lost,
    ));
}

/// A grey baseline file of 8×8 pixels without its data.
fn gray_header() -> Stream {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    stream.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    stream.scan_header(&[(1, 0)], (0, 63), 0);
    stream
}

fn entropy_coded_data(cases: &mut Vec<Case>) {
    let symbol = |class, symbol, extra, extra_bits| Token::Symbol {
        class,
        slot: 0,
        symbol,
        extra,
        extra_bits,
    };
    let mut run = vec![symbol(0, 0, 0, 0)];
    run.extend((0..5).map(|_| symbol(1, 0xF1, 1, 1)));
    let mut stream = gray_header();
    stream.bytes.extend(entropy_coded(&run, typical));
    stream.marker(0xD9);
    cases.push(invalid(
        "jpeg",
        "run-past-block",
        "Zero runs past the 64th coefficient.",
        malformed().or(truncated()),
        stream.bytes,
    ));
    let mut stream = gray_header();
    stream.bytes.extend([0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]);
    stream.marker(0xD9);
    cases.push(invalid(
        "jpeg",
        "code-of-ones",
        "Data of all ones, an invalid code in every table.",
        malformed(),
        stream.bytes,
    ));
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    let mut table = typical(0, 0);
    table.symbols[0] = 17;
    stream.huffman(0, 0, &table);
    stream.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    stream.scan_header(&[(1, 0)], (0, 63), 0);
    stream.bytes.extend([0; 12]);
    stream.marker(0xD9);
    cases.push(invalid(
        "jpeg",
        "dc-of-17-bits",
        "A DC difference of 17 bits.",
        malformed(),
        stream.bytes,
    ));
}
