//! WebP: truncated files, conflicting sizes, broken containers, broken VP8, VP8L and ALPH.

use bombproof_testkit::bit_writer::LsbBitWriter;
use bombproof_testkit::pictures::{landscape, spotlight};
use bombproof_testkit::vp8;
use bombproof_testkit::vp8l::{self, Argb, write_simple_code};
use bombproof_testkit::webp::{ALPHA, ANIMATION, alph, anim, anmf, chunk, file, vp8x};

use crate::case::{Case, invalid};
use crate::outcome::{malformed, picture, truncated, unsupported};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    truncated_files(&mut cases);
    sizes(&mut cases);
    containers(&mut cases);
    lossy(&mut cases);
    lossless(&mut cases);
    alpha(&mut cases);
    cases
}

fn lossy_payload() -> Vec<u8> {
    let options = vp8::Options { log2_partitions: 1, ..vp8::Options::default() };
    vp8::encode(&landscape(SIZE.0, SIZE.1), &options)
}

fn lossy_of(width: u32, height: u32) -> Vec<u8> {
    chunk(b"VP8 ", &vp8::encode(&landscape(width, height), &vp8::Options::default()))
}

fn lossless_payload() -> Vec<u8> {
    vp8l::encode(&Argb::of(&landscape(SIZE.0, SIZE.1)), false, &vp8l::Options::default())
}

fn truncated_files(cases: &mut Vec<Case>) {
    let lossy = file(&[chunk(b"VP8 ", &lossy_payload())]);
    let lossless = file(&[chunk(b"VP8L", &lossless_payload())]);
    let values = spotlight(SIZE.0, SIZE.1).samples;
    let alpha = file(&[
        vp8x(ALPHA, SIZE.0, SIZE.1),
        alph(0, false, &values),
        chunk(b"VP8 ", &lossy_payload()),
    ]);
    let mut push_truncated = |name: &str, what: &str, bytes: &[u8], length: usize, outcome| {
        cases.push(invalid("webp", name, what, outcome, bytes[..length].to_vec()).for_threat(3));
    };
    let short = || truncated().or(malformed());
    push_truncated(
        "cut-in-riff-header",
        "Ends before the signature WEBP.",
        &lossy,
        10,
        unsupported().or(truncated()),
    );
    push_truncated(
        "cut-after-riff-header",
        "Ends after the signature WEBP.",
        &lossy,
        12,
        truncated(),
    );
    push_truncated(
        "cut-in-chunk-header",
        "Ends in the header of its first chunk.",
        &lossy,
        17,
        truncated(),
    );
    push_truncated(
        "cut-in-vp8-header",
        "Ends in the frame header of VP8.",
        &lossy,
        26,
        truncated(),
    );
    push_truncated("cut-in-vp8-modes", "Ends in the first partition of VP8.", &lossy, 60, short());
    push_truncated(
        "cut-in-vp8-tokens",
        "Ends in the token partitions of VP8.",
        &lossy,
        lossy.len() * 2 / 3,
        short(),
    );
    push_truncated(
        "cut-vp8-30-bytes",
        "Lossy that lacks its last 30 bytes.",
        &lossy,
        lossy.len() - 30,
        short(),
    );
    push_truncated("cut-in-vp8l-header", "Ends in the header of VP8L.", &lossless, 23, truncated());
    push_truncated(
        "cut-in-vp8l-codes",
        "Ends in the prefix codes of VP8L.",
        &lossless,
        60,
        short(),
    );
    push_truncated(
        "cut-vp8l-30-bytes",
        "Lossless that lacks its last 30 bytes.",
        &lossless,
        lossless.len() - 30,
        short(),
    );
    push_truncated("cut-in-vp8x", "Ends in VP8X.", &alpha, 25, truncated());
    push_truncated("cut-in-alph", "Ends in ALPH.", &alpha, 100, short());
}

fn sizes(cases: &mut Vec<Case>) {
    let mut push = |name: &str, what: &str, threat: u32, chunks: &[Vec<u8>]| {
        cases.push(invalid("webp", name, what, malformed(), file(chunks)).for_threat(threat));
    };
    let lossless = chunk(b"VP8L", &lossless_payload());
    push(
        "vp8x-larger-than-vp8",
        "VP8X declares 60×44, VP8 declares 30×22.",
        20,
        &[vp8x(0, 60, 44), lossy_of(30, 22)],
    );
    push(
        "vp8x-smaller-than-vp8",
        "VP8X declares 10×10, VP8 declares 30×22.",
        20,
        &[vp8x(0, 10, 10), lossy_of(30, 22)],
    );
    push(
        "vp8x-other-than-vp8l",
        "VP8X declares 31×22, VP8L declares 30×22.",
        20,
        &[vp8x(0, 31, 22), lossless],
    );
    push(
        "anmf-other-than-vp8",
        "ANMF declares 20×20, VP8 declares 30×22.",
        20,
        &[vp8x(ANIMATION, 40, 40), anim(), anmf((0, 0), (20, 20), &[lossy_of(30, 22)])],
    );
    let values = spotlight(20, 20).samples;
    push(
        "anmf-alph-other-than-vp8",
        "ANMF declares 20×20 and has ALPH of that size, VP8 declares 30×22.",
        47,
        &[
            vp8x(ANIMATION | ALPHA, 40, 40),
            anim(),
            anmf((0, 0), (20, 20), &[alph(0, false, &values), lossy_of(30, 22)]),
        ],
    );
    push(
        "anmf-outside-canvas",
        "A frame that extends past the canvas.",
        20,
        &[vp8x(ANIMATION, 40, 40), anim(), anmf((20, 30), (30, 22), &[lossy_of(30, 22)])],
    );
}

