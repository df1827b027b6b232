//! Properties of the complete pipeline, on random pictures, requests and damage.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Gamut, Layout, Limits, Picture, Rect, Request, Size, probe};
use bombproof_testkit::exif::{self, ByteOrder};
use bombproof_testkit::icc;
use properties::{Fit, Output, RequestParts};
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
                // Four samples make a smooth ramp; one for every byte makes noise.
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

fn parts() -> impl Strategy<Value = RequestParts> {
    let size = (1..=300u32, 1..=300u32).prop_map(|(width, height)| Size::new(width, height));
    let crop = prop::option::weighted(0.3, (0..40u32, 0..40u32, 1..40u32, 1..40u32));
    let fit = prop_oneof![
        Just(Fit::Cover),
        Just(Fit::Contain),
        Just(Fit::Full),
        any::<[u8; 4]>().prop_map(Fit::Pad),
        any::<[bool; 4]>().prop_map(|bits| Fit::Pad(bits.map(|bit| if bit { 255 } else { 0 }))),
    ];
    let outputs =
        [Output::Jpeg(75), Output::Png, Output::WebP(75), Output::WebPLossless, Output::Pixels];
    let output = prop::sample::select(outputs.to_vec());
    let focus = prop::option::weighted(0.3, (0.0..=1.0, 0.0..=1.0));
    let max_bytes = prop::option::weighted(0.3, 0..4_000_u64);
    let geometry = (fit, prop::collection::vec(size, 1..4), crop, focus);
    (geometry, output, max_bytes, any::<[bool; 7]>()).prop_map(
        |((fit, sizes, crop, focus), output, max_bytes, flags)| {
            let [enlarge, placeholder, full_chroma, progressive, attention, round, wide] = flags;
            let crop = crop.map(|(x, y, width, height)| Rect { x, y, width, height });
            let parts = RequestParts {
                fit,
                sizes,
                crop,
                focus,
                output,
                enlarge,
                round,
                ..Default::default()
            };
            RequestParts {
                max_bytes,
                placeholder,
                full_chroma,
                progressive,
                attention,
                keep_wide_gamut: wide,
                ..parts
            }
        },
    )
}

fn small_files() -> Vec<manifest::Entry> {
    let small = |entry: &manifest::Entry| entry.bytes < 20_000;
    manifest::entries().into_iter().filter(small).collect()
}

/// zune-jpeg can judge most of them; `properties/jpeg.rs` names the exceptions.
#[test]
fn jpegs_of_the_corpus_are_decoded_as_zune_jpeg_does() {
    let mut count = 0;
    for entry in manifest::entries().iter().filter(|entry| entry.format == "jpeg") {
        println!("{}", entry.path);
        properties::jpeg_is_decoded_as_defined(&entry.read());
        count += 1;
    }
    assert!(count >= 140, "{count} files");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn png_and_webp_preserve_every_pixel(picture in picture()) {
        properties::lossless_files_give_back_every_pixel(&picture);
        properties::wide_colors_are_kept(&picture);
    }

    #[test]
    fn jpeg_preserves_the_size_and_roughly_the_brightness(picture in picture()) {
        properties::lossy_files_give_back_the_picture(&picture, 95);
        properties::jpeg_options_keep_their_word(&picture, 90);
    }

    #[test]
    fn any_picture_and_request_keep_the_promise(picture in picture(), parts in parts()) {
        let limits = Limits::default();
        for file in [
            picture.to_png().unwrap(),
            picture.to_webp().unwrap(),
            picture.to_jpeg(80).unwrap(),
            picture.clone().with_gamut(Gamut::DisplayP3).to_lossy_webp(80).unwrap(),
        ] {
            properties::plan_keeps_the_promise(&probe(&file).unwrap(), &parts, &limits);
            properties::job_keeps_the_promise(&file, &parts.request(), &limits);
        }
    }

    #[test]
    fn a_truncated_and_damaged_file_keeps_the_promise(
        file in prop::sample::select(small_files()),
        length in 0.0..1.0f64,
        damage in prop::collection::vec((0.0..1.0f64, any::<u8>()), 0..6),
        parts in parts(),
    ) {
        let bytes = file.read();
        let at = |share: f64| (share * bytes.len() as f64) as usize;
        let damage: Vec<_> = damage.into_iter().map(|(share, value)| (at(share), value)).collect();
        let length = at(length);
        let mut bytes = damaged(bytes, &damage);
        let mut limits = Limits::default();
        limits.max_pixels = 2_000_000;
        let request = Request::cover(16, 16).pixels();
        properties::no_prefix_is_another_picture(&bytes, &request, &limits, &[length]);
        properties::sanitised_view_is_self_contained(&bytes, &limits);
        properties::job_keeps_the_promise(&bytes, &parts.request(), &limits);
        bytes.truncate(length);
        properties::job_keeps_the_promise(&bytes, &parts.request(), &limits);
    }

    #[test]
    fn any_exif_block_is_read_the_same_in_every_format(
        value in any::<u16>(),
        little in any::<bool>(),
        damage in prop::collection::vec((0..60usize, any::<u8>()), 0..4),
    ) {
        let order = if little { ByteOrder::Little } else { ByteOrder::Big };
        let tiff = damaged(exif::orientation(order, value), &damage);
        properties::exif_is_read_the_same_in_every_format(&tiff);
    }

    #[test]
    fn a_damaged_profile_keeps_the_promise(
        kind in 0..3usize,
        damage in prop::collection::vec((0..700usize, any::<u8>()), 0..4),
    ) {
        let profile = [|| icc::rgb("Own", &icc::DISPLAY_P3), icc::gray, icc::cmyk][kind]();
        properties::any_profile_keeps_the_promise(&damaged(profile, &damage), &Limits::default());
    }
}

/// Overwrites single bytes. Places past the end are ignored.
fn damaged(mut bytes: Vec<u8>, damage: &[(usize, u8)]) -> Vec<u8> {
    for &(at, value) in damage {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
    }
    bytes
}
