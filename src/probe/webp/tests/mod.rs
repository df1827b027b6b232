//! Headers of generated WebP files.

#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use image_webp::ColorType;

use super::test_files::{BitWriter, Noise, anmf, chunk, lossless_alpha, riff, vp8, vp8l, vp8x};
use super::*;
use crate::budget::quote;
use crate::decode::webp::{LoopFilter, Order};
use crate::shrink::Shrink;
use crate::size::Size;

mod threats;

const ALPHA: u8 = 0x10;

fn still(file: &[u8]) -> Still {
    header(file).unwrap().1
}

/// The memory that the decoder of `still` allocates.
fn decoder_bytes(still: &Still, premultiply: bool) -> u64 {
    let order = Order { still, premultiply, loop_filter: LoopFilter::Exact };
    quote(|budget| order.count(budget, &mut Shrink::new([None; 4], budget))).unwrap()
}

fn message(file: &[u8]) -> String {
    header(file).unwrap_err().to_string()
}

fn is_truncated(file: &[u8]) -> bool {
    matches!(header(file), Err(Error::Truncated(_)))
}

fn lossless(width: u32, height: u32) -> Vec<u8> {
    let samples = Noise(7).bytes((width * height * 4) as usize);
    chunk(b"VP8L", &vp8l(width, height, ColorType::Rgba8, &samples))
}

fn lossy(width: u16, height: u16) -> Vec<u8> {
    chunk(b"VP8 ", &vp8(width, height, 1, &mut Noise(5)))
}

#[test]
fn simple_files_declare_size_and_alpha() {
    let (header, _) = header(&riff(&[lossless(13, 5)])).unwrap();
    assert_eq!((header.size, header.color, header.alpha), (Size::new(13, 5), ColorKind::Rgb, true));
    assert_eq!((header.bit_depth, header.segments, header.animated), (8, 1, false));
    let (header, still) = super::header(&riff(&[lossy(33, 17)])).unwrap();
    assert_eq!(
        (header.size, header.color, header.alpha),
        (Size::new(33, 17), ColorKind::YCbCr, false)
    );
    let Coding::Lossy(frame) = still.coding else { unreachable!() };
    assert_eq!(frame.size, Size::new(33, 17));
    assert_eq!(frame.partitions(), [9001, 9000]);
}

#[test]
fn metadata_is_found_before_and_after_the_picture() {
    let mut icc = vec![0; 133];
    icc[16..20].copy_from_slice(b"CMYK");
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    for prefix in [&b""[..], b"Exif\0\0"] {
        let file = riff(&[
            vp8x(0x28, 33, 17),
            chunk(b"ICCP", &icc),
            lossy(33, 17),
            chunk(b"EXIF", &[prefix, exif].concat()),
            chunk(b"XMP ", b"<x/>"),
        ]);
        let (header, _) = header(&file).unwrap();
        assert_eq!(header.orientation, Orientation::Rotate90);
        assert_eq!(header.icc, Some(IccKind::Cmyk));
        assert_eq!(header.segments, 5);
        assert_eq!(super::icc(&file), Some(&icc[..]));
        assert_eq!(still(&file).icc_bytes, 133);
        // Without the end of the EXIF chunk, the orientation is unknown.
        let exif_end = file.len() - 12;
        assert!(is_truncated(&file[..exif_end - 1]));
        assert!(super::header(&file[..exif_end]).is_ok());
    }
}

#[test]
fn only_the_first_profile_and_the_first_exif_chunk_count() {
    let exif = |value| {
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([value, 0, 0, 0]);
        chunk(b"EXIF", &tiff)
    };
    let file = riff(&[
        vp8x(0x28, 33, 17),
        chunk(b"ICCP", b"one"),
        chunk(b"ICCP", b"another"),
        lossy(33, 17),
        exif(6),
        exif(3),
    ]);
    assert_eq!(header(&file).unwrap().0.orientation, Orientation::Rotate90);
    assert_eq!((super::icc(&file), still(&file).icc_bytes), (Some(&b"one"[..]), 3));
}

/// Otherwise a truncated file would look like one that never had the metadata.
#[test]
fn metadata_after_the_picture_counts_only_if_vp8x_declares_it() {
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    let file = riff(&[
        vp8x(0, 33, 17),
        lossy(33, 17),
        chunk(b"ICCP", &[0; 133]),
        chunk(b"EXIF", exif),
        chunk(b"XMP ", &[0; 20]),
    ]);
    let (header, _) = header(&file).unwrap();
    assert_eq!((header.icc, header.orientation), (None, Orientation::default()));
    for (flags, is_missing) in [(0, false), (0x20, true), (0x08, true), (0x04, false)] {
        let file = riff(&[vp8x(flags, 33, 17), lossy(33, 17), chunk(b"XMP ", &[0; 20])]);
        assert!(super::header(&file).is_ok());
        assert_eq!(is_truncated(&file[..file.len() - 8]), is_missing, "flags {flags}");
    }
}

