//! JPEG: frame headers that are broken, or legal and not decoded.

use super::jpeg::{find, frame};
use super::{bad, malformed, unsupported};
use crate::bits::JpegBits;
use crate::jpeg::{Options, Stream};
use crate::manifest::{Case, Facts, Outcome};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut push = |name: &str, what: &str, threat: u32, outcome: Outcome, bytes| {
        let mut case = bad("jpeg", name, what, outcome, bytes);
        case.threat = Some(threat);
        cases.push(case);
    };
    for (marker, name, what, threat) in [
        (0xC3, "sof3-lossless", "Lossless (SOF3).", 14),
        (0xC5, "sof5-hierarchical", "Hierarchical (SOF5).", 14),
        (0xC9, "sof9-arithmetic", "Arithmetic coding (SOF9).", 12),
        (0xCA, "sof10-arithmetic-progressive", "Progressive with arithmetic coding (SOF10).", 12),
        (0xF7, "sof55-jpeg-ls", "JPEG-LS (SOF55).", 14),
    ] {
        push(
            name,
            what,
            threat,
            unsupported(),
            frame().file(&Options { sof: marker, ..Options::default() }),
        );
    }
    let with = |precision: u8, size: (u16, u16), components: &[(u8, u8, u8, u8)]| {
        let mut stream = Stream::start(0);
        stream.typical_tables(90);
        stream.frame_header(0xC1, precision, size, components);
        let ids: Vec<_> = components.iter().take(4).map(|c| (c.0, 0)).collect();
        stream.scan_header(&ids, (0, 63), 0);
        // One MCU: DC of 0 and end of block for each block.
        let mut bits = JpegBits::default();
        for _ in 0..components.iter().map(|c| u32::from(c.1) * u32::from(c.2)).sum::<u32>() {
            bits.put(0b001010, 6);
        }
        stream.bytes.extend(bits.finish());
        stream.marker(0xD9);
        stream.bytes
    };
    let gray = [(1, 1, 1, 0)];
    let three = |luma: (u8, u8), cb: (u8, u8), cr: (u8, u8)| {
        [(1, luma.0, luma.1, 0), (2, cb.0, cb.1, 1), (3, cr.0, cr.1, 1)]
    };
    push("precision-12", "Samples of 12 bits.", 14, unsupported(), with(12, (8, 8), &gray));
    push(
        "precision-7",
        "Samples of 7 bits, which no process has.",
        14,
        unsupported().or(malformed()),
        with(7, (8, 8), &gray),
    );
    push(
        "height-0-dnl",
        "Height 0: it stands in a DNL segment behind the first scan.",
        11,
        unsupported(),
        {
            let mut bytes = with(8, (8, 0), &gray);
            bytes.truncate(bytes.len() - 2);
            bytes.extend([0xFF, 0xDC, 0, 4, 0, 8, 0xFF, 0xD9]);
            bytes
        },
    );
    push("width-0", "Width 0.", 16, malformed(), with(8, (0, 8), &gray));
    push("no-component", "A frame of no component.", 16, malformed(), with(8, (8, 8), &[]));
    push(
        "two-components",
        "A frame of two components.",
        14,
        unsupported(),
        with(8, (8, 8), &[(1, 1, 1, 0), (2, 1, 1, 1)]),
    );
    push(
        "five-components",
        "A frame of five components.",
        14,
        unsupported().or(malformed()),
        with(8, (8, 8), &[(1, 1, 1, 0), (2, 1, 1, 0), (3, 1, 1, 0), (4, 1, 1, 0), (5, 1, 1, 0)]),
    );
    push(
        "duplicate-ids",
        "Two components with one id.",
        16,
        malformed(),
        with(8, (8, 8), &[(1, 1, 1, 0), (2, 1, 1, 1), (2, 1, 1, 1)]),
    );
    push(
        "sampling-0",
        "A sampling factor of 0.",
        15,
        malformed(),
        with(8, (8, 8), &three((0, 1), (1, 1), (1, 1))),
    );
    push(
        "sampling-5",
        "A sampling factor of 5.",
        15,
        malformed(),
        with(8, (8, 8), &three((5, 1), (1, 1), (1, 1))),
    );
    push(
        "sampling-fractional",
        "Chroma at two thirds of luma: legal, and libjpeg refuses it.",
        15,
        unsupported(),
        with(8, (24, 8), &three((3, 1), (2, 1), (2, 1))),
    );
    push(
        "sampling-too-many-blocks",
        "More than ten blocks in an MCU (T.81, B.2.3).",
        15,
        malformed().or(unsupported()),
        with(8, (16, 16), &three((4, 2), (2, 1), (2, 1))),
    );
    push(
        "sampling-3x1",
        "Luma three times as wide as chroma: libjpeg takes it.",
        15,
        unsupported().or(Outcome::picture(Facts::new(24, 8))),
        with(8, (24, 8), &three((3, 1), (1, 1), (1, 1))),
    );
    push(
        "sampling-luma-smaller",
        "Luma subsampled, chroma not: libjpeg takes it.",
        15,
        unsupported().or(Outcome::picture(Facts::new(16, 16))),
        with(8, (16, 16), &three((1, 1), (2, 2), (2, 2))),
    );
    push(
        "sof-too-short",
        "A frame header that is shorter than its components.",
        16,
        malformed(),
        {
            let mut stream = Stream::start(0);
            stream.typical_tables(90);
            stream.segment(0xC0, &[8, 0, 8, 0, 8, 3, 1, 0x11, 0]);
            stream.scan_header(&[(1, 0)], (0, 63), 0);
            stream.bytes.extend([0x28, 0xBF, 0xFF, 0xD9]);
            stream.bytes
        },
    );
    let whole = frame().file(&Options::default());
    let sof = find(&whole, 0xC0, 0);
    let mut twice = whole[..sof + 19].to_vec();
    twice.extend(&whole[sof..]);
    push("two-sof", "Two frame headers.", 16, malformed(), twice);
    let mut other = whole[..sof + 19].to_vec();
    other[sof + 7..sof + 9].copy_from_slice(&[0x40, 0x00]);
    other.extend(&whole[sof..]);
    push("two-sof-that-differ", "Two frame headers with other sizes.", 16, malformed(), other);
    push(
        "no-table-slot",
        "A component with quantisation table 7.",
        16,
        malformed(),
        with(8, (8, 8), &[(1, 1, 1, 7)]),
    );
    cases
}
