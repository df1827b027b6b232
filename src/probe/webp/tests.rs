#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use image_webp::ColorType;

use super::sample::{BitWriter, Noise, anmf, chunk, lossless_alpha, riff, vp8, vp8l, vp8x};
use super::*;
use crate::decode::webp::memory_bytes;

const ALPHA: u8 = 0x10;

fn still(file: &[u8]) -> Still {
    match header(file).unwrap().detail {
        Detail::WebP(still) => still,
        _ => unreachable!(),
    }
}

fn what(file: &[u8]) -> String {
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
fn simple_files_say_size_and_alpha() {
    let header = header(&riff(&[lossless(13, 5)])).unwrap();
    assert_eq!((header.size, header.color, header.alpha), (Size::new(13, 5), ColorKind::Rgb, true));
    assert_eq!((header.bit_depth, header.segments, header.animated), (8, 1, false));
    let header = super::header(&riff(&[lossy(33, 17)])).unwrap();
    assert_eq!(
        (header.size, header.color, header.alpha),
        (Size::new(33, 17), ColorKind::YCbCr, false)
    );
    let Detail::WebP(Still { coding: Coding::Lossy(frame), .. }) = header.detail else {
        unreachable!()
    };
    assert_eq!(frame.size, Size::new(33, 17));
    assert_eq!(frame.partitions(), [9001, 9000]);
}

#[test]
fn metadata_is_found_on_both_sides_of_the_picture() {
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
        let header = header(&file).unwrap();
        assert_eq!(header.orientation, Orientation::Rotate90);
        assert_eq!(header.icc, Some(IccKind::Cmyk));
        assert_eq!(header.segments, 5);
        assert_eq!(super::icc(&file), Some(&icc[..]));
        assert_eq!(still(&file).icc_bytes, 133);
        // Without the end of the Exif block the picture might lie on its side.
        let exif_end = file.len() - 12;
        assert!(is_truncated(&file[..exif_end - 1]));
        assert!(super::header(&file[..exif_end]).is_ok());
    }
}

#[test]
fn the_first_profile_and_the_first_exif_block_count() {
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
    assert_eq!(header(&file).unwrap().orientation, Orientation::Rotate90);
    assert_eq!((super::icc(&file), still(&file).icc_bytes), (Some(&b"one"[..]), 3));
}

/// Else nobody could tell a file that ends early from one that never had them.
#[test]
fn metadata_behind_the_picture_count_where_vp8x_says_that_they_are_there() {
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    let file = riff(&[
        vp8x(0, 33, 17),
        lossy(33, 17),
        chunk(b"ICCP", &[0; 133]),
        chunk(b"EXIF", exif),
        chunk(b"XMP ", &[0; 20]),
    ]);
    let header = header(&file).unwrap();
    assert_eq!((header.icc, header.orientation), (None, Orientation::default()));
    for (flags, is_missed) in [(0, false), (0x20, true), (0x08, true), (0x04, false)] {
        let file = riff(&[vp8x(flags, 33, 17), lossy(33, 17), chunk(b"XMP ", &[0; 20])]);
        assert!(super::header(&file).is_ok());
        assert_eq!(is_truncated(&file[..file.len() - 8]), is_missed, "flags {flags}");
    }
}

#[test]
fn chunks_that_break_their_container_matter_in_front_of_the_picture_only() {
    let mut broken = chunk(b"XMP ", &[0; 20]);
    broken[4] = 200;
    assert!(header(&riff(&[vp8x(0, 33, 17), lossy(33, 17), broken.clone()])).is_ok());
    let file = riff(&[vp8x(0, 33, 17), broken]);
    assert_eq!(what(&file), "malformed WebP: a chunk past its container");
}

#[test]
fn a_frame_of_an_animation_is_nothing_without_its_flag() {
    let file = riff(&[vp8x(0, 33, 17), anmf(0, 0, 9, 9, &[lossless(9, 9)]), lossy(33, 17)]);
    assert_eq!(still(&file).frame, Size::new(33, 17));
}

#[test]
fn alpha_of_a_lossless_picture_is_what_its_header_says() {
    let opaque = riff(&[chunk(b"VP8L", &vp8l(9, 9, ColorType::Rgb8, &Noise(7).bytes(243)))]);
    assert_eq!((still(&opaque).alpha, header(&opaque).unwrap().alpha), (Alpha::None, false));
    assert_eq!(still(&riff(&[lossless(9, 9)])).alpha, Alpha::Inside);
}

#[test]
fn bytes_of_another_length_are_other_bytes() {
    let payload = vp8l(9, 9, ColorType::Rgb8, &Noise(7).bytes(243));
    let known = still(&riff(&[chunk(b"VP8L", &payload)]));
    let longer = riff(&[chunk(b"VP8L", &[&payload[..], &[0]].concat())]);
    assert_ne!(read_again(&longer, &known).unwrap().still, known);
}

