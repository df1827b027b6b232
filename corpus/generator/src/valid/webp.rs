//! WebP: lossy, lossless, alpha, the extended container, animation.

use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::icc;
use bombproof_testkit::pictures::{Picture, landscape, spotlight, test_card};
use bombproof_testkit::vp8;
use bombproof_testkit::vp8l::{self, Argb, Transform};
use bombproof_testkit::webp::{
    self, ALPHA, ANIMATION, EXIF, ICC, XMP, alph, anim, anmf, chunk, file, filter_alpha, vp8x,
};

use crate::case::{Case, valid};
use crate::outcome::PictureHeader;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    lossy(&mut cases);
    lossless(&mut cases);
    palettes(&mut cases);
    alpha(&mut cases);
    extended(&mut cases);
    animated(&mut cases);
    untidy(&mut cases);
    let photo = chunk(
        b"VP8 ",
        &vp8::encode(
            &landscape(900, 600),
            &vp8::Options { quantizer: 40, ..vp8::Options::default() },
        ),
    );
    add(&mut cases, "photo", "The landscape, lossy.", PictureHeader::new(900, 600), &[photo]);
    cases
}

fn add<'a>(
    cases: &'a mut Vec<Case>,
    name: &str,
    what: &str,
    header: PictureHeader,
    chunks: &[Vec<u8>],
) -> &'a mut Case {
    cases.push(valid("webp", name, what, header, file(chunks)));
    cases.last_mut().expect("a case was added")
}

/// A VP8 chunk of `picture`.
pub fn lossy_chunk(picture: &Picture) -> Vec<u8> {
    chunk(b"VP8 ", &vp8::encode(picture, &vp8::Options::default()))
}

fn lossy(cases: &mut Vec<Case>) {
    let base = vp8::Options::default();
    let picture = landscape(61, 43);
    let kinds: [(&str, &str, vp8::Options); 12] = [
        ("lossy", "all prediction modes and the normal loop filter", base.clone()),
        ("lossy-no-filter", "no loop filter", vp8::Options { filter_level: 0, ..base.clone() }),
        (
            "lossy-simple-filter",
            "the simple loop filter",
            vp8::Options { simple_filter: true, filter_level: 20, ..base.clone() },
        ),
        (
            "lossy-strong-filter",
            "the strongest loop filter",
            vp8::Options { filter_level: 63, quantizer: 90, ..base.clone() },
        ),
        (
            "lossy-sharp-filter",
            "a loop filter with sharpness 7",
            vp8::Options { filter_level: 40, sharpness: 7, ..base.clone() },
        ),
        (
            "lossy-whole-blocks",
            "prediction of complete macroblocks only",
            vp8::Options { subblocks: false, ..base.clone() },
        ),
        (
            "lossy-2-partitions",
            "two token partitions",
            vp8::Options { log2_partitions: 1, ..base.clone() },
        ),
        (
            "lossy-8-partitions",
            "eight token partitions, more than there are rows of macroblocks",
            vp8::Options { log2_partitions: 3, ..base.clone() },
        ),
        (
            "lossy-segments",
            "two segments that have their own quantisers",
            vp8::Options { segments: true, quantizer: 60, ..base.clone() },
        ),
        (
            "lossy-no-skip",
            "no skipping of empty macroblocks",
            vp8::Options { skip: false, ..base.clone() },
        ),
        ("lossy-coarse", "the coarsest quantiser", vp8::Options { quantizer: 127, ..base.clone() }),
        ("lossy-fine", "the finest quantiser", vp8::Options { quantizer: 0, ..base.clone() }),
    ];
    for (name, what, options) in kinds {
        let data = chunk(b"VP8 ", &vp8::encode(&picture, &options));
        add(cases, name, &format!("Lossy with {what}."), PictureHeader::new(61, 43), &[data]);
    }
    for (width, height) in [(1, 1), (2, 3), (15, 17), (16, 16), (33, 1), (1, 40)] {
        let what = format!("Lossy of {width}×{height} pixels.");
        add(
            cases,
            &format!("lossy-{width}x{height}"),
            &what,
            PictureHeader::new(width, height),
            &[lossy_chunk(&landscape(width, height))],
        );
    }
}