#[test]
fn a_chunk_past_its_container_is_an_error_only_before_the_picture() {
    let mut broken = chunk(b"XMP ", &[0; 20]);
    broken[4] = 200;
    assert!(header(&riff(&[vp8x(0, 33, 17), lossy(33, 17), broken.clone()])).is_ok());
    let file = riff(&[vp8x(0, 33, 17), broken]);
    assert_eq!(message(&file), "malformed WebP: a chunk past its container");
}

#[test]
fn animation_frames_are_ignored_without_the_animation_flag() {
    let file = riff(&[vp8x(0, 33, 17), anmf(0, 0, 9, 9, &[lossless(9, 9)]), lossy(33, 17)]);
    assert_eq!(still(&file).frame, Size::new(33, 17));
}

#[test]
fn the_header_of_a_lossless_picture_declares_its_alpha() {
    let opaque = riff(&[chunk(b"VP8L", &vp8l(9, 9, ColorType::Rgb8, &Noise(7).bytes(243)))]);
    assert_eq!((still(&opaque).alpha, header(&opaque).unwrap().0.alpha), (Alpha::None, false));
    assert_eq!(still(&riff(&[lossless(9, 9)])).alpha, Alpha::Inside);
}

#[test]
fn reading_again_notices_another_length() {
    let payload = vp8l(9, 9, ColorType::Rgb8, &Noise(7).bytes(243));
    let known = still(&riff(&[chunk(b"VP8L", &payload)]));
    let longer = riff(&[chunk(b"VP8L", &[&payload[..], &[0]].concat())]);
    assert_ne!(read_again(&longer, &known).unwrap().still, known);
}

/// Writes an image among the headers, with all pixels equal.
fn flat_image(stream: &mut BitWriter, red: u32, green: u32) {
    stream.put(0, 1); // no cache
    for symbol in [green, red, 0, 0, 0] {
        stream.single(symbol);
    }
}

fn stream_of(bytes: &[u8]) -> vp8l::Stream {
    match still(&riff(&[chunk(b"VP8L", bytes)])).coding {
        Coding::Lossless(stream) => stream,
        Coding::Lossy(_) => unreachable!(),
    }
}

#[test]
fn every_transform_declares_the_size_of_its_image() {
    // Depending on the number of colours, a pixel holds 8, 4, 2 or 1 indices (RFC 9649, 4.4).
    for (colors, width) in
        [(1, 13), (2, 13), (3, 25), (4, 25), (5, 50), (16, 50), (17, 100), (256, 100)]
    {
        let mut stream = BitWriter::vp8l(100, 30);
        stream.put(0b111, 3); // palette
        stream.put(colors - 1, 8);
        flat_image(&mut stream, 0, 0);
        stream.put(0b001, 3); // predictor, tiles of 4 × 4
        stream.put(0, 3);
        flat_image(&mut stream, 0, 0);
        stream.put(0b011, 3); // colour, tiles of 16 × 16
        stream.put(2, 3);
        flat_image(&mut stream, 0, 0);
        stream.put(0b101, 3); // subtract green
        stream.put(0b100, 3); // no other transform, no cache, groups
        stream.put(1, 3); // tiles of 8 × 8
        flat_image(&mut stream, 1, 2);
        for _ in 0..0x103 * 5 {
            stream.single(0);
        }
        stream.put(0, 32);
        let image = |width, height| vp8l::Image {
            size: Size::new(width, height),
            cache_bits: 0,
            groups: 1,
            entries: 5,
            max_distance: 0,
        };
        let tiles = |side_log2, height: u32| vp8l::Tiles {
            side_log2,
            image: image(u32::div_ceil(width, 1 << side_log2), height),
        };
        let stream = stream_of(&stream.bytes);
        let transforms = [
            vp8l::Transform::Palette(image(colors, 1)),
            vp8l::Transform::Predictor(tiles(2, 8)),
            vp8l::Transform::Color(tiles(4, 2)),
            vp8l::Transform::SubtractGreen,
        ];
        assert_eq!(stream.transforms, transforms.map(Some), "{colors} colours");
        assert_eq!(stream.tiles, Some(tiles(3, 4)));
        let groups = 0x103;
        let picture = vp8l::Image { groups, entries: 5 * groups, ..image(width, 30) };
        assert_eq!(stream.picture, picture);
    }
}

#[test]
fn the_codes_of_a_picture_bound_the_distance_of_its_copies() {
    for (symbol, distance, expected) in [
        (255, 5, 0),
        (256, 0, 100),      // the pixel above
        (256, 4, 200),      // or two above
        (256, 5, 201),      // or one more to the left
        (279, 39, 1 << 20), // 2^20 minus the codes of neighbours
    ] {
        let mut stream = BitWriter::vp8l(100, 30);
        stream.put(0, 3); // no transform, no cache, one group
        let mut lengths = vec![0; symbol + 1];
        (lengths[0], lengths[symbol]) = (1, 1);
        stream.lengths(&lengths);
        for symbol in [0, 0, 0, distance] {
            stream.single(symbol);
        }
        stream.put(0, 32);
        let expected = if expected == 1 << 20 { expected - 120 } else { expected };
        assert_eq!(stream_of(&stream.bytes).picture.max_distance, expected, "{symbol}, {distance}");
    }
}