/// An image in a header whose pixels are all alike.
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
fn every_transform_says_which_image_it_has() {
    // So many colours share a pixel among 8, 4 or 2, or have one each (RFC 9649, 4.4).
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
            reach: 0,
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
fn a_picture_reaches_as_far_back_as_its_codes_for_copies() {
    for (symbol, distance, expected) in [
        (255, 5, 0),
        (256, 0, 100),      // the pixel above
        (256, 4, 200),      // or two above
        (256, 5, 201),      // or one more to the left
        (279, 39, 1 << 20), // 2^20 in the plane, less the neighbours
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
        assert_eq!(stream_of(&stream.bytes).picture.reach, expected, "{symbol}, {distance}");
    }
}

#[test]
fn a_cache_has_2_to_2048_colours_and_each_is_a_symbol() {
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

/// The lengths of all partitions but the last stand behind the first one (RFC 6386, 9.5).
#[test]
fn partitions_are_split_where_their_lengths_say() {
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
            let (expected, behind) = rest.split_at(bytes as usize);
            assert!(*partition == expected);
            rest = behind;
        }
        assert!(rest.is_empty());
        // 1.65 bits for each macroblock.
        let bits = 8 * u64::from(frame.first_partition_bytes) + 24;
        assert_eq!(frame.possible_pixels(), bits * 100 / 165 * 256);
    }
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
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
            assert!(is_truncated(&file[..end]), "cut at {end}: {:?}", header(&file[..end]));
        }
    }
}

