//! The rows of the threat table that the WebP header determines.

use super::*;

#[test]
fn threat_17_only_the_first_frame_of_a_flood_counts() {
    let frame = anmf(2, 6, 9, 9, &[lossless(9, 9)]);
    let mut chunks = vec![vp8x(0x02, 64, 64), chunk(b"ANIM", &[0; 6])];
    chunks.extend(std::iter::repeat_n(frame, 3000));
    let file = riff(&chunks);
    let (header, _) = header(&file).unwrap();
    assert!(header.animated && header.alpha);
    assert_eq!((header.size, header.segments), (Size::new(64, 64), 4));
    let still = still(&file);
    assert_eq!((still.frame, still.x, still.y), (Size::new(9, 9), 2, 6));
    assert!(still.leaves_canvas_uncovered());
}

#[test]
fn threat_18_a_huge_canvas_costs_nothing() {
    let file = riff(&[vp8x(0x02, 65_535, 65_535), anmf(65_000, 2, 9, 9, &[lossless(9, 9)])]);
    assert_eq!(still(&file).canvas, Size::new(65_535, 65_535));
    assert!(decoder_bytes(&still(&file), true) < 20_000);
    // At most 2^32 - 1 pixels are allowed.
    for (width, height, fits) in
        [(65_535, 65_537, true), (65_536, 65_536, false), (1 << 24, 1 << 24, false)]
    {
        let file = riff(&[vp8x(0x02, width, height), anmf(0, 0, 9, 9, &[lossless(9, 9)])]);
        assert_eq!(header(&file).is_ok(), fits);
        assert!(fits || message(&file).contains("canvas"));
    }
}

#[test]
fn threat_19_pixels_coded_in_no_bits_are_limited_and_cost_rows_only() {
    let mut stream = BitWriter::vp8l(16_384, 16_384);
    stream.put(0, 3); // no transform, no cache, one group
    for symbol in [1, 2, 3, 255, 0] {
        stream.single(symbol);
    }
    let file = riff(&[chunk(b"VP8L", &stream.bytes)]);
    assert!(file.len() < 40);
    let still = still(&file);
    assert_eq!(still.frame.pixels(), 1 << 28);
    // 2^24, and 2,978 for each byte after the header.
    assert_eq!(still.possible_pixels(), (1 << 24) + 2_978 * (stream.bytes.len() as u64 - 5));
    assert!(decoder_bytes(&still, true) < 200_000);
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
fn the_first_byte_of_alph_declares_the_coding_of_alpha() {
    let color = lossy(20, 10);
    let alpha = |info: u8| {
        let raw = chunk(b"ALPH", &[&[info][..], &[0; 200]].concat());
        still(&riff(&[vp8x(ALPHA, 20, 10), raw, color.clone()])).alpha
    };
    let filters = [Filter::None, Filter::Horizontal, Filter::Vertical, Filter::Gradient];
    for (bits, filter) in (0..4).zip(filters) {
        assert_eq!(alpha(bits << 2), Alpha::Raw(filter));
        // Level reduction makes no difference to a decoder.
        assert_eq!(alpha(0x10 | (bits << 2)), Alpha::Raw(filter));
    }
    let after_picture = riff(&[vp8x(ALPHA, 20, 10), color.clone(), chunk(b"ALPH", &[0; 201])]);
    assert_eq!(still(&after_picture).alpha, Alpha::None);
}

#[test]
fn threat_21_alpha_is_in_the_quote() {
    let color = lossy(400, 300);
    let opaque = riff(&[vp8x(0, 400, 300), color.clone()]);
    let alpha = lossless_alpha(400, 300, 0, &Noise(1).bytes(120_000));
    let file = riff(&[vp8x(ALPHA, 400, 300), chunk(b"ALPH", &alpha), color]);
    assert!(matches!(still(&file).alpha, Alpha::Lossless(Filter::None, _)));
    // Alpha needs two rows, and for noise a window of one row of pixels. Premultiplication needs a
    // row of alpha and twelve rows of means. Both are far less than the plane.
    let for_alpha = decoder_bytes(&still(&file), false) - decoder_bytes(&still(&opaque), false);
    assert!((400 * (2 + 4 + 4)..20_000).contains(&for_alpha), "{for_alpha}");
    let to_premultiply = decoder_bytes(&still(&file), true) - decoder_bytes(&still(&file), false);
    assert_eq!(to_premultiply, 400 + 12 * 200);
    assert_eq!(decoder_bytes(&still(&opaque), true), decoder_bytes(&still(&opaque), false));
}

#[test]
fn threat_22_a_wrong_chunk_length_is_refused() {
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
            assert!(message(&file).contains("size of the RIFF"));
        }
    }
}

