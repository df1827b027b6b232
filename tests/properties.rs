//! Properties of the whole walk on pictures and bytes that nobody chose.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Layout, Limits, Picture, Rect, Request, Size};
use proptest::prelude::*;

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/properties/mod.rs"]
mod properties;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

fn picture() -> impl Strategy<Value = Picture> {
    (1..=40u32, 1..=40u32, prop::sample::select(&LAYOUTS[..]), any::<bool>()).prop_flat_map(
        |(width, height, layout, noisy)| {
            let size = Size::new(width, height);
            let len = size.pixels() as usize * layout.bytes_per_pixel();
            let samples = prop::collection::vec(any::<u8>(), if noisy { len } else { 4 });
            samples.prop_map(move |samples| {
                // Four samples make a smooth ramp, as many as there are make noise.
                let pixels = (0..len)
                    .map(|i| {
                        if noisy {
                            samples[i]
                        } else {
                            samples[i % 4].wrapping_add((i * 64 / len) as u8)
                        }
                    })
                    .collect();
                Picture::new(size, layout, pixels).unwrap()
            })
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let size = (1..=300u32, 1..=300u32);
    let crop = prop::option::of((0..40u32, 0..40u32, 1..40u32, 1..40u32));
    (size, any::<bool>(), any::<bool>(), crop, 0..4u8).prop_map(
        |((width, height), cover, enlarge, crop, output)| {
            let request =
                if cover { Request::cover(width, height) } else { Request::contain(width, height) };
            let request = match crop {
                Some((x, y, width, height)) => request.crop(Rect { x, y, width, height }),
                None => request,
            };
            let request = request.enlarge(enlarge);
            match output {
                0 => request.jpeg(75),
                1 => request.png(),
                2 => request.webp_lossless(),
                _ => request.pixels(),
            }
        },
    )
}

fn small_files() -> Vec<manifest::Row> {
    let small = |row: &manifest::Row| row.bytes < 20_000;
    manifest::rows().into_iter().filter(small).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn png_and_webp_give_back_every_pixel(picture in picture()) {
        properties::lossless_files_give_back_every_pixel(&picture);
    }

    #[test]
    fn jpeg_gives_back_the_size_and_about_the_brightness(picture in picture()) {
        properties::lossy_files_give_back_the_picture(&picture, 95);
    }

    #[test]
    fn any_picture_and_request_keep_the_promise(picture in picture(), request in request()) {
        let limits = Limits::default();
        for file in [
            picture.to_png().unwrap(),
            picture.to_webp().unwrap(),
            picture.to_jpeg(80).unwrap(),
        ] {
            properties::job_keeps_the_promise(&file, &request, &limits);
        }
    }

    #[test]
    fn a_cut_and_damaged_file_keeps_the_promise(
        file in prop::sample::select(small_files()),
        cut in 0.0..1.0f64,
        damage in prop::collection::vec((0.0..1.0f64, any::<u8>()), 0..6),
        request in request(),
    ) {
        let mut bytes = file.read();
        for (at, value) in damage {
            let at = (at * bytes.len() as f64) as usize;
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        let mut limits = Limits::default();
        limits.max_pixels = 2_000_000;
        properties::job_keeps_the_promise(&bytes, &request, &limits);
        bytes.truncate((cut * bytes.len() as f64) as usize);
        properties::job_keeps_the_promise(&bytes, &request, &limits);
    }
}
