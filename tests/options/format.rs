//! The setters of a request that choose its format and how it is encoded. Each test has the name of one.

use bombproof::{
    Error, JpegDetail, JpegEffort, Layout, Limit, Limits, Picture, Plan, Rect, Request, Size, probe,
};

use crate::manifest;
use crate::request::{BLUE, RED, colors, output, picture, three_squares};

#[test]
fn jpeg() {
    let file = manifest::read("valid/photo.png");
    let request = Request::cover(64, 64);
    let of_quality = |quality| output(&file, &request.png().jpeg(quality));
    assert_eq!(output(&file, &request), of_quality(80));
    let lengths = [10, 50, 80, 95].map(|quality| of_quality(quality).len());
    assert!(of_quality(10).starts_with(b"\xFF\xD8\xFF") && lengths.is_sorted(), "{lengths:?}");
    assert!(lengths[3] > 2 * lengths[0], "{lengths:?}");
}

/// A lossless output: the file has the pixels of `request`, which the default does not keep.
fn assert_lossless(request: impl Fn(Request) -> Request, signature: &[u8]) {
    let file = manifest::read("valid/rgba-8.png");
    let full = Request::full_size();
    let made = output(&file, &request(full));
    assert!(made.starts_with(signature));
    assert_eq!(picture(&made, &full), picture(&file, &full));
    assert!(picture(&made, &full).layout().has_alpha());
    assert!(!picture(&output(&file, &full), &full).layout().has_alpha());
}

#[test]
fn png() {
    assert_lossless(Request::png, b"\x89PNG");
}

/// With the quality, the file grows and the error falls. Alpha is exact.
#[test]
fn webp() {
    let file = manifest::read("valid/rgba-8.png");
    let full = Request::full_size();
    let rgba = |file: &[u8]| -> Vec<[u8; 4]> {
        let picture = picture(file, &full);
        assert_eq!(picture.layout(), Layout::Rgba);
        picture.pixels().as_chunks().0.to_vec()
    };
    let source = rgba(&file);
    let mut last = (0, u64::MAX);
    for quality in [10, 50, 80, 95] {
        let made = output(&file, &full.webp(quality));
        assert!(made.starts_with(b"RIFF") && &made[8..16] == b"WEBPVP8X");
        let decoded = rgba(&made);
        let mut error = 0;
        for (decoded, source) in decoded.iter().zip(&source) {
            assert_eq!(decoded[3], source[3]);
            let opacity = u64::from(source[3]);
            let differences = decoded.iter().zip(source).take(3);
            error += differences.map(|(a, b)| u64::from(a.abs_diff(*b)) * opacity).sum::<u64>();
        }
        assert!(made.len() > last.0 && error < last.1, "{quality}: {} {error}", made.len());
        last = (made.len(), error);
    }
    // A photograph takes less than as a lossless WebP, and less than as a JPEG.
    let photo = manifest::read("valid/photo.png");
    let made = |request: Request| output(&photo, &request);
    let request = Request::cover(256, 256);
    let webp = made(request.webp(80));
    assert!(webp.len() < made(request.jpeg(80)).len());
    assert!(3 * webp.len() < made(request.webp_lossless()).len());
    // Every pixel of a picture of one colour has it.
    let red = picture(
        &output(&three_squares(), &full.webp(90)),
        &full.crop(Rect { x: 2, y: 2, width: 12, height: 12 }),
    );
    let [shown] = colors(&red).try_into().unwrap();
    assert!(shown.iter().zip(RED).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 3), "{shown:?}");
}

#[test]
fn webp_lossless() {
    assert_lossless(Request::webp_lossless, b"RIFF");
}

#[test]
fn pixels() {
    let made =
        |request| bombproof::thumbnail(&three_squares(), &request, &Limits::default()).unwrap();
    assert!(made(Request::full_size()).picture().is_none());
    assert_eq!(colors(made(Request::full_size().pixels()).picture().unwrap())[0], RED);
}

#[test]
fn jpeg_progressive() {
    let photo = manifest::read("valid/photo.jpg");
    for request in [Request::cover(200, 120), Request::cover(200, 120).jpeg_full_chroma(true)] {
        let file = output(&photo, &request.jpeg_progressive(true));
        let sequential = output(&photo, &request);
        assert_eq!(output(&photo, &request.jpeg_progressive(false)), sequential);
        let scans = |file: &[u8]| file.windows(2).filter(|bytes| *bytes == [0xFF, 0xDA]).count();
        assert_eq!((scans(&file), scans(&sequential)), (5, 1));
        let shown = |file: &[u8]| picture(file, &Request::full_size());
        assert_eq!(shown(&file), shown(&sequential));
        // No more memory but the length of the longest file, and all passes in the quote of work.
        let header = probe(&photo).unwrap();
        let plan = |request| Plan::new(&header, &request, &Limits::default()).unwrap();
        let progressive = plan(request.jpeg_progressive(true));
        assert!(progressive.work() > plan(request).work());
        let before = plan(request).memory_bytes();
        assert!(progressive.memory_bytes() < before + before / 16);
    }
}

