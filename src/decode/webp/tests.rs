#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use image_webp::vp8::Vp8Decoder;
use image_webp::{ColorType, WebPDecoder};

use super::*;
use crate::budget::quote;
use crate::interrupt::Interrupt;
use crate::picture::over;
use crate::probe::webp::Still;
use crate::probe::webp::header;
use crate::probe::webp::test_files::{
    BitWriter, Noise, anmf, chunk, lossless_alpha, riff, vp8, vp8l, vp8x,
};
use crate::probe::webp::vp8::{BLACK, NO_CHROMA};

const ALPHA: u8 = 0x10;

/// Collects the planes, and panics on rows that are out of order.
#[derive(Default, Debug, PartialEq)]
struct Planes([Vec<u8>; 4], [u32; 4]);

impl RowSink for Planes {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        assert_eq!(self.1[plane], y);
        self.1[plane] += 1;
        self.0[plane].extend(samples);
        Ok(())
    }
}

fn still(file: &[u8]) -> Result<Still, Error> {
    header(file).map(|(_, still)| still)
}

const fn order(still: &Still, premultiply: bool) -> Order<'_> {
    Order { still, premultiply, loop_filter: LoopFilter::Exact }
}

/// Decodes with `budget_bytes`, without a deadline.
fn decode(
    file: &[u8],
    order: &Order<'_>,
    budget_bytes: u64,
    sink: &mut impl RowSink,
) -> Result<(), Error> {
    let budget = Budget::new(budget_bytes);
    order.decode(file, Job { budget: &budget, interrupt: &Interrupt::never() }, sink)?;
    assert_eq!(budget.left_bytes(), budget_bytes);
    Ok(())
}

fn planes(file: &[u8]) -> Result<Planes, Error> {
    planes_with(file, false)
}

/// The memory that the decoder allocates.
fn quoted(order: &Order<'_>) -> u64 {
    quote(|budget| order.count(budget, &mut Shrink::new([None; 4], budget))).unwrap()
}

/// Decodes with a budget of exactly the quoted memory.
fn planes_with(file: &[u8], premultiply: bool) -> Result<Planes, Error> {
    let still = still(file)?;
    let order = order(&still, premultiply);
    let mut planes = Planes::default();
    decode(file, &order, quoted(&order), &mut planes)?;
    Ok(planes)
}

#[test]
fn lossless_pixels_are_restored() {
    for (width, height) in [(1, 1), (3, 2), (17, 5), (64, 33), (300, 1), (1, 300)] {
        let pixels = (width * height) as usize;
        for (color, channels) in [(ColorType::Rgb8, 3), (ColorType::Rgba8, 4)] {
            let mut samples = Noise(11).bytes(pixels * channels);
            samples[..pixels].fill(7);
            let file = riff(&[chunk(b"VP8L", &vp8l(width, height, color, &samples))]);
            let planes = planes(&file).unwrap();
            for channel in 0..4 {
                let expected: Vec<u8> = if channel < channels {
                    samples.iter().copied().skip(channel).step_by(channels).collect()
                } else {
                    Vec::new()
                };
                assert_eq!(planes.0[channel], expected, "{width}x{height} channel {channel}");
            }
        }
    }
}

#[test]
fn a_side_of_16384_pixels_is_decoded() {
    let samples: Vec<u8> = (0..16_384u32 * 3).map(|i| (i / 700) as u8).collect();
    let file = riff(&[chunk(b"VP8L", &vp8l(16_384, 1, ColorType::Rgb8, &samples))]);
    let red: Vec<u8> = samples.iter().copied().step_by(3).collect();
    assert_eq!(planes(&file).unwrap().0[0], red);
}

