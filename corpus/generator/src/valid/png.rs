//! PNG: every colour type, depth and interlacing, transparency, filters, metadata, APNG.

use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::icc;
use bombproof_testkit::pictures::{Picture, landscape, test_card};
use bombproof_testkit::png::{self, Options, Samples, file, indexed, zlib};

use crate::case::{Case, valid};
use crate::outcome::PictureHeader;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    kinds(&mut cases);
    transparency(&mut cases);
    structure(&mut cases);
    metadata(&mut cases);
    animation(&mut cases);
    let photo = Samples::of(&landscape(480, 320), 8);
    add(
        &mut cases,
        "photo",
        "The landscape as RGB, every row with the filter paeth.",
        &photo,
        &Options { filter: Some(4), ..Options::default() },
    );
    cases
}

pub(super) fn add<'a>(
    cases: &'a mut Vec<Case>,
    name: &str,
    what: &str,
    samples: &Samples,
    options: &Options,
) -> &'a mut Case {
    let mut header = PictureHeader::new(samples.width, samples.height);
    header.alpha = matches!(samples.channels, 2 | 4) || options.transparency.is_some();
    header.progressive = options.interlaced;
    cases.push(valid("png", name, what, header, file(samples, options)));
    cases.last_mut().expect("a case was added")
}

fn with_gray_alpha(picture: &Picture) -> Picture {
    let rgba = picture.with_alpha();
    rgba.map(2, |from, to| {
        to.copy_from_slice(&[bombproof_testkit::pictures::luma(&from[..3]), from[3]])
    })
}

fn kinds(cases: &mut Vec<Case>) {
    let picture = landscape(21, 15);
    let mut all: Vec<(String, Samples, Option<Vec<u8>>)> = Vec::new();
    for depth in [1, 2, 4, 8, 16] {
        all.push((format!("gray-{depth}"), Samples::of(&picture.gray(), depth), None));
    }
    for depth in [8, 16] {
        all.push((format!("rgb-{depth}"), Samples::of(&picture, depth), None));
        all.push((
            format!("gray-alpha-{depth}"),
            Samples::of(&with_gray_alpha(&picture), depth),
            None,
        ));
        all.push((format!("rgba-{depth}"), Samples::of(&picture.with_alpha(), depth), None));
    }
    for depth in [1, 2, 4, 8] {
        let (samples, palette) =
            indexed(&picture, if depth == 8 { 200 } else { 1 << depth }, depth);
        all.push((format!("palette-{depth}"), samples, Some(palette)));
    }
    for (name, samples, palette) in all {
        for interlaced in [false, true] {
            let options = Options { interlaced, palette: palette.clone(), ..Options::default() };
            let (suffix, label) =
                if interlaced { ("-adam7", "Adam7") } else { ("", "not interlaced") };
            let mut parts = name.rsplitn(2, '-');
            let depth = parts.next().unwrap_or_default();
            let kind = parts.next().unwrap_or_default().replace('-', " with ");
            let what = format!("Colour type {kind}, {depth} bits per sample, {label}.");
            add(cases, &format!("{name}{suffix}"), &what, &samples, &options);
            if interlaced {
                cases.last_mut().expect("just added").threat = Some(25);
            } else if depth != "8" {
                cases.last_mut().expect("just added").threat = Some(26);
            }
        }
    }
    for (width, height) in [(1, 1), (3, 2), (5, 9), (1, 20), (20, 1)] {
        let options = Options { interlaced: true, ..Options::default() };
        let what = format!("Adam7 of {width}×{height} pixels: some passes are empty.");
        add(
            cases,
            &format!("adam7-{width}x{height}"),
            &what,
            &Samples::of(&landscape(width, height), 8),
            &options,
        );
    }
}

fn transparency(cases: &mut Vec<Case>) {
    let picture = test_card(20, 16);
    let key =
        |values: &[u16]| Some(values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<u8>>());
    let of = |samples: &Samples, pixel: usize| {
        samples.values[pixel * samples.channels..][..samples.channels].to_vec()
    };
    for depth in [1, 4, 8, 16] {
        let samples = Samples::of(&picture.gray(), depth);
        let options = Options { transparency: key(&of(&samples, 0)), ..Options::default() };
        add(
            cases,
            &format!("trns-gray-{depth}"),
            &format!("One grey level is transparent, at {depth} bits per sample."),
            &samples,
            &options,
        );
    }
    for depth in [8, 16] {
        let samples = Samples::of(&picture, depth);
        let options = Options { transparency: key(&of(&samples, 0)), ..Options::default() };
        add(
            cases,
            &format!("trns-rgb-{depth}"),
            &format!("One colour is transparent, at {depth} bits per sample."),
            &samples,
            &options,
        );
    }
    let (samples, palette) = indexed(&picture, 16, 4);
    let some = Some(vec![0, 64, 128, 255]);
    add(
        cases,
        "trns-palette",
        "The first four of 16 palette colours have alpha values.",
        &samples,
        &Options {
            palette: Some(palette.clone()),
            transparency: some.clone(),
            ..Options::default()
        },
    );
    add(
        cases,
        "trns-palette-adam7",
        "A palette with alpha, Adam7.",
        &samples,
        &Options {
            palette: Some(palette),
            transparency: some,
            interlaced: true,
            ..Options::default()
        },
    );
}

