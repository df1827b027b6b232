//! P6 on PNGs of every colour type, depth, kind of tRNS and interlacing: their pixels are those that
//! the samples define. `scripts/check-references` compares the same files with libpng.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::instrument::planes;
use bombproof::{Limits, Rect, Request, thumbnail};
use bombproof_testkit::png_matrix::{Case, cases};

#[test]
fn every_sample_of_every_kind_is_the_one_that_the_file_defines() {
    let cases = cases();
    for case in &cases {
        let decoded = planes(&case.bytes).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        for (at, expected) in case.rgba.iter().enumerate() {
            let pixel: Vec<_> =
                decoded.iter().filter_map(|plane| plane.samples.get(at)).copied().collect();
            assert_eq!(rgba(&pixel), *expected, "{}, pixel {at}", case.name);
        }
    }
    assert!(cases.len() > 1_000, "{}", cases.len());
}

/// The colours of transparent pixels do not survive premultiplication, and are not compared.
#[test]
fn a_full_size_picture_and_a_crop_show_the_same_pixels() {
    for case in cases() {
        let all = Rect { x: 0, y: 0, width: case.width, height: case.height };
        let lower_right = Rect {
            x: case.width / 2,
            y: case.height / 2,
            width: case.width.div_ceil(2),
            height: case.height.div_ceil(2),
        };
        for window in [all, lower_right] {
            let request = Request::full_size().crop(window).pixels();
            let shown = thumbnail(&case.bytes, &request, &Limits::default());
            let shown = shown.unwrap_or_else(|error| panic!("{}: {error}", case.name));
            let picture = shown.picture().unwrap();
            let expected = expected(&case, window);
            let shown = picture.pixels().chunks_exact(picture.layout().bytes_per_pixel());
            assert_eq!(shown.len(), expected.len(), "{}", case.name);
            for (at, (shown, expected)) in shown.map(rgba).zip(expected).enumerate() {
                assert_eq!(shown[3], expected[3], "{}, {window:?}, pixel {at}", case.name);
                if expected[3] == 255 {
                    assert_eq!(shown, expected, "{}, {window:?}, pixel {at}", case.name);
                }
            }
        }
    }
}

fn expected(case: &Case, window: Rect) -> Vec<[u8; 4]> {
    let rows = case.rgba.chunks_exact(case.width as usize);
    let rows = rows.skip(window.y as usize).take(window.height as usize);
    rows.flat_map(|row| &row[window.x as usize..][..window.width as usize]).copied().collect()
}

fn rgba(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => panic!("{} samples", pixel.len()),
    }
}