/// Headers with transforms, colour caches, backward references and many groups. If a header were
/// read one bit off, the codes, the quote or the pixels would differ from those of image-webp.
#[test]
fn headers_with_every_feature_are_read_as_by_image_webp() {
    for seed in 1..40 {
        let mut noise = Noise(seed);
        let mut stream = BitWriter::vp8l(64, 64);
        stream.put(0b001, 3); // predictor
        write_sub_image(&mut stream, &mut noise, 4, 1, 2);
        stream.put(0b011, 3); // colour
        write_sub_image(&mut stream, &mut noise, 4, 1, 2);
        stream.put(0, 1); // no other transform
        stream.put(0b0_0111, 5); // a colour cache of 8 colours
        stream.put(1, 1); // an entropy image
        let groups = 6;
        write_sub_image(&mut stream, &mut noise, 4, 0, groups - 1);
        for group in 0..groups {
            let mut lengths = vec![0; 288];
            for symbol in [group, 40 + group, 100, 287] {
                lengths[symbol as usize] = 2;
            }
            stream.lengths(&lengths);
            for _ in 0..3 {
                stream.lengths(&[0, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]);
            }
            stream.single(0);
        }
        for _ in 0..64 * 64 * 6 {
            stream.put(noise.byte().into(), 8);
        }
        let file = riff(&[chunk(b"VP8L", &stream.bytes)]);
        let mut decoder = WebPDecoder::new(Cursor::new(&file)).unwrap();
        let mut rgb = vec![0; 64 * 64 * 3];
        decoder.read_image(&mut rgb).unwrap();
        let planes = planes(&file).unwrap();
        for channel in 0..3 {
            let expected: Vec<u8> = rgb.iter().copied().skip(channel).step_by(3).collect();
            assert_eq!(planes.0[channel], expected, "seed {seed}");
        }
    }
}

/// A sub-image of 16 × 16 tiles. The green of a literal is `low` or `high`, and its red is 0.
fn write_sub_image(stream: &mut BitWriter, noise: &mut Noise, side: u32, low: u32, high: u32) {
    stream.put(side.ilog2() - 2, 3);
    stream.put(0b0_0011, 5); // a colour cache of 2 colours
    let mut lengths = vec![0; 282];
    for symbol in [low, high, 256 + 4, 281] {
        lengths[symbol as usize] = 2;
    }
    stream.lengths(&lengths);
    for symbol in [0, 77, 255, 1] {
        stream.single(symbol); // red, blue, alpha, and a distance of one pixel
    }
    let mut left = 16 * 16;
    stream.put(0b10, 2); // `high`: the first bit of a code is its highest
    left -= 1;
    while left > 0 {
        let code = u32::from(noise.byte() % 4);
        let extra = u32::from(noise.byte() % 2);
        match code {
            2 if left < 5 + extra => continue,
            2 => left -= 5 + extra,
            _ => left -= 1,
        }
        stream.put(code.reverse_bits() >> 30, 2);
        if code == 2 {
            stream.put(extra, 1);
        }
    }
}

#[test]
fn lossy_planes_match_image_webp_without_its_padding() {
    for (width, height) in [(1u16, 1u16), (16, 16), (17, 15), (33, 49), (100, 20)] {
        for partitions_log2 in 0..4 {
            let payload = vp8(width, height, partitions_log2, &mut Noise(77));
            let frame = Vp8Decoder::decode_frame(&payload[..]).unwrap();
            let planes = planes(&riff(&[chunk(b"VP8 ", &payload)])).unwrap();
            let (w, h) = (usize::from(width), usize::from(height));
            let stride = w.next_multiple_of(16);
            for (plane, coded, w, h, stride) in [
                (0, &frame.ybuf, w, h, stride),
                (1, &frame.ubuf, w.div_ceil(2), h.div_ceil(2), stride / 2),
                (2, &frame.vbuf, w.div_ceil(2), h.div_ceil(2), stride / 2),
            ] {
                let expected: Vec<u8> =
                    coded.chunks(stride).take(h).flat_map(|row| row[..w].to_vec()).collect();
                assert_eq!(planes.0[plane], expected);
            }
            assert!(planes.0[3].is_empty());
        }
    }
}

/// Files of this size with raw and with lossless alpha, each with all four filters.
fn files_with_alpha(width: u32, height: u32, noise: &mut Noise) -> Vec<Vec<u8>> {
    let samples = noise.bytes((width * height) as usize);
    let color = chunk(b"VP8 ", &vp8(width as u16, height as u16, 1, noise));
    let alphas = (0..4).flat_map(|filter| {
        let raw = [&[filter << 2][..], &samples].concat();
        [raw, lossless_alpha(width, height, filter, &samples)]
    });
    let file =
        |alpha: Vec<u8>| riff(&[vp8x(ALPHA, width, height), chunk(b"ALPH", &alpha), color.clone()]);
    alphas.map(file).collect()
}

/// Odd sizes, and sizes around those of a macroblock and of the rows that wait for the loop filter.
const SIZES: [(u32, u32); 12] = [
    (1, 1),
    (2, 1),
    (1, 2),
    (16, 16),
    (17, 17),
    (40, 18),
    (37, 21),
    (5, 24),
    (7, 25),
    (33, 47),
    (3, 100),
    (19, 63),
];

