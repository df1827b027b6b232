//! Rows about structure: chunks, segments, scans, frames, tables, and nested sizes.

use bombproof::{Error, Limit, Size};
use bombproof_testkit::bombs::jpeg::ScanFlood;
use bombproof_testkit::bombs::webp::NestedSizes;
use bombproof_testkit::bombs::{jpeg, png, webp};
use bombproof_testkit::png as png_writer;

use crate::attack::{SMALL, attack};

/// Many small chunks: a library keeps them all, or searches all of them again for each new one.
#[test]
fn row_07_a_chunk_flood_is_counted_and_walked_once() {
    for count in [2_000, 200_000] {
        attack(&png::chunks(count, false)).assert_over_limit(&[Limit::Segments]);
        attack(&webp::chunks(count, false)).assert_over_limit(&[Limit::Segments]);
        attack(&png::chunks(count, true)).assert_over_limit(&[Limit::Segments]);
        attack(&webp::chunks(count, true)).assert_over_limit(&[Limit::Segments]);
    }
    attack(&png::chunks(900, false)).assert_picture(SMALL);
    // IDAT chunks do not count: 100,000 empty ones are read in time linear in their bytes.
    let empty = attack(&png::empty_image_data(100_000));
    empty.assert_picture(SMALL);
    let few = attack(&png::empty_image_data(10));
    assert_eq!(empty.heap, few.heap, "an empty chunk allocates");
}

const EVERY_COEFFICIENT: ScanFlood =
    ScanFlood { side: 4_096, bands: 63, refined: 0, dc_data: true };

/// Scans of a hundred bytes that each pass over megapixels; a file may have 80,000.
#[test]
fn row_08_scans_and_their_work_are_capped_before_the_first_is_decoded() {
    attack(&jpeg::scans(EVERY_COEFFICIENT)).assert_over_limit(&[Limit::ScanWork]);
    let refined = ScanFlood { refined: 35, ..EVERY_COEFFICIENT };
    attack(&jpeg::scans(refined)).assert_over_limit(&[Limit::Scans]);
    attack(&jpeg::scans(ScanFlood { dc_data: false, ..refined })).assert_refused();
    // A component of a sequential frame has one scan (T.81, 4.10): a second one breaks a rule.
    attack(&jpeg::baseline_scans(4_096, 50)).assert_refused_as("malformed");
    // 19 AC scans are within the limits. At 1/8 none of them is decoded, only the DC scan.
    let within = attack(&jpeg::scans(ScanFlood { bands: 19, ..EVERY_COEFFICIENT }));
    within.assert_picture(Size::new(256, 256));
    assert_eq!(within.work.blocks, 512 * 512);
}

/// 80,000 application segments took 5 s; 120,000 parts of a profile took gigabytes.
#[test]
fn row_10_a_marker_flood_is_counted_and_nothing_is_stored() {
    for count in [2_000, 80_000] {
        for (marker, payload) in [
            (0xFE, &b""[..]),
            (0xE1, b"Exif\0\0"),
            (0xE2, b"ICC_PROFILE\0\x01\xFF"),
            (0xDD, &[0, 0]),
            (0xC4, &[0; 17]),
        ] {
            attack(&jpeg::markers(marker, count, payload)).assert_over_limit(&[Limit::Segments]);
        }
    }
    // Tables are small, so as many segments as the limit allows may be full of them, at 64 KiB
    // each.
    let dqt = [&[0][..], &[1; 64]].concat().repeat(1_000);
    let tables = attack(&jpeg::markers(0xDB, 200, &dqt));
    tables.assert_picture(SMALL);
    let fill = attack(&jpeg::fill_bytes(4 << 20));
    fill.assert_picture(SMALL);
    assert_eq!(fill.heap, attack(&jpeg::fill_bytes(0)).heap);
}

/// Two sizes, a table with more codes than fit.
#[test]
fn row_16_contradicting_headers_are_malformed() {
    for bomb in [
        jpeg::frame_headers(2, 65_535),
        jpeg::frame_headers(500, 8),
        jpeg::table_overflow(510),
        jpeg::table_overflow(257),
    ] {
        attack(&bomb).assert_refused_as("malformed");
    }
}

/// Frames × canvas: gigabytes, from a kilobyte a frame.
#[test]
fn row_17_work_does_not_grow_with_the_number_of_frames() {
    let png_frames = |count| attack(&png::frames(count, count));
    let webp_frames = |count| attack(&webp::frames(count as usize));
    let (one, many) = (png_frames(1), png_frames(400));
    assert_eq!(many.assert_picture(SMALL), one.assert_picture(SMALL));
    assert_eq!((many.work.pixels, many.heap), (one.work.pixels, one.heap));
    let (one, many) = (webp_frames(1), webp_frames(20_000));
    assert_eq!(many.assert_picture(Size::new(1, 1)), one.assert_picture(Size::new(1, 1)));
    assert_eq!((many.work.pixels, many.heap), (one.work.pixels, one.heap));
    // Frames that are only declared cost nothing.
    let declared = attack(&png::frames((1 << 31) - 1, 1));
    assert_eq!((declared.work.pixels, declared.heap), (256, png_frames(1).heap));
}

