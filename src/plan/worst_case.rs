//! Every JPEG of up to 120 megapixels fits the default memory limit, for targets up to 512 × 512, and
//! every one of up to 200 megapixels for targets up to 256 × 256.
#![allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "a test")]

use proptest::prelude::*;

use super::Plan;
use crate::limits::Limits;
use crate::probe::{Detail, Header, Orientation, probe};
use crate::request::Request;
use crate::size::{Rect, Size};

/// How the data of a frame is divided into scans.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Script {
    /// One scan. A scan for each component where an MCU would be too large for one.
    Sequential,
    /// A scan for each component.
    SequentialByComponent,
    /// Progressive by spectral selection.
    Spectral,
    /// Progressive by spectral selection and successive approximation.
    Refined,
    /// The same without an EOI marker, so that every scan is read at every scale.
    RefinedWithoutEoi,
}

const SCRIPTS: [Script; 5] = [
    Script::Sequential,
    Script::SequentialByComponent,
    Script::Spectral,
    Script::Refined,
    Script::RefinedWithoutEoi,
];

/// The header of a file with these properties, and as much data as the credibility check needs.
fn header(size: Size, factors: &[(u8, u8)], script: Script, has_adobe: bool) -> Header {
    let mut file = vec![0xFF, 0xD8];
    let segment = |file: &mut Vec<u8>, marker: u8, body: &[u8]| {
        file.extend([0xFF, marker]);
        file.extend((body.len() as u16 + 2).to_be_bytes());
        file.extend(body);
    };
    if has_adobe {
        segment(&mut file, 0xEE, b"Adobe\0\x64\0\0\0\0\x02");
    }
    let count = factors.len() as u8;
    let [h0, h1] = (size.height as u16).to_be_bytes();
    let [w0, w1] = (size.width as u16).to_be_bytes();
    let mut frame = vec![8, h0, h1, w0, w1, count];
    for (id, (h, v)) in (0..).zip(factors) {
        frame.extend([id, h << 4 | v, 0]);
    }
    let is_progressive = !matches!(script, Script::Sequential | Script::SequentialByComponent);
    segment(&mut file, if is_progressive { 0xC2 } else { 0xC0 }, &frame);
    if is_progressive {
        for class in [0x00, 0x10] {
            segment(&mut file, 0xC4, &[&[class, 1][..], &[0; 15], &[0]].concat());
        }
    }
    let bands: &[[u8; 3]] = match script {
        Script::Sequential | Script::SequentialByComponent => &[[0, 63, 0]],
        Script::Spectral => &[[0, 0, 0], [1, 63, 0]],
        Script::Refined | Script::RefinedWithoutEoi => &[[0, 0, 0], [1, 63, 0x01], [1, 63, 0x10]],
    };
    let blocks: u8 = factors.iter().map(|(h, v)| h * v).sum();
    if script == Script::Sequential && blocks <= 10 {
        let components = (0..count).flat_map(|id| [id, 0]);
        let scan: Vec<u8> = [count].into_iter().chain(components).chain([0, 63, 0]).collect();
        segment(&mut file, 0xDA, &scan);
    } else {
        for [first, last, bits] in bands {
            for id in 0..count {
                segment(&mut file, 0xDA, &[1, id, 0, *first, *last, *bits]);
            }
        }
    }
    if script != Script::RefinedWithoutEoi {
        file.extend([0xFF, 0xD9]);
    }
    let mut header = probe(&file).unwrap();
    let Detail::Jpeg(frame) = &mut header.detail else { panic!("not a JPEG") };
    frame.entropy_bytes = u64::MAX;
    header
}

/// Asserts that plans for both kinds of output are within the default limits.
fn assert_fits(header: &Header, request: Request) -> Result<(), TestCaseError> {
    // The header has as many bytes as one can have, which no work limit allows.
    let limits = Limits { max_work: u64::MAX, ..Limits::default() };
    for request in [request.jpeg(80), request.png()] {
        let plan = Plan::new(header, &request, &limits);
        prop_assert!(plan.is_ok(), "{header:?}, {request:?}: {plan:?}");
    }
    Ok(())
}

/// The longest other side of a picture of at most `pixels` that has one side of `side` pixels.
fn longest_other_side(side: u32, pixels: u64) -> u32 {
    let other = pixels / u64::from(side);
    (other as u32).min(Limits::default().max_side_px)
}

