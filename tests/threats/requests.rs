//! Rows about the request: what a caller lets a user choose.

use bombproof::{JpegEffort, Layout, Limit, Limits, Picture, Plan, Rect, Request, Size, probe};
use bombproof_testkit::bombs::{jpeg, png};
use bombproof_testkit::png::{Options, Samples, file};

use crate::attack::attack_with;

/// One pixel is enough for eight outputs of 16 megapixels.
#[test]
fn row_58_every_output_is_in_both_quotes() {
    let one = Request::cover(4_096, 4_096).enlarge(true).jpeg(100);
    let eight = (0..7).fold(one, |request, _| request.and_size(4_096, 4_096));
    let bomb = png::black((1, 1), 8, 2);
    attack_with(&bomb, &eight, &Limits::default()).assert_over_limit(&[
        Limit::Memory,
        Limit::OutputSide,
        Limit::Work,
    ]);
    let mut limits = Limits::default();
    limits.max_output_side_px = 4_096;
    limits.max_memory_bytes = 1 << 30;
    limits.max_work = u64::MAX;
    let header = probe(&bomb).unwrap();
    let quote = |request| Plan::new(&header, request, &limits).unwrap().work();
    assert!(quote(&eight) > 7 * quote(&one), "{} {}", quote(&eight), quote(&one));
    attack_with(&bomb, &eight, &limits).assert_picture(Size::new(4_096, 4_096));
}

/// Who accepts truncated files must not be given a flood of grey.
#[test]
fn row_59_accepting_a_truncated_file_does_not_accept_a_flood() {
    let request = Request::cover(256, 256).accept_truncated(1);
    for (sof, side) in [(0xC0, 65_000), (0xC2, 65_000), (0xC0, 16_000)] {
        let flood = attack_with(&jpeg::flood(sof, side, 4_856), &request, &Limits::default());
        flood.assert_refused();
    }
}

/// A crop of one pixel at the end: all rows before it are decoded, and must be in the quote.
#[test]
fn row_60_a_crop_pays_for_what_comes_before_it() {
    let size = Size::new(8_000, 8_000);
    let bomb = png::black((size.width, size.height), 8, 2);
    let whole = Request::cover(256, 256);
    let crop = whole.crop(Rect { x: 7_999, y: 7_999, width: 1, height: 1 });
    let header = probe(&bomb).unwrap();
    let work = |request| Plan::new(&header, request, &Limits::default()).unwrap().work();
    assert!(2 * work(&crop) > work(&whole), "{} {}", work(&crop), work(&whole));
    let attack = attack_with(&bomb, &crop, &Limits::default());
    attack.assert_picture(Size::new(1, 1));
    assert!(attack.quote.unwrap() < 1 << 20, "{attack:?}");
}

/// No file is that short, but a service may let a user choose: every quality that is tried costs a
/// pass over the output.
#[test]
fn row_61_a_limit_of_one_byte_is_refused_within_the_quote() {
    let noise = (0..256 * 256_u32).map(|i| (i.wrapping_mul(0x9E37_79B9) >> 21) as u8).collect();
    let noise = Picture::new(Size::new(256, 256), Layout::Gray, noise).unwrap().to_png().unwrap();
    let once = Request::full_size().jpeg(100);
    let header = probe(&noise).unwrap();
    let quote = |request| Plan::new(&header, request, &Limits::default()).unwrap();
    for request in [once, once.png(), once.webp_lossless()] {
        let attack = attack_with(&noise, &request.max_bytes(1), &Limits::default());
        let refused = attack.result.unwrap_err();
        assert_eq!(refused.limit(), Some(Limit::OutputBytes), "{refused}");
    }
    let tries = once.max_bytes(1);
    assert!(quote(&tries).memory_bytes() <= quote(&once).memory_bytes());
    // One in full size for each of nine tries, which all take as long as the file itself.
    assert!(quote(&tries).work() > 2 * quote(&once).work());
    let mut limits = Limits::default();
    limits.max_work = quote(&tries).work() - 1;
    let refused = attack_with(&noise, &tries, &limits);
    refused.assert_over_limit(&[Limit::Work]);
    assert_eq!(refused.heap.allocations, 0);
}

/// Attention looks at the complete picture at the scale of the output: 1,024 pixels wide, and
/// 16,384 times as high.
#[test]
fn row_62_a_picture_that_is_searched_is_in_both_quotes() {
    let size = Size::new(4, 65_535);
    let bomb = png::black((size.width, size.height), 8, 2);
    let request = Request::cover(1_024, 1_024).enlarge(true);
    attack_with(&bomb, &request, &Limits::default()).assert_picture(Size::new(1_024, 1_024));
    let attack = attack_with(&bomb, &request.attention(), &Limits::default());
    attack.assert_over_limit(&[Limit::Memory, Limit::Work]);
    // Not enlarged, the column is copied, and its middle is cut out.
    let attack = attack_with(&bomb, &Request::cover(64, 64).attention(), &Limits::default());
    attack.assert_picture(Size::new(4, 4));
    assert!(attack.quote.unwrap() < 16 << 20, "{attack:?}");
}

/// A picture of one pixel is not enlarged, but its canvas has 16 megapixels, eight times.
#[test]
fn row_63_every_canvas_is_in_both_quotes() {
    let bomb = png::black((1, 1), 8, 2);
    let one = Request::pad(4_096, 4_096, [9, 8, 7, 128]).png();
    let eight = (0..7).fold(one, |request, _| request.and_size(4_096, 4_096));
    for request in [one, eight] {
        let attack = attack_with(&bomb, &request, &Limits::default());
        attack.assert_over_limit(&[Limit::Memory, Limit::Work]);
        assert_eq!(attack.heap.allocations, 0);
    }
    let mut limits = Limits::default();
    limits.max_memory_bytes = 1 << 30;
    limits.max_work = u64::MAX;
    let header = probe(&bomb).unwrap();
    let quote = |request| Plan::new(&header, request, &limits).unwrap();
    assert!(quote(&one).memory_bytes() > 4 * 4_096 * 4_096);
    assert!(quote(&eight.pixels()).work() > 7 * quote(&one.pixels()).work());
    attack_with(&bomb, &eight.pixels(), &limits).assert_picture(Size::new(4_096, 4_096));
}

/// Noise that deflate can repeat: a small file becomes a long one, made of the slowest blocks.
#[test]
fn row_64_the_longest_output_is_in_both_quotes() {
    let noise = |side: u32| {
        let values: Vec<u16> =
            (0..7 * side).map(|i| (i.wrapping_mul(0x9E37_79B9) >> 24) as u16).collect();
        let values = values.iter().copied().cycle().take((side * side) as usize).collect();
        let samples = Samples { width: side, height: side, channels: 1, depth: 8, values };
        file(&samples, &Options::default())
    };
    let request = Request::full_size().jpeg(100).jpeg_effort(JpegEffort::Smallest);
    let bomb = noise(4_096);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let attack = attack_with(&bomb, &request, &Limits::default());
    attack.assert_over_limit(&[Limit::Memory, Limit::Work]);
    assert_eq!(attack.heap.allocations, 0);
    let bomb = noise(1_024);
    let attack = attack_with(&bomb, &request, &Limits::default());
    let output = attack.result.as_ref().unwrap();
    assert!(output.bytes().len() > 5 * bomb.len(), "{} {}", output.bytes().len(), bomb.len());
    assert!(attack.heap.peak_bytes <= attack.quote.unwrap());
}
