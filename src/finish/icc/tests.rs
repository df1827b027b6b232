#![allow(clippy::disallowed_macros, clippy::cast_possible_truncation, reason = "test data")]

use super::*;
use crate::budget::Budget;
use crate::probe::icc::test_profiles::{
    DISPLAY_P3, SRGB, curve, function, gray, matrix, profile, srgb_function, stages, table, zlib,
};
use crate::probe::icc::{Space, cost};

/// Converts with exactly the quoted memory.
fn converted(
    source: &IccSource<'_>,
    channels: Channels,
    pixels: &[u8],
) -> (ColorConversion, Vec<u8>) {
    let mut pixels = pixels.to_vec();
    let budget = Budget::new(cost(source, channels.space()).bytes);
    let conversion = convert(
        &mut pixels,
        channels,
        Gamut::Srgb,
        Some(source),
        1 << 20,
        Job { budget: &budget, interrupt: &Interrupt::never() },
    )
    .unwrap();
    (conversion, pixels)
}

fn ignored(profile: &[u8], channels: Channels) -> ProfileProblem {
    let pixels = [7; 120];
    let (conversion, after) = converted(&IccSource::contiguous(profile), channels, &pixels);
    assert_eq!(after, pixels);
    match conversion {
        ColorConversion::Ignored(problem) => problem,
        other => panic!("{other}"),
    }
}

/// The linear light of an sRGB or Display P3 sample. [`coded`] is the inverse.
fn light(sample: u8) -> f64 {
    let coded = f64::from(sample) / 255.0;
    if coded <= 0.04045 { coded / 12.92 } else { ((coded + 0.055) / 1.055).powf(2.4) }
}

fn coded(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    let coded =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    coded * 255.0
}

#[test]
fn display_p3_becomes_srgb_as_computed_in_full_precision() {
    // Linear Display P3 to linear sRGB, both with a D65 white point.
    let to_srgb = [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]];
    let profile = matrix(DISPLAY_P3, &srgb_function());
    for rgba in
        [[0, 0, 0, 0], [255, 255, 255, 9], [200, 100, 50, 128], [0, 255, 0, 255], [90, 91, 92, 1]]
    {
        let source = IccSource::contiguous(&profile);
        let (conversion, after) = converted(&source, Channels::Rgba, &rgba);
        assert_eq!(conversion, ColorConversion::Converted);
        assert_eq!(after[3], rgba[3]);
        let [r, g, b, _] = rgba.map(light);
        for (row, after) in to_srgb.iter().zip(after) {
            let expected = coded(row[0] * r + row[1] * g + row[2] * b);
            assert!((f64::from(after) - expected).abs() < 1.6, "{rgba:?} {after} {expected}");
        }
    }
}

#[test]
fn an_srgb_profile_costs_nothing_and_changes_nothing() {
    let points: Vec<u16> = (0..1024u32)
        .map(|i| (srgb_light(f64::from(i) / 1023.0) * 65535.0).round() as u16)
        .collect();
    let rgb = [1, 2, 3, 250, 128, 0];
    for curve in [srgb_function(), curve(&points)] {
        for (profile, channels) in
            [(matrix(SRGB, &curve), Channels::Rgb), (gray(&curve), Channels::Gray)]
        {
            let source = IccSource::contiguous(&profile);
            assert_eq!(cost(&source, channels.space()).bytes, 0);
            let (conversion, after) = converted(&source, channels, &rgb);
            assert_eq!((conversion, &after[..]), (ColorConversion::Srgb, &rgb[..]));
        }
    }
    // Neither the primaries nor the curve alone are sufficient.
    for profile in [matrix(DISPLAY_P3, &srgb_function()), matrix(SRGB, &curve(&[461]))] {
        assert!(cost(&IccSource::contiguous(&profile), Space::Rgb).bytes > 0);
    }
}

fn srgb_light(coded: f64) -> f64 {
    if coded <= 0.04045 { coded / 12.92 } else { ((coded + 0.055) / 1.055).powf(2.4) }
}