#[test]
fn threat_22_a_wrong_partition_length_is_refused() {
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
    stream.put(0b100, 3); // no transform, no cache, several groups
    stream.put(0, 3); // tiles of 4 × 4: one pixel
    stream.put(0, 1); // no cache
    for symbol in [0xFF, 0x0F, 0, 0, 0] {
        stream.single(symbol); // green and red: group 0x0FFF
    }
    for _ in 0..0x1000 {
        // Each green code has a root table of 2^8 entries and a subtable of 2^2.
        let lengths: Vec<u32> = (1..=10).chain([10]).collect();
        stream.lengths(&lengths);
        for _ in 0..4 {
            stream.single(0);
        }
    }
    let file = riff(&[chunk(b"VP8L", &stream.bytes)]);
    let group = 28 + 2 * (260 + 4);
    let quote = decoder_bytes(&still(&file), true);
    assert!(quote > 0x1000 * group && quote < 0x1000 * group + 200);
    assert!(is_truncated(&riff(&[chunk(b"VP8L", &stream.bytes[..stream.bytes.len() - 40])])));
}

#[test]
fn threat_43_a_frame_larger_than_its_canvas_is_malformed() {
    let mut payload = vp8(16, 16, 0, &mut Noise(2));
    payload[6..10].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    let vp8 = chunk(b"VP8 ", &payload);
    let file = riff(&[vp8x(0, 1, 1), vp8.clone()]);
    assert_eq!(message(&file), "malformed WebP: two sizes for one picture");
    // On its own, the frame declares 268 million pixels, more than so few bytes can hold.
    let still = still(&riff(&[vp8]));
    assert!(still.possible_pixels() < still.frame.pixels() / 100);
}

#[test]
fn threat_47_alpha_of_another_size_in_an_animation_is_malformed() {
    let alpha = chunk(b"ALPH", &lossless_alpha(20, 10, 0, &[1; 200]));
    let file = riff(&[vp8x(0x12, 64, 64), anmf(0, 0, 40, 30, &[alpha.clone(), lossy(20, 10)])]);
    assert_eq!(message(&file), "malformed WebP: two sizes for one picture");
    // Raw alpha has no size of its own: if it is too short, it is truncated.
    let raw = chunk(b"ALPH", &[0; 200]);
    let file = riff(&[vp8x(0x12, 64, 64), anmf(0, 0, 20, 10, &[raw, lossy(20, 10)])]);
    assert!(is_truncated(&file));
}

#[test]
fn codes_that_overflow_in_image_webp_are_malformed() {
    // Three codes of one bit, and one of each other length: twice the code space, which is 0 modulo
    // 2^16.
    let lengths: Vec<u32> = [1, 1].into_iter().chain(1..=15).chain([15]).collect();
    let mut stream = BitWriter::vp8l(4, 4);
    stream.put(0, 3);
    stream.lengths(&lengths);
    for _ in 0..4 {
        stream.single(0);
    }
    stream.put(0, 32);
    assert!(message(&riff(&[chunk(b"VP8L", &stream.bytes)])).contains("incomplete prefix code"));
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
