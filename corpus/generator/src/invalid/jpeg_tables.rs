//! JPEG: Huffman and quantisation tables, and the segments between them.

use bombproof_testkit::jpeg::{Stream, typical};

use crate::case::{Case, invalid};
use crate::outcome::{Outcome, malformed, picture, truncated};

pub fn cases() -> Vec<Case> {
    [huffman_tables(), quantization_tables(), segments()].into_iter().flatten().collect()
}

fn huffman_tables() -> Vec<Case> {
    let table = |counts: &[(usize, u8)], symbols: usize| {
        let mut payload = vec![0; 17];
        for (length, count) in counts {
            payload[*length] = *count;
        }
        payload.extend((0..symbols).map(|i| i as u8));
        payload
    };
    vec![
        case(
            "dht-oversubscribed",
            "Three codes of one bit.",
            malformed(),
            with_tables(|s| s.segment(0xC4, &table(&[(1, 3)], 3))),
        ),
        case(
            "dht-over-256",
            "Counts that add up to 510 symbols.",
            malformed(),
            with_tables(|s| s.segment(0xC4, &table(&[(15, 255), (16, 255)], 510))),
        ),
        case(
            "dht-too-few-symbols",
            "Counts of 12 symbols, 4 in the segment.",
            malformed(),
            with_tables(|s| s.segment(0xC4, &table(&[(4, 12)], 4))),
        ),
        case(
            "dht-slot-7",
            "A Huffman table for slot 7.",
            malformed(),
            with_tables(|s| {
                let mut payload = table(&[(4, 12)], 12);
                payload[0] = 7;
                s.segment(0xC4, &payload);
            }),
        ),
    ]
}

fn quantization_tables() -> Vec<Case> {
    let mut no_tables = Stream::start(0);
    no_tables.huffman(0, 0, &typical(0, 0));
    no_tables.huffman(1, 0, &typical(1, 0));
    no_tables.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    no_tables.scan_header(&[(1, 0)], (0, 63), 0);
    no_tables.bytes.extend([0x28, 0xBF]);
    no_tables.marker(0xD9);
    vec![
        case(
            "dqt-slot-9",
            "A quantisation table for slot 9.",
            malformed(),
            with_tables(|s| s.segment(0xDB, &[&[9][..], &[1; 64]].concat())),
        ),
        case(
            "dqt-too-short",
            "A quantisation table of 40 steps.",
            malformed(),
            with_tables(|s| s.segment(0xDB, &[0; 41])),
        ),
        case(
            "dqt-zero-step",
            "A quantisation step of 0.",
            malformed().or(picture(8, 8)),
            with_tables(|s| s.segment(0xDB, &[0; 65])),
        ),
        case("dqt-missing", "No quantisation table.", malformed(), no_tables.bytes),
    ]
}

fn segments() -> Vec<Case> {
    vec![
        case(
            "segment-length-1",
            "A comment with a length below 2, the size of the field itself: skipped, as other decoders do.",
            picture(8, 8),
            with_tables(|s| s.bytes.extend([0xFF, 0xFE, 0, 1])),
        ),
        case(
            "segment-past-end",
            "A comment with a length past the end of the file.",
            truncated().or(malformed()),
            with_tables(|s| s.bytes.extend([0xFF, 0xFE, 0xFF, 0xFF])),
        ),
        case(
            "dri-of-5-bytes",
            "A DRI segment of 5 bytes.",
            malformed(),
            with_tables(|s| s.segment(0xDD, &[0, 0, 0])),
        ),
        case(
            "no-marker",
            "Stray bytes between two segments: skipped, as other decoders do.",
            picture(8, 8),
            with_tables(|s| s.bytes.extend(b"no marker")),
        ),
    ]
}

fn case(name: &str, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    invalid("jpeg", name, what, outcome, bytes).for_threat(16)
}

/// A grey file with what `write` adds to its tables, then valid data.
fn with_tables(write: impl FnOnce(&mut Stream)) -> Vec<u8> {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    write(&mut stream);
    stream.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    stream.scan_header(&[(1, 0)], (0, 63), 0);
    stream.bytes.push(0x2B);
    stream.marker(0xD9);
    stream.bytes
}