fn lossless(cases: &mut Vec<Case>) {
    let base = vp8l::Options::default();
    let picture = landscape(37, 29);
    let with = |transforms: Vec<Transform>| vp8l::Options { transforms, ..base.clone() };
    let kinds: [(&str, &str, vp8l::Options); 7] = [
        ("lossless", "no transform", base.clone()),
        (
            "lossless-subtract-green",
            "the subtract-green transform",
            with(vec![Transform::SubtractGreen]),
        ),
        ("lossless-predictor", "all 14 predictors", with(vec![Transform::Predictor(2)])),
        ("lossless-color", "the colour transform", with(vec![Transform::Color(3)])),
        (
            "lossless-three-transforms",
            "the predictor, colour and subtract-green transforms",
            with(vec![Transform::Predictor(3), Transform::Color(4), Transform::SubtractGreen]),
        ),
        (
            "lossless-cache",
            "a colour cache of 6 bits",
            vp8l::Options { cache_bits: 6, ..with(vec![Transform::Predictor(4)]) },
        ),
        (
            "lossless-groups",
            "two groups of prefix codes",
            vp8l::Options {
                group_bits: Some(3),
                cache_bits: 4,
                ..with(vec![Transform::SubtractGreen])
            },
        ),
    ];
    for (name, what, options) in kinds {
        let data = chunk(b"VP8L", &vp8l::encode(&Argb::of(&picture), false, &options));
        add(cases, name, &format!("Lossless with {what}."), PictureHeader::new(37, 29), &[data]);
    }
    let alpha = PictureHeader { alpha: true, ..PictureHeader::new(37, 29) };
    let data = chunk(
        b"VP8L",
        &vp8l::encode(
            &Argb::of(&picture.with_alpha()),
            true,
            &with(vec![Transform::Predictor(2), Transform::SubtractGreen]),
        ),
    );
    add(cases, "lossless-alpha", "Lossless with alpha.", alpha, &[data]);
    let flat = Picture::new(20, 10, 3, |_, _, channel| [200, 90, 40][channel]);
    add(
        cases,
        "lossless-one-color",
        "Lossless of one colour.",
        PictureHeader::new(20, 10),
        &[chunk(b"VP8L", &vp8l::encode(&Argb::of(&flat), false, &base))],
    );
    add(
        cases,
        "lossless-1x1",
        "Lossless of one pixel.",
        PictureHeader::new(1, 1),
        &[chunk(b"VP8L", &vp8l::encode(&Argb::of(&landscape(1, 1)), false, &base))],
    );
}

fn palettes(cases: &mut Vec<Case>) {
    let options =
        vp8l::Options { transforms: vec![Transform::Palette], ..vp8l::Options::default() };
    for (colors, levels) in [(2_u32, 2_u32), (4, 4), (16, 16), (64, 64)] {
        let few = test_card(29, 19).map(3, |from, to| {
            let level = u32::from(bombproof_testkit::pictures::luma(from)) * levels / 256;
            to.copy_from_slice(&[
                (level * 255 / levels) as u8,
                90,
                (255 - level * 200 / levels) as u8,
            ]);
        });
        let data = chunk(b"VP8L", &vp8l::encode(&Argb::of(&few), false, &options));
        add(
            cases,
            &format!("lossless-palette-{colors}"),
            &format!("Lossless with a palette of at most {colors} colours."),
            PictureHeader::new(29, 19),
            &[data],
        );
    }
}

fn alpha(cases: &mut Vec<Case>) {
    let picture = landscape(31, 25);
    let values = spotlight(31, 25).samples;
    for (filter, name) in ["none", "horizontal", "vertical", "gradient"].into_iter().enumerate() {
        let filter = filter as u8;
        let filtered = filter_alpha(&values, 31, filter);
        for compressed in [false, true] {
            let data = if compressed {
                vp8l::image_stream(&Argb::of_alpha(&filtered, 31, 25), &vp8l::Options::default())
            } else {
                filtered.clone()
            };
            let chunks =
                [vp8x(ALPHA, 31, 25), alph(filter, compressed, &data), lossy_chunk(&picture)];
            let label = if compressed { "lossless" } else { "raw" };
            let header = PictureHeader { alpha: true, ..PictureHeader::new(31, 25) };
            add(
                cases,
                &format!("alpha-{label}-{name}"),
                &format!("Lossy with {label} alpha, filter {name}."),
                header,
                &chunks,
            )
            .threat = Some(21);
        }
    }
}

/// Files that libwebp shows, although their chunks are not as RFC 9649 wants them.
fn untidy(cases: &mut Vec<Case>) {
    let picture = landscape(31, 25);
    let values = spotlight(31, 25).samples;
    let (alpha, other) = (alph(0, false, &values), alph(0, false, &[7; 31 * 25]));
    let lossless = chunk(
        b"VP8L",
        &vp8l::encode(&Argb::of(&test_card(31, 25)), false, &vp8l::Options::default()),
    );
    let reserved = vp8::Options { reserved_color_space: true, ..vp8::Options::default() };
    let reserved = chunk(b"VP8 ", &vp8::encode(&picture, &reserved));
    let (lossy, opaque) = (lossy_chunk(&picture), PictureHeader::new(31, 25));
    let transparent = PictureHeader { alpha: true, ..PictureHeader::new(31, 25) };
    let (plain, with_alpha) = (vp8x(0, 31, 25), vp8x(ALPHA, 31, 25));
    let files = [
        (
            "untidy-two-images",
            "Two images without an animation; the first one counts.",
            opaque,
            vec![plain, lossy.clone(), lossless.clone()],
        ),
        (
            "untidy-two-alph-chunks",
            "Two ALPH chunks; the last one before the image counts.",
            transparent,
            vec![with_alpha.clone(), other, alpha.clone(), lossy],
        ),
        (
            "untidy-alph-beside-vp8l",
            "An ALPH chunk beside a VP8L chunk; it is ignored.",
            opaque,
            vec![with_alpha, alpha, lossless],
        ),
        (
            "untidy-reserved-colour-space",
            "The reserved colour space of VP8; it is ignored.",
            opaque,
            vec![reserved],
        ),
    ];
    for (name, what, header, chunks) in files {
        add(cases, name, what, header, &chunks);
    }
}

