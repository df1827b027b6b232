//! The setters that change what an output looks like. Each test has the name of one.

use bombproof::{
    ColorConversion, Gamut, Layout, Limits, Picture, Plan, Request, Size, Thumbnail, probe,
};
use bombproof_testkit::pictures::noise;
use bombproof_testkit::png::zlib;

use crate::manifest;
use crate::request::{output, picture, pictures, stored_as};

/// The samples of an output in a wider layout.
fn rgba(picture: &Picture) -> Vec<[u8; 4]> {
    let pixels = picture.pixels().chunks_exact(picture.layout().bytes_per_pixel());
    pixels
        .map(|pixel| match *pixel {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [red, green, blue] => [red, green, blue, 255],
            [red, green, blue, alpha] => [red, green, blue, alpha],
            _ => unreachable!("a pixel has one to four samples"),
        })
        .collect()
}

/// What a padded output of `size` shows: `inner` from pixel (`x`, `y`) on, and `canvas` around it.
fn padded(inner: &Picture, (x, y): (u32, u32), size: Size, canvas: [u8; 4]) -> Vec<[u8; 4]> {
    let pixels = rgba(inner);
    let Size { width, height } = inner.size();
    let places = (0..size.height).flat_map(|row| (0..size.width).map(move |column| (column, row)));
    let shown = places.map(|(column, row)| {
        if (x..x + width).contains(&column) && (y..y + height).contains(&row) {
            pixels[((row - y) * width + column - x) as usize]
        } else {
            canvas
        }
    });
    shown.collect()
}

/// The part of each pixel inside the ellipse that touches all sides: of 100 × 100 points in it.
fn inside_ellipse(size: Size) -> Vec<f64> {
    let share = |at: u32, point: u32, side: u32| {
        (2.0 * (f64::from(at) + (f64::from(point) + 0.5) / 100.0) / f64::from(side) - 1.0).powi(2)
    };
    let places = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
    let part = |(x, y)| {
        let points = (0..100).flat_map(|dy| (0..100).map(move |dx| (dx, dy)));
        let is_inside =
            |&(dx, dy): &(u32, u32)| share(x, dx, size.width) + share(y, dy, size.height) <= 1.0;
        points.filter(is_inside).count() as f64 / 10_000.0
    };
    places.map(part).collect()
}

/// Asserts that `round` is `whole` with its alpha multiplied by the part of each pixel that lies
/// inside.
fn assert_round(round: &Picture, whole: &Picture) {
    let size = whole.size();
    let layout = if whole.layout() == Layout::Gray || whole.layout() == Layout::GrayAlpha {
        Layout::GrayAlpha
    } else {
        Layout::Rgba
    };
    assert_eq!((round.size(), round.layout()), (size, layout));
    for ((round, whole), part) in rgba(round).iter().zip(rgba(whole)).zip(inside_ellipse(size)) {
        let alpha = f64::from(whole[3]) * part;
        assert!(
            (f64::from(round[3]) - alpha).abs() < 3.0,
            "{size}: {round:?} of {whole:?}, {part}"
        );
        let is_inside = part == 1.0;
        assert!(!is_inside || *round == whole || whole[3] == 0, "{size}: {round:?} of {whole:?}");
        let color = if round[3] == 0 { &[0; 3] } else { &whole[..3] };
        assert!(&round[..3] == color || whole[3] == 0, "{size}: {round:?} of {whole:?}");
    }
}

/// Of every layout and orientation, in several sizes, on a canvas, and where attention cuts.
#[test]
fn round() {
    let random = noise(31, 22, 1);
    let gray_alpha = random.map(2, |from, to| to.copy_from_slice(&from[1..]));
    for view in [random.gray(), gray_alpha, random.with_alpha(), random] {
        for orientation in [1, 3, 6] {
            let file = stored_as(orientation, &view);
            for request in [
                Request::full_size(),
                Request::cover(20, 20),
                Request::cover(7, 64).enlarge(true).and_size(12, 9).and_size(1, 1).and_size(2, 1),
                Request::pad(40, 40, [9, 8, 7, 200]).and_size(31, 9),
                Request::cover(9, 15).attention(),
            ] {
                let whole = pictures(&file, &request);
                let made = pictures(&file, &request.round(true));
                assert_eq!(made.len(), whole.len());
                for (round, whole) in made.iter().zip(&whole) {
                    assert_round(round, whole);
                }
                assert_eq!(pictures(&file, &request.round(false)), whole);
                let plan = |request| {
                    Plan::new(&probe(&file).unwrap(), &request, &Limits::default()).unwrap()
                };
                assert!(plan(request.round(true)).to_string().contains(" round"));
            }
        }
    }
    assert_round_files();
}