#[test]
fn grey_stays_grey() {
    let profile = gray(&curve(&[461]));
    let source = IccSource::contiguous(&profile);
    let (conversion, after) = converted(&source, Channels::GrayAlpha, &[100, 7, 255, 0, 0, 255]);
    assert_eq!(conversion, ColorConversion::Converted);
    let expected = coded((100.0f64 / 255.0).powf(461.0 / 256.0));
    assert!((f64::from(after[0]) - expected).abs() < 1.0);
    assert_eq!(after[1..], [7, 255, 0, 0, 255]);
    assert_eq!(ignored(&profile, Channels::Rgb), ProfileProblem::WrongColorSpace);
    let rgb = matrix(DISPLAY_P3, &srgb_function());
    assert_eq!(ignored(&rgb, Channels::Gray), ProfileProblem::WrongColorSpace);
}

/// White without ink and black where any ink is full, in 16-bit Lab of version 2: L* in units of
/// 1/0xFF00.
fn cmyk_to_lab(inks: &[f64]) -> [f64; 3] {
    let dark = inks.iter().fold(0.0, |dark: f64, &ink| dark.max(ink));
    [(1.0 - dark) * 65280.0 / 65535.0, 32768.0 / 65535.0, 32768.0 / 65535.0]
}

#[test]
fn a_cmyk_table_converts_the_pixels_to_rgb() {
    let profile = table(b"CMYK", b"Lab ", 5, 2, cmyk_to_lab);
    let source = IccSource::contiguous(&profile);
    let inks: Vec<u8> =
        (0..1000).flat_map(|i| if i % 2 == 0 { [0; 4] } else { [0, 0, 0, 255] }).collect();
    let (conversion, after) = converted(&source, Channels::Cmyk, &inks);
    assert_eq!(conversion, ColorConversion::Converted);
    for (index, rgb) in after[..3000].chunks_exact(3).enumerate() {
        let expected = if index % 2 == 0 { 255 } else { 0 };
        assert!(rgb.iter().all(|sample| sample.abs_diff(expected) <= 3), "{index} {rgb:?}");
    }
    // Without a suitable profile, the simple formula applies.
    let rgb = matrix(DISPLAY_P3, &srgb_function());
    let (conversion, after) =
        converted(&IccSource::contiguous(&rgb), Channels::Cmyk, &[0, 0, 0, 0, 0, 0, 0, 255]);
    assert_eq!(conversion, ColorConversion::Ignored(ProfileProblem::WrongColorSpace));
    assert_eq!(after[..6], [255, 255, 255, 0, 0, 0]);
}

#[test]
fn tables_of_every_kind_are_used_within_their_quote() {
    let half = |node: &[f64]| [node[0] * 0.48, node[1] * 0.5, node[2] * 0.41];
    let bent = curve(&[0, 9000, 65535]);
    for (profile, channels) in [
        (table(b"RGB ", b"XYZ ", 9, 1, half), Channels::Rgb),
        (table(b"RGB ", b"Lab ", 17, 2, half), Channels::Rgba),
        (stages(b"RGB ", b"Lab ", 9, &bent, half), Channels::Rgb),
        (stages(b"RGB ", b"XYZ ", 9, &function(0, &[1.8]), half), Channels::Rgb),
        (stages(b"CMYK", b"Lab ", 3, &bent, cmyk_to_lab), Channels::Cmyk),
        (table(b"CMYK", b"Lab ", 9, 1, cmyk_to_lab), Channels::Cmyk),
    ] {
        let source = IccSource::contiguous(&profile);
        assert_eq!(converted(&source, channels, &[50; 120]).0, ColorConversion::Converted);
    }
}

#[test]
fn a_profile_in_several_jpeg_segments_is_joined() {
    let profile = table(b"RGB ", b"Lab ", 9, 2, |node| [node[0], node[1], node[2]]);
    let whole = converted(&IccSource::contiguous(&profile), Channels::Rgb, &[90; 60]);
    let chunks: Vec<_> = profile.chunks(100).collect();
    let of = chunks.len() as u8;
    let mut numbered: Vec<_> =
        (1..).zip(&chunks).map(|(number, chunk)| (number, of, *chunk)).collect();
    numbered.reverse();
    let source = IccSource::jpeg(numbered.iter().copied());
    assert_eq!(converted(&source, Channels::Rgb, &[90; 60]), whole);
    let source = IccSource::jpeg(numbered.iter().copied().skip(1));
    let (conversion, _) = converted(&source, Channels::Rgb, &[90; 60]);
    assert_eq!(conversion, ColorConversion::Ignored(ProfileProblem::Incomplete));
}

