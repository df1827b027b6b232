//! Rows about what is forgiven: repeated scans, chunks and profiles, and bytes that do not belong there.

use bombproof::{Limit, Limits, Size};
use bombproof_testkit::bombs::png;
use bombproof_testkit::jpeg::{Frame, Options, untidy};
use bombproof_testkit::pictures::{landscape, ycbcr};
use bombproof_testkit::{png as png_writer, vp8, vp8l, webp as riff};

use crate::attack::{SMALL, attack};

/// A complete progressive picture, and a scan that makes it another one: who cuts the file off chooses.
#[test]
fn row_53_a_scan_after_the_last_bit_is_passed_over() {
    let tidy = progressive();
    let expected = attack(&tidy);
    for scan in 0..6 {
        let replaced = untidy::repeated_scan(&tidy, scan, 9);
        assert_eq!(attack(&replaced).assert_picture(SMALL), expected.assert_picture(SMALL));
        let without_end = &replaced[..replaced.len() - 2];
        assert_eq!(attack(without_end).assert_picture(SMALL), expected.assert_picture(SMALL));
    }
}

/// A scan may repeat. Each costs as much as the first.
#[test]
fn row_54_forgiven_scans_count_for_every_limit() {
    let mut file = progressive();
    for _ in 0..70 {
        file = untidy::repeated_scan(&file, 0, 0);
    }
    attack(&file).assert_over_limit(&[Limit::Scans, Limit::ScanWork]);
}

/// Bytes between two segments are passed over.
#[test]
fn row_55_bytes_between_segments_cost_one_walk() {
    let tidy = progressive();
    let mut segments = untidy::split(&tidy);
    segments[0].data = vec![0x55; 4 << 20];
    let (tidy, untidy) = (attack(&tidy), attack(&untidy::join(&segments)));
    assert_eq!(untidy.assert_picture(SMALL), tidy.assert_picture(SMALL));
    assert_eq!(untidy.heap, tidy.heap);
}

/// Several ALPH chunks are forgiven, and one counts.
#[test]
fn row_56_of_many_alpha_planes_one_is_decoded() {
    let (width, height) = (512, 512);
    let stream = vp8l::image_stream(
        &vp8l::Argb::of_alpha(&vec![200; 512 * 512], width, height),
        &vp8l::Options::default(),
    );
    let file = |planes: usize| {
        let mut chunks = vec![riff::vp8x(riff::ALPHA, width, height)];
        chunks.extend((0..planes).map(|_| riff::alph(0, true, &stream)));
        chunks.push(riff::chunk(b"VP8 ", &vp8::flat(width, height)));
        attack(&riff::file(&chunks))
    };
    let (one, many) = (file(1), file(900));
    assert_eq!(many.assert_picture(Size::new(256, 256)), one.assert_picture(Size::new(256, 256)));
    assert_eq!((many.work.pixels, many.heap), (one.work.pixels, one.heap));
}

/// Each profile is a bomb of its own.
#[test]
fn row_57_of_many_profiles_one_is_inflated() {
    let profile = png_writer::icc_profile("bomb", &png_writer::zlib(&vec![0; 16 << 20]));
    let chunks = vec![profile; 60];
    let options = png_writer::Options { before_data: chunks, ..png_writer::Options::default() };
    let attack = attack(&png::with_options(options));
    attack.assert_picture(SMALL);
    assert!(attack.work.inflated_bytes <= 2 * Limits::default().max_icc_bytes, "{attack:?}");
}

/// A progressive picture of ten scans.
fn progressive() -> Vec<u8> {
    let colors = landscape(SMALL.width, SMALL.height).map(3, ycbcr);
    let options = Options { sof: 0xC2, ..Options::default() };
    Frame::new(&colors, &[(2, 2), (1, 1), (1, 1)], 80, true).file(&options)
}
