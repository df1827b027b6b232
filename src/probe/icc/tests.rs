//! Intact and damaged profiles: what is read from them, and what they cost.
#![allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "tests")]

use super::deflated::{HEAD_BYTES, most_deflated_bytes};
use super::test_profiles::{
    DISPLAY_P3, SRGB, curve, function, gray, matrix, profile, srgb_function, stages, table, zlib,
};
use super::*;
use crate::budget::Budget;

fn outcome(bytes: &ProfileBytes<'_>) -> String {
    let profile = match Profile::of(bytes) {
        Ok(profile) => profile,
        Err(problem) => return problem.to_string(),
    };
    let budget = Budget::new(profile.data_bytes());
    let data = match profile.data(&budget) {
        Ok(data) => fnv1a64(FNV_BASIS, &data),
        Err(error) => return format!("{error}"),
    };
    let quote = cost(&IccSource::Plain(bytes.clone()), profile.space).bytes;
    let bytes = conversion_bytes(&profile);
    format!("{:?} {} {bytes} {quote} {data:x}", profile.space, profile.is_srgb())
}

fn outcome_of(profile: &[u8]) -> String {
    outcome(&ProfileBytes::contiguous(profile))
}

fn profiles() -> Vec<(&'static str, Vec<u8>)> {
    let node = |node: &[f64]| [node[0], node[1] * 0.5, node[2] * 0.4];
    let (first, second) = (curve(&[461]), curve(&[0, 100, 65535]));
    let third = function(4, &[2.4, 0.9, 0.1, 0.07, 0.04, 0.0, 0.0]);
    let xyz = |y: f64| {
        let fixed = [0.3, y, 0.2].map(|value| ((value * 65536.0) as i32).to_be_bytes());
        [b"XYZ \0\0\0\0", fixed.as_flattened()].concat()
    };
    let of_curves = |curves: [&[u8]; 3]| {
        let [red, green, blue] = curves.map(<[u8]>::to_vec);
        let tags = [
            (b"rXYZ", xyz(0.3)),
            (b"gXYZ", xyz(0.4)),
            (b"bXYZ", xyz(0.25)),
            (b"rTRC", red),
            (b"gTRC", green),
            (b"bTRC", blue),
        ];
        profile(b"RGB ", b"XYZ ", &tags)
    };
    let srgb_points: Vec<u16> = (0..256u32)
        .map(|i| {
            let coded = f64::from(i) / 255.0;
            let light =
                if coded <= 0.04045 { coded / 12.92 } else { ((coded + 0.055) / 1.055).powf(2.4) };
            (light * 65535.0).round() as u16
        })
        .collect();
    let points_3 = curve(&[0, 9000, 65535]);
    vec![
        ("grey, a gamma", gray(&first)),
        ("grey, five functions", gray(&function(2, &[2.0, 1.0, 0.1, 0.2]))),
        ("sRGB by function", matrix(SRGB, &srgb_function())),
        ("sRGB by points", matrix(SRGB, &curve(&srgb_points))),
        (
            "sRGB by seven numbers",
            matrix(
                SRGB,
                &function(4, &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045, 0.0, 0.0]),
            ),
        ),
        ("Display P3", matrix(DISPLAY_P3, &second)),
        ("three curves", of_curves([&first, &second, &third])),
        ("RGB table of 8 bits", table(b"RGB ", b"XYZ ", 2, 1, node)),
        ("RGB table of 16 bits", table(b"RGB ", b"Lab ", 3, 2, node)),
        ("CMYK table", table(b"CMYK", b"Lab ", 2, 2, node)),
        ("RGB stages", stages(b"RGB ", b"Lab ", 2, &function(1, &[2.0, 1.0, 0.1]), node)),
        ("CMYK stages", stages(b"CMYK", b"Lab ", 2, &points_3, node)),
        ("green like red", of_curves([&first, &first, &third])),
        ("blue like green", of_curves([&first, &third, &third])),
    ]
}