/// Pixels of a picture, and the side of the largest target for which it always fits.
const LARGEST: [(u64, u32); 2] = [(120_000_000, 512), (200_000_000, 256)];

/// Sides for which a target of 512 just gets the larger of two scales, and others.
const SIDES: [u32; 9] = [1_279, 2_559, 3_662, 5_119, 7_000, 10_239, 10_954, 20_479, 65_535];

#[test]
fn all_power_of_two_samplings_fit() {
    let all: Vec<(u8, u8)> = (0..9).map(|i| (1 << (i / 3), 1 << (i % 3))).collect();
    for number in 0..all.len().pow(4) {
        let factors: [_; 4] = std::array::from_fn(|i| all[number / all.len().pow(i as u32) % 9]);
        // One side after another instead of all sides for each, to save time.
        let width = SIDES[number % SIDES.len()];
        for (pixels, target) in LARGEST {
            let size = Size::new(width, longest_other_side(width, pixels));
            for script in
                [Script::SequentialByComponent, Script::Refined, Script::RefinedWithoutEoi]
            {
                let header = header(size, &factors, script, false);
                assert_fits(&header, Request::cover(target, target)).unwrap();
            }
        }
    }
}

#[test]
fn the_usual_samplings_fit_at_every_side() {
    for factors in [&[(1, 1)][..], &[(1, 1); 3], &[(2, 2), (1, 1), (1, 1)], &[(1, 1); 4]] {
        for (pixels, target) in LARGEST {
            let other = |side| longest_other_side(side, pixels);
            for side in SIDES.into_iter().flat_map(|side| [side, other(side)]) {
                let size = Size::new(side, other(side));
                for script in SCRIPTS {
                    let header = header(size, factors, script, false);
                    for request in
                        [Request::cover(target, target), Request::contain(target, target)]
                    {
                        assert_fits(&header, request).unwrap();
                    }
                }
            }
        }
    }
}

fn factors() -> impl Strategy<Value = Vec<(u8, u8)>> {
    let one = (1..=4u8, 1..=4u8);
    prop_oneof![
        prop::collection::vec(one.clone(), 1),
        prop::collection::vec(one.clone(), 3),
        prop::collection::vec(one, 4),
        // The most uneven.
        prop::collection::vec(prop::sample::select(&[(1, 4), (4, 1)][..]), 4),
        prop::collection::vec(Just((1, 1)), 4),
    ]
}

/// The most pixels of a picture, and a target for which it fits.
fn pixels_and_target() -> impl Strategy<Value = (u64, (u32, u32))> {
    prop::sample::select(&LARGEST[..]).prop_flat_map(|(pixels, largest)| {
        let side = || prop_oneof![Just(largest), 1..=largest];
        (Just(pixels), (side(), side()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_jpeg_fits(
        (side, is_longest, height) in (1..=65_535u32, any::<bool>(), any::<u32>()),
        factors in factors(),
        script in prop::sample::select(&SCRIPTS[..]),
        has_adobe in any::<bool>(),
        is_rotated in any::<bool>(),
        (pixels, (width, target_height)) in pixels_and_target(),
        (is_cover, enlarge) in (any::<bool>(), any::<bool>()),
        crop in prop::option::of((0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64, 0.0..1.0f64)),
    ) {
        let longest = longest_other_side(side, pixels);
        let height = if is_longest { longest } else { 1 + height % longest };
        let mut header = header(Size::new(side, height), &factors, script, has_adobe);
        if is_rotated {
            header.orientation = Orientation::Rotate90;
        }
        let request = if is_cover {
            Request::cover(width, target_height)
        } else {
            Request::contain(width, target_height)
        };
        let upright = header.upright_size();
        let request = crop.map_or(request, |(x, y, right, bottom)| {
            let span = |start: f64, length: f64, side: u32| {
                let start = (start * f64::from(side)) as u32;
                (start, 1 + (length * f64::from(side - start - 1)) as u32)
            };
            let ((x, width), (y, height)) =
                (span(x, right, upright.width), span(y, bottom, upright.height));
            request.crop(Rect { x, y, width, height })
        });
        assert_fits(&header, request.enlarge(enlarge))?;
    }
}
