//! JPEG: colour spaces, orientations, profiles.

use super::jpeg::{FULL, HALF, add, color_frame};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::icc;
use bombproof_testkit::jpeg::{Frame, Options, untidy};
use bombproof_testkit::pictures::{cmyk, test_card, ycbcr};

use crate::case::{Case, valid};
use crate::outcome::PictureHeader;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    colors(&mut cases);
    four_components(&mut cases);
    orientations(&mut cases);
    profiles(&mut cases);
    broken_profiles(&mut cases);
    cases
}

fn colors(cases: &mut Vec<Case>) {
    let rgb = test_card(32, 24);
    let base = Options { jfif: false, ..Options::default() };
    let adobe = |transform| Options { adobe_transform: Some(transform), ..base.clone() };
    let mut push = |name: &str, what: &str, frame: &Frame, options: &Options| {
        add(cases, name, what, frame, options).threat = Some(13);
    };
    push(
        "gray",
        "Baseline with one component.",
        &Frame::new(&rgb.gray(), &[(1, 1)], 90, false),
        &Options::default(),
    );
    push(
        "gray-2x2",
        "Baseline with one component and sampling factors of 2, which have no effect (T.81, A.2.2).",
        &Frame::new(&rgb.gray(), &[(2, 2)], 90, false),
        &Options::default(),
    );
    push(
        "rgb-adobe-0",
        "RGB components, declared by Adobe transform 0.",
        &Frame::new(&rgb, &FULL, 90, false),
        &adobe(0),
    );
    let mut named = Frame::new(&rgb, &FULL, 90, false);
    for (component, id) in named.components.iter_mut().zip(*b"RGB") {
        component.id = id;
    }
    push(
        "rgb-by-ids",
        "RGB components, declared only by their identifiers R, G and B.",
        &named,
        &base,
    );
    push(
        "ycbcr-adobe-1",
        "YCbCr, declared by Adobe transform 1.",
        &color_frame(&rgb, &FULL, 90),
        &adobe(1),
    );
}

fn four_components(cases: &mut Vec<Case>) {
    let rgb = test_card(32, 24);
    let base = Options { jfif: false, ..Options::default() };
    let adobe = |transform| Options { adobe_transform: Some(transform), ..base.clone() };
    let mut push = |name: &str, what: &str, frame: &Frame, options: &Options| {
        add(cases, name, what, frame, options).threat = Some(13);
    };
    let cmyk_samples = rgb.map(4, cmyk);
    let inverted = cmyk_samples.map(4, |from, to| {
        to.copy_from_slice(&[255 - from[0], 255 - from[1], 255 - from[2], 255 - from[3]])
    });
    // The YCC of YCCK encodes 255 minus the stored CMY, which is inverted already.
    let ycck = cmyk_samples.map(4, |from, to| {
        ycbcr(&from[..3], to);
        to[3] = 255 - from[3];
    });
    let four = [(1, 1); 4];
    let four_half = [(2, 2), (1, 1), (1, 1), (2, 2)];
    push(
        "cmyk-adobe-0",
        "CMYK stored inverted, as Adobe does, transform 0.",
        &Frame::new(&inverted, &four, 90, false),
        &adobe(0),
    );
    push(
        "cmyk-plain",
        "CMYK without an Adobe segment: stored inverted, as browsers assume.",
        &Frame::new(&inverted, &four, 90, false),
        &base,
    );
    let mut named = Frame::new(&inverted, &four, 90, false);
    for (component, id) in named.components.iter_mut().zip(*b"CMYK") {
        component.id = id;
    }
    push(
        "cmyk-by-ids",
        "CMYK without an Adobe segment, with the identifiers C, M, Y and K: stored inverted as well.",
        &named,
        &base,
    );
    push(
        "ycck-adobe-2",
        "YCCK stored inverted, Adobe transform 2.",
        &Frame::new(&ycck, &four, 90, true),
        &adobe(2),
    );
    push(
        "ycck-adobe-2-420",
        "YCCK with subsampled chroma, Adobe transform 2.",
        &Frame::new(&ycck, &four_half, 90, true),
        &adobe(2),
    );
    push(
        "cmyk-progressive",
        "Progressive CMYK stored inverted, Adobe transform 0.",
        &Frame::new(&inverted, &four, 90, false),
        &Options { sof: 0xC2, ..adobe(0) },
    );
    // The Adobe segment has 16 bytes.
    let tidy = Frame::new(&inverted, &four, 90, false).file(&Options { jfif: true, ..adobe(0) });
    for (name, bytes) in [("cmyk-jfif-too-long", 16), ("cmyk-jfif-into-adobe", 9)] {
        let what = "CMYK with a JFIF segment whose declared length covers the Adobe segment or a part of it.";
        let header = PictureHeader::new(32, 24);
        let bytes = untidy::jfif_length(&tidy, bytes);
        cases.push(valid("jpeg", name, what, header, bytes).for_threat(13));
    }
}

