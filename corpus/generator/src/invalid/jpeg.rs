//! JPEG: ends, entropy-coded data, tables and scans.

use super::{bad, malformed, truncated};
use crate::jpeg::{Frame, Options, Stream};
use crate::jpeg_scan::{Scan, Token, entropy_coded};
use crate::jpeg_tables::typical;
use crate::manifest::{Case, Outcome};
use crate::pictures::{landscape, ycbcr};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    ends(&mut cases);
    restarts(&mut cases);
    entropy(&mut cases);
    tables(&mut cases);
    scans(&mut cases);
    cases
}

/// A small good picture to spoil.
pub fn frame() -> Frame {
    let factors = [(2, 2), (1, 1), (1, 1)];
    Frame::new(&landscape(45, 37).map(3, ycbcr), &factors, 85, true)
}

pub fn progressive() -> Options {
    Options { sof: 0xC2, ..Options::default() }
}

/// Where the marker stands for the `n`th time, from 0.
pub fn find(bytes: &[u8], marker: u8, n: usize) -> usize {
    (0..bytes.len() - 1)
        .filter(|&i| bytes[i..i + 2] == [0xFF, marker])
        .nth(n)
        .expect("the marker is in the file")
}

fn ends(cases: &mut Vec<Case>) {
    let whole = frame().file(&Options::default());
    let sos = find(&whole, 0xDA, 0);
    let mut cut = |name: &str, what: &str, length: usize, outcome: Outcome| {
        let mut case = bad("jpeg", name, what, outcome, whole[..length].to_vec());
        case.threat = Some(3);
        cases.push(case);
    };
    cut("cut-after-soi", "Ends after SOI.", 2, truncated());
    cut("cut-in-app0", "Ends in APP0.", 9, truncated());
    cut("cut-in-dqt", "Ends in DQT.", find(&whole, 0xDB, 0) + 30, truncated());
    cut("cut-in-sof", "Ends in SOF.", find(&whole, 0xC0, 0) + 8, truncated());
    cut("cut-in-dht", "Ends in DHT.", find(&whole, 0xC4, 0) + 12, truncated());
    cut("cut-before-sos", "Ends before SOS.", sos, truncated());
    cut("cut-in-sos", "Ends in SOS.", sos + 6, truncated());
    cut(
        "cut-after-sos",
        "Ends after SOS, before any data.",
        sos + 14,
        truncated().or(Outcome::error("not_credible")),
    );
    cut("cut-at-half", "Ends in the middle of the data.", (sos + whole.len()) / 2, truncated());
    cut("cut-20-bytes", "Lacks the last 20 bytes.", whole.len() - 20, truncated());
    let progressive = frame().file(&progressive());
    let third = find(&progressive, 0xDA, 2);
    let mut push = |name: &str, what: &str, outcome, bytes| {
        let mut case = bad("jpeg", name, what, outcome, bytes);
        case.threat = Some(3);
        cases.push(case);
    };
    push(
        "progressive-cut-in-first-scan",
        "Progressive that ends in its first scan.",
        truncated(),
        progressive[..find(&progressive, 0xDA, 0) + 30].to_vec(),
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
        truncated().or(Outcome::error("malformed")).or(picture()),
        progressive[..find(&progressive, 0xC4, 5)].to_vec(),
    );
    let mut early = whole[..(sos + whole.len()) / 2].to_vec();
    early.extend([0xFF, 0xD9]);
    push("eoi-in-data", "EOI in the middle of the data.", truncated().or(malformed()), early);
    let mut no_scan = whole[..sos].to_vec();
    no_scan.extend([0xFF, 0xD9]);
    push("eoi-before-sos", "EOI before any scan.", malformed().or(truncated()), no_scan);
    let apart = Options {
        scans: Some((0..3).map(|c| Scan::sequential(&[c])).collect()),
        ..Options::default()
    };
    let apart = frame().file(&apart);
    let mut one = apart[..find(&apart, 0xDA, 1)].to_vec();
    one.extend([0xFF, 0xD9]);
    push(
        "eoi-after-one-of-three-scans",
        "Baseline with a scan for each component that ends after the first.",
        truncated().or(malformed()),
        one,
    );
}

fn picture() -> Outcome {
    Outcome::picture(crate::manifest::Facts {
        progressive: true,
        ..crate::manifest::Facts::new(45, 37)
    })
}