/// A regression test: what is read, rewritten and quoted must not change by accident. Each byte is
/// replaced by nearby values and by values at the edges of its range.
#[test]
fn outcomes_of_damaged_profiles_match_the_record() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/probe/icc/tests.txt");
    let record = std::env::var_os("RECORD").is_some();
    let recorded = std::fs::read_to_string(path).unwrap();
    let mut current = String::new();
    let mut lines = recorded.lines();
    for (name, profile) in profiles() {
        let line = format!("{name}: {}; {}", outcome_of(&profile), damage(&profile));
        current += &line;
        current += "\n";
        let expected = lines.next().unwrap_or_default();
        assert!(record || line == expected, "now {line}\nwas {expected}\n`RECORD=1` updates it");
    }
    if record {
        std::fs::write(path, current).unwrap();
    } else {
        assert_eq!(lines.next(), None, "a recorded profile is no longer tested");
    }
}

fn damage(profile: &[u8]) -> String {
    let mut sum = FNV_BASIS;
    let mut kept = 0;
    let mut add = |profile: &[u8]| {
        let outcome = outcome_of(profile);
        kept += u32::from(outcome.len() > 20);
        sum = fnv1a64(sum, outcome.as_bytes());
    };
    let mut copy = profile.to_vec();
    for at in 0..profile.len().min(DAMAGED_BYTES) {
        add(&profile[..at]);
        let byte = profile[at];
        let near = [1, 2, 3, 4, 252, 253, 254, 255].map(|step| byte.wrapping_add(step));
        let edges = [0, 1, 2, 3, 4, 5, 16, 31, 32, 33, 127, 128, 129, 132, 254, 255];
        for changed in near.into_iter().chain(edges).chain([byte ^ 0x20, byte ^ 0x80]) {
            copy[at] = changed;
            add(&copy);
        }
        copy[at] = byte;
    }
    format!("{kept} kept, {sum:016x}")
}

#[test]
fn a_profile_in_chunks_is_read_like_one_in_one_piece() {
    for (name, profile) in profiles() {
        for length in [1, 3, 4, 13, 100] {
            if profile.len() > 255 * length {
                continue;
            }
            let total = profile.len().div_ceil(length) as u8;
            let chunks = (1..=total).zip(profile.chunks(length));
            let chunks = chunks.map(|(sequence, chunk)| (sequence, total, chunk));
            let bytes = ProfileBytes::from_jpeg(chunks).unwrap();
            assert_eq!(bytes.len(), profile.len() as u64);
            assert_eq!(outcome(&bytes), outcome_of(&profile), "{name} in chunks of {length}");
        }
    }
}

fn space_of(profile: &[u8]) -> Space {
    match &profile[16..20] {
        b"GRAY" => Space::Gray,
        b"CMYK" => Space::Cmyk,
        _ => Space::Rgb,
    }
}

fn quote_of(profile: &[u8]) -> u64 {
    cost(&IccSource::contiguous(profile), space_of(profile)).bytes
}

fn quote_of_deflated(profile: &[u8]) -> u64 {
    cost(&IccSource::Deflated(&zlib(profile)), space_of(profile)).bytes
}

/// The same profile with text before the data of its tags.
fn with_text(profile: &[u8], text_bytes: usize) -> Vec<u8> {
    let tags = u32::from_be_bytes(profile[128..132].try_into().unwrap()) as usize;
    let start = 132 + 12 * tags;
    let text = vec![b' '; text_bytes];
    let mut moved = [&profile[..start], &text, &profile[start..]].concat();
    for entry in (132..start).step_by(12) {
        let offset = u32::from_be_bytes(moved[entry + 4..entry + 8].try_into().unwrap());
        moved[entry + 4..entry + 8].copy_from_slice(&(offset + text_bytes as u32).to_be_bytes());
    }
    let len = (moved.len() as u32).to_be_bytes();
    moved[..4].copy_from_slice(&len);
    moved
}

#[test]
fn a_deflated_profile_that_fits_on_the_stack_is_quoted_like_a_plain_one() {
    for (name, profile) in profiles() {
        assert!(profile.len() <= HEAD_BYTES);
        assert_eq!(quote_of_deflated(&profile), quote_of(&profile), "{name}");
        let len = HEAD_BYTES - profile.len();
        let longest = with_text(&profile, len);
        assert_eq!(quote_of_deflated(&longest), quote_of(&longest), "{name}");
    }
}

