//! JPEG: samplings, scans, tables, colour spaces, orientations, profiles.

use super::good;
use crate::exif::{self, ByteOrder};
use crate::icc;
use crate::jpeg::{Frame, Options};
use crate::jpeg_scan::Scan;
use crate::manifest::{Case, Facts};
use crate::pictures::{Picture, card, cmyk, landscape, ycbcr};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    samplings(&mut cases);
    scans(&mut cases);
    tables_and_markers(&mut cases);
    colors(&mut cases);
    orientations(&mut cases);
    profiles(&mut cases);
    photographs(&mut cases);
    cases
}

/// YCbCr components of an RGB picture.
pub fn color_frame(rgb: &Picture, factors: &[(usize, usize)], quality: u32) -> Frame {
    Frame::new(&rgb.map(3, ycbcr), factors, quality, true)
}

pub const FULL: [(usize, usize); 3] = [(1, 1), (1, 1), (1, 1)];
pub const HALF: [(usize, usize); 3] = [(2, 2), (1, 1), (1, 1)];

fn add(cases: &mut Vec<Case>, name: &str, what: &str, frame: &Frame, options: &Options) {
    let mut facts = Facts::new(frame.width as u32, frame.height as u32);
    facts.progressive = options.sof == 0xC2;
    cases.push(good("jpeg", name, what, facts, frame.file(options)));
}

fn progressive() -> Options {
    Options { sof: 0xC2, ..Options::default() }
}

fn samplings(cases: &mut Vec<Case>) {
    let picture = landscape(45, 37);
    let kinds: [(&str, [(usize, usize); 3]); 7] = [
        ("444", FULL),
        ("422", [(2, 1), (1, 1), (1, 1)]),
        ("440", [(1, 2), (1, 1), (1, 1)]),
        ("420", HALF),
        ("411", [(4, 1), (1, 1), (1, 1)]),
        ("410", [(4, 2), (1, 1), (1, 1)]),
        ("441", [(1, 4), (1, 1), (1, 1)]),
    ];
    for (name, factors) in kinds {
        let frame = color_frame(&picture, &factors, 85);
        let said = format!("sampling {name}, sides that are no multiple of an MCU");
        add(
            cases,
            &format!("sampling-{name}"),
            &format!("Baseline, {said}."),
            &frame,
            &Options::default(),
        );
        add(
            cases,
            &format!("sampling-{name}-progressive"),
            &format!("Progressive, {said}."),
            &frame,
            &progressive(),
        );
    }
    let odd: [(&str, &str, [(usize, usize); 3]); 4] = [
        (
            "chroma-2x1-and-1x2",
            "each chroma component subsampled on another axis",
            [(2, 2), (2, 1), (1, 2)],
        ),
        (
            "all-2x1",
            "4:4:4 written with horizontal factors of 2 for every component",
            [(2, 1), (2, 1), (2, 1)],
        ),
        (
            "full-cb",
            "4:2:0 whose first chroma component has full resolution",
            [(2, 2), (2, 2), (1, 1)],
        ),
        ("luma-1x2-chroma-1x1", "4:4:0 with equal chroma, tall", [(1, 2), (1, 1), (1, 2)]),
    ];
    for (name, what, factors) in odd {
        let frame = color_frame(&picture, &factors, 85);
        let mut case = good(
            "jpeg",
            &format!("sampling-{name}"),
            &format!("Baseline, {what}."),
            Facts::new(45, 37),
            frame.file(&Options::default()),
        );
        case.threat = Some(15);
        cases.push(case);
    }
    for (width, height) in [(1, 1), (7, 3), (8, 8), (16, 16), (17, 33), (64, 1), (1, 64)] {
        let frame = color_frame(&landscape(width, height), &HALF, 85);
        let name = format!("size-{width}x{height}");
        add(
            cases,
            &name,
            &format!("Baseline 4:2:0 of {width}×{height} pixels."),
            &frame,
            &Options::default(),
        );
    }
}

