//! PNG: the chunks that declare colours, alone, together and broken.

use bombproof_testkit::icc;
use bombproof_testkit::pictures::{Picture, test_card};
use bombproof_testkit::png::{self, DISPLAY_P3, Options, Samples, zlib};

use super::png::add;
use crate::case::Case;

type Chunk = ([u8; 4], Vec<u8>);

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    profiles(&mut cases);
    let card = test_card(28, 16);
    let unknown = (*b"cICP", vec![2, 2, 0, 1]);
    let p3 = png::chromaticities(DISPLAY_P3);
    let linear = png::gamma(100_000);
    let nothing = (*b"cHRM", vec![0; 32]);
    for (name, what, chunks) in [
        ("cicp-display-p3", "cICP: Display P3.", vec![png::coding_independent(12, 13)]),
        ("cicp-bt2020", "cICP: BT.2020.", vec![png::coding_independent(9, 14)]),
        ("cicp-srgb", "cICP: sRGB.", vec![png::coding_independent(1, 13)]),
        (
            "cicp-before-gama",
            "cICP says Display P3; gAMA says linear and does not count.",
            vec![linear.clone(), png::coding_independent(12, 13)],
        ),
        ("cicp-unknown", "cICP with unspecified values: ignored.", vec![unknown.clone()]),
        (
            "cicp-unknown-gama",
            "cICP with unspecified values: ignored, and gAMA counts.",
            vec![unknown, linear.clone()],
        ),
        ("gama-linear", "gAMA of 1: linear samples.", vec![linear.clone()]),
        (
            "gama-chrm",
            "gAMA of 1/2.2 and the primaries of Display P3.",
            vec![png::gamma(45_455), p3.clone()],
        ),
        ("gama-chrm-impossible", "gAMA of 1, and cHRM of zeros: ignored.", vec![linear, nothing]),
        ("gama-0", "gAMA of 0: ignored.", vec![png::gamma(0), p3]),
    ] {
        add(&mut cases, name, what, &Samples::of(&card, 8), &with(chunks));
    }
    let gray = Samples::of(&card.gray(), 8);
    let options = with(vec![png::gamma(55_000)]);
    add(&mut cases, "gama-gray", "Grey with a gAMA of 0.55.", &gray, &options);
    cases
}

fn profiles(cases: &mut Vec<Case>) {
    let swap = |picture: &Picture| {
        let swapped = picture.map(3, |from, to| to.copy_from_slice(&[from[1], from[2], from[0]]));
        Samples::of(&swapped, 8)
    };
    let swapped = swap(&test_card(28, 16));
    for (name, what, profile) in [
        (
            "icc-table",
            "Channels stored as G, B, R, and a profile with a small table.",
            icc::rgb_table("Own table", &icc::GBR, 2),
        ),
        (
            "icc-table-of-15",
            "Channels stored as G, B, R, and a profile with a table of 15³ points.",
            icc::rgb_table("Own table", &icc::GBR, 15),
        ),
        (
            "icc-curve-of-9000",
            "Channels stored as G, B, R, and a profile with curves of 9,000 points.",
            icc::rgb_of_points("Own curve", &icc::GBR, 9_000),
        ),
    ] {
        let chunk = png::icc_profile("Own profile", &zlib(&profile));
        add(cases, name, what, &swapped, &with(vec![chunk]));
    }
    let good = png::icc_profile("Own P3", &zlib(&icc::rgb("Own P3", &icc::DISPLAY_P3)));
    let broken = (*b"iCCP", b"Own profile\0\x01".to_vec());
    add(
        cases,
        "icc-broken-first",
        "An iCCP chunk with an unknown compression method, then a good one: only the first counts.",
        &Samples::of(&test_card(28, 16), 8),
        &with(vec![broken, good]),
    );
}

fn with(before_palette: Vec<Chunk>) -> Options {
    Options { before_palette, ..Options::default() }
}