#[test]
fn alpha_with_every_filter_matches_image_webp() {
    let mut noise = Noise(5);
    for (width, height) in SIZES {
        for (case, file) in files_with_alpha(width, height, &mut noise).iter().enumerate() {
            let mut decoder = WebPDecoder::new(Cursor::new(file)).unwrap();
            let mut rgba = vec![0; (width * height * 4) as usize];
            decoder.read_image(&mut rgba).unwrap();
            let expected: Vec<u8> = rgba.iter().copied().skip(3).step_by(4).collect();
            assert_eq!(planes(file).unwrap().0[3], expected, "{width}x{height}, case {case}");
        }
    }
}

#[test]
fn every_sample_is_multiplied_by_the_mean_alpha_of_its_pixels() {
    let mut noise = Noise(9);
    for (width, height) in SIZES {
        for (case, file) in files_with_alpha(width, height, &mut noise).iter().enumerate() {
            let straight = planes(file).unwrap();
            let mut expected = planes(file).unwrap();
            for (plane, zero) in [(0, BLACK), (1, NO_CHROMA), (2, NO_CHROMA)] {
                let side = if plane == 0 { 1 } else { 2 };
                let samples_per_row = width.div_ceil(side);
                for (sample, i) in expected.0[plane].iter_mut().zip(0..) {
                    let (left, top) = (i % samples_per_row * side, i / samples_per_row * side);
                    let alphas: Vec<u32> = (top..height.min(top + side))
                        .flat_map(|y| (left..width.min(left + side)).map(move |x| (x, y)))
                        .map(|(x, y)| straight.0[3][(y * width + x) as usize].into())
                        .collect();
                    let count = alphas.len() as u32;
                    let mean = (alphas.iter().sum::<u32>() + count / 2) / count;
                    *sample = over(*sample, zero, mean as u8);
                }
            }
            let multiplied = planes_with(file, true).unwrap();
            assert!(multiplied == expected, "{width}x{height}, case {case}");
        }
    }
}

/// A row of alpha is decoded when its row of luma arrives, and not before.
#[test]
fn alpha_is_decoded_alongside_luma() {
    #[derive(Default)]
    struct Calls(Vec<(usize, u32)>);
    impl RowSink for Calls {
        fn row(&mut self, plane: usize, y: u32, _: &[u8]) -> Result<(), Error> {
            self.0.push((plane, y));
            Ok(())
        }
    }
    for file in files_with_alpha(20, 50, &mut Noise(4)) {
        let still = still(&file).unwrap();
        let order = order(&still, true);
        let mut calls = Calls::default();
        decode(&file, &order, quoted(&order), &mut calls).unwrap();
        let rows: Vec<_> =
            calls.0.into_iter().filter(|(plane, _)| [0, 3].contains(plane)).collect();
        let expected: Vec<_> = (0..50).flat_map(|y| [(3, y), (0, y)]).collect();
        assert_eq!(rows, expected);
    }
}

#[test]
fn the_first_frame_of_an_animation_is_decoded_in_its_own_coordinates() {
    let first = chunk(b"VP8L", &vp8l(3, 2, ColorType::Rgb8, &[50; 18]));
    let second = chunk(b"VP8L", &vp8l(8, 8, ColorType::Rgb8, &[90; 192]));
    let file = riff(&[
        vp8x(2, 8, 8),
        chunk(b"ANIM", &[0; 6]),
        anmf(4, 2, 3, 2, &[first]),
        anmf(0, 0, 8, 8, &[second]),
    ]);
    let planes = planes(&file).unwrap();
    assert_eq!(planes.1, [2, 2, 2, 2]);
    assert_eq!(planes.0[0], [50; 6]);
    // The frame is opaque, but leaves a part of its canvas uncovered.
    assert_eq!(planes.0[3], [255; 6]);
}

#[test]
fn bytes_that_differ_from_the_header_are_refused() {
    let file = |side| {
        riff(&[chunk(b"VP8L", &vp8l(side, 4, ColorType::L8, &[1; 16][..side as usize * 4]))])
    };
    let planned = still(&file(3)).unwrap();
    let result = decode(&file(4), &order(&planned, false), 1 << 20, &mut Planes::default());
    assert!(matches!(result, Err(Error::BadRequest(_))));
}