/// The inflated profile lies on the heap beside the copy of its tags.
#[test]
fn a_longer_deflated_profile_is_quoted_by_its_tag_table() {
    for (name, profile) in profiles() {
        for len in [HEAD_BYTES, 3 * HEAD_BYTES, 40 * HEAD_BYTES] {
            let long = with_text(&profile, len);
            let bytes = ProfileBytes::contiguous(&long);
            let needed = long.len() as u64 + conversion_bytes(&Profile::of(&bytes).unwrap());
            let quote = quote_of_deflated(&long);
            assert!(quote >= needed, "{name}: {quote} of {needed}");
            // A table of which only the length is known may have six curves.
            assert!(quote <= needed + 50_000, "{name}: {quote} of {needed}");
        }
    }
}

/// 256 values for each channel, and 2,049 for each curve that is kept as points.
#[test]
fn every_value_of_a_curve_is_counted() {
    let mut with_points = 0;
    for (name, profile) in profiles() {
        let space = space_of(&profile);
        let values = cost(&IccSource::contiguous(&profile), space).curve_values;
        let bytes = ProfileBytes::contiguous(&profile);
        let of = Profile::of(&bytes).unwrap();
        let points = (conversion_bytes(&of) - of.data_bytes()) / 4;
        let expected = 256 * u64::from(space.channels()) + points;
        assert_eq!(values, if of.is_srgb() { 0 } else { expected }, "{name}");
        with_points += u32::from(points > 0);

        // Of a table beyond the head only the length is known.
        let long = with_text(&profile, HEAD_BYTES);
        let most = cost(&IccSource::Deflated(&zlib(&long)), space).curve_values;
        assert!(most >= values, "{name}: {most} of {values}");
    }
    assert_eq!(with_points, 2);
}

#[test]
fn an_unusable_deflated_profile_costs_nothing() {
    let stream = zlib(&matrix(DISPLAY_P3, &curve(&[461])));
    for stream in [&[][..], b"junk", &stream[..stream.len() / 2], &zlib(&[0; 1 << 20])] {
        assert_eq!(cost(&IccSource::Deflated(stream), Space::Rgb).bytes, 0);
    }
    let long = matrix(DISPLAY_P3, &curve(&vec![7; 20_000]));
    let mut wrong = long.clone();
    wrong[36] = b'?';
    assert_eq!(quote_of_deflated(&wrong), 0);
    // More than any profile may cost.
    let mut huge = long;
    huge[..4].copy_from_slice(&(9_u32 << 20).to_be_bytes());
    assert_eq!(quote_of_deflated(&huge), 0);
}

/// A PNG of 30 MB, whose profile is a stream of blocks without content, kept `probe` busy for five
/// seconds, and each output again.
#[test]
fn blocks_without_content_before_a_profile_are_not_inflated_for_ever() {
    let profile = matrix(DISPLAY_P3, &curve(&[461]));
    let stream = zlib(&profile);
    let after_blocks = |count: usize| {
        let (header, blocks) = stream.split_at(2);
        [header, &[0, 0, 0, 0xFF, 0xFF].repeat(count), blocks].concat()
    };
    let most = most_deflated_bytes(HEAD_BYTES as u64);
    for (count, is_used) in [(0, true), (1_000, true), (most as usize / 5, false), (1 << 20, false)]
    {
        let stream = after_blocks(count);
        let cost = cost(&IccSource::Deflated(&stream), Space::Rgb);
        assert_eq!(cost.bytes > 0, is_used, "{count}");
        assert_eq!(cost.deflated_head_bytes, most.min(stream.len() as u64), "{count}");
    }
}

#[test]
fn a_curve_has_at_most_65536_points_and_a_grid_2_to_the_20_values() {
    let of_points = |count| outcome_of(&gray(&curve(&vec![7; count])));
    assert!(of_points(65_536).starts_with("Gray"));
    assert_eq!(of_points(65_537), "too costly");
    let of_grid = |points: u8| {
        let mut profile = table(b"RGB ", b"Lab ", 2, 2, |_| [0.5; 3]);
        let tag = 132 + 12;
        profile[tag + 10] = points;
        let values = 3 * u64::from(points).pow(3);
        profile.resize(profile.len() + 2 * values as usize, 0);
        let len = profile.len() as u32;
        profile[..4].copy_from_slice(&len.to_be_bytes());
        profile[tag - 4..tag].copy_from_slice(&(len - tag as u32).to_be_bytes());
        outcome_of(&profile)
    };
    // 70³ × 3 values are less than 2^20, 71³ × 3 are more.
    assert!(of_grid(70).starts_with("Rgb"));
    assert_eq!(of_grid(71), "too costly");
    assert_eq!(of_grid(1), "malformed");
}

