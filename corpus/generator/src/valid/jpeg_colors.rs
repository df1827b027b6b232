//! JPEG: colour spaces, orientations, profiles.

use super::good;
use super::jpeg::{FULL, HALF, add, color_frame};
use crate::exif::{self, ByteOrder};
use crate::icc;
use crate::jpeg::{Frame, Options};
use crate::manifest::{Case, Facts};
use crate::pictures::{card, cmyk, ycbcr};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    colors(&mut cases);
    orientations(&mut cases);
    profiles(&mut cases);
    cases
}

fn colors(cases: &mut Vec<Case>) {
    let rgb = card(32, 24);
    let base = Options { jfif: false, ..Options::default() };
    let adobe = |transform| Options { adobe_transform: Some(transform), ..base.clone() };
    let mut push = |name: &str, what: &str, frame: &Frame, options: &Options| {
        add(cases, name, what, frame, options);
        cases.last_mut().expect("just added").threat = Some(13);
    };
    push(
        "gray",
        "Baseline with one component.",
        &Frame::new(&rgb.gray(), &[(1, 1)], 90, false),
        &Options::default(),
    );
    push(
        "gray-2x2",
        "Baseline with one component whose sampling factors are 2, which means nothing (T.81, A.2.2).",
        &Frame::new(&rgb.gray(), &[(2, 2)], 90, false),
        &Options::default(),
    );
    push(
        "rgb-adobe-0",
        "RGB components, said by Adobe transform 0.",
        &Frame::new(&rgb, &FULL, 90, false),
        &adobe(0),
    );
    let mut named = Frame::new(&rgb, &FULL, 90, false);
    for (component, id) in named.components.iter_mut().zip(*b"RGB") {
        component.id = id;
    }
    push("rgb-by-ids", "RGB components, said only by their ids R, G and B.", &named, &base);
    push(
        "ycbcr-adobe-1",
        "YCbCr, said by Adobe transform 1.",
        &color_frame(&rgb, &FULL, 90),
        &adobe(1),
    );
    let ink = rgb.map(4, cmyk);
    let inverted = ink.map(4, |from, to| {
        to.copy_from_slice(&[255 - from[0], 255 - from[1], 255 - from[2], 255 - from[3]])
    });
    // The YCC of YCCK stands for 255 minus the stored CMY, which is inverted already.
    let ycck = ink.map(4, |from, to| {
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
        "CMYK with no Adobe segment: 255 is full ink.",
        &Frame::new(&ink, &four, 90, false),
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
}

fn orientations(cases: &mut Vec<Case>) {
    let upright = card(40, 24);
    for orientation in 1..=8_u16 {
        let stored = upright.stored_as(orientation);
        let order = if orientation % 2 == 0 { ByteOrder::Little } else { ByteOrder::Big };
        let tiff = exif::orientation(order, orientation);
        let options = Options { segments: vec![(0xE1, exif::app1(&tiff))], ..Options::default() };
        let bytes = color_frame(&stored, &HALF, 90).file(&options);
        let facts = Facts { orientation, ..Facts::new(stored.width, stored.height) };
        let what =
            format!("EXIF orientation {orientation}; upright it is the card of orientation-1.jpg.");
        cases.push(good("jpeg", &format!("orientation-{orientation}"), &what, facts, bytes));
    }
    for (name, value) in [("0", 0), ("9", 9)] {
        let options = Options {
            segments: vec![(0xE1, exif::app1(&exif::orientation(ByteOrder::Little, value)))],
            ..Options::default()
        };
        let what = format!("EXIF orientation {value}, which does not exist: taken as upright.");
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
    let rgb = card(32, 24);
    let with = |profile: &[u8], part_bytes: usize| Options {
        segments: icc::app2(profile, part_bytes).into_iter().map(|p| (0xE2, p)).collect(),
        ..Options::default()
    };
    let frame = color_frame(&rgb, &FULL, 92);
    add(
        cases,
        "icc-srgb",
        "An sRGB-like matrix profile.",
        &frame,
        &with(&icc::rgb("Own sRGB", &icc::SRGB), 60_000),
    );
    add(
        cases,
        "icc-display-p3",
        "A Display P3-like matrix profile.",
        &frame,
        &with(&icc::rgb("Own P3", &icc::DISPLAY_P3), 60_000),
    );
    add(
        cases,
        "icc-in-five-parts",
        "A Display P3-like profile in parts of 100 bytes.",
        &frame,
        &with(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100),
    );
    let mut reversed = with(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100);
    reversed.segments.reverse();
    add(
        cases,
        "icc-parts-reversed",
        "A profile whose parts are stored last first; the numbers give the order.",
        &frame,
        &reversed,
    );
    let swapped = rgb.map(3, |from, to| to.copy_from_slice(&[from[1], from[2], from[0]]));
    add(
        cases,
        "icc-gbr",
        "Channels stored as G, B, R with a profile that says so: it looks like the card only when the profile is honoured.",
        &color_frame(&swapped, &FULL, 92),
        &with(&icc::rgb("Own GBR", &icc::GBR), 60_000),
    );
    add(
        cases,
        "icc-gray",
        "A grey picture with a grey profile.",
        &Frame::new(&rgb.gray(), &[(1, 1)], 92, false),
        &with(&icc::gray(), 60_000),
    );
    let inverted = rgb.map(4, cmyk).map(4, |from, to| {
        for i in 0..4 {
            to[i] = 255 - from[i];
        }
    });
    let options = Options { jfif: false, adobe_transform: Some(0), ..with(&icc::cmyk(), 60_000) };
    add(
        cases,
        "icc-cmyk",
        "A CMYK picture with a small table profile.",
        &Frame::new(&inverted, &[(1, 1); 4], 92, false),
        &options,
    );
    let mut broken = icc::rgb("Own sRGB", &icc::SRGB);
    broken.truncate(140);
    add(
        cases,
        "icc-cut-off",
        "A profile that is cut off: ignored.",
        &frame,
        &with(&broken, 60_000),
    );
    cases.last_mut().expect("just added").threat = Some(23);
    let mut incomplete = with(&icc::rgb("Own P3", &icc::DISPLAY_P3), 100);
    incomplete.segments.remove(1);
    add(
        cases,
        "icc-part-missing",
        "A profile with its second part missing: ignored.",
        &frame,
        &incomplete,
    );
    cases.last_mut().expect("just added").threat = Some(23);
}