#[test]
fn bytes_behind_the_container_and_a_missing_last_padding_are_forgiven() {
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
fn threat_17_only_the_first_frame_of_a_flood_counts() {
    let frame = anmf(2, 6, 9, 9, &[lossless(9, 9)]);
    let mut chunks = vec![vp8x(0x02, 64, 64), chunk(b"ANIM", &[0; 6])];
    chunks.extend(std::iter::repeat_n(frame, 3000));
    let file = riff(&chunks);
    let header = header(&file).unwrap();
    assert!(header.animated && header.alpha);
    assert_eq!((header.size, header.segments), (Size::new(64, 64), 4));
    let still = still(&file);
    assert_eq!((still.frame, still.x, still.y), (Size::new(9, 9), 2, 6));
    assert!(still.leaves_canvas_bare());
}

#[test]
fn threat_18_a_huge_canvas_costs_nothing() {
    let file = riff(&[vp8x(0x02, 65_535, 65_535), anmf(65_000, 2, 9, 9, &[lossless(9, 9)])]);
    assert_eq!(still(&file).canvas, Size::new(65_535, 65_535));
    assert!(memory_bytes(&still(&file), true) < 20_000);
    // 2^32 - 1 pixels are the most, 2^32 too many.
    for (width, height, fits) in
        [(65_535, 65_537, true), (65_536, 65_536, false), (1 << 24, 1 << 24, false)]
    {
        let file = riff(&[vp8x(0x02, width, height), anmf(0, 0, 9, 9, &[lossless(9, 9)])]);
        assert_eq!(header(&file).is_ok(), fits);
        assert!(fits || what(&file).contains("canvas"));
    }
}

#[test]
fn threat_19_pixels_without_bits_are_capped_and_cost_rows() {
    let mut stream = BitWriter::vp8l(16_384, 16_384);
    stream.put(0, 3); // no transform, no cache, one group
    for symbol in [1, 2, 3, 255, 0] {
        stream.single(symbol);
    }
    let file = riff(&[chunk(b"VP8L", &stream.bytes)]);
    assert!(file.len() < 40);
    let still = still(&file);
    assert_eq!(still.frame.pixels(), 1 << 28);
    // 2^24 and 2,978 for each of the bytes behind the header.
    assert_eq!(still.possible_pixels(), (1 << 24) + 2_978 * (stream.bytes.len() as u64 - 5));
    assert!(memory_bytes(&still, true) < 200_000);
}

#[test]
fn threat_20_nested_sizes_that_disagree_are_malformed() {
    let alpha = chunk(b"ALPH", &lossless_alpha(20, 10, 0, &[1; 200]));
    for chunks in [
        vec![vp8x(0, 21, 10), lossy(20, 10)],
        vec![vp8x(0, 20, 9), lossless(20, 10)],
        vec![vp8x(2, 20, 10), anmf(0, 0, 20, 9, &[lossy(20, 10)])],
        vec![vp8x(2, 20, 10), anmf(2, 0, 20, 10, &[lossy(20, 10)])],
        vec![vp8x(2, 20, 10), lossy(20, 10)],
        vec![vp8x(0, 20, 10), lossy(20, 10), lossless(20, 10)],
        vec![vp8x(0, 20, 10), alpha.clone(), lossless(20, 10)],
        vec![vp8x(0, 20, 10), alpha.clone(), alpha.clone(), lossy(20, 10)],
        vec![vp8x(0, 20, 10)],
        vec![alpha, lossy(20, 10)],
        vec![vp8x(2, 20, 10), chunk(b"ANMF", &[0; 15])],
        vec![vp8x(2, 20, 10), anmf(0, 0, 20, 10, &[])],
        vec![chunk(b"VP8X", &[0; 9]), lossy(20, 10)],
    ] {
        let file = riff(&chunks);
        assert!(matches!(header(&file), Err(Error::Malformed(_))), "{:?}", header(&file));
    }
}

#[test]
fn the_first_byte_of_alpha_says_how_it_is_coded() {
    let color = lossy(20, 10);
    let alpha = |info: u8| {
        let raw = chunk(b"ALPH", &[&[info][..], &[0; 200]].concat());
        still(&riff(&[vp8x(ALPHA, 20, 10), raw, color.clone()])).alpha
    };
    let filters = [Filter::None, Filter::Horizontal, Filter::Vertical, Filter::Gradient];
    for (bits, filter) in (0..4).zip(filters) {
        assert_eq!(alpha(bits << 2), Alpha::Raw(filter));
        // Levels were reduced, which changes nothing here.
        assert_eq!(alpha(0x10 | (bits << 2)), Alpha::Raw(filter));
    }
    let behind = riff(&[vp8x(ALPHA, 20, 10), color.clone(), chunk(b"ALPH", &[0; 201])]);
    assert_eq!(still(&behind).alpha, Alpha::None);
}

#[test]
fn threat_21_alpha_is_in_the_quote() {
    let color = lossy(400, 300);
    let opaque = riff(&[vp8x(0, 400, 300), color.clone()]);
    let alpha = lossless_alpha(400, 300, 0, &Noise(1).bytes(120_000));
    let file = riff(&[vp8x(ALPHA, 400, 300), chunk(b"ALPH", &alpha), color]);
    assert!(matches!(still(&file).alpha, Alpha::Lossless(Filter::None, _)));
    // Two rows and the window of noise, which is one row of pixels; to multiply the colours, a row of
    // them and twelve of means: far from the plane.
    let beside = memory_bytes(&still(&file), false) - memory_bytes(&still(&opaque), false);
    assert!((400 * (2 + 4 + 4)..20_000).contains(&beside), "{beside}");
    let to_multiply = memory_bytes(&still(&file), true) - memory_bytes(&still(&file), false);
    assert_eq!(to_multiply, 400 + 12 * 200);
    assert_eq!(memory_bytes(&still(&opaque), true), memory_bytes(&still(&opaque), false));
}

#[test]
fn threat_22_a_chunk_length_is_never_believed() {
    for file in [riff(&[lossless(9, 9)]), riff(&[lossy(20, 10)])] {
        for length in [0, 1, 4, 5, 9, 10, 11, u32::MAX / 2, u32::MAX - 1, u32::MAX] {
            let mut file = file.clone();
            file[16..20].copy_from_slice(&length.to_le_bytes());
            assert!(header(&file).is_err(), "chunk of {length}");
            file[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
            assert!(header(&file).is_err(), "chunk of {length} in a file of 4 GiB");
        }
        for size in [0, 4, 11] {
            let mut file = file.clone();
            file[4..8].copy_from_slice(&u32::to_le_bytes(size));
            assert!(what(&file).contains("size of the RIFF"));
        }
    }
}

#[test]
fn threat_22_a_partition_length_is_never_believed() {
    let good = vp8(20, 10, 2, &mut Noise(9));
    let first = usize::from(good[0] >> 5) | usize::from(good[1]) << 3 | usize::from(good[2]) << 11;
    for at in [10 + first, 10 + first + 3, 10 + first + 6] {
        let mut payload = good.clone();
        payload[at..at + 3].copy_from_slice(&[0xFF; 3]);
        assert!(is_truncated(&riff(&[chunk(b"VP8 ", &payload)])));
    }
    let mut payload = good;
    payload[..3].copy_from_slice(&[0xF0, 0xFF, 0xFF]);
    assert!(is_truncated(&riff(&[chunk(b"VP8 ", &payload)])));
}

#[test]
fn threat_42_groups_that_no_pixel_uses_are_in_the_quote() {
    let mut stream = BitWriter::vp8l(4, 4);
    stream.put(0b100, 3); // no transform, no cache, many groups
    stream.put(0, 3); // blocks of 4 × 4: one pixel
    stream.put(0, 1); // no cache
    for symbol in [0xFF, 0x0F, 0, 0, 0] {
        stream.single(symbol); // green and red: group 0x0FFF
    }
    for _ in 0..0x1000 {
        // Each green code has a table of 2^8 entries and one of 2^2.
        let lengths: Vec<u32> = (1..=10).chain([10]).collect();
        stream.lengths(&lengths);
        for _ in 0..4 {
            stream.single(0);
        }
    }
    let file = riff(&[chunk(b"VP8L", &stream.bytes)]);
    let group = 28 + 2 * (260 + 4);
    let quote = memory_bytes(&still(&file), true);
    assert!(quote > 0x1000 * group && quote < 0x1000 * group + 200);
    assert!(is_truncated(&riff(&[chunk(b"VP8L", &stream.bytes[..stream.bytes.len() - 40])])));
}

#[test]
fn threat_43_a_frame_larger_than_its_canvas_is_malformed() {
    let mut payload = vp8(16, 16, 0, &mut Noise(2));
    payload[6..10].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    let vp8 = chunk(b"VP8 ", &payload);
    let file = riff(&[vp8x(0, 1, 1), vp8.clone()]);
    assert_eq!(what(&file), "malformed WebP: two sizes for one picture");
    // Alone it says 268 million pixels, which so few bytes cannot hold.
    let still = still(&riff(&[vp8]));
    assert!(still.possible_pixels() < still.frame.pixels() / 100);
}

#[test]
fn threat_47_alpha_of_another_size_in_an_animation_is_malformed() {
    let alpha = chunk(b"ALPH", &lossless_alpha(20, 10, 0, &[1; 200]));
    let file = riff(&[vp8x(0x12, 64, 64), anmf(0, 0, 40, 30, &[alpha.clone(), lossy(20, 10)])]);
    assert_eq!(what(&file), "malformed WebP: two sizes for one picture");
    // Alpha has no size of its own: one that is too short ends early.
    let raw = chunk(b"ALPH", &[0; 200]);
    let file = riff(&[vp8x(0x12, 64, 64), anmf(0, 0, 20, 10, &[raw, lossy(20, 10)])]);
    assert!(is_truncated(&file));
}

#[test]
fn codes_that_overflow_in_image_webp_are_malformed() {
    // Three codes of one bit and so on: twice the room there is, which is 0 modulo 2^16.
    let lengths: Vec<u32> = [1, 1].into_iter().chain(1..=15).chain([15]).collect();
    let mut stream = BitWriter::vp8l(4, 4);
    stream.put(0, 3);
    stream.lengths(&lengths);
    for _ in 0..4 {
        stream.single(0);
    }
    stream.put(0, 32);
    assert!(what(&riff(&[chunk(b"VP8L", &stream.bytes)])).contains("incomplete prefix code"));
}

#[test]
fn a_symbol_outside_its_alphabet_is_malformed() {
    let with_distance = |symbol| {
        let mut stream = BitWriter::vp8l(4, 4);
        stream.put(0, 3);
        for symbol in [0, 0, 0, 0, symbol] {
            stream.single(symbol);
        }
        header(&riff(&[chunk(b"VP8L", &stream.bytes)])).is_ok()
    };
    assert!(with_distance(39));
    assert!(!with_distance(40));
}

#[test]
fn what_vp8_and_alph_do_not_allow_is_refused() {
    let good = vp8(20, 10, 0, &mut Noise(4));
    for (at, value, words) in [
        (0, good[0] | 1, "not a key frame"),
        (0, good[0] | 8, "version"),
        (0, good[0] & !16, "not shown"),
        (3, 0, "start code"),
        (10, 0xFF, "colour space"),
    ] {
        let mut payload = good.clone();
        payload[at] = value;
        assert!(what(&riff(&[chunk(b"VP8 ", &payload)])).contains(words));
    }
    let mut payload = good.clone();
    payload[0] |= 6; // the last version
    assert!(header(&riff(&[chunk(b"VP8 ", &payload)])).is_ok());
    for (info, words) in [(0x20, "preprocessing"), (2, "compression")] {
        let alpha = [&[info][..], &[0; 200]].concat();
        let file = riff(&[vp8x(ALPHA, 20, 10), chunk(b"ALPH", &alpha), chunk(b"VP8 ", &good)]);
        assert!(what(&file).contains(words));
    }
}

#[cfg(feature = "instrument")]
#[test]
fn filters_have_the_numbers_of_the_format() {
    let filters = [Filter::None, Filter::Horizontal, Filter::Vertical, Filter::Gradient];
    assert_eq!(filters.map(Filter::bits), [0, 1, 2, 3]);
}

#[test]
fn every_valid_vp8_frame_is_credible() {
    for (width, height) in [(1, 1), (16, 16), (17, 300), (640, 480)] {
        let still = still(&riff(&[lossy(width, height)]));
        assert!(still.possible_pixels() >= still.frame.pixels());
    }
}