#[test]
fn a_cache_has_2_to_2048_colours_and_each_adds_a_symbol() {
    let with_cache = |cache_bits: u32, symbols: usize| {
        let mut stream = BitWriter::vp8l(4, 4);
        stream.put(0b10, 2); // no transform, a cache
        stream.put(cache_bits, 4);
        stream.put(0, 1); // one group
        let mut lengths = vec![0; symbols];
        (lengths[0], lengths[symbols - 1]) = (1, 1);
        stream.lengths(&lengths);
        for _ in 0..4 {
            stream.single(0);
        }
        stream.put(0, 32);
        header(&riff(&[chunk(b"VP8L", &stream.bytes)])).is_ok()
    };
    for cache_bits in 1..=9 {
        assert!(with_cache(cache_bits, 280 + (1 << cache_bits)));
        assert!(!with_cache(cache_bits, 281 + (1 << cache_bits)));
    }
    assert!(with_cache(11, 1000) && !with_cache(0, 280) && !with_cache(12, 280));
}

/// The lengths of all partitions except the last follow the first partition (RFC 6386, 9.5).
#[test]
fn partitions_are_split_at_their_declared_lengths() {
    for log2 in 0..4 {
        let payload = vp8(33, 17, log2, &mut Noise(5));
        let frame = match still(&riff(&[chunk(b"VP8 ", &payload)])).coding {
            Coding::Lossy(frame) => frame,
            Coding::Lossless(_) => unreachable!(),
        };
        let (first, partitions) = frame.split(&payload).unwrap();
        assert_eq!(first.len(), frame.first_partition_bytes as usize);
        let mut rest = &payload[10 + first.len() + 3 * ((1 << log2) - 1)..];
        for (partition, &bytes) in partitions.iter().zip(frame.partitions()) {
            let (expected, after) = rest.split_at(bytes as usize);
            assert!(*partition == expected);
            rest = after;
        }
        assert!(rest.is_empty());
        // 1.65 bits per macroblock.
        let bits = 8 * u64::from(frame.first_partition_bytes) + 24;
        assert_eq!(frame.possible_pixels(), bits * 100 / 165 * 256);
    }
}

#[test]
fn a_file_that_ends_anywhere_too_early_is_truncated() {
    let alpha = chunk(b"ALPH", &lossless_alpha(20, 10, 1, &Noise(3).bytes(200)));
    for file in [
        riff(&[lossless(9, 9)]),
        riff(&[lossy(20, 10)]),
        riff(&[vp8x(ALPHA, 20, 10), alpha.clone(), lossy(20, 10)]),
        riff(&[vp8x(0x02, 40, 40), anmf(4, 6, 20, 10, &[alpha, lossy(20, 10)])]),
    ] {
        assert!(header(&file).is_ok());
        let padding = usize::from(file.len() % 2 == 0 && file.ends_with(&[0]));
        for end in 0..file.len() - padding {
            assert!(is_truncated(&file[..end]), "ends at {end}: {:?}", header(&file[..end]));
        }
    }
}

#[test]
fn bytes_after_the_container_and_a_missing_last_padding_byte_are_accepted() {
    let payload = vp8l(3, 3, ColorType::Rgb8, &[9; 27]);
    let mut file = riff(&[chunk(b"VP8L", &payload)]);
    if payload.len() % 2 == 1 {
        file.pop();
    }
    assert!(header(&file).is_ok());
    file.extend(b"PK\x03\x04 and so on");
    assert!(header(&file).is_ok());
}

#[test]
fn invalid_values_in_vp8_and_alph_chunks_are_refused() {
    let good = vp8(20, 10, 0, &mut Noise(4));
    for (at, value, expected) in [
        (0, good[0] | 1, "not a key frame"),
        (0, good[0] | 8, "version"),
        (0, good[0] & !16, "not shown"),
        (3, 0, "start code"),
    ] {
        let mut payload = good.clone();
        payload[at] = value;
        assert!(message(&riff(&[chunk(b"VP8 ", &payload)])).contains(expected));
    }
    let mut payload = good.clone();
    payload[0] |= 6; // the highest version
    assert!(header(&riff(&[chunk(b"VP8 ", &payload)])).is_ok());
    for (info, expected) in [(0x20, "preprocessing"), (2, "compression")] {
        let alpha = [&[info][..], &[0; 200]].concat();
        let file = riff(&[vp8x(ALPHA, 20, 10), chunk(b"ALPH", &alpha), chunk(b"VP8 ", &good)]);
        assert!(message(&file).contains(expected));
    }
}

#[cfg(feature = "instrument")]
#[test]
fn alpha_filters_have_the_values_of_the_format() {
    let filters = [Filter::None, Filter::Horizontal, Filter::Vertical, Filter::Gradient];
    assert_eq!(filters.map(Filter::bits), [0, 1, 2, 3]);
}

#[test]
fn every_valid_vp8_frame_passes_the_pixel_bound() {
    for (width, height) in [(1, 1), (16, 16), (17, 300), (640, 480)] {
        let still = still(&riff(&[lossy(width, height)]));
        assert!(still.possible_pixels() >= still.frame.pixels());
    }
}
