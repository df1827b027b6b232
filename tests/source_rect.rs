//! `Thumbnail::source_rect`: which part of the upright picture an output shows.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Limits, Rect, Request, Size, Thumbnail};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::pictures::{Picture, noise};
use bombproof_testkit::png::{Options, Samples, file};

#[test]
fn each_fit_has_its_part_in_upright_pixels() {
    let picture = noise(60, 20, 3);
    let right = Rect { x: 22, y: 3, width: 36, height: 9 };
    for orientation in 1..=8 {
        let upload = stored_as(orientation, &picture);
        let shown = |request: Request| outputs(&upload, &request)[0].source_rect();
        for (request, expected) in [
            (Request::full_size(), rect(0, 0, 60, 20)),
            (Request::full_size().crop(right), right),
            (Request::contain(30, 30), rect(0, 0, 60, 20)),
            (Request::contain(30, 30).crop(right).attention(), right),
            (Request::cover(10, 10), rect(20, 0, 20, 20)),
            (Request::cover(80, 80).enlarge(true), rect(20, 0, 20, 20)),
            (Request::cover(6, 3).crop(right), rect(31, 3, 18, 9)),
            (Request::cover(10, 10).focus(0.2, 0.9), rect(2, 0, 20, 20)),
            (Request::cover(6, 3).crop(right).focus(1.0, 0.0), rect(40, 3, 18, 9)),
            // Nothing to cut.
            (Request::cover(30, 10).attention(), rect(0, 0, 60, 20)),
        ] {
            assert_eq!(shown(request), expected, "orientation {orientation}, {request:?}");
        }
    }
}

/// Without a change of scale, the output is a copy of the part.
#[test]
fn the_part_that_draws_attention_is_told_to_the_pixel() {
    for left in [0, 61, 240, 276] {
        let picture = with_face(300, 40, (left, 6), 24);
        for orientation in 1..=8 {
            let upload = stored_as(orientation, &picture);
            let request = Request::cover(40, 40).attention();
            for request in [request, request.crop(rect(7, 4, 283, 36)), request.and_size(60, 40)] {
                for output in outputs(&upload, &request) {
                    let shown = output.source_rect();
                    let copy = &outputs(&upload, &Request::full_size().crop(shown))[0];
                    assert_eq!(output.size(), shown.size());
                    assert_eq!(output.bytes(), copy.bytes(), "{shown}, orientation {orientation}");
                }
            }
        }
    }
}

/// Every column has another grey, so that the last row, below the face, tells what it shows.
#[test]
fn at_another_scale_it_is_told_to_a_pixel_of_the_output() {
    for (left, side) in [(100, 50), (700, 50), (813, 37), (1_190, 63)] {
        let upload = stored_as(1, &with_face(1_275, 200, (left, 20), 80));
        let request = Request::cover(side, side).attention();
        let output = &outputs(&upload, &request)[0];
        let shown = output.source_rect();
        assert_eq!((shown.y, shown.size()), (0, Size::new(200, 200)));
        let row_bytes = 3 * side as usize;
        let last_row = &output.bytes()[row_bytes * (side as usize - 1)..];
        let grey: u32 = last_row.iter().map(|&sample| u32::from(sample)).sum();
        // Five columns have the same grey.
        let middle = 5.0 * (f64::from(grey) / row_bytes as f64 + 0.5);
        let told = f64::from(shown.x) + 100.0;
        assert!((middle - told).abs() <= 200.0 / f64::from(side), "{middle}, {told}");
        assert!(shown.x <= left && left + 60 <= shown.x + 200, "{left}: {shown}");
    }
}

/// Grey columns, and a square with the colour of skin.
fn with_face(width: u32, height: u32, (left, top): (u32, u32), side: u32) -> Picture {
    let (xs, ys) = (left..left + side, top..top + side);
    Picture::new(width, height, 3, move |x, y, channel| {
        let is_face = xs.contains(&x) && ys.contains(&y);
        if is_face { [198, 145, 112][channel] } else { (x / 5) as u8 }
    })
}

fn outputs(upload: &[u8], request: &Request) -> Vec<Thumbnail> {
    bombproof::thumbnails(upload, &request.pixels(), &Limits::default()).unwrap()
}

/// A PNG that is stored with this orientation.
fn stored_as(orientation: u16, upright: &Picture) -> Vec<u8> {
    let exif = (*b"eXIf", exif::orientation(ByteOrder::Big, orientation));
    let options = Options { before_data: vec![exif], ..Options::default() };
    file(&Samples::of(&upright.stored_as(orientation), 8), &options)
}

const fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}