fn extended(cases: &mut Vec<Case>) {
    let upright = test_card(44, 28);
    for orientation in [1, 6, 8] {
        let stored = upright.stored_as(orientation);
        let tiff = exif::orientation(ByteOrder::Little, orientation);
        let chunks =
            [vp8x(EXIF, stored.width, stored.height), lossy_chunk(&stored), chunk(b"EXIF", &tiff)];
        let header =
            PictureHeader { orientation, ..PictureHeader::new(stored.width, stored.height) };
        add(
            cases,
            &format!("exif-orientation-{orientation}"),
            &format!("VP8X with EXIF orientation {orientation}."),
            header,
            &chunks,
        );
    }
    let profile = chunk(b"ICCP", &icc::rgb("Own P3", &icc::DISPLAY_P3));
    add(
        cases,
        "icc-display-p3",
        "VP8X with a Display P3-like profile, lossy.",
        PictureHeader::new(44, 28),
        &[vp8x(ICC, 44, 28), profile, lossy_chunk(&upright)],
    );
    let swapped = upright.map(3, |from, to| to.copy_from_slice(&[from[1], from[2], from[0]]));
    let data = chunk(b"VP8L", &vp8l::encode(&Argb::of(&swapped), false, &vp8l::Options::default()));
    add(
        cases,
        "icc-gbr",
        "Channels stored as G, B, R with a matching profile, lossless.",
        PictureHeader::new(44, 28),
        &[vp8x(ICC, 44, 28), chunk(b"ICCP", &icc::rgb("Own GBR", &icc::GBR)), data],
    );
    let packet = chunk(
        b"XMP ",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><script>alert(1)</script></x:xmpmeta>",
    );
    add(
        cases,
        "xmp-and-unknown",
        "VP8X with XMP and an unknown chunk; neither may reach the output.",
        PictureHeader::new(44, 28),
        &[vp8x(XMP, 44, 28), lossy_chunk(&upright), packet, chunk(b"OWN ", b"own")],
    )
    .threat = Some(27);
    let mut bytes = file(&[lossy_chunk(&upright)]);
    bytes.extend(b"<script>alert(1)</script>");
    cases.push(
        valid(
            "webp",
            "trailing-data",
            "Data after the RIFF chunk; it must not reach the output.",
            PictureHeader::new(44, 28),
            bytes,
        )
        .for_threat(27),
    );
}

fn animated(cases: &mut Vec<Case>) {
    let (first, second) = (landscape(24, 18), test_card(20, 20));
    let header = PictureHeader { animated: true, ..PictureHeader::new(48, 40) };
    let complete = landscape(48, 40);
    add(
        cases,
        "animated",
        "An animation of two lossy frames; the first fills the canvas.",
        header,
        &[
            vp8x(ANIMATION, 48, 40),
            anim(),
            anmf((0, 0), (48, 40), &[lossy_chunk(&complete)]),
            anmf((4, 6), (20, 20), &[lossy_chunk(&second)]),
        ],
    )
    .threat = Some(17);
    let transparent = PictureHeader { alpha: true, ..header };
    add(
        cases,
        "animated-small-first-frame",
        "The first frame is smaller than the canvas and has an offset: the rest is transparent.",
        transparent,
        &[
            vp8x(ANIMATION | ALPHA, 48, 40),
            anim(),
            anmf((10, 8), (24, 18), &[lossy_chunk(&first)]),
            anmf((4, 6), (20, 20), &[lossy_chunk(&second)]),
        ],
    )
    .threat = Some(18);
    let values = spotlight(24, 18).samples;
    let with_alpha = [alph(0, false, &values), lossy_chunk(&first)];
    add(
        cases,
        "animated-alpha",
        "Frames of lossy data with ALPH.",
        transparent,
        &[
            vp8x(ANIMATION | ALPHA, 48, 40),
            anim(),
            anmf((10, 8), (24, 18), &with_alpha),
            anmf((0, 0), (24, 18), &with_alpha),
        ],
    )
    .threat = Some(17);
    let lossless = chunk(
        b"VP8L",
        &vp8l::encode(&Argb::of(&first.with_alpha()), true, &vp8l::Options::default()),
    );
    add(
        cases,
        "animated-lossless",
        "A lossless frame with alpha at an offset.",
        transparent,
        &[vp8x(ANIMATION | ALPHA, 48, 40), anim(), webp::anmf((2, 2), (24, 18), &[lossless])],
    )
    .threat = Some(17);
}
