//! JPEG: frame headers that break a rule, and legal ones that few decoders accept.

use bombproof_testkit::bombs;
use bombproof_testkit::bombs::jpeg::zero_mcu;
use bombproof_testkit::jpeg::{Options, Stream};

use super::jpeg::{frame, marker_offset};
use crate::case::{Case, invalid};
use crate::outcome::{Outcome, malformed, picture, unsupported};

pub fn cases() -> Vec<Case> {
    [processes(), sizes(), components(), samplings(), broken_headers()]
        .into_iter()
        .flatten()
        .collect()
}

fn processes() -> Vec<Case> {
    [
        (0xC3, "sof3-lossless", "Lossless (SOF3).", 14),
        (0xC5, "sof5-hierarchical", "Hierarchical (SOF5).", 14),
        (0xC9, "sof9-arithmetic", "Arithmetic coding (SOF9).", 12),
        (0xCA, "sof10-arithmetic-progressive", "Progressive with arithmetic coding (SOF10).", 12),
        (0xF7, "sof55-jpeg-ls", "JPEG-LS (SOF55).", 14),
    ]
    .into_iter()
    .map(|(sof, name, what, threat)| {
        let bytes = frame().file(&Options { sof, ..Options::default() });
        case(name, what, threat, unsupported(), bytes)
    })
    .collect()
}

fn sizes() -> Vec<Case> {
    vec![
        case("precision-12", "Samples of 12 bits.", 14, unsupported(), one_mcu(12, (8, 8), &GRAY)),
        case(
            "precision-7",
            "Samples of 7 bits, which no process allows.",
            14,
            unsupported().or(malformed()),
            one_mcu(7, (8, 8), &GRAY),
        ),
        case(
            "height-0-dnl",
            "Height 0: a DNL segment after the first scan declares it.",
            11,
            unsupported(),
            bombs::jpeg::height_in_dnl(8),
        ),
        case("width-0", "Width 0.", 16, malformed(), one_mcu(8, (0, 8), &GRAY)),
    ]
}

fn components() -> Vec<Case> {
    vec![
        case(
            "no-component",
            "A frame without components.",
            16,
            malformed(),
            one_mcu(8, (8, 8), &[]),
        ),
        case(
            "two-components",
            "A frame of two components.",
            14,
            unsupported(),
            one_mcu(8, (8, 8), &[(1, 1, 1, 0), (2, 1, 1, 1)]),
        ),
        case(
            "five-components",
            "A frame of five components.",
            14,
            unsupported().or(malformed()),
            one_mcu(8, (8, 8), &[1, 2, 3, 4, 5].map(|id| (id, 1, 1, 0))),
        ),
        case(
            "no-table-slot",
            "A component with quantisation table 7.",
            16,
            malformed(),
            one_mcu(8, (8, 8), &[(1, 1, 1, 7)]),
        ),
    ]
}

fn samplings() -> Vec<Case> {
    let factors = |luma: (u8, u8), cb: (u8, u8), cr: (u8, u8)| {
        [(1, luma.0, luma.1, 0), (2, cb.0, cb.1, 1), (3, cr.0, cr.1, 1)]
    };
    vec![
        case(
            "sampling-0",
            "A sampling factor of 0.",
            15,
            malformed(),
            one_mcu(8, (8, 8), &factors((0, 1), (1, 1), (1, 1))),
        ),
        case(
            "sampling-5",
            "A sampling factor of 5.",
            15,
            malformed(),
            one_mcu(8, (8, 8), &factors((5, 1), (1, 1), (1, 1))),
        ),
        case(
            "sampling-fractional",
            "Chroma at two thirds of luma: legal, though libjpeg refuses it.",
            15,
            picture(24, 8),
            one_mcu(8, (24, 8), &factors((3, 1), (2, 1), (2, 1))),
        ),
        case(
            "sampling-too-many-blocks",
            "More than ten blocks in an MCU (T.81, B.2.3).",
            15,
            malformed().or(unsupported()),
            one_mcu(8, (16, 16), &factors((4, 2), (2, 1), (2, 1))),
        ),
        case(
            "sampling-3x1",
            "Luma three times as wide as chroma: libjpeg accepts it.",
            15,
            unsupported().or(picture(24, 8)),
            one_mcu(8, (24, 8), &factors((3, 1), (1, 1), (1, 1))),
        ),
        case(
            "sampling-luma-smaller",
            "Luma subsampled, chroma not: libjpeg accepts it.",
            15,
            unsupported().or(picture(16, 16)),
            one_mcu(8, (16, 16), &factors((1, 1), (2, 2), (2, 2))),
        ),
    ]
}

fn broken_headers() -> Vec<Case> {
    let mut short = Stream::start(0);
    short.typical_tables(90);
    short.segment(0xC0, &[8, 0, 8, 0, 8, 3, 1, 0x11, 0]);
    short.scan_header(&[(1, 0)], (0, 63), 0);
    short.bytes.extend([0x28, 0xBF]);
    let complete = frame().file(&Options::default());
    let sof = marker_offset(&complete, 0xC0, 0);
    let through_sof = &complete[..sof + 19];
    let twice = [through_sof, &complete[sof..]].concat();
    let mut differ = twice.clone();
    differ[sof + 7..sof + 9].copy_from_slice(&[0x40, 0x00]);
    vec![
        case(
            "sof-too-short",
            "A frame header that is shorter than its components.",
            16,
            malformed(),
            short.end(),
        ),
        case("two-sof", "Two frame headers.", 16, malformed(), twice),
        case(
            "two-sof-that-differ",
            "Two frame headers with different sizes.",
            16,
            malformed(),
            differ,
        ),
    ]
}

fn case(name: &str, what: &str, threat: u32, outcome: Outcome, bytes: Vec<u8>) -> Case {
    invalid("jpeg", name, what, outcome, bytes).for_threat(threat)
}

/// A sequential frame with the data of one MCU.
fn one_mcu(precision: u8, size: (u16, u16), components: &[(u8, u8, u8, u8)]) -> Vec<u8> {
    zero_mcu(0xC1, precision, size, components).end()
}

const GRAY: [(u8, u8, u8, u8); 1] = [(1, 1, 1, 0)];