/// Every format shows the same edge; a JPEG shows the background around it.
fn assert_round_files() {
    let file = stored_as(1, &noise(40, 40, 3).map(3, |_, to| to.copy_from_slice(&[30, 200, 90])));
    let gray = Picture::new(Size::new(40, 40), Layout::Gray, vec![90; 1_600]).unwrap();
    let request = Request::cover(32, 24).round(true).background([250, 200, 10]);
    for file in [file, gray.to_png().unwrap()] {
        let pixels = picture(&file, &request);
        let decoded = |request: Request| picture(&output(&file, &request), &Request::full_size());
        for lossless in [request.png(), request.webp_lossless()] {
            assert_eq!(rgba(&decoded(lossless)), rgba(&pixels));
        }
        let webp = rgba(&decoded(request.webp(90)));
        let jpeg = rgba(&decoded(request.jpeg(100).jpeg_full_chroma(true)));
        for ((webp, jpeg), pixel) in webp.iter().zip(&jpeg).zip(rgba(&pixels)) {
            assert_eq!(webp[3], pixel[3]);
            let opacity = f64::from(pixel[3]) / 255.0;
            for ((shown, color), behind) in jpeg.iter().zip(&pixel[..3]).zip([250, 200, 10]) {
                let wanted = f64::from(*color) * opacity + f64::from(behind) * (1.0 - opacity);
                assert!((f64::from(*shown) - wanted).abs() < 4.0, "{shown}, not {wanted}");
            }
        }
        // The placeholder is round as well.
        let placeholder = |request: Request| {
            let request = request.placeholder(true);
            let made = bombproof::thumbnail(&file, &request, &Limits::default()).unwrap();
            made.placeholder().unwrap()
        };
        let alpha = |request| placeholder(request).thumb_hash().as_bytes()[2] & 0x80 != 0;
        assert!(alpha(request.png()) && !alpha(request.png().round(false)));
        assert!(!alpha(request) && placeholder(request) != placeholder(request.round(false)));
    }
}

/// The picture that `contain` makes, in the middle of the canvas, pixel by pixel.
#[test]
fn pad() {
    let red = [200, 10, 20, 255];
    for orientation in 1..=8 {
        let file = stored_as(orientation, &noise(31, 22, 1));
        for (target, x, y) in
            [((40, 22), 4, 0), ((31, 40), 0, 9), ((44, 29), 6, 3), ((31, 22), 0, 0)]
        {
            let size = Size::new(target.0, target.1);
            let inner = picture(&file, &Request::contain(target.0, target.1));
            assert_eq!(inner.size(), Size::new(31, 22));
            let made = picture(&file, &Request::pad(target.0, target.1, red));
            assert_eq!((made.size(), made.layout()), (size, Layout::Rgb));
            assert!(rgba(&made) == padded(&inner, (x, y), size, red), "{orientation} {size}");
        }
    }

    // Made smaller and larger, in several sizes.
    let file = stored_as(1, &noise(60, 20, 2));
    let request = Request::pad(30, 30, red).and_size(9, 8).and_size(100, 50);
    let sizes = [(30, 10, (0, 10)), (9, 3, (0, 2)), (60, 20, (20, 15))];
    let enlarged = [(30, 10, (0, 10)), (9, 3, (0, 2)), (100, 33, (0, 8))];
    for (enlarge, sizes) in [(false, sizes), (true, enlarged)] {
        let request = request.enlarge(enlarge);
        let plan = Plan::new(&probe(&file).unwrap(), &request, &Limits::default()).unwrap();
        assert!(plan.to_string().contains(", JPEG 30x30 + 9x8 + 100x50 padded"), "{plan}");
        let made = pictures(&file, &request);
        assert!(plan.output_sizes().eq(made.iter().map(Picture::size)));
        let contained = Request::contain(30, 30).and_size(9, 8).and_size(100, 50);
        let contained = pictures(&file, &contained.enlarge(enlarge));
        for ((made, inner), (width, height, place)) in made.iter().zip(&contained).zip(sizes) {
            assert_eq!(inner.size(), Size::new(width, height));
            assert!(rgba(made) == padded(inner, place, made.size(), red), "{}", made.size());
        }
    }
    // Nothing is cut off, so no place is looked for.
    for placed in [request.attention(), request.focus(0.1, 0.9)] {
        assert_eq!(pictures(&file, &placed), pictures(&file, &request));
    }
    assert_canvas_colors();
}