#[test]
fn a_deflated_profile_converts_like_a_plain_one() {
    let half = |node: &[f64]| [node[0] * 0.48, node[1] * 0.5, node[2] * 0.41];
    let bent = curve(&[0, 9000, 65535]);
    for (profile, channels) in [
        (matrix(DISPLAY_P3, &srgb_function()), Channels::Rgb),
        (matrix(SRGB, &srgb_function()), Channels::Rgb),
        (matrix(DISPLAY_P3, &curve(&ramp(65_536))), Channels::Rgb),
        (gray(&curve(&ramp(20_000))), Channels::Gray),
        (table(b"RGB ", b"XYZ ", 5, 1, half), Channels::Rgb),
        (table(b"RGB ", b"Lab ", 17, 2, half), Channels::Rgba),
        (stages(b"RGB ", b"Lab ", 5, &bent, half), Channels::Rgb),
        (stages(b"RGB ", b"Lab ", 17, &bent, half), Channels::Rgb),
    ] {
        let stream = zlib(&profile);
        let pixels: Vec<u8> = (0..240).collect();
        let plain = converted(&IccSource::contiguous(&profile), channels, &pixels);
        assert_eq!(converted(&IccSource::Deflated(&stream), channels, &pixels), plain);
        assert!(!matches!(plain.0, ColorConversion::Ignored(_)));

        // Everything behind the declared length is ignored, whether it is intact or not.
        let mut padded = profile.clone();
        padded.resize(4 << 20, 0);
        let bomb = zlib(&padded);
        assert_eq!(converted(&IccSource::Deflated(&bomb), channels, &pixels), plain);
        let truncated = &bomb[..bomb.len() - 100];
        assert_eq!(converted(&IccSource::Deflated(truncated), channels, &pixels), plain);
    }
}

#[test]
fn a_damaged_deflated_profile_is_ignored() {
    let small = matrix(DISPLAY_P3, &srgb_function());
    let long = matrix(DISPLAY_P3, &curve(&ramp(65_536)));
    let pixels = [200, 100, 50];
    let problem =
        |stream: &[u8]| match converted(&IccSource::Deflated(stream), Channels::Rgb, &pixels) {
            (ColorConversion::Ignored(problem), after) if after == pixels => problem,
            other => panic!("{other:?}"),
        };
    for profile in [&small, &long] {
        let stream = zlib(profile);
        assert_eq!(problem(&stream[..stream.len() / 2]), ProfileProblem::Incomplete);
        let short = zlib(&profile[..profile.len() - 1]);
        assert_eq!(problem(&short), ProfileProblem::Malformed);
        let mut lie = profile.clone();
        lie[..4].copy_from_slice(&[0xFF; 4]);
        assert!(matches!(
            problem(&zlib(&lie)),
            ProfileProblem::TooLarge | ProfileProblem::Malformed
        ));
    }
    assert_eq!(problem(&[]), ProfileProblem::Incomplete);
    assert_eq!(problem(b"\0\x01junk"), ProfileProblem::Malformed);
    assert_eq!(problem(&zlib(&[0; 4 << 20])), ProfileProblem::Malformed);
    assert_eq!(problem(&zlib(&gray(&curve(&ramp(20_000))))), ProfileProblem::WrongColorSpace);

    // In the middle of the stream, behind the head.
    let mut stream = zlib(&long);
    let middle = stream.len() / 2;
    stream[middle..middle + 40].fill(0xFF);
    converted(&IccSource::Deflated(&stream), Channels::Rgb, &pixels);
}

/// A gamma of about 2, as a curve of this many points.
fn ramp(count: u32) -> Vec<u16> {
    (0..count)
        .map(|i| f64::from(i) / f64::from(count - 1))
        .map(|coded| (coded.powi(2) * 65535.0).round() as u16)
        .collect()
}