fn scans(cases: &mut Vec<Case>) {
    let picture = landscape(45, 37);
    let frame = color_frame(&picture, &HALF, 85);
    let apart: Vec<Scan> = (0..3).map(|c| Scan::sequential(&[c])).collect();
    let partly = vec![Scan::sequential(&[0]), Scan::sequential(&[1, 2])];
    let restarts = |scans: &[Scan], restart_interval| Options {
        scans: Some(scans.to_vec()),
        restart_interval,
        ..Options::default()
    };
    add(
        cases,
        "scans-apart",
        "Baseline with one scan for each component.",
        &frame,
        &restarts(&apart, 0),
    );
    add(
        cases,
        "scans-apart-reversed",
        "Baseline with one scan for each component, luma last.",
        &frame,
        &restarts(&[apart[2].clone(), apart[1].clone(), apart[0].clone()], 0),
    );
    add(
        cases,
        "scans-luma-then-chroma",
        "Baseline with a scan of luma and one of both chroma components.",
        &frame,
        &restarts(&partly, 0),
    );
    add(
        cases,
        "restart-every-mcu",
        "Baseline with a restart marker after every MCU.",
        &frame,
        &Options { restart_interval: 1, ..Options::default() },
    );
    add(
        cases,
        "restart-every-row",
        "Baseline with a restart marker after every row of MCUs.",
        &frame,
        &Options { restart_interval: 3, ..Options::default() },
    );
    add(
        cases,
        "restart-longer-than-picture",
        "Baseline with a restart interval that the picture never reaches.",
        &frame,
        &Options { restart_interval: 5000, ..Options::default() },
    );
    add(
        cases,
        "restart-progressive",
        "Progressive with restart markers in every scan.",
        &frame,
        &Options { restart_interval: 2, ..progressive() },
    );
    for interval in [2, 4, 7] {
        let what = format!(
            "Baseline, one scan for each component, restart interval {interval}: scans do not end on a restart boundary."
        );
        add(
            cases,
            &format!("scans-apart-restart-{interval}"),
            &what,
            &frame,
            &restarts(&apart, interval),
        );
        cases.last_mut().expect("just added").threat = Some(48);
    }
    let script = |scans: Vec<Scan>| Options { scans: Some(scans), ..progressive() };
    let p = Scan::progressive;
    let all = [0, 1, 2];
    add(
        cases,
        "progressive-spectral-only",
        "Progressive by spectral selection only.",
        &frame,
        &script(
            [
                vec![p(&all, (0, 0), (0, 0))],
                (0..3).flat_map(|c| [p(&[c], (1, 9), (0, 0)), p(&[c], (10, 63), (0, 0))]).collect(),
            ]
            .concat(),
        ),
    );
    add(
        cases,
        "progressive-dc-apart",
        "Progressive whose DC scans have one component each.",
        &frame,
        &script(
            [
                (0..3).map(|c| p(&[c], (0, 0), (0, 1))).collect::<Vec<_>>(),
                (0..3).map(|c| p(&[c], (0, 0), (1, 0))).collect(),
                (0..3).map(|c| p(&[c], (1, 63), (0, 0))).collect(),
            ]
            .concat(),
        ),
    );
    add(
        cases,
        "progressive-deep-refinement",
        "Progressive with four steps of successive approximation.",
        &frame,
        &script(
            [
                vec![
                    p(&all, (0, 0), (0, 3)),
                    p(&all, (0, 0), (3, 2)),
                    p(&all, (0, 0), (2, 1)),
                    p(&all, (0, 0), (1, 0)),
                ],
                (0..3)
                    .flat_map(|c| {
                        [
                            p(&[c], (1, 63), (0, 3)),
                            p(&[c], (1, 63), (3, 2)),
                            p(&[c], (1, 63), (2, 1)),
                            p(&[c], (1, 63), (1, 0)),
                        ]
                    })
                    .collect(),
            ]
            .concat(),
        ),
    );
    add(
        cases,
        "progressive-dc-only",
        "Progressive that ends after its only DC scan: blocky, but every sample has a value.",
        &frame,
        &script(vec![p(&all, (0, 0), (0, 0))]),
    );
    add(
        cases,
        "progressive-gray",
        "Progressive with one component.",
        &Frame::new(&picture.gray(), &[(1, 1)], 85, false),
        &progressive(),
    );
}