fn containers(cases: &mut Vec<Case>) {
    let lossy = lossy_of(SIZE.0, SIZE.1);
    let (w, h) = SIZE;
    let picture = picture(w, h);
    let short = || malformed().or(truncated());
    let mut push = |name: &str, what: &str, threat: Option<u32>, outcome, bytes| {
        cases.push(Case { threat, ..invalid("webp", name, what, outcome, bytes) });
    };
    push("no-chunk", "A RIFF header without a chunk.", None, short(), file(&[]));
    push("vp8x-alone", "VP8X without an image.", None, short(), file(&[vp8x(0, w, h)]));
    push(
        "vp8x-of-5-bytes",
        "VP8X of 5 bytes.",
        None,
        short(),
        file(&[chunk(b"VP8X", &[0; 5]), lossy.clone()]),
    );
    push(
        "animation-without-frames",
        "The animation flag without a frame.",
        None,
        short(),
        file(&[vp8x(ANIMATION, w, h), anim()]),
    );
    push(
        "anmf-without-image",
        "A frame without an image chunk.",
        None,
        short(),
        file(&[vp8x(ANIMATION, w, h), anim(), anmf((0, 0), SIZE, &[])]),
    );
    push(
        "anmf-of-8-bytes",
        "An ANMF of 8 bytes.",
        None,
        short(),
        file(&[vp8x(ANIMATION, w, h), anim(), chunk(b"ANMF", &[0; 8])]),
    );
    push(
        "unknown-first-chunk",
        "The first chunk is none of VP8, VP8L and VP8X.",
        None,
        malformed(),
        file(&[chunk(b"OWN ", b"own"), lossy.clone()]),
    );
    let mut long = file(std::slice::from_ref(&lossy));
    long[16..20].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    push("chunk-of-4-gib", "A VP8 chunk of almost 4 GiB.", Some(22), short(), long);
    let mut icc =
        file(&[vp8x(bombproof_testkit::webp::ICC, w, h), chunk(b"ICCP", &[1; 40]), lossy.clone()]);
    icc[34..38].copy_from_slice(&0x7FFF_FFF0_u32.to_le_bytes());
    push(
        "iccp-of-2-gib",
        "An ICCP chunk of almost 2 GiB before the image.",
        Some(22),
        short(),
        icc,
    );
    let mut riff = file(&[lossy]);
    riff[4..8].copy_from_slice(&20_u32.to_le_bytes());
    push(
        "riff-size-too-small",
        "A RIFF size that ends inside the first chunk.",
        None,
        short().or(picture),
        riff,
    );
}

fn lossy(cases: &mut Vec<Case>) {
    let intact = lossy_payload();
    let first =
        (usize::from(intact[0]) | usize::from(intact[1]) << 8 | usize::from(intact[2]) << 16) >> 5;
    let mut push =
        |name: &str, what: &str, threat: Option<u32>, outcome, change: &dyn Fn(&mut Vec<u8>)| {
            let mut payload = intact.clone();
            change(&mut payload);
            let bytes = file(&[chunk(b"VP8 ", &payload)]);
            cases.push(Case { threat, ..invalid("webp", name, what, outcome, bytes) });
        };
    let refused = || malformed().or(unsupported());
    push("vp8-no-key-frame", "A VP8 frame that is not a key frame.", None, refused(), &|p| {
        p[0] |= 1
    });
    push("vp8-not-shown", "A VP8 frame that is not shown.", None, refused(), &|p| p[0] &= !0x10);
    push("vp8-version-5", "A VP8 frame of version 5.", None, refused(), &|p| p[0] |= 5 << 1);
    push("vp8-start-code", "A wrong VP8 start code.", None, malformed(), &|p| p[4] = 0x02);
    push("vp8-width-0", "A VP8 frame of width 0.", None, malformed(), &|p| p[6..8].fill(0));
    push("vp8-height-0", "A VP8 frame of height 0.", None, malformed(), &|p| p[8..10].fill(0));
    push(
        "vp8-first-partition-past-chunk",
        "A first partition that is longer than the chunk.",
        Some(20),
        malformed().or(truncated()),
        &|p| p[2] = 0xFF,
    );
    push(
        "vp8-partition-past-chunk",
        "A token partition that is longer than the chunk.",
        Some(20),
        malformed().or(truncated()),
        &|p| p[10 + first..13 + first].fill(0xFF),
    );
    push("vp8-8-bytes", "A VP8 chunk of 8 bytes.", None, malformed().or(truncated()), &|p| {
        p.truncate(8)
    });
}