/// A colour with alpha: every format shows what it can.
fn assert_canvas_colors() {
    let gray = Picture::new(Size::new(8, 8), Layout::Gray, vec![90; 64]).unwrap().to_png().unwrap();
    let color = Picture::new(Size::new(8, 8), Layout::Rgb, [9, 90, 30].repeat(64)).unwrap();
    let color = color.to_png().unwrap();
    for (canvas, of_gray, of_color, shown) in [
        ([77, 77, 77, 255], Layout::Gray, Layout::Rgb, [77, 77, 77, 255]),
        ([7, 8, 9, 255], Layout::Rgb, Layout::Rgb, [7, 8, 9, 255]),
        ([7, 7, 7, 100], Layout::GrayAlpha, Layout::Rgba, [7, 7, 7, 100]),
        ([7, 8, 9, 100], Layout::Rgba, Layout::Rgba, [7, 8, 9, 100]),
        // What is not seen has no colour.
        ([7, 8, 9, 0], Layout::GrayAlpha, Layout::Rgba, [0, 0, 0, 0]),
    ] {
        let request = Request::pad(16, 8, canvas);
        for (file, layout) in [(&gray, of_gray), (&color, of_color)] {
            let made = picture(file, &request);
            assert_eq!((made.layout(), rgba(&made)[0]), (layout, shown), "{canvas:?}");
            for file_of in [Request::png, Request::webp_lossless] {
                let decoded = picture(&output(file, &file_of(request)), &Request::full_size());
                assert_eq!(rgba(&decoded), rgba(&made), "{canvas:?}");
            }
            // Alpha of a lossy WebP is exact.
            let webp = picture(&output(file, &request.webp(90)), &Request::full_size());
            let alpha = |picture: &Picture| rgba(picture).iter().map(|p| p[3]).collect::<Vec<_>>();
            assert_eq!(alpha(&webp), alpha(&made));
            // The canvas itself, over the background.
            let opacity = f64::from(canvas[3]) / 255.0;
            let jpeg = output(file, &request.background([250, 200, 10]).jpeg(100));
            let jpeg = picture(&jpeg, &Request::full_size());
            let shown = rgba(&jpeg)[0].into_iter().zip(canvas).zip([250, 200, 10]);
            for ((shown, canvas), behind) in shown {
                let wanted = f64::from(canvas) * opacity + f64::from(behind) * (1.0 - opacity);
                assert!((f64::from(shown) - wanted).abs() < 3.0, "{shown}, not {wanted}");
            }
        }
    }
    // A transparent canvas on a grey background leaves a grey JPEG grey.
    let request = Request::pad(16, 8, [1, 2, 3, 0]).background([60; 3]);
    let jpeg = picture(&output(&gray, &request), &Request::full_size());
    assert!(jpeg.layout() == Layout::Gray && jpeg.pixels()[0].abs_diff(60) < 3);
}

fn made(file: &[u8], request: &Request) -> Thumbnail {
    bombproof::thumbnail(file, request, &Limits::default()).unwrap()
}

