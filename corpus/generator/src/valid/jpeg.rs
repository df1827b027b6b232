//! JPEG: samplings, scans, tables, photographs.

use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::jpeg::{Frame, Options, Scan};
use bombproof_testkit::pictures::{Picture, landscape, ycbcr};

use crate::case::{Case, valid};
use crate::outcome::PictureHeader;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    samplings(&mut cases);
    baseline_scans(&mut cases);
    restarts(&mut cases);
    progressive_scripts(&mut cases);
    tables(&mut cases);
    markers(&mut cases);
    photographs(&mut cases);
    cases
}

/// YCbCr components of an RGB picture.
pub fn color_frame(rgb: &Picture, factors: &[(usize, usize)], quality: u32) -> Frame {
    Frame::new(&rgb.map(3, ycbcr), factors, quality, true)
}

pub fn add<'a>(
    cases: &'a mut Vec<Case>,
    name: &str,
    what: &str,
    frame: &Frame,
    options: &Options,
) -> &'a mut Case {
    let mut header = PictureHeader::new(frame.width as u32, frame.height as u32);
    header.progressive = options.sof == 0xC2;
    cases.push(valid("jpeg", name, what, header, frame.file(options)));
    cases.last_mut().expect("a case was added")
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
        let label = format!("sampling {name}, sides that are not multiples of the MCU");
        add(
            cases,
            &format!("sampling-{name}"),
            &format!("Baseline, {label}."),
            &frame,
            &Options::default(),
        );
        add(
            cases,
            &format!("sampling-{name}-progressive"),
            &format!("Progressive, {label}."),
            &frame,
            &progressive(),
        );
    }
    let odd: [(&str, &str, [(usize, usize); 3]); 4] = [
        (
            "chroma-2x1-and-1x2",
            "one chroma component subsampled horizontally, the other vertically",
            [(2, 2), (2, 1), (1, 2)],
        ),
        (
            "all-2x1",
            "4:4:4 written with horizontal factors of 2 for every component",
            [(2, 1), (2, 1), (2, 1)],
        ),
        (
            "full-cb",
            "4:2:0 except for a first chroma component at full resolution",
            [(2, 2), (2, 2), (1, 1)],
        ),
        (
            "luma-1x2-chroma-1x1",
            "luma and second chroma component with vertical factors of 2",
            [(1, 2), (1, 1), (1, 2)],
        ),
    ];
    for (name, what, factors) in odd {
        let frame = color_frame(&picture, &factors, 85);
        cases.push(
            valid(
                "jpeg",
                &format!("sampling-{name}"),
                &format!("Baseline, {what}."),
                PictureHeader::new(45, 37),
                frame.file(&Options::default()),
            )
            .for_threat(15),
        );
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

fn baseline_scans(cases: &mut Vec<Case>) {
    let frame = color_frame(&landscape(45, 37), &HALF, 85);
    let separate: Vec<Scan> = (0..3).map(|c| Scan::sequential(&[c])).collect();
    let reversed: Vec<Scan> = separate.iter().rev().cloned().collect();
    let luma_then_chroma = vec![Scan::sequential(&[0]), Scan::sequential(&[1, 2])];
    let with = |scans: &[Scan], restart_interval| Options {
        scans: Some(scans.to_vec()),
        restart_interval,
        ..Options::default()
    };
    add(
        cases,
        "scans-apart",
        "Baseline with one scan for each component.",
        &frame,
        &with(&separate, 0),
    );
    add(
        cases,
        "scans-apart-reversed",
        "Baseline with one scan for each component, luma last.",
        &frame,
        &with(&reversed, 0),
    );
    add(
        cases,
        "scans-luma-then-chroma",
        "Baseline with a scan of luma and one of both chroma components.",
        &frame,
        &with(&luma_then_chroma, 0),
    );
    for interval in [2, 4, 7] {
        let what = format!(
            "Baseline, one scan for each component, restart interval {interval}: scans do not end on a restart boundary."
        );
        let name = format!("scans-apart-restart-{interval}");
        add(cases, &name, &what, &frame, &with(&separate, interval)).threat = Some(48);
    }
}

fn restarts(cases: &mut Vec<Case>) {
    let frame = color_frame(&landscape(45, 37), &HALF, 85);
    let every = |restart_interval| Options { restart_interval, ..Options::default() };
    add(
        cases,
        "restart-every-mcu",
        "Baseline with a restart marker after every MCU.",
        &frame,
        &every(1),
    );
    add(
        cases,
        "restart-every-row",
        "Baseline with a restart marker after every row of MCUs.",
        &frame,
        &every(3),
    );
    add(
        cases,
        "restart-longer-than-picture",
        "Baseline with a restart interval that the picture never reaches.",
        &frame,
        &every(5000),
    );
    add(
        cases,
        "restart-progressive",
        "Progressive with restart markers in every scan.",
        &frame,
        &Options { restart_interval: 2, ..progressive() },
    );
}

fn progressive_scripts(cases: &mut Vec<Case>) {
    let picture = landscape(45, 37);
    let all = [0, 1, 2];
    let scan = Scan::progressive;
    let each = |band, bits| (0..3).map(move |c| scan(&[c], band, bits));
    let mut push = |name: &str, what: &str, scans: Vec<Scan>| {
        let options = Options { scans: Some(scans), ..progressive() };
        add(cases, name, what, &color_frame(&picture, &HALF, 85), &options);
    };
    let mut spectral = vec![scan(&all, (0, 0), (0, 0))];
    for component in all {
        spectral.push(scan(&[component], (1, 9), (0, 0)));
        spectral.push(scan(&[component], (10, 63), (0, 0)));
    }
    push("progressive-spectral-only", "Progressive by spectral selection only.", spectral);
    let dc_apart = each((0, 0), (0, 1)).chain(each((0, 0), (1, 0))).chain(each((1, 63), (0, 0)));
    push(
        "progressive-dc-apart",
        "Progressive with DC scans of one component each.",
        dc_apart.collect(),
    );
    let bit_positions = [(0, 3), (3, 2), (2, 1), (1, 0)];
    let mut deep: Vec<Scan> = bit_positions.map(|bits| scan(&all, (0, 0), bits)).to_vec();
    for component in all {
        deep.extend(bit_positions.map(|bits| scan(&[component], (1, 63), bits)));
    }
    push(
        "progressive-deep-refinement",
        "Progressive with four steps of successive approximation.",
        deep,
    );
    push(
        "progressive-dc-only",
        "Progressive that ends after its only DC scan: blocky, but every sample has a value.",
        vec![scan(&all, (0, 0), (0, 0))],
    );
    add(
        cases,
        "progressive-gray",
        "Progressive with one component.",
        &Frame::new(&picture.gray(), &[(1, 1)], 85, false),
        &progressive(),
    );
}

fn tables(cases: &mut Vec<Case>) {
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
        "A frame of Motion JPEG: without DHT the typical tables apply.",
        &frame,
        &Options { huffman_tables: false, ..base.clone() },
    );
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

fn markers(cases: &mut Vec<Case>) {
    let frame = color_frame(&landscape(45, 37), &HALF, 85);
    let base = Options::default();
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
        "Baseline that only lacks the EOI marker.",
        &frame,
        &Options { end_of_image: false, ..base.clone() },
    )
    .threat = Some(3);
    add(
        cases,
        "no-eoi-progressive",
        "Progressive that only lacks the EOI marker.",
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
    )
    .threat = Some(27);
    let mut bytes = frame.file(&base);
    bytes.extend(b"PK\x03\x04 this is behind the picture <?php echo 1; ?>");
    cases.push(
        valid(
            "jpeg",
            "trailing-data",
            "Data after EOI, as in a polyglot with ZIP; it must not reach the output.",
            PictureHeader::new(45, 37),
            bytes,
        )
        .for_threat(27),
    );
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

pub const FULL: [(usize, usize); 3] = [(1, 1), (1, 1), (1, 1)];
pub const HALF: [(usize, usize); 3] = [(2, 2), (1, 1), (1, 1)];