#[test]
fn one_byte_less_than_the_quote_is_not_enough() {
    for file in sample_files() {
        for premultiply in [false, true] {
            let still = still(&file).unwrap();
            let order = order(&still, premultiply);
            let mut sink = Planes::default();
            let result = decode(&file, &order, quoted(&order) - 1, &mut sink);
            assert!(matches!(result, Err(Error::Bug(_))), "{result:?}");
        }
    }
}

/// The coded data is truncated, and the container declares the shorter length.
#[test]
fn truncated_data_is_never_a_different_picture() {
    let payload = vp8l(24, 24, ColorType::Rgba8, &Noise(8).bytes(24 * 24 * 4));
    for end in 0..payload.len() - 8 {
        let result = planes(&riff(&[chunk(b"VP8L", &payload[..end])]));
        assert!(result.is_err(), "truncated at {end}");
    }
    let payload = vp8(40, 24, 1, &mut Noise(13));
    let complete = planes(&riff(&[chunk(b"VP8 ", &payload)])).unwrap();
    let mut errors = 0;
    for end in (0..payload.len()).step_by(37) {
        match planes(&riff(&[chunk(b"VP8 ", &payload[..end])])) {
            Ok(planes) => assert_eq!(planes, complete, "truncated at {end}"),
            Err(error) => {
                assert!(matches!(error, Error::Truncated(_) | Error::Malformed(_)), "{error}");
                errors += 1;
            }
        }
    }
    assert!(errors > 50);
}

#[test]
fn corrupt_bytes_are_an_error_or_a_picture_of_the_declared_size() {
    let mut noise = Noise(0x5EED);
    let mut decoded = 0;
    for file in sample_files() {
        for _ in 0..400 {
            let mut file = file.clone();
            for _ in 0..=noise.number() % 3 {
                let position = (noise.number() as usize) % file.len();
                file[position] ^= 1 << (noise.byte() % 8);
            }
            let Ok(still) = still(&file) else { continue };
            if still.frame.pixels() > 1 << 16 {
                continue;
            }
            match planes(&file) {
                Ok(planes) => {
                    assert_eq!(planes.0[0].len() as u64, still.frame.pixels());
                    decoded += 1;
                }
                Err(Error::Truncated(_) | Error::Malformed(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(decoded > 100);
}

#[test]
fn a_set_flag_interrupts_decoding_between_rows() {
    /// Sets the flag at row 3.
    struct Cancel(Arc<AtomicBool>, u32);
    impl RowSink for Cancel {
        fn row(&mut self, _: usize, y: u32, _: &[u8]) -> Result<(), Error> {
            self.0.store(y > 2, Ordering::Relaxed);
            self.1 += 1;
            Ok(())
        }
    }
    for file in sample_files() {
        let flag = Arc::new(AtomicBool::new(false));
        let interrupt = Interrupt::never().or_when(Arc::clone(&flag));
        let still = still(&file).unwrap();
        let order = order(&still, false);
        let budget = Budget::new(quoted(&order));
        let mut sink = Cancel(flag, 0);
        let job = Job { budget: &budget, interrupt: &interrupt };
        let result = order.decode(&file, job, &mut sink);
        assert!(matches!(result, Err(Error::Interrupted(_))), "{result:?}");
        assert!(sink.1 <= 4 * 16);
    }
}

/// One small file of each kind.
fn sample_files() -> [Vec<u8>; 5] {
    let (width, height) = (40, 24);
    let noise = Noise(21).bytes(width * height * 4);
    let lossy = chunk(b"VP8 ", &vp8(width as u16, height as u16, 1, &mut Noise(3)));
    let (width, height) = (width as u32, height as u32);
    let gray = &noise[..(width * height) as usize];
    let raw = chunk(b"ALPH", &[&[8], gray].concat());
    let coded = chunk(b"ALPH", &lossless_alpha(width, height, 3, gray));
    [
        riff(&[chunk(b"VP8L", &vp8l(width, height, ColorType::Rgba8, &noise))]),
        riff(&[chunk(b"VP8L", &vp8l(width, height, ColorType::L8, gray))]),
        riff(std::slice::from_ref(&lossy)),
        riff(&[vp8x(ALPHA, width, height), raw, lossy.clone()]),
        riff(&[vp8x(0x12, 99, 99), anmf(2, 4, width, height, &[coded, lossy])]),
    ]
}