/// The largest difference of two samples.
fn most_different(a: &Picture, b: &Picture) -> u8 {
    assert_eq!((a.size(), a.layout()), (b.size(), b.layout()));
    a.pixels().iter().zip(b.pixels()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// A picture in Display P3 stays as it is, to the bit. Every format has a profile, and what it shows
/// is what the output in sRGB shows, as far as that has the colours.
#[test]
fn keep_wide_gamut() {
    let keep = Request::full_size().keep_wide_gamut(true);
    // Of pale colours, which sRGB has as well.
    let pale = noise(24, 24, 5).map(3, |from, to| {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = 100 + from / 4);
    });
    let pale = Picture::new(Size::new(24, 24), Layout::Rgb, pale.samples).unwrap();
    let pale = pale.with_gamut(Gamut::DisplayP3);
    let png = pale.to_png().unwrap();
    for file in [png.clone(), pale.to_webp().unwrap()] {
        assert_eq!(picture(&file, &keep), pale);
        assert_eq!(picture(&file, &Request::full_size()).gamut(), Gamut::Srgb);
        assert_ne!(picture(&file, &Request::full_size()).pixels(), pale.pixels());
    }
    let full_chroma = |request: Request| request.jpeg_full_chroma(true);
    for (request, most) in [
        (full_chroma(keep.jpeg(100)), 8),
        (full_chroma(keep.jpeg(100).jpeg_progressive(true)), 8),
        (keep.png(), 1),
        (keep.webp_lossless(), 1),
        (keep.webp(100), 24),
    ] {
        let wide = made(&png, &request);
        assert_eq!(wide.color(), ColorConversion::ConvertedToDisplayP3);
        assert_eq!(wide.gamut(), Gamut::DisplayP3);
        assert!(probe(wide.bytes()).unwrap().icc().is_some());
        let srgb = made(&png, &request.keep_wide_gamut(false));
        assert_eq!((srgb.gamut(), srgb.color()), (Gamut::Srgb, ColorConversion::Converted));
        assert_eq!(probe(srgb.bytes()).unwrap().icc(), None);
        let shown = |made: &Thumbnail| picture(made.bytes(), &Request::full_size());
        let difference = most_different(&shown(&wide), &shown(&srgb));
        assert!(difference <= most, "{wide:?}: {difference}");
        let kept = picture(wide.bytes(), &keep);
        assert_eq!(kept.gamut(), Gamut::DisplayP3);
    }
    let header = probe(&png).unwrap();
    let plan = Plan::new(&header, &keep, &Limits::default()).unwrap();
    assert!(plan.to_string().contains(" in Display P3"), "{plan}");
    assert_only_wide_files_are_kept(&keep);
    assert_colors_of_the_request_are_srgb();
    assert_the_profile_is_in_the_bounds();
    assert_every_format_has_the_same_profile(&png);
}

/// All other files of the corpus give the same bytes for the same price.
fn assert_only_wide_files_are_kept(keep: &Request) {
    let mut wide = Vec::new();
    for entry in manifest::valid_entries() {
        let file = entry.read();
        if file.len() > 40_000 {
            continue;
        }
        let request = Request::contain(40, 40);
        let plan =
            |request| Plan::new(&probe(&file).unwrap(), &request, &Limits::default()).unwrap();
        let kept = made(&file, &request.keep_wide_gamut(true));
        if kept.gamut() == Gamut::DisplayP3 {
            wide.push(entry.path.trim_start_matches("valid/").to_owned());
            continue;
        }
        assert!(kept == made(&file, &request), "{}", entry.path);
        let quotes = |plan: Plan| (plan.memory_bytes(), plan.work());
        assert_eq!(quotes(plan(request.keep_wide_gamut(true))), quotes(plan(request)));
    }
    assert_eq!(wide, WIDE_FILES);

    let file = manifest::read("valid/icc-display-p3.jpg");
    let mut limits = Limits::default();
    limits.max_icc_bytes = 100;
    let ignored = bombproof::thumbnail(&file, keep, &limits).unwrap();
    assert_eq!((ignored.gamut(), probe(ignored.bytes()).unwrap().icc()), (Gamut::Srgb, None));
}

const WIDE_FILES: [&str; 9] = [
    "cicp-before-gama.png",
    "cicp-bt2020.png",
    "cicp-display-p3.png",
    "gama-chrm.png",
    "icc-display-p3.jpg",
    "icc-display-p3.png",
    "icc-display-p3.webp",
    "icc-in-five-parts.jpg",
    "icc-parts-reversed.jpg",
];

/// The background, the canvas and the placeholder.
fn assert_colors_of_the_request_are_srgb() {
    let near = |a: &[u8], b: [u8; 3]| a.iter().zip(b).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 5);
    let orange = [230, 120, 60];
    let clear = Picture::new(Size::new(16, 16), Layout::Rgba, [0, 0, 0, 0].repeat(256)).unwrap();
    let clear = clear.with_gamut(Gamut::DisplayP3).to_png().unwrap();
    let shown = |file: &[u8], request: &Request| {
        let wide = made(file, request);
        assert_eq!(wide.gamut(), Gamut::DisplayP3);
        picture(wide.bytes(), &Request::full_size()).pixels()[..3].to_vec()
    };
    let request = Request::full_size().keep_wide_gamut(true).background(orange).jpeg(100);
    assert!(near(&shown(&clear, &request), orange), "{:?}", shown(&clear, &request));
    let opaque = Picture::new(Size::new(16, 16), Layout::Rgb, [50, 90, 200].repeat(256)).unwrap();
    let opaque = opaque.with_gamut(Gamut::DisplayP3).to_png().unwrap();
    let [red, green, blue] = orange;
    let request = Request::pad(40, 20, [red, green, blue, 255]).keep_wide_gamut(true);
    for request in [request.png(), request.jpeg(100), request.webp_lossless()] {
        assert!(near(&shown(&opaque, &request), orange), "{:?}", shown(&opaque, &request));
    }
    let request = Request::full_size().placeholder(true).png();
    let [wide, srgb] = [request.keep_wide_gamut(true), request]
        .map(|request| made(&opaque, &request).placeholder().unwrap());
    assert!(near(&wide.dominant_color(), srgb.dominant_color()), "{wide:?}, not {srgb:?}");
    assert!(!near(&[50, 90, 200], srgb.dominant_color()), "{srgb:?}");
}