/// The decoder allocates by one header and writes by another.
#[test]
fn row_20_nested_sizes_agree_or_the_file_is_malformed() {
    let good = NestedSizes { canvas: (40, 40), frame: (30, 22), alpha: (30, 22), vp8: (30, 22) };
    attack(&webp::nested(good)).assert_picture(Size::new(40, 40));
    for bad in [
        NestedSizes { canvas: (20, 40), ..good },
        NestedSizes { frame: (29, 22), ..good },
        NestedSizes { frame: (30, 23), ..good },
        NestedSizes { alpha: (30, 21), ..good },
        NestedSizes { vp8: (31, 22), ..good },
        NestedSizes { vp8: (16, 16), ..good },
    ] {
        attack(&webp::nested(bad)).assert_refused();
    }
    attack(&webp::canvas_around((60, 44), (30, 22))).assert_refused_as("malformed");
    for bytes in [0x00_FFFF, 0xFF_FFFF] {
        attack(&webp::partition_past_chunk(bytes)).assert_refused();
    }
}

/// A chunk that declares 4 GiB, in a file of a hundred bytes.
#[test]
fn row_22_nothing_is_allocated_by_a_declared_length() {
    for length in [0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
        for name in [b"tEXt", b"iCCP", b"eXIf", b"IDAT", b"PLTE"] {
            attack(&png::chunk_past_end(name, length)).assert_refused();
        }
        for name in [b"ICCP", b"EXIF", b"ALPH", b"OWN "] {
            attack(&webp::chunk_past_end(name, length)).assert_refused();
        }
    }
}

/// A DHT segment of 3,854 empty tables: 64 KB became 14 MB.
#[test]
fn row_41_huffman_tables_are_read_in_place() {
    let one = attack(&jpeg::huffman_tables(1));
    let many = attack(&jpeg::huffman_tables(3_854));
    assert_eq!(many.assert_picture(SMALL), one.assert_picture(SMALL));
    assert_eq!(many.heap, one.heap, "an empty table allocates");
}

/// 155 KB of prefix codes that no pixel uses: 79 MB.
#[test]
fn row_42_groups_of_prefix_codes_are_in_the_quote() {
    for (count, long) in
        [(100, true), (1_400, true), (20_000, false), (65_000, false), (65_000, true)]
    {
        let attack = attack(&webp::unused_groups(count, long));
        match &attack.result {
            Ok(picture) => assert_eq!(picture.size(), SMALL),
            Err(Error::OverLimit { limit: Limit::Memory, .. }) => {
                attack.assert_over_limit(&[Limit::Memory])
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A canvas of one pixel around a frame of 16383²: 112 bytes became 403 MB.
#[test]
fn row_43_a_frame_larger_than_its_canvas_is_malformed_before_any_allocation() {
    attack(&webp::canvas_around((1, 1), (16_383, 16_383))).assert_refused_as("malformed");
    attack(&webp::canvas_around((16_382, 16_383), (16_383, 16_383))).assert_refused_as("malformed");
}

/// A palette of 47 bytes panics a decoder that divides by three.
#[test]
fn row_46_a_palette_without_a_whole_number_of_colors_is_malformed() {
    for bytes in [0, 1, 2, 4, 47, 49, 257 * 3] {
        attack(&png::palette_of(bytes)).assert_refused_as("malformed");
    }
    attack(&png::palette_of(48)).assert_picture(SMALL);
}

/// A frame with alpha of one size and colours of another panicked the decoder.
#[test]
fn row_47_animated_alpha_of_another_size_is_refused() {
    for (alpha, vp8) in [((20, 20), (30, 22)), ((20, 19), (20, 20)), ((1, 1), (30, 22))] {
        let sizes = NestedSizes { canvas: (40, 40), frame: (20, 20), alpha, vp8 };
        attack(&webp::nested(sizes)).assert_refused();
    }
}

/// Baseline in three scans with restart markers: a decoder returned grey and reported success.
#[test]
fn row_48_separate_scans_with_restart_markers_are_decoded_correctly() {
    let without = attack(&jpeg::scans_with_restarts(150, 110, 0));
    let size = Size::new(110, 110);
    let pixels = without.assert_picture(size);
    for interval in [1, 2, 3, 7, 19, 20, 266, 1_000] {
        let restarted = attack(&jpeg::scans_with_restarts(150, 110, interval));
        assert_eq!(restarted.assert_picture(size), pixels, "every {interval}");
    }
    // And it is not grey.
    let bytes = pixels.bytes();
    let decoded = bombproof::decode(bytes, &bombproof::Limits::default()).unwrap();
    let (darkest, lightest) = (decoded.pixels().iter().min(), decoded.pixels().iter().max());
    assert!(lightest.unwrap() - darkest.unwrap() > 100);
}

/// 1.3 KB: 99 scans over 16 megapixels took 6.4 s.
#[test]
fn row_49_tiny_scans_are_capped_by_their_work() {
    let all = ScanFlood { refined: 35, ..EVERY_COEFFICIENT };
    attack(&jpeg::scans(all)).assert_over_limit(&[Limit::Scans]);
    // As many as the limits allow, at a scale that needs every one of them: 20 passes and no more.
    let within = ScanFlood { side: 600, bands: 19, refined: 0, dc_data: true };
    let attack = attack(&jpeg::scans(within));
    attack.assert_picture(Size::new(256, 256));
    assert!(attack.work.blocks <= 20 * 75 * 75, "{attack:?}");
}

/// The checks refuse no good picture: those that the attacks here are built around decode.
#[test]
fn row_07_the_pictures_that_these_attacks_surround_are_good() {
    attack(&png::with_options(png_writer::Options::default())).assert_picture(SMALL);
    attack(&jpeg::with_segments(Vec::new())).assert_picture(SMALL);
    attack(&webp::with_exif(b"")).assert_picture(SMALL);
}