fn lossless(cases: &mut Vec<Case>) {
    let mut push = |name: &str, what: &str, outcome, payload: Vec<u8>| {
        cases.push(invalid("webp", name, what, outcome, file(&[chunk(b"VP8L", &payload)])));
    };
    let mut signature = lossless_payload();
    signature[0] = 0x2E;
    push("vp8l-signature", "A wrong VP8L signature.", malformed(), signature);
    let stream = lossless_payload()[5..].to_vec();
    let version = [vp8l::header(SIZE.0, SIZE.1, false, 1), stream].concat();
    push("vp8l-version-1", "VP8L of version 1.", malformed().or(unsupported()), version);
    let with = |write: &dyn Fn(&mut LsbBitWriter)| {
        let mut bits = LsbBitWriter::default();
        write(&mut bits);
        bits.put(0, 32);
        [vp8l::header(SIZE.0, SIZE.1, false, 0), bits.finish(), vec![0; 40]].concat()
    };
    push(
        "vp8l-transform-twice",
        "The subtract-green transform twice.",
        malformed(),
        with(&|bits| bits.put(0b101_101, 6)),
    );
    push(
        "vp8l-cache-12-bits",
        "A colour cache of 12 bits.",
        malformed(),
        with(&|bits| {
            bits.put(0, 1);
            bits.put(1, 1);
            bits.put(12, 4);
        }),
    );
    // A normal code length code: first the lengths of its own codes, 4 to 19 of 3 bits.
    let lengths = |bits: &mut LsbBitWriter, order_lengths: &[u32]| {
        bits.put(0, 3);
        bits.put(0, 1);
        bits.put(order_lengths.len() as u32 - 4, 4);
        for length in order_lengths {
            bits.put(*length, 3);
        }
        bits.put(0, 1);
    };
    push(
        "vp8l-incomplete-code",
        "An incomplete prefix code: some bit patterns have no symbol.",
        malformed(),
        with(&|bits| lengths(bits, &[0, 0, 3, 3, 3, 0])),
    );
    push(
        "vp8l-oversubscribed-code",
        "An oversubscribed prefix code: more codes than their lengths allow.",
        malformed(),
        with(&|bits| lengths(bits, &[1, 1, 1, 1, 1, 1])),
    );
    push(
        "vp8l-no-code",
        "A prefix code without any symbol.",
        malformed(),
        with(&|bits| lengths(bits, &[0, 0, 0, 0])),
    );
    // The prefix codes follow at once: one symbol each, except for a length symbol before any
    // pixel.
    push(
        "vp8l-run-before-start",
        "A backward reference to before the first pixel.",
        malformed(),
        with(&|bits| {
            bits.put(0, 3);
            let mut counts = [0_u8; 280];
            (counts[0], counts[256]) = (1, 1);
            vp8l::write_normal_code(bits, &counts);
            for _ in 0..4 {
                write_simple_code(bits, &[0]);
            }
            bits.put(0xFFFF, 16);
        }),
    );
}

fn alpha(cases: &mut Vec<Case>) {
    let (w, h) = SIZE;
    let values = spotlight(w, h).samples;
    let stream = vp8l::image_stream(&Argb::of_alpha(&values, w, h), &vp8l::Options::default());
    let mut push = |name: &str, what: &str, outcome, alph: Vec<u8>| {
        let bytes = file(&[vp8x(ALPHA, w, h), alph, lossy_of(w, h)]);
        cases.push(invalid("webp", name, what, outcome, bytes).for_threat(20));
    };
    let short = || malformed().or(truncated());
    push(
        "alph-raw-too-short",
        "Raw alpha for half of the pixels.",
        short(),
        alph(0, false, &values[..values.len() / 2]),
    );
    push("alph-empty", "An empty ALPH chunk.", short(), chunk(b"ALPH", b""));
    push(
        "alph-compressed-cut",
        "Compressed alpha that ends early.",
        short(),
        alph(0, true, &stream[..stream.len() / 2]),
    );
    push(
        "alph-compression-3",
        "Alpha with compression method 3.",
        malformed().or(unsupported()),
        chunk(b"ALPH", &[&[3][..], &values].concat()),
    );
}

const SIZE: (u32, u32) = (30, 22);