#[test]
fn a_lut_a_to_b_without_a_grid_needs_three_channels() {
    let line = curve(&[0, 65535]);
    let outcome = |space: &[u8; 4], inputs: u8, len: usize| {
        let mut data = b"mAB \0\0\0\0\0\x03\0\0".to_vec();
        data[8] = inputs;
        // The offsets of B curves, matrix (at the end), M curves, grid and A curves (none).
        for offset in [32_u32, 128, 80, 0, 0] {
            data.extend(offset.to_be_bytes());
        }
        (0..6).for_each(|_| data.extend(&line));
        data.resize(len, 0);
        outcome_of(&profile(space, b"Lab ", &[(b"A2B0", data)]))
    };
    assert!(outcome(b"RGB ", 3, 176).starts_with("Rgb"));
    assert_eq!(outcome(b"RGB ", 3, 175), "malformed");
    assert_eq!(outcome(b"CMYK", 4, 176), "malformed");
}

#[test]
fn a_lookup_table_of_any_type_has_at_least_48_bytes() {
    let outcome = |len: usize| {
        let mut data = b"mpet\0\0\0\0\x03\x03".to_vec();
        data.resize(len, 0);
        outcome_of(&profile(b"RGB ", b"Lab ", &[(b"A2B0", data)]))
    };
    assert_eq!(outcome(47), "malformed");
    assert_eq!(outcome(48), "unsupported");
}

#[test]
fn a_tag_table_has_at_most_256_entries() {
    let of_tags = |count: usize| {
        let names: Vec<[u8; 4]> = (0..count as u32).map(u32::to_be_bytes).collect();
        let mut tags: Vec<(&[u8; 4], Vec<u8>)> =
            names.iter().map(|name| (name, vec![1, 2, 3, 4])).collect();
        tags[count - 1] = (b"kTRC", curve(&[461]));
        outcome_of(&profile(b"GRAY", b"XYZ ", &tags))
    };
    assert!(of_tags(256).starts_with("Gray"));
    assert_eq!(of_tags(257), "malformed");
}

#[test]
fn curve_and_matrix_models_need_xyz_as_connection_space() {
    let in_lab = |mut profile: Vec<u8>| {
        profile[20..24].copy_from_slice(b"Lab ");
        outcome_of(&profile)
    };
    assert_eq!(in_lab(gray(&curve(&[461]))), "unsupported");
    assert_eq!(in_lab(matrix(SRGB, &srgb_function())), "unsupported");
}

/// This holds for every tag name that some model needs, even if the model of this profile does not.
#[test]
fn tag_data_lies_after_the_header_and_inside_the_profile() {
    let data = b"text\0\0\0\0of nobody".to_vec();
    let intact = profile(b"GRAY", b"XYZ ", &[(b"kTRC", curve(&[461])), (b"A2B1", data)]);
    let end = intact.len() as u32;
    let outcome = |offset: u32, len: u32| {
        let mut profile = intact.clone();
        let entry = 132 + 12;
        profile[entry + 4..entry + 8].copy_from_slice(&offset.to_be_bytes());
        profile[entry + 8..entry + 12].copy_from_slice(&len.to_be_bytes());
        outcome_of(&profile)
    };
    assert_eq!(outcome(0, 20), "malformed");
    assert_eq!(outcome(127, 20), "malformed");
    assert!(outcome(128, 20).starts_with("Gray"));
    assert!(outcome(128, end - 128).starts_with("Gray"));
    assert_eq!(outcome(128, end - 127), "malformed");
    assert!(outcome(end, 0).starts_with("Gray"));
    assert_eq!(outcome(end, 1), "malformed");
    assert_eq!(outcome(u32::MAX, u32::MAX), "malformed");
}

fn fnv1a64(basis: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(basis, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

const FNV_BASIS: u64 = 0xCBF2_9CE4_8422_2325;

/// Covers the header, the tag table and the start of the tag data.
const DAMAGED_BYTES: usize = 420;
