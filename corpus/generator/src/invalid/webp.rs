//! WebP: sizes that disagree, broken containers, broken VP8, VP8L and ALPH.

use super::{bad, malformed, truncated, unsupported};
use crate::bits::LsbBits;
use crate::manifest::{Case, Facts, Outcome};
use crate::pictures::{landscape, spotlight};
use crate::vp8;
use crate::vp8l::{self, Argb, simple_code};
use crate::webp::{ALPHA, ANIMATION, alph, anim, anmf, chunk, file, vp8x};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    ends(&mut cases);
    sizes(&mut cases);
    containers(&mut cases);
    lossy(&mut cases);
    lossless(&mut cases);
    alpha(&mut cases);
    cases
}

const SIZE: (u32, u32) = (30, 22);

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

fn ends(cases: &mut Vec<Case>) {
    let lossy = file(&[chunk(b"VP8 ", &lossy_payload())]);
    let lossless = file(&[chunk(b"VP8L", &lossless_payload())]);
    let values = spotlight(SIZE.0, SIZE.1).samples;
    let alpha = file(&[
        vp8x(ALPHA, SIZE.0, SIZE.1),
        alph(0, false, &values),
        chunk(b"VP8 ", &lossy_payload()),
    ]);
    let mut cut = |name: &str, what: &str, bytes: &[u8], length: usize, outcome| {
        let mut case = bad("webp", name, what, outcome, bytes[..length].to_vec());
        case.threat = Some(3);
        cases.push(case);
    };
    let short = || truncated().or(malformed());
    cut(
        "cut-in-riff-header",
        "Ends before the word WEBP.",
        &lossy,
        10,
        unsupported().or(truncated()),
    );
    cut("cut-after-riff-header", "Ends after the word WEBP.", &lossy, 12, truncated());
    cut("cut-in-chunk-header", "Ends in the header of its first chunk.", &lossy, 17, truncated());
    cut("cut-in-vp8-header", "Ends in the frame header of VP8.", &lossy, 26, truncated());
    cut("cut-in-vp8-modes", "Ends in the first partition of VP8.", &lossy, 60, short());
    cut(
        "cut-in-vp8-tokens",
        "Ends in the token partitions of VP8.",
        &lossy,
        lossy.len() * 2 / 3,
        short(),
    );
    cut(
        "cut-vp8-30-bytes",
        "Lossy that lacks its last 30 bytes.",
        &lossy,
        lossy.len() - 30,
        short(),
    );
    cut("cut-in-vp8l-header", "Ends in the header of VP8L.", &lossless, 23, truncated());
    cut("cut-in-vp8l-codes", "Ends in the prefix codes of VP8L.", &lossless, 60, short());
    cut(
        "cut-vp8l-30-bytes",
        "Lossless that lacks its last 30 bytes.",
        &lossless,
        lossless.len() - 30,
        short(),
    );
    cut("cut-in-vp8x", "Ends in VP8X.", &alpha, 25, truncated());
    cut("cut-in-alph", "Ends in ALPH.", &alpha, 100, short());
}

fn sizes(cases: &mut Vec<Case>) {
    let mut push = |name: &str, what: &str, threat: u32, chunks: &[Vec<u8>]| {
        let mut case = bad("webp", name, what, malformed(), file(chunks));
        case.threat = Some(threat);
        cases.push(case);
    };
    let lossless = chunk(b"VP8L", &lossless_payload());
    push(
        "vp8x-larger-than-vp8",
        "VP8X says 60×44, VP8 says 30×22.",
        20,
        &[vp8x(0, 60, 44), lossy_of(30, 22)],
    );
    push(
        "vp8x-smaller-than-vp8",
        "VP8X says 10×10, VP8 says 30×22.",
        20,
        &[vp8x(0, 10, 10), lossy_of(30, 22)],
    );
    push(
        "vp8x-other-than-vp8l",
        "VP8X says 31×22, VP8L says 30×22.",
        20,
        &[vp8x(0, 31, 22), lossless],
    );
    push(
        "anmf-other-than-vp8",
        "ANMF says 20×20, VP8 says 30×22.",
        20,
        &[vp8x(ANIMATION, 40, 40), anim(), anmf((0, 0), (20, 20), &[lossy_of(30, 22)])],
    );
    let values = spotlight(20, 20).samples;
    push(
        "anmf-alph-other-than-vp8",
        "ANMF says 20×20 and has ALPH of that size, VP8 says 30×22.",
        47,
        &[
            vp8x(ANIMATION | ALPHA, 40, 40),
            anim(),
            anmf((0, 0), (20, 20), &[alph(0, false, &values), lossy_of(30, 22)]),
        ],
    );
    push(
        "anmf-outside-canvas",
        "A frame that reaches past the canvas.",
        20,
        &[vp8x(ANIMATION, 40, 40), anim(), anmf((20, 30), (30, 22), &[lossy_of(30, 22)])],
    );
}