fn structure(cases: &mut Vec<Case>) {
    let samples = Samples::of(&landscape(33, 27), 8);
    let base = Options::default();
    for (filter, name) in ["none", "sub", "up", "average", "paeth"].into_iter().enumerate() {
        let options = Options { filter: Some(filter as u8), ..base.clone() };
        add(
            cases,
            &format!("filter-{name}"),
            &format!("Every row has the filter {name}."),
            &samples,
            &options,
        );
    }
    add(
        cases,
        "idat-1-byte",
        "IDAT chunks of one byte each.",
        &Samples::of(&landscape(9, 7), 8),
        &Options { idat_bytes: 1, ..base.clone() },
    );
    add(
        cases,
        "idat-split",
        "IDAT chunks of 100 bytes.",
        &samples,
        &Options { idat_bytes: 100, ..base.clone() },
    );
    let palette = test_card(16, 1).samples;
    add(
        cases,
        "rgb-suggested-palette",
        "RGB with a suggested palette.",
        &samples,
        &Options { palette: None, before_data: vec![(*b"PLTE", palette)], ..base.clone() },
    );
    let mut bytes = file(&samples, &base);
    bytes.extend(b"<script>alert(1)</script>");
    cases.push(
        valid(
            "png",
            "trailing-data",
            "Data after IEND; it must not reach the output.",
            PictureHeader::new(33, 27),
            bytes,
        )
        .for_threat(27),
    );
    // Indices of 8 bits, of which the pixels use only the ten that the palette has.
    let (few, palette) = indexed(&landscape(40, 8), 10, 8);
    add(
        cases,
        "palette-10-of-256",
        "8-bit indices into a palette of ten colours.",
        &few,
        &Options { palette: Some(palette), ..base },
    );
}

fn metadata(cases: &mut Vec<Case>) {
    let upright = test_card(28, 16);
    for orientation in [3, 6] {
        let stored = upright.stored_as(orientation);
        let tiff = exif::orientation(ByteOrder::Big, orientation);
        let options = Options { before_data: vec![(*b"eXIf", tiff)], ..Options::default() };
        let header =
            PictureHeader { orientation, ..PictureHeader::new(stored.width, stored.height) };
        let what = format!("eXIf with orientation {orientation}.");
        cases.push(valid(
            "png",
            &format!("exif-orientation-{orientation}"),
            &what,
            header,
            file(&Samples::of(&stored, 8), &options),
        ));
    }
    let samples = Samples::of(&upright, 8);
    let with = |before_palette| Options { before_palette, ..Options::default() };
    let with_profile = |profile: &[u8]| with(vec![png::icc_profile("Own profile", &zlib(profile))]);
    add(
        cases,
        "icc-display-p3",
        "iCCP with a Display P3-like profile.",
        &samples,
        &with_profile(&icc::rgb("Own P3", &icc::DISPLAY_P3)),
    );
    let swapped = upright.map(3, |from, to| to.copy_from_slice(&[from[1], from[2], from[0]]));
    add(
        cases,
        "icc-gbr",
        "Channels stored as G, B, R with a matching profile.",
        &Samples::of(&swapped, 8),
        &with_profile(&icc::rgb("Own GBR", &icc::GBR)),
    );
    add(
        cases,
        "srgb-gama",
        "sRGB and gAMA chunks.",
        &samples,
        &with(vec![(*b"gAMA", 45_455_u32.to_be_bytes().to_vec()), (*b"sRGB", vec![0])]),
    );
    let text = vec![
        (*b"tEXt", b"Comment\0<script>alert(1)</script>".to_vec()),
        (*b"zTXt", [b"Comment\0\0".as_slice(), &zlib(b"compressed text")].concat()),
        (*b"iTXt", b"Title\0\0\0\0\0international".to_vec()),
        (*b"tIME", vec![0x07, 0xEA, 1, 1, 0, 0, 0]),
    ];
    add(
        cases,
        "text",
        "tEXt, zTXt, iTXt and tIME; none may reach the output.",
        &samples,
        &Options { after_data: text, ..Options::default() },
    )
    .threat = Some(27);
    let unknown =
        vec![(*b"prVt", b"own".to_vec()), (*b"pHYs", vec![0, 0, 11, 19, 0, 0, 11, 19, 1])];
    add(
        cases,
        "unknown-chunk",
        "An unknown ancillary chunk, and pHYs.",
        &samples,
        &Options { before_data: unknown, ..Options::default() },
    );
}

fn animation(cases: &mut Vec<Case>) {
    let samples = Samples::of(&test_card(24, 18), 8);
    let frame_data = |sequence: u32, picture: &Picture| {
        png::frame_data(sequence, &zlib(&png::filtered(&Samples::of(picture, 8), false, None)))
    };
    let mut push = |name: &str, what: &str, options: &Options| {
        let header = PictureHeader { animated: true, ..PictureHeader::new(24, 18) };
        cases.push(valid("png", name, what, header, file(&samples, options)).for_threat(17));
    };
    push(
        "apng-default-is-first",
        "APNG of two frames; the first is the default image.",
        &Options {
            before_data: vec![png::animation_control(2), png::frame_control(0, (24, 18), (0, 0))],
            after_data: vec![
                png::frame_control(1, (10, 8), (6, 4)),
                frame_data(2, &landscape(10, 8)),
            ],
            ..Options::default()
        },
    );
    push(
        "apng-default-not-shown",
        "APNG with a default image that is not a frame; a still decoder shows it.",
        &Options {
            before_data: vec![png::animation_control(1)],
            after_data: vec![
                png::frame_control(0, (24, 18), (0, 0)),
                frame_data(1, &landscape(24, 18)),
            ],
            ..Options::default()
        },
    );
}