/// Of outputs that are larger than their source, so that the file is what takes the most memory.
fn assert_the_profile_is_in_the_bounds() {
    let noise = Picture::new(
        Size::new(8, 8),
        Layout::Rgba,
        noise(8, 8, 3)
            .map(4, |from, to| {
                to[..3].copy_from_slice(from);
                to[3] = from[1];
            })
            .samples,
    )
    .unwrap();
    let file = noise.with_gamut(Gamut::DisplayP3).to_png().unwrap();
    let header = probe(&file).unwrap();
    let request = Request::contain(300, 300).enlarge(true);
    for request in [
        request.jpeg(100),
        request.jpeg(100).jpeg_progressive(true),
        request.png(),
        request.webp(100),
        request.webp_lossless(),
    ] {
        let quote =
            |request| Plan::new(&header, &request, &Limits::default()).unwrap().memory_bytes();
        let more = quote(request.keep_wide_gamut(true)) - quote(request);
        // A growing file may be priced by half of its longest length, or by three quarters, twice.
        assert!((492..=2 * 530).contains(&more), "{}: {more}", header.size());
        let longer = made(&file, &request.keep_wide_gamut(true)).bytes().len();
        let exact = request.keep_wide_gamut(true).max_bytes(longer as u64);
        assert_eq!(made(&file, &exact).bytes().len(), longer);
    }
}

/// In a PNG it is a zlib stream, which ends with a checksum.
fn assert_every_format_has_the_same_profile(png: &[u8]) {
    let request = Request::full_size().keep_wide_gamut(true);
    let jpeg = output(png, &request);
    let start = jpeg.windows(14).position(|bytes| bytes == b"ICC_PROFILE\0\x01\x01").unwrap() + 14;
    let profile = &jpeg[start..start + 492];
    assert_eq!((&profile[36..40], &profile[..4]), (&b"acsp"[..], &492_u32.to_be_bytes()[..]));
    for request in [request.png(), request.webp(80), request.webp_lossless()] {
        let file = output(png, &request);
        let start = file.windows(492).position(|bytes| bytes == profile).unwrap();
        if file.starts_with(b"\x89PNG") {
            let stream = zlib(profile);
            assert_eq!(file[start + 492..][..4], stream[stream.len() - 4..]);
        }
    }
}