#[test]
fn jpeg_effort() {
    let photo = manifest::read("valid/photo.jpg");
    for request in [Request::cover(200, 120), Request::cover(200, 120).jpeg_progressive(true)] {
        let balanced = output(&photo, &request);
        assert_eq!(output(&photo, &request.jpeg_effort(JpegEffort::Balanced)), balanced);
        let request = request.jpeg_effort(JpegEffort::Smallest);
        let smallest = output(&photo, &request);
        assert!(smallest.len() * 20 < balanced.len() * 19, "{} {}", smallest.len(), balanced.len());
        // It is nearly as close to the pixels.
        let exact = picture(&photo, &request);
        let distance = |file: &[u8]| {
            let shown = picture(file, &Request::full_size());
            let pairs = shown.pixels().iter().zip(exact.pixels());
            pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
        };
        assert!(distance(&smallest) * 4 < distance(&balanced) * 5);
        // Both quotes tell what it takes.
        let header = probe(&photo).unwrap();
        let plan = |effort| {
            let request = Request::cover(900, 900).enlarge(true).jpeg_effort(effort);
            Plan::new(&header, &request, &Limits::default()).unwrap()
        };
        let [balanced, smallest] = [JpegEffort::Balanced, JpegEffort::Smallest].map(plan);
        // 19,494 blocks.
        assert!(smallest.work() - balanced.work() > 19_494 * 5_000);
        assert!(smallest.memory_bytes() > balanced.memory_bytes());
    }
}

#[test]
fn jpeg_full_chroma() {
    // Columns of red and blue, one pixel wide: half the chroma is the mean of both.
    let pixels = (0..32 * 32).flat_map(|i| if i % 2 == 0 { RED } else { BLUE }).collect();
    let file = Picture::new(Size::new(32, 32), Layout::Rgb, pixels).unwrap().to_png().unwrap();
    let shown = |request| picture(&output(&file, &request), &Request::full_size());
    let request = Request::full_size().jpeg(100);
    let error = |made: &Picture| {
        let pixels: &[[u8; 3]] = made.pixels().as_chunks().0;
        let wanted = [RED, BLUE].into_iter().cycle();
        let errors = pixels.iter().zip(wanted).flat_map(|(made, wanted)| {
            made.iter().zip(wanted).map(|(made, wanted)| made.abs_diff(wanted)).collect::<Vec<_>>()
        });
        errors.max().unwrap()
    };
    assert!(error(&shown(request)) > 80);
    assert_eq!(shown(request.jpeg_full_chroma(false)), shown(request));
    assert!(error(&shown(request.jpeg_full_chroma(true))) < 5);
    // Of a JPEG, chroma is then decoded as finely as luma.
    let photo = manifest::read("valid/photo.jpg");
    let header = probe(&photo).unwrap();
    let quote = |full| {
        let request = Request::cover(256, 256).jpeg_full_chroma(full);
        Plan::new(&header, &request, &Limits::default()).unwrap().memory_bytes()
    };
    assert!(quote(true) > quote(false));
}

#[test]
fn jpeg_detail() {
    let file = manifest::read("valid/photo.jpg");
    let header = probe(&file).unwrap();
    let width = header.size().width;
    // 1/4 has the size of the target; 1/2 has twice as much.
    let request = Request::contain(width / 4, width / 4);
    let of_detail = |detail| {
        let request = request.jpeg_detail(detail);
        let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
        (plan.scale_divisor(), picture(&file, &request))
    };
    let [fastest, balanced, best] =
        [JpegDetail::Fastest, JpegDetail::Balanced, JpegDetail::Best].map(of_detail);
    assert_eq!((fastest.0, balanced.0, best.0), (4, 2, 2));
    assert_eq!(balanced.1, picture(&file, &request));
    assert_ne!(fastest.1, balanced.1);
    // Between 1.25 times the target and twice.
    let request = Request::contain(width / 3, width / 3);
    let divisor = |detail| {
        let request = request.jpeg_detail(detail);
        Plan::new(&header, &request, &Limits::default()).unwrap().scale_divisor()
    };
    assert_eq!((divisor(JpegDetail::Balanced), divisor(JpegDetail::Best)), (2, 1));
}

#[test]
fn max_bytes() {
    let photo = manifest::read("valid/photo.jpg");
    let refusal =
        |request: Request| match bombproof::thumbnail(&photo, &request, &Limits::default())
            .unwrap_err()
        {
            Error::OverLimit { limit: Limit::OutputBytes, found, allowed, .. } => (found, allowed),
            error => panic!("{error}"),
        };
    let size = Request::cover(96, 96);
    for with_quality in [Request::jpeg, Request::webp] {
        let request = with_quality(size, 90);
        let file_of = |quality| output(&photo, &with_quality(size, quality));
        let whole = file_of(90);
        assert_eq!(output(&photo, &request.max_bytes(whole.len() as u64)), whole);
        // A file that fits, next to one that does not.
        let fit = file_of(70).len() as u64;
        let limited = output(&photo, &request.max_bytes(fit));
        let quality = (1..=90).rev().find(|&quality| file_of(quality) == limited).unwrap();
        assert!(limited.len() as u64 <= fit && file_of(quality + 1).len() as u64 > fit);
        assert!(quality >= 70);
        let smallest = file_of(1).len() as u64;
        assert_eq!(refusal(request.max_bytes(smallest - 1)), (smallest, smallest - 1));
        assert_eq!(refusal(request.max_bytes(0)), (smallest, 0));
        // The tries are in the quote of work.
        let header = probe(&photo).unwrap();
        let work = |request| Plan::new(&header, request, &Limits::default()).unwrap().work();
        assert!(work(&request.max_bytes(fit)) > work(&request));
    }
    let request = size;
    for request in [request.png(), request.webp_lossless(), request.pixels()] {
        let file = output(&photo, &request);
        let len = file.len() as u64;
        assert_eq!(output(&photo, &request.max_bytes(len)), file);
        assert_eq!(refusal(request.max_bytes(len - 1)), (len, len - 1));
    }
    // Of pixels the plan knows.
    let header = probe(&photo).unwrap();
    let plan = |request: Request| Plan::new(&header, &request, &Limits::default());
    assert!(plan(request.pixels().max_bytes(96 * 96 * 3)).is_ok());
    assert!(plan(request.pixels().max_bytes(96 * 96 * 3 - 1)).is_err());
}