fn restarts(cases: &mut Vec<Case>) {
    let whole = frame().file(&Options { restart_interval: 2, ..Options::default() });
    let second = find(&whole, 0xD1, 0);
    let broken = malformed().or(truncated());
    let mut missing = whole.clone();
    missing.drain(second..second + 2);
    cases.push(bad(
        "jpeg",
        "restart-missing",
        "A restart marker is missing.",
        broken.clone(),
        missing,
    ));
    let mut wrong = whole.clone();
    wrong[second + 1] = 0xD5;
    cases.push(bad(
        "jpeg",
        "restart-out-of-order",
        "RST5 stands where RST1 should.",
        broken.clone(),
        wrong,
    ));
    let third = find(&whole, 0xD2, 0);
    let mut lost = whole;
    lost.drain(second..third);
    cases.push(bad(
        "jpeg",
        "restart-interval-lost",
        "A restart interval is missing with its marker.",
        broken,
        lost,
    ));
}

/// A grey baseline file of 8×8 pixels up to its data.
fn gray_head() -> Stream {
    let mut stream = Stream::start(0);
    stream.typical_tables(90);
    stream.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    stream.scan_header(&[(1, 0)], (0, 63), 0);
    stream
}

fn entropy(cases: &mut Vec<Case>) {
    let symbol = |class, symbol, extra, extra_bits| Token::Symbol {
        class,
        slot: 0,
        symbol,
        extra,
        extra_bits,
    };
    let mut run = vec![symbol(0, 0, 0, 0)];
    run.extend((0..5).map(|_| symbol(1, 0xF1, 1, 1)));
    let mut stream = gray_head();
    stream.bytes.extend(entropy_coded(&run, typical));
    stream.marker(0xD9);
    cases.push(bad(
        "jpeg",
        "run-past-block",
        "Runs of zeros that go past the 64th coefficient.",
        malformed(),
        stream.bytes,
    ));
    let mut stream = gray_head();
    stream.bytes.extend([0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]);
    stream.marker(0xD9);
    cases.push(bad(
        "jpeg",
        "code-of-ones",
        "Data of ones only, which no code of the table begins with.",
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
    cases.push(bad(
        "jpeg",
        "dc-of-17-bits",
        "A DC difference of 17 bits.",
        malformed(),
        stream.bytes,
    ));
}

/// A grey file with its own tables, then good data.
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

fn tables(cases: &mut Vec<Case>) {
    let mut push = |name: &str, what: &str, outcome: Outcome, bytes| {
        let mut case = bad("jpeg", name, what, outcome, bytes);
        case.threat = Some(16);
        cases.push(case);
    };
    let table = |counts: &[(usize, u8)], symbols: usize| {
        let mut payload = vec![0; 17];
        for (length, count) in counts {
            payload[*length] = *count;
        }
        payload.extend((0..symbols).map(|i| i as u8));
        payload
    };
    push(
        "dht-oversubscribed",
        "Three codes of one bit.",
        malformed(),
        with_tables(|s| s.segment(0xC4, &table(&[(1, 3)], 3))),
    );
    push(
        "dht-over-256",
        "Counts that add up to 510 symbols.",
        malformed(),
        with_tables(|s| s.segment(0xC4, &table(&[(15, 255), (16, 255)], 510))),
    );
    push(
        "dht-too-few-symbols",
        "Counts of 12 symbols, 4 in the segment.",
        malformed(),
        with_tables(|s| s.segment(0xC4, &table(&[(4, 12)], 4))),
    );
    push(
        "dht-slot-7",
        "A Huffman table for slot 7.",
        malformed(),
        with_tables(|s| {
            let mut payload = table(&[(4, 12)], 12);
            payload[0] = 7;
            s.segment(0xC4, &payload);
        }),
    );
    push(
        "dqt-slot-9",
        "A quantisation table for slot 9.",
        malformed(),
        with_tables(|s| s.segment(0xDB, &[&[9][..], &[1; 64]].concat())),
    );
    push(
        "dqt-too-short",
        "A quantisation table of 40 steps.",
        malformed(),
        with_tables(|s| s.segment(0xDB, &[0; 41])),
    );
    push(
        "dqt-zero-step",
        "A quantisation step of 0.",
        malformed().or(Outcome::picture(crate::manifest::Facts::new(8, 8))),
        with_tables(|s| s.segment(0xDB, &[0; 65])),
    );
    push(
        "segment-length-1",
        "A segment whose length does not even count itself.",
        malformed(),
        with_tables(|s| s.bytes.extend([0xFF, 0xFE, 0, 1])),
    );
    push(
        "segment-past-end",
        "A comment that is longer than the file.",
        truncated().or(malformed()),
        with_tables(|s| s.bytes.extend([0xFF, 0xFE, 0xFF, 0xFF])),
    );
    push(
        "dri-of-5-bytes",
        "A DRI segment of 5 bytes.",
        malformed(),
        with_tables(|s| s.segment(0xDD, &[0, 0, 0])),
    );
    push(
        "no-marker",
        "Bytes that are no marker between two segments.",
        malformed(),
        with_tables(|s| s.bytes.extend(b"no marker")),
    );
    let mut no_tables = Stream::start(0);
    no_tables.huffman(0, 0, &typical(0, 0));
    no_tables.huffman(1, 0, &typical(1, 0));
    no_tables.frame_header(0xC0, 8, (8, 8), &[(1, 1, 1, 0)]);
    no_tables.scan_header(&[(1, 0)], (0, 63), 0);
    no_tables.bytes.extend([0x28, 0xBF]);
    no_tables.marker(0xD9);
    push("dqt-missing", "No quantisation table.", malformed(), no_tables.bytes);
}

fn scans(cases: &mut Vec<Case>) {
    let mut push = |name: &str, what: &str, outcome: Outcome, bytes| {
        cases.push(bad("jpeg", name, what, outcome, bytes));
    };
    let head = |sof: u8, components: &[(u8, u8, u8, u8)]| {
        let mut stream = Stream::start(0);
        stream.typical_tables(90);
        stream.frame_header(sof, 8, (8, 8), components);
        stream
    };
    let gray = [(1, 1, 1, 0)];
    let three = [(1, 1, 1, 0), (2, 1, 1, 1), (3, 1, 1, 1)];
    let end = |mut stream: Stream| {
        stream.bytes.extend([0x28, 0xBF, 0x28, 0xBF]);
        stream.marker(0xD9);
        stream.bytes
    };
    let scan = |sof, components: &[(u8, u8, u8, u8)], ids: &[(u8, u8)], band, bits| {
        let mut stream = head(sof, components);
        stream.scan_header(ids, band, bits);
        end(stream)
    };
    push(
        "sos-unknown-component",
        "A scan of a component that the frame lacks.",
        malformed(),
        scan(0xC0, &gray, &[(9, 0)], (0, 63), 0),
    );
    push(
        "sos-component-twice",
        "A scan that names one component twice.",
        malformed(),
        scan(0xC0, &three, &[(1, 0), (1, 0), (3, 0x11)], (0, 63), 0),
    );
    push(
        "sos-no-component",
        "A scan of no component.",
        malformed(),
        scan(0xC0, &gray, &[], (0, 63), 0),
    );
    push(
        "sos-5-components",
        "A scan of five components.",
        malformed(),
        scan(0xC0, &three, &[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)], (0, 63), 0),
    );
    push(
        "sos-table-missing",
        "A scan whose Huffman tables were never defined.",
        malformed(),
        scan(0xC0, &gray, &[(1, 0x33)], (0, 63), 0),
    );
    push("sos-before-sof", "A scan before any frame header.", malformed(), {
        let mut stream = Stream::start(0);
        stream.typical_tables(90);
        stream.scan_header(&[(1, 0)], (0, 63), 0);
        end(stream)
    });
    push("sof-after-scan", "A second frame header behind a scan.", malformed(), {
        let mut stream = head(0xC0, &three);
        stream.scan_header(&[(1, 0)], (0, 63), 0);
        stream.bytes.extend([0x28, 0xBF]);
        stream.frame_header(0xC0, 8, (16, 16), &three);
        stream.scan_header(&[(2, 0x11), (3, 0x11)], (0, 63), 0);
        end(stream)
    });
    push(
        "progressive-band-reversed",
        "A progressive scan from coefficient 20 to 10.",
        malformed(),
        scan(0xC2, &gray, &[(1, 0)], (20, 10), 0),
    );
    push(
        "progressive-band-past-63",
        "A progressive scan to coefficient 80.",
        malformed(),
        scan(0xC2, &gray, &[(1, 0)], (1, 80), 0),
    );
    push(
        "progressive-dc-with-ac",
        "A progressive scan of DC and AC at once.",
        malformed(),
        scan(0xC2, &gray, &[(1, 0)], (0, 63), 0),
    );
    push(
        "progressive-ac-interleaved",
        "A progressive AC scan of three components.",
        malformed(),
        scan(0xC2, &three, &[(1, 0), (2, 0x11), (3, 0x11)], (1, 63), 0),
    );
    push(
        "progressive-bit-20",
        "A progressive scan that starts at bit 15 and a refinement of bit 15.",
        malformed(),
        scan(0xC2, &gray, &[(1, 0)], (0, 0), 0xFF),
    );
    let p = Scan::progressive;
    let no_dc = Options {
        scans: Some((0..3).map(|c| p(&[c], (1, 63), (0, 0))).collect()),
        ..progressive()
    };
    push(
        "progressive-no-dc",
        "Progressive that has AC scans and no DC scan.",
        malformed(),
        frame().file(&no_dc),
    );
    let jump = Options {
        scans: Some(vec![p(&[0, 1, 2], (0, 0), (0, 3)), p(&[0, 1, 2], (0, 0), (1, 0))]),
        ..progressive()
    };
    push(
        "progressive-refinement-jumps",
        "A refinement that skips two bits.",
        malformed().or(picture()),
        frame().file(&jump),
    );
}
