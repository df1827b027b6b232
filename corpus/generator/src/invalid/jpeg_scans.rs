//! JPEG: scan headers and scan scripts.

use bombproof_testkit::jpeg::{Options, Scan, Stream};

use super::jpeg::{coarse_picture, frame, progressive};
use crate::case::{Case, invalid};
use crate::outcome::{Outcome, malformed};

pub fn cases() -> Vec<Case> {
    [scan_headers(), progressive_scan_headers(), order(), progressive_scripts()]
        .into_iter()
        .flatten()
        .collect()
}

fn scan_headers() -> Vec<Case> {
    vec![
        case(
            "sos-unknown-component",
            "A scan of a component that the frame lacks.",
            malformed(),
            one_scan(0xC0, &GRAY, &[(9, 0)], (0, 63), 0),
        ),
        case(
            "sos-component-twice",
            "A scan that names one component twice.",
            malformed(),
            one_scan(0xC0, &COLOR, &[(1, 0), (1, 0), (3, 0x11)], (0, 63), 0),
        ),
        case(
            "sos-no-component",
            "A scan without components.",
            malformed(),
            one_scan(0xC0, &GRAY, &[], (0, 63), 0),
        ),
        case(
            "sos-5-components",
            "A scan of five components.",
            malformed(),
            one_scan(0xC0, &COLOR, &[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)], (0, 63), 0),
        ),
        case(
            "sos-table-missing",
            "A scan with Huffman tables that no DHT defines.",
            malformed(),
            one_scan(0xC0, &GRAY, &[(1, 0x33)], (0, 63), 0),
        ),
    ]
}

fn progressive_scan_headers() -> Vec<Case> {
    vec![
        case(
            "progressive-band-reversed",
            "A progressive scan from coefficient 20 to 10.",
            malformed(),
            one_scan(0xC2, &GRAY, &[(1, 0)], (20, 10), 0),
        ),
        case(
            "progressive-band-past-63",
            "A progressive scan to coefficient 80.",
            malformed(),
            one_scan(0xC2, &GRAY, &[(1, 0)], (1, 80), 0),
        ),
        case(
            "progressive-dc-with-ac",
            "A progressive scan of both DC and AC.",
            malformed(),
            one_scan(0xC2, &GRAY, &[(1, 0)], (0, 63), 0),
        ),
        case(
            "progressive-ac-interleaved",
            "A progressive AC scan of three components.",
            malformed(),
            one_scan(0xC2, &COLOR, &[(1, 0), (2, 0x11), (3, 0x11)], (1, 63), 0),
        ),
        case(
            "progressive-bit-20",
            "A progressive scan with successive approximation from bit 15 to bit 15.",
            malformed(),
            one_scan(0xC2, &GRAY, &[(1, 0)], (0, 0), 0xFF),
        ),
    ]
}

fn order() -> Vec<Case> {
    let mut scan_first = Stream::start(0);
    scan_first.typical_tables(90);
    scan_first.scan_header(&[(1, 0)], (0, 63), 0);
    let mut second_frame = frame_of_one_mcu(0xC0, &COLOR);
    second_frame.scan_header(&[(1, 0)], (0, 63), 0);
    second_frame.bytes.extend([0x28, 0xBF]);
    second_frame.frame_header(0xC0, 8, (16, 16), &COLOR);
    second_frame.scan_header(&[(2, 0x11), (3, 0x11)], (0, 63), 0);
    vec![
        case(
            "sos-before-sof",
            "A scan before any frame header.",
            malformed(),
            with_data(scan_first),
        ),
        case(
            "sof-after-scan",
            "A second frame header after a scan.",
            malformed(),
            with_data(second_frame),
        ),
    ]
}

fn progressive_scripts() -> Vec<Case> {
    let all = [0, 1, 2];
    let file = |scans| frame().file(&Options { scans: Some(scans), ..progressive() });
    vec![
        case(
            "progressive-no-dc",
            "Progressive with AC scans and no DC scan.",
            malformed(),
            file((0..3).map(|c| Scan::progressive(&[c], (1, 63), (0, 0))).collect()),
        ),
        case(
            "progressive-refinement-jumps",
            "A refinement of DC that jumps over two bits, which stay 0.",
            malformed().or(coarse_picture()),
            file(vec![
                Scan::progressive(&all, (0, 0), (0, 3)),
                Scan::progressive(&all, (0, 0), (1, 0)),
            ]),
        ),
    ]
}

fn case(name: &str, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    invalid("jpeg", name, what, outcome, bytes)
}

/// A file with one scan of `ids`.
fn one_scan(
    sof: u8,
    components: &[(u8, u8, u8, u8)],
    ids: &[(u8, u8)],
    band: (u8, u8),
    bits: u8,
) -> Vec<u8> {
    let mut stream = frame_of_one_mcu(sof, components);
    stream.scan_header(ids, band, bits);
    with_data(stream)
}

fn frame_of_one_mcu(sof: u8, components: &[(u8, u8, u8, u8)]) -> Stream {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    stream.frame_header(sof, 8, (8, 8), components);
    stream
}

fn with_data(mut stream: Stream) -> Vec<u8> {
    stream.bytes.extend([0x28, 0xBF, 0x28, 0xBF]);
    stream.end()
}

const GRAY: [(u8, u8, u8, u8); 1] = [(1, 1, 1, 0)];
const COLOR: [(u8, u8, u8, u8); 3] = [(1, 1, 1, 0), (2, 1, 1, 1), (3, 1, 1, 1)];
