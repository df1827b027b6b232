//! JPEG: samplings, scans, tables, photographs.

use super::good;
use crate::exif::{self, ByteOrder};
use crate::jpeg::{Frame, Options};
use crate::jpeg_scan::Scan;
use crate::manifest::{Case, Facts};
use crate::pictures::{Picture, landscape, ycbcr};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    samplings(&mut cases);
    scans(&mut cases);
    tables_and_markers(&mut cases);
    photographs(&mut cases);
    cases
}

/// YCbCr components of an RGB picture.
pub fn color_frame(rgb: &Picture, factors: &[(usize, usize)], quality: u32) -> Frame {
    Frame::new(&rgb.map(3, ycbcr), factors, quality, true)
}

pub const FULL: [(usize, usize); 3] = [(1, 1), (1, 1), (1, 1)];
pub const HALF: [(usize, usize); 3] = [(2, 2), (1, 1), (1, 1)];

pub fn add(cases: &mut Vec<Case>, name: &str, what: &str, frame: &Frame, options: &Options) {
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

fn photographs(cases: &mut Vec<Case>) {
    let large = color_frame(&landscape(2400, 1600), &HALF, 80);
    let tiff = exif::orientation(ByteOrder::Little, 1);
    let options =
        Options { segments: vec![(0xE1, exif::app1(&tiff))], optimal: true, ..Options::default() };
    add(cases, "photo", "A landscape of 3.8 megapixels, baseline 4:2:0.", &large, &options);
    let middle = color_frame(&landscape(1000, 667), &HALF, 78);
    add(cases, "photo-progressive", "The landscape, progressive 4:2:0.", &middle, &progressive());
}
