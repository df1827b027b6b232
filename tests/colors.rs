//! What a file declares about its colours is honoured, reported, and costs what is quoted.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{
    ColorConversion, Error, Interrupt, Limits, Plan, ProfileProblem, Request, Thumbnail, probe,
};
use bombproof_testkit::pictures::{Picture, test_card};
use bombproof_testkit::png::{self, Options, Samples};
use bombproof_testkit::{bombs, icc};

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;

use counting_allocator::{CountingAllocator, measure};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn pixels(file: &[u8]) -> Thumbnail {
    bombproof::thumbnail(file, &Request::full_size().pixels(), &Limits::default()).unwrap()
}

fn assert_near(name: &str, samples: &[u8], expected: &[u8], most: u8) {
    assert_eq!(samples.len(), expected.len(), "{name}");
    let difference = samples.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(difference.unwrap() <= most, "{name}: {difference:?}");
}

fn srgb_light(sample: u8) -> f64 {
    let coded = f64::from(sample) / 255.0;
    if coded <= 0.04045 { coded / 12.92 } else { ((coded + 0.055) / 1.055).powf(2.4) }
}

fn srgb_level(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let coded =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (coded * 255.0).round() as u8
}

/// The test card in linear Display P3 or sRGB light → sRGB levels.
fn levels(card: &Picture, light: impl Fn(u8) -> f64, matrix: [[f64; 3]; 3]) -> Vec<u8> {
    let of_pixel = |pixel: &[u8]| {
        let light = [pixel[0], pixel[1], pixel[2]].map(&light);
        matrix.map(|row| srgb_level(row.iter().zip(light).map(|(a, b)| a * b).sum()))
    };
    card.samples.chunks_exact(3).flat_map(of_pixel).collect()
}

const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
const P3: [[f64; 3]; 3] =
    [[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09827]];

#[test]
fn colors_of_png_chunks_are_those_computed_in_full_precision() {
    let card = test_card(28, 16);
    let linear = |sample: u8| f64::from(sample) / 255.0;
    let power = |sample: u8| (f64::from(sample) / 255.0).powf(100_000.0 / 45_455.0);
    for (name, expected) in [
        ("cicp-display-p3", levels(&card, srgb_light, P3)),
        ("cicp-before-gama", levels(&card, srgb_light, P3)),
        ("gama-linear", levels(&card, linear, IDENTITY)),
        ("gama-chrm-impossible", levels(&card, linear, IDENTITY)),
        ("cicp-unknown-gama", levels(&card, linear, IDENTITY)),
        ("gama-chrm", levels(&card, power, P3)),
    ] {
        let made = pixels(&manifest::read(&format!("valid/{name}.png")));
        assert_eq!(made.color(), ColorConversion::Converted, "{name}");
        assert_near(name, made.bytes(), &expected, 1);
    }
    let gray = test_card(28, 16).gray();
    let power = |sample: u8| (f64::from(sample) / 255.0).powf(1.0 / 0.55);
    let expected: Vec<u8> = gray.samples.iter().map(|&it| srgb_level(power(it))).collect();
    let made = pixels(&manifest::read("valid/gama-gray.png"));
    assert_eq!(made.color(), ColorConversion::Converted);
    assert_near("gama-gray", made.bytes(), &expected, 1);
}

#[test]
fn chunks_that_are_unusable_or_srgb_change_nothing() {
    let card = test_card(28, 16);
    let ignored = ColorConversion::Ignored;
    for (name, expected) in [
        ("cicp-srgb", ColorConversion::Srgb),
        ("srgb-gama", ColorConversion::Srgb),
        ("gama-0", ColorConversion::Srgb),
        ("cicp-unknown", ignored(ProfileProblem::Unsupported)),
        ("icc-broken-first", ignored(ProfileProblem::Malformed)),
    ] {
        let made = pixels(&manifest::read(&format!("valid/{name}.png")));
        assert_eq!(made.color(), expected, "{name}");
        assert_eq!(made.bytes(), card.samples, "{name}");
    }
}

#[test]
fn tables_and_long_curves_give_the_same_colors_in_every_container() {
    let card = test_card(28, 16);
    // Samples with a gamma of 2 and sRGB primaries.
    let expected = levels(&card, |sample| (f64::from(sample) / 255.0).powi(2), IDENTITY);
    for name in ["icc-table", "icc-table-of-15", "icc-curve-of-9000"] {
        let made = pixels(&manifest::read(&format!("valid/{name}.png")));
        assert_eq!(made.color(), ColorConversion::Converted, "{name}");
        assert_near(name, made.bytes(), &expected, 3);
    }
    let card = test_card(32, 24);
    let expected = levels(&card, |sample| (f64::from(sample) / 255.0).powi(2), IDENTITY);
    for name in ["icc-table", "icc-curve-of-5000"] {
        let made = pixels(&manifest::read(&format!("valid/{name}.jpg")));
        assert_eq!(made.color(), ColorConversion::Converted, "{name}");
        let sum: u64 =
            made.bytes().iter().zip(&expected).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(sum < 6 * expected.len() as u64, "{name}: {sum}");
    }
}

#[test]
fn high_dynamic_range_is_never_shown_as_if_it_were_not() {
    for name in ["cicp-pq", "cicp-hlg"] {
        let refused = bombproof::thumbnail(
            &manifest::read(&format!("invalid/{name}.png")),
            &Request::cover(8, 8),
            &Limits::default(),
        );
        let refused = refused.unwrap_err();
        assert!(matches!(refused, Error::Unsupported(_)));
        assert_eq!(refused.to_string(), "unsupported: PNG with PQ or HLG (cICP)");
    }
}

/// P2 and P3 of a PNG with a profile, at a size where the profile is most of the memory.
#[test]
fn the_quote_of_a_profile_in_a_png_is_honest() {
    for (name, profile, most_percent) in [
        ("Display P3", icc::rgb("Own P3", &icc::DISPLAY_P3), 170),
        ("4,096 points", icc::rgb_of_points("Own", &icc::DISPLAY_P3, 4_096), 150),
        ("65,536 points", icc::rgb_of_points("Own", &icc::DISPLAY_P3, 65_536), 115),
        ("table of 2", icc::rgb_table("Own", &icc::GBR, 2), 105),
        ("table of 17", icc::rgb_table("Own", &icc::GBR, 17), 105),
        ("table of 33", icc::rgb_table("Own", &icc::GBR, 33), 105),
        ("padded", bombs::icc::padded(900_000), 105),
    ] {
        let chunk = png::icc_profile("Own", &png::zlib(&profile));
        let file = png::file(
            &Samples::of(&test_card(28, 16), 8),
            &Options { before_palette: vec![chunk], ..Options::default() },
        );
        let request = Request::cover(16, 16);
        let (header, probed) = measure(|| probe(&file).unwrap());
        assert_eq!(probed.allocations, 0, "{name}");
        let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
        let (made, measured) = measure(|| plan.run(&file, &Interrupt::never()));
        println!(
            "{name}: {} quoted, {} used, {}",
            plan.memory_bytes(),
            measured.peak_bytes,
            made.as_ref().unwrap().color()
        );
        assert!(measured.peak_bytes <= plan.memory_bytes(), "{name}");
        assert!(plan.memory_bytes() * 100 <= measured.peak_bytes * most_percent, "{name}");
    }
}