fn tables_and_markers(cases: &mut Vec<Case>) {
    let picture = landscape(45, 37);
    let frame = color_frame(&picture, &HALF, 85);
    let base = Options::default();
    add(
        cases,
        "tables-optimal",
        "Baseline with optimal Huffman tables.",
        &frame,
        &Options { optimal: true, ..base.clone() },
    );
    add(
        cases,
        "tables-quantization-16-bit",
        "Extended sequential (SOF1) with quantisation tables of 16 bits.",
        &color_frame(&picture, &HALF, 6),
        &Options { sof: 0xC1, wide_quantization: true, ..base.clone() },
    );
    add(
        cases,
        "tables-none-mjpeg",
        "A frame of Motion JPEG: no DHT, the typical tables are meant.",
        &frame,
        &Options { huffman_tables: false, ..base.clone() },
    );
    add(
        cases,
        "fill-bytes",
        "Baseline with fill bytes before every marker.",
        &frame,
        &Options { fill_bytes: 3, ..base.clone() },
    );
    add(
        cases,
        "no-eoi",
        "Baseline that lacks only the EOI marker.",
        &frame,
        &Options { end_of_image: false, ..base.clone() },
    );
    cases.last_mut().expect("just added").threat = Some(3);
    add(
        cases,
        "no-eoi-progressive",
        "Progressive that lacks only the EOI marker.",
        &frame,
        &Options { end_of_image: false, ..progressive() },
    );
    add(
        cases,
        "no-jfif",
        "Baseline YCbCr with neither JFIF nor Adobe segment.",
        &frame,
        &Options { jfif: false, ..base.clone() },
    );
    let comment = vec![(0xFE, b"<script>alert(1)</script>".to_vec())];
    add(
        cases,
        "comment-script",
        "A comment that is a script; it must not reach the output.",
        &frame,
        &Options { segments: comment, ..base.clone() },
    );
    cases.last_mut().expect("just added").threat = Some(27);
    let mut bytes = frame.file(&base);
    bytes.extend(b"PK\x03\x04 this is behind the picture <?php echo 1; ?>");
    let mut case = good(
        "jpeg",
        "trailing-data",
        "Data behind EOI, as in a polyglot with ZIP; it must not reach the output.",
        Facts::new(45, 37),
        bytes,
    );
    case.threat = Some(27);
    cases.push(case);
    add(
        cases,
        "quality-100",
        "Baseline 4:4:4 with quantisation steps of 1.",
        &color_frame(&picture, &FULL, 100),
        &base,
    );
    add(
        cases,
        "quality-10",
        "Baseline 4:2:0 with coarse quantisation.",
        &color_frame(&picture, &HALF, 10),
        &base,
    );
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

fn photographs(cases: &mut Vec<Case>) {
    let large = color_frame(&landscape(2400, 1600), &HALF, 80);
    let tiff = exif::orientation(ByteOrder::Little, 1);
    let options =
        Options { segments: vec![(0xE1, exif::app1(&tiff))], optimal: true, ..Options::default() };
    add(cases, "photo", "A landscape of 3.8 megapixels, baseline 4:2:0.", &large, &options);
    let middle = color_frame(&landscape(1000, 667), &HALF, 78);
    add(cases, "photo-progressive", "The landscape, progressive 4:2:0.", &middle, &progressive());
}