fn orientations(cases: &mut Vec<Case>) {
    let upright = test_card(40, 24);
    for orientation in 1..=8_u16 {
        let stored = upright.stored_as(orientation);
        let order = if orientation % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
        let tiff = exif::orientation(order, orientation);
        let options = Options { segments: vec![(0xE1, exif::app1(&tiff))], ..Options::default() };
        let bytes = color_frame(&stored, &HALF, 90).file(&options);
        let header =
            PictureHeader { orientation, ..PictureHeader::new(stored.width, stored.height) };
        let what = format!(
            "EXIF orientation {orientation}; with it applied the picture is that of orientation-1.jpg."
        );
        cases.push(valid("jpeg", &format!("orientation-{orientation}"), &what, header, bytes));
    }
    for (name, value) in [("0", 0), ("9", 9)] {
        let options = Options {
            segments: vec![(0xE1, exif::app1(&exif::orientation(ByteOrder::Little, value)))],
            ..Options::default()
        };
        let what = format!("EXIF orientation {value}, which is undefined: shown as stored.");
        add(
            cases,
            &format!("orientation-{name}"),
            &what,
            &color_frame(&upright, &HALF, 90),
            &options,
        );
    }
}

fn profiles(cases: &mut Vec<Case>) {
    let rgb = test_card(32, 24);
    let frame = color_frame(&rgb, &FULL, 92);
    add(
        cases,
        "icc-srgb",
        "An sRGB-like matrix profile.",
        &frame,
        &with_profile(&icc::rgb("Own sRGB", &icc::SRGB), 60_000),
    );
    add(
        cases,
        "icc-display-p3",
        "A Display P3-like matrix profile.",
        &frame,
        &with_profile(&icc::rgb("Own P3", &icc::DISPLAY_P3), 60_000),
    );
    add(
        cases,
        "icc-in-five-parts",
        "A Display P3-like profile in parts of 100 bytes.",
        &frame,
        &with_profile(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100),
    );
    let mut reversed = with_profile(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100);
    reversed.segments.reverse();
    add(
        cases,
        "icc-parts-reversed",
        "A profile with its parts in reverse order; their numbers give the right one.",
        &frame,
        &reversed,
    );
    let swapped = rgb.map(3, |from, to| to.copy_from_slice(&[from[1], from[2], from[0]]));
    add(
        cases,
        "icc-gbr",
        "Channels stored as G, B, R with a matching profile: it looks like the test card only when the profile is applied.",
        &color_frame(&swapped, &FULL, 92),
        &with_profile(&icc::rgb("Own GBR", &icc::GBR), 60_000),
    );
    add(
        cases,
        "icc-curve-of-5000",
        "Channels stored as G, B, R, and a profile with curves of 5,000 points.",
        &color_frame(&swapped, &FULL, 92),
        &with_profile(&icc::rgb_of_points("Own curve", &icc::GBR, 5_000), 60_000),
    );
    add(
        cases,
        "icc-table",
        "Channels stored as G, B, R, and a profile with a small table.",
        &color_frame(&swapped, &FULL, 92),
        &with_profile(&icc::rgb_table("Own table", &icc::GBR, 2), 60_000),
    );
    add(
        cases,
        "icc-gray",
        "A grey picture with a grey profile.",
        &Frame::new(&rgb.gray(), &[(1, 1)], 92, false),
        &with_profile(&icc::gray(), 60_000),
    );
    let inverted = rgb.map(4, cmyk).map(4, |from, to| {
        for i in 0..4 {
            to[i] = 255 - from[i];
        }
    });
    let options =
        Options { jfif: false, adobe_transform: Some(0), ..with_profile(&icc::cmyk(), 60_000) };
    add(
        cases,
        "icc-cmyk",
        "A CMYK picture with a small lookup-table profile.",
        &Frame::new(&inverted, &[(1, 1); 4], 92, false),
        &options,
    );
}

fn broken_profiles(cases: &mut Vec<Case>) {
    let frame = color_frame(&test_card(32, 24), &FULL, 92);
    let mut broken = icc::rgb("Own sRGB", &icc::SRGB);
    broken.truncate(140);
    add(
        cases,
        "icc-cut-off",
        "A truncated profile: ignored.",
        &frame,
        &with_profile(&broken, 60_000),
    )
    .threat = Some(23);
    let mut incomplete = with_profile(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100);
    incomplete.segments.remove(1);
    add(
        cases,
        "icc-part-missing",
        "A profile with its second part missing: ignored.",
        &frame,
        &incomplete,
    )
    .threat = Some(23);
}

/// `profile` in APP2 segments of `part_bytes`.
fn with_profile(profile: &[u8], part_bytes: usize) -> Options {
    let parts = icc::app2(profile, part_bytes);
    Options { segments: parts.into_iter().map(|part| (0xE2, part)).collect(), ..Options::default() }
}