fn containers(cases: &mut Vec<Case>) {
    let lossy = lossy_of(SIZE.0, SIZE.1);
    let lossless = chunk(b"VP8L", &lossless_payload());
    let (w, h) = SIZE;
    let picture = Outcome::picture(Facts::new(w, h));
    let short = || malformed().or(truncated());
    let mut push = |name: &str, what: &str, threat: Option<u32>, outcome, bytes| {
        let mut case = bad("webp", name, what, outcome, bytes);
        case.threat = threat;
        cases.push(case);
    };
    push(
        "vp8-and-vp8l",
        "Both VP8 and VP8L.",
        None,
        malformed(),
        file(&[vp8x(0, w, h), lossy.clone(), lossless]),
    );
    push("no-chunk", "A RIFF header and nothing in it.", None, short(), file(&[]));
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
        "The animation flag, and no frame.",
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
        "The first chunk is neither VP8, VP8L nor VP8X.",
        None,
        malformed(),
        file(&[chunk(b"OWN ", b"own"), lossy.clone()]),
    );
    let mut long = file(std::slice::from_ref(&lossy));
    long[16..20].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    push("chunk-of-4-gib", "A VP8 chunk of almost 4 GiB.", Some(22), short(), long);
    let mut icc = file(&[vp8x(crate::webp::ICC, w, h), chunk(b"ICCP", &[1; 40]), lossy.clone()]);
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
        "A RIFF size that ends in the first chunk.",
        None,
        short().or(picture),
        riff,
    );
}

fn lossy(cases: &mut Vec<Case>) {
    let good = lossy_payload();
    let first =
        (usize::from(good[0]) | usize::from(good[1]) << 8 | usize::from(good[2]) << 16) >> 5;
    let mut push =
        |name: &str, what: &str, threat: Option<u32>, outcome, change: &dyn Fn(&mut Vec<u8>)| {
            let mut payload = good.clone();
            change(&mut payload);
            let mut case = bad("webp", name, what, outcome, file(&[chunk(b"VP8 ", &payload)]));
            case.threat = threat;
            cases.push(case);
        };
    let refused = || malformed().or(unsupported());
    push("vp8-no-key-frame", "A VP8 frame that is no key frame.", None, refused(), &|p| p[0] |= 1);
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
        cases.push(bad("webp", name, what, outcome, file(&[chunk(b"VP8L", &payload)])));
    };
    let mut signature = lossless_payload();
    signature[0] = 0x2E;
    push("vp8l-signature", "A wrong VP8L signature.", malformed(), signature);
    let stream = lossless_payload()[5..].to_vec();
    let version = [vp8l::header(SIZE.0, SIZE.1, false, 1), stream].concat();
    push("vp8l-version-1", "VP8L of version 1.", malformed().or(unsupported()), version);
    let with = |write: &dyn Fn(&mut LsbBits)| {
        let mut bits = LsbBits::default();
        write(&mut bits);
        bits.put(0, 32);
        [vp8l::header(SIZE.0, SIZE.1, false, 0), bits.finish(), vec![0; 40]].concat()
    };
    push(
        "vp8l-transform-twice",
        "Subtracted green twice.",
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
    // A code by lengths: the code of the lengths is given first, 4 to 19 lengths of 3 bits.
    let lengths = |bits: &mut LsbBits, order_lengths: &[u32]| {
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
        "A prefix code that leaves bit patterns without a symbol.",
        malformed(),
        with(&|bits| lengths(bits, &[0, 0, 3, 3, 3, 0])),
    );
    push(
        "vp8l-oversubscribed-code",
        "A prefix code with more codes than bits allow.",
        malformed(),
        with(&|bits| lengths(bits, &[1, 1, 1, 1, 1, 1])),
    );
    push(
        "vp8l-no-code",
        "A prefix code without any symbol.",
        malformed(),
        with(&|bits| lengths(bits, &[0, 0, 0, 0])),
    );
    // Groups of codes follow at once: one symbol each, but a run that starts before the first pixel.
    push(
        "vp8l-run-before-start",
        "A run that copies from before the first pixel.",
        malformed(),
        with(&|bits| {
            bits.put(0, 3);
            let mut counts = [0_u8; 280];
            (counts[0], counts[256]) = (1, 1);
            vp8l::write_lengths(bits, &counts);
            for _ in 0..4 {
                simple_code(bits, &[0]);
            }
            bits.put(0xFFFF, 16);
        }),
    );
}

fn alpha(cases: &mut Vec<Case>) {
    let (w, h) = SIZE;
    let values = spotlight(w, h).samples;
    let stream = vp8l::stream(&Argb::of_alpha(&values, w, h), &vp8l::Options::default());
    let mut push = |name: &str, what: &str, outcome, alph: Vec<u8>| {
        let mut case =
            bad("webp", name, what, outcome, file(&[vp8x(ALPHA, w, h), alph, lossy_of(w, h)]));
        case.threat = Some(20);
        cases.push(case);
    };
    let short = || malformed().or(truncated());
    push(
        "alph-raw-too-short",
        "Raw alpha of half the pixels.",
        short(),
        alph(0, false, &values[..values.len() / 2]),
    );
    push("alph-empty", "An ALPH chunk without a byte.", short(), chunk(b"ALPH", b""));
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