#[test]
fn a_curve_of_any_length_gives_the_colors_of_its_function() {
    let pixels: Vec<u8> = (0..=254).collect();
    let (_, expected) = converted(
        &IccSource::contiguous(&matrix(DISPLAY_P3, &function(0, &[2.0]))),
        Channels::Rgb,
        &pixels,
    );
    for count in [1_024, 4_096, 4_097, 40_000, 40_001, 65_536] {
        let profile = matrix(DISPLAY_P3, &curve(&ramp(count)));
        let (conversion, after) =
            converted(&IccSource::contiguous(&profile), Channels::Rgb, &pixels);
        assert_eq!(conversion, ColorConversion::Converted);
        let near = after.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 1);
        assert!(near, "{count}: {after:?} {expected:?}");
    }
}

#[test]
fn a_profile_over_the_limit_is_not_read() {
    let profile = matrix(DISPLAY_P3, &srgb_function());
    let stream = zlib(&profile);
    for source in [IccSource::contiguous(&profile), IccSource::Deflated(&stream)] {
        for (limit, expected) in [
            (profile.len() as u64, ColorConversion::Converted),
            (profile.len() as u64 - 1, ColorConversion::Ignored(ProfileProblem::TooLarge)),
        ] {
            let budget = Budget::new(cost(&source, Space::Rgb).bytes);
            let mut pixels = [9; 30];
            let (rgb, srgb) = (Channels::Rgb, Gamut::Srgb);
            let conversion = convert(
                &mut pixels,
                rgb,
                srgb,
                Some(&source),
                limit,
                Job { budget: &budget, interrupt: &Interrupt::never() },
            );
            assert_eq!(conversion.unwrap(), expected);
        }
    }
}

#[test]
fn violated_rules_are_found_before_the_profile_is_used() {
    let good = matrix(DISPLAY_P3, &srgb_function());
    let with = |at: usize, bytes: &[u8]| {
        let mut broken = good.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes);
        ignored(&broken, Channels::Rgb)
    };
    assert_eq!(with(36, b"acsq"), ProfileProblem::Malformed);
    assert_eq!(with(0, &[0, 0xFF, 0, 0]), ProfileProblem::Malformed);
    assert_eq!(with(128, &[0xFF; 4]), ProfileProblem::Malformed);
    assert_eq!(with(8, &[5]), ProfileProblem::Unsupported);
    assert_eq!(with(12, b"link"), ProfileProblem::Unsupported);
    assert_eq!(with(16, b"Lab "), ProfileProblem::Unsupported);
    // The first tag kept is the red colorant, in the second entry of the table.
    assert_eq!(with(132 + 12 + 4, &[0xFF; 8]), ProfileProblem::Malformed);
    assert_eq!(with(132 + 12 + 8, &[0, 0, 0, 19]), ProfileProblem::Malformed);
    for end in [0, 20, 127, 131, 200, good.len() - 1] {
        assert_eq!(ignored(&good[..end], Channels::Rgb), ProfileProblem::Malformed, "{end}");
    }
    let long = matrix(DISPLAY_P3, &curve(&[0; 65_537]));
    assert_eq!(ignored(&long, Channels::Rgb), ProfileProblem::TooCostly);
    let dark = matrix([[0.1, 0.1, 0.1]; 3], &srgb_function());
    assert_eq!(ignored(&dark, Channels::Rgb), ProfileProblem::Malformed);
    let no_model = profile(b"CMYK", b"Lab ", &[(b"cprt", vec![0; 12])]);
    assert_eq!(ignored(&no_model, Channels::Rgb), ProfileProblem::Unsupported);
}

#[test]
fn changed_bytes_never_panic_and_never_exceed_the_quote() {
    let node = |node: &[f64]| [node[0], node[1] * 0.5, node[2] * 0.5];
    let samples = [
        (matrix(DISPLAY_P3, &curve(&[0, 100, 65535])), Channels::Rgb),
        (matrix(DISPLAY_P3, &function(4, &[2.4, 0.9, 0.1, 0.07, 0.04, 0.0, 0.0])), Channels::Rgba),
        (gray(&curve(&[461])), Channels::Gray),
        (table(b"RGB ", b"Lab ", 3, 2, node), Channels::Rgb),
        (stages(b"RGB ", b"Lab ", 3, &function(1, &[2.0, 1.0, 0.1]), node), Channels::Rgb),
    ];
    let mut state = 5u64;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..120 {
        let (profile, channels) = &samples[round % samples.len()];
        let mut profile = profile.clone();
        for _ in 0..=random(3) {
            let at = random(profile.len());
            profile[at] = [0, 1, 0x7F, 0x80, 0xFF, profile[at] ^ 16][random(6)];
        }
        converted(&IccSource::contiguous(&profile), *channels, &[99; 24]);
    }
}

/// The 16-bit Lab of version 2 of a neutral ramp with some colour, as coded values.
fn colored_ramp(node: &[f64]) -> [f64; 3] {
    let mean = (node[0] + node[1] + node[2]) / 3.0;
    [0.05 + 0.85 * mean, 0.5 + 0.08 * (node[0] - node[1]), 0.5 + 0.08 * (node[1] - node[2])]
}

#[test]
fn tables_give_the_colors_computed_in_full_precision() {
    let points = [0, 9_000, 30_000, 65_535];
    let bent = |sample: u8| {
        let position = f64::from(sample) / 255.0 * 3.0;
        let index = (position as usize).min(2);
        let [below, above] = [points[index], points[index + 1]].map(f64::from);
        (below + (above - below) * (position - index as f64)) / 65_535.0
    };
    let straight = |sample: u8| f64::from(sample) / 255.0;
    // Version 2 codes 100 as 0xFF00 of 0xFFFF.
    let old = 65_535.0 / 65_280.0;
    let table = table(b"RGB ", b"Lab ", 17, 2, colored_ramp);
    assert_full_precision(&table, straight, |node| colored_ramp(node).map(|value| value * old));
    let stages = stages(b"RGB ", b"Lab ", 17, &curve(&points), colored_ramp);
    assert_full_precision(&stages, bent, colored_ramp);
}

/// Asserts that an RGB profile with such curves and such a grid of Lab is converted exactly.
fn assert_full_precision(
    profile: &[u8],
    value: impl Fn(u8) -> f64,
    coded_lab: impl Fn(&[f64]) -> [f64; 3],
) {
    let pixels: Vec<u8> = (0..12_000u32).map(|i| (i * 37 % 251) as u8).collect();
    let (_, after) = converted(&IccSource::contiguous(profile), Channels::Rgb, &pixels);
    // X, Y and Z under D50 to linear sRGB (Bruce Lindbloom).
    let to_srgb = [
        [3.134_136, -1.617_386, -0.490_662],
        [-0.978_796, 1.916_254, 0.033_443],
        [0.071_955, -0.228_977, 1.405_386],
    ];
    let (mut errors, mut sum) = (0.0, 0.0);
    for (rgb, after) in pixels.chunks_exact(3).zip(after.chunks_exact(3)) {
        let node: Vec<f64> = rgb.iter().map(|&sample| value(sample)).collect();
        let [l, a, b] = coded_lab(&node);
        let (l, a, b) = (l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0);
        let y = (l + 16.0) / 116.0;
        let cube = |t: f64| {
            if t > 6.0 / 29.0 { t.powi(3) } else { (t - 4.0 / 29.0) * 108.0 / 841.0 }
        };
        let xyz = [cube(y + a / 500.0) * 0.9642, cube(y), cube(y - b / 200.0) * 0.8249];
        for (row, after) in to_srgb.iter().zip(after) {
            let light: f64 = row.iter().zip(xyz).map(|(a, b)| a * b).sum();
            let error = f64::from(*after) - coded(light);
            assert!(error.abs() < 0.6, "{rgb:?}: {after}, not {}", coded(light));
            errors += error.abs();
            sum += error;
        }
    }
    // Rounding a number with a random fraction once has a mean error of a quarter, and no bias.
    let count = after.len() as f64;
    let (mean, bias) = (errors / count, sum / count);
    assert!(mean < 0.26 && bias.abs() < 0.03, "{mean} {bias}");
}
