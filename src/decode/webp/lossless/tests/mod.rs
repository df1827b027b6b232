#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

mod symbols;

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::*;
use crate::budget::{Budget, quote};
use crate::interrupt::Interrupt;
use crate::probe::webp::test_files::{BitWriter, Noise, chunk, riff, vp8x};
use crate::probe::webp::vp8l::{Tiles, Transform};
use crate::size::Size;

/// The memory that the rows of a stream take.
fn quoted(size: Size, stream: &Stream) -> u64 {
    quote(|budget| Rows::count(size, stream, budget).map(drop)).unwrap()
}

/// Decodes the pixels as `planned`, with a budget of exactly the quoted memory.
fn decoded(data: &[u8], size: Size, planned: &Stream) -> Result<Vec<u32>, Error> {
    let budget = Budget::new(quoted(size, planned));
    let mut rows = Rows::new(data, (size, planned), job(&budget))?;
    let mut pixels = Vec::new();
    for _ in 0..size.height {
        pixels.extend(rows.next()?);
    }
    Ok(pixels)
}

fn job(budget: &Budget) -> Job<'_> {
    const NEVER: &Interrupt = &Interrupt::never();
    Job { budget, interrupt: NEVER }
}

fn read(chunk: &[u8]) -> Result<(Size, Stream), Error> {
    Stream::of_image(chunk, None)
}

/// The payload of a VP8L chunk as image-webp decodes it.
fn decoded_by_image_webp(payload: &[u8], size: Size) -> Option<Vec<u32>> {
    let file = riff(&[vp8x(0x10, size.width, size.height), chunk(b"VP8L", payload)]);
    let mut decoder = WebPDecoder::new(Cursor::new(file)).ok()?;
    let mut bytes = vec![0; 4 * size.pixels() as usize];
    decoder.read_image(&mut bytes).ok()?;
    let pixels = bytes.chunks(4).map(|p| u32::from_be_bytes([p[3], p[0], p[1], p[2]]));
    Some(pixels.collect())
}

/// Writes a stream of random bits behind random headers. Any bits are valid
/// symbols of a complete code.
struct StreamGenerator {
    stream: BitWriter,
    noise: Noise,
}

impl StreamGenerator {
    fn below(&mut self, count: u32) -> u32 {
        (self.noise.number() >> 16) as u32 % count
    }

    /// A prefix code of symbols that are mostly below `low`, and always below `alphabet`.
    fn prefix_code(&mut self, low: u32, alphabet: u32) {
        match self.below(4) {
            0 => {
                let symbol = self.below(low.min(256));
                self.stream.single(symbol);
            }
            1 => {
                let first = self.below(low.min(256) - 1);
                self.stream.put(0b1_1_1, 3);
                self.stream.put(first, 8);
                self.stream.put(first + 1, 8);
            }
            _ => {
                // The depths of the leaves of a random tree, some of them deep.
                let mut leaves = vec![0];
                let max = if self.below(3) == 0 { 250 } else { 12 };
                let count = (2 + self.below(max)).min(alphabet);
                while leaves.len() < count as usize {
                    let split = match self.below(2) {
                        0 => leaves.len() - 1,
                        _ => self.below(leaves.len() as u32) as usize,
                    };
                    if leaves[split] == 15 {
                        break;
                    }
                    leaves[split] += 1;
                    leaves.push(leaves[split]);
                }
                let mut lengths = vec![0; alphabet as usize];
                for leaf in leaves {
                    let range = if self.below(16) == 0 { alphabet } else { low };
                    let mut symbol = self.below(range) as usize;
                    while lengths[symbol] != 0 {
                        symbol = (symbol + 1) % alphabet as usize;
                    }
                    lengths[symbol] = leaf;
                }
                self.stream.lengths(&lengths);
            }
        }
    }

    /// A colour cache or none. Returns the number of its colours.
    fn color_cache(&mut self) -> u32 {
        let cache_bits = if self.below(2) == 0 { 0 } else { 1 + self.below(7) };
        self.stream.put(u32::from(cache_bits > 0), 1);
        if cache_bits > 0 {
            self.stream.put(cache_bits, 4);
        }
        if cache_bits > 0 { 1 << cache_bits } else { 0 }
    }

    fn prefix_code_group(&mut self, cache_colors: u32, greens: u32) {
        self.prefix_code(greens, 280 + cache_colors);
        for _ in 0..3 {
            self.prefix_code(256, 256);
        }
        self.prefix_code(12, 40);
    }

    /// A sub-image of literals whose greens are below `greens`.
    fn sub_image(&mut self, size: Size, greens: u32) {
        self.stream.put(0, 1);
        let (low, high) = (self.below(greens - 1), greens - 1);
        self.stream.put(0b1_1_1, 3);
        self.stream.put(low, 8);
        self.stream.put(high, 8);
        for _ in 0..3 {
            let symbol = if greens > 8 { self.below(256) } else { 0 };
            self.stream.single(symbol);
        }
        self.stream.single(0);
        for _ in 0..size.pixels() {
            let bit = self.below(2);
            self.stream.put(bit, 1);
        }
    }

    fn payload(seed: u64) -> (Vec<u8>, Size) {
        let mut noise = Noise(seed * 0x9E37_79B9 + 1);
        let (width, height) = (1 + noise.number() as u32 % 70, 1 + noise.byte() as u32 % 40);
        let mut generator = Self { stream: BitWriter::vp8l(width, height), noise };
        let mut size = Size::new(width, height);
        let tiled = |size: Size, side_log2: u32| {
            let side = 1 << side_log2;
            Size::new(size.width.div_ceil(side), size.height.div_ceil(side))
        };
        let mut kinds = vec![0, 1, 2, 3];
        while !kinds.is_empty() && generator.below(3) > 0 {
            let kind = kinds.swap_remove(generator.below(kinds.len() as u32) as usize);
            generator.stream.put(1 | kind << 1, 3);
            let side_log2 = 2 + generator.below(3);
            match kind {
                0 | 1 => {
                    generator.stream.put(side_log2 - 2, 3);
                    // Only the modes below 14 mean the same to image-webp and to libwebp.
                    generator.sub_image(tiled(size, side_log2), if kind == 0 { 14 } else { 256 });
                }
                2 => {}
                _ => {
                    let colors = [2, 3, 4, 9, 16, 17, 100, 256][generator.below(8) as usize];
                    generator.stream.put(colors - 1, 8);
                    generator.sub_image(Size::new(colors, 1), 200);
                    let packing = crate::probe::webp::vp8l::packing(colors);
                    size.width = size.width.div_ceil(1 << packing);
                }
            }
        }
        generator.stream.put(0, 1);
        let cache_colors = generator.color_cache();
        let has_entropy_image = generator.below(2) == 0;
        generator.stream.put(u32::from(has_entropy_image), 1);
        let mut groups = 1;
        if has_entropy_image {
            let side_log2 = 2 + generator.below(3);
            generator.stream.put(side_log2 - 2, 3);
            groups = 2 + generator.below(6);
            generator.sub_image(tiled(size, side_log2), groups);
        }
        for _ in 0..groups {
            // Few backward references, because most would reach outside of the picture.
            let greens = if generator.below(3) == 0 { 258 } else { 256 };
            generator.prefix_code_group(cache_colors, greens);
        }
        for _ in 0..size.pixels() * 8 + 64 {
            let byte = generator.noise.byte();
            generator.stream.put(byte.into(), 8);
        }
        (generator.stream.bytes, Size::new(width, height))
    }
}

#[test]
fn random_streams_decode_as_with_image_webp() {
    let mut pictures = 0;
    for seed in 1..1500 {
        let (payload, size) = StreamGenerator::payload(seed);
        let Ok((declared_size, stream)) = read(&payload) else {
            assert_eq!(decoded_by_image_webp(&payload, size), None, "seed {seed}");
            continue;
        };
        assert_eq!(declared_size, size);
        match decoded(&payload[5..], size, &stream) {
            Ok(pixels) => {
                assert!(
                    Some(pixels) == decoded_by_image_webp(&payload, size),
                    "seed {seed}: {stream:?}"
                );
                pictures += 1;
            }
            Err(error) => {
                assert!(matches!(error, Error::Malformed(_)), "seed {seed}: {error}");
                assert_eq!(decoded_by_image_webp(&payload, size), None, "seed {seed}: {error}");
            }
        }
    }
    assert!(pictures > 600, "only {pictures} pictures");
}

#[test]
fn data_that_ends_at_any_byte_is_truncated() {
    let mut truncated_streams = 0;
    for seed in 1..40 {
        let (payload, size) = StreamGenerator::payload(seed);
        let Ok((_, stream)) = read(&payload) else { continue };
        let Ok(complete) = decoded(&payload[5..], size, &stream) else { continue };
        for end in (5..payload.len()).step_by(7) {
            let truncated = &payload[..end];
            let result =
                read(truncated).and_then(|(size, stream)| decoded(&truncated[5..], size, &stream));
            match result {
                Ok(pixels) => assert!(pixels == complete, "seed {seed}, truncated at {end}"),
                Err(error) => {
                    assert!(matches!(error, Error::Truncated(_)), "{error}");
                    truncated_streams += 1;
                }
            }
        }
    }
    assert!(truncated_streams > 500, "only {truncated_streams}");
}

/// Bytes that changed after planning are decoded within the planned memory, or refused.
#[test]
fn bytes_that_differ_from_the_plan_are_an_error_or_a_picture() {
    let mut noise = Noise(99);
    let (mut mismatches, mut pictures) = (0, 0);
    for seed in 1..120 {
        let (payload, size) = StreamGenerator::payload(seed);
        let Ok((_, stream)) = read(&payload) else { continue };
        for _ in 0..60 {
            let mut changed = payload.clone();
            for _ in 0..=noise.number() % 3 {
                let position = 5 + noise.number() as usize % 150.min(payload.len() - 5);
                changed[position] ^= 1 << (noise.byte() % 8);
            }
            match decoded(&changed[5..], size, &stream) {
                Ok(_) => pictures += 1,
                Err(Error::BadRequest(_)) => mismatches += 1,
                Err(Error::Malformed(_) | Error::Truncated(_) | Error::Unsupported(_)) => {}
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
    }
    assert!(mismatches > 200 && pictures > 200, "{mismatches} and {pictures}");
}

/// Backward references reach exactly one row back. The ring has one row, and source and
/// destination of a copy are the same pixels.
#[test]
fn a_window_of_one_row_suffices_for_references_to_the_row_above() {
    let mut stream = BitWriter::vp8l(9, 200);
    stream.put(0, 3); // no transform, no cache, one group
    let mut lengths = vec![0; 280];
    [lengths[3], lengths[200], lengths[256 + 4], lengths[256 + 9]] = [2, 2, 2, 2];
    stream.lengths(&lengths);
    for symbol in [7, 8, 9, 0] {
        stream.single(symbol); // red, blue, alpha, and the distance to the pixel above
    }
    let mut noise = Noise(5);
    let mut left = 9 * 200;
    for literal in 0..9 {
        stream.put(0, 1);
        stream.put(literal & 1, 1);
        left -= 1;
    }
    while left >= 32 {
        match noise.byte() % 4 {
            0 => {
                stream.put(0b00, 2);
                left -= 1;
            }
            1 => {
                stream.put(0b10, 2);
                left -= 1;
            }
            2 => {
                let extra = u32::from(noise.byte() % 2);
                stream.put(0b01, 2);
                stream.put(extra, 1);
                left -= 5 + extra;
            }
            _ => {
                let extra = u32::from(noise.byte() % 8);
                stream.put(0b11, 2);
                stream.put(extra, 3);
                left -= 25 + extra;
            }
        }
    }
    for _ in 0..left {
        stream.put(0b00, 2);
    }
    let (size, read) = read(&stream.bytes).unwrap();
    assert_eq!(read.picture.max_distance, 9);
    let pixels = decoded(&stream.bytes[5..], size, &read).unwrap();
    assert!(Some(pixels) == decoded_by_image_webp(&stream.bytes, size));
    assert_eq!(quoted(size, &read), 4 * 9 + 28 + 2 * (4 + 4) + 4 * 9);
}

/// The transforms and the entropy image of the bytes have the sizes that the plan knows.
#[test]
fn other_sizes_of_sub_images_than_planned_are_refused() {
    let [mut predictors, mut colors, mut palettes, mut entropies] = [0; 4];
    for seed in 1..200 {
        let (payload, size) = StreamGenerator::payload(seed);
        let Ok((_, planned)) = read(&payload) else { continue };
        if decoded(&payload[5..], size, &planned).is_err() {
            continue;
        }
        let mut others = Vec::new();
        let other_tiles = |tiles: Tiles| {
            let mut longer = tiles;
            longer.image.size.height += 1;
            [Tiles { side_log2: tiles.side_log2 + 1, ..tiles }, longer]
        };
        for (index, transform) in planned.transforms.iter().enumerate() {
            let changed = match *transform {
                Some(Transform::Predictor(tiles)) => {
                    predictors += 1;
                    other_tiles(tiles).map(Transform::Predictor).to_vec()
                }
                Some(Transform::Color(tiles)) => {
                    colors += 1;
                    other_tiles(tiles).map(Transform::Color).to_vec()
                }
                Some(Transform::Palette(mut image)) => {
                    palettes += 1;
                    image.size.width += 1;
                    vec![Transform::Palette(image)]
                }
                _ => continue,
            };
            for transform in changed {
                let mut other = planned;
                other.transforms[index] = Some(transform);
                others.push(other);
            }
        }
        if let Some(tiles) = planned.tiles {
            entropies += 1;
            for tiles in other_tiles(tiles) {
                let mut other = planned;
                other.tiles = Some(tiles);
                others.push(other);
            }
        }
        for other in others {
            let budget = Budget::new(u64::MAX);
            let refused = Rows::new(&payload[5..], (size, &other), job(&budget));
            assert!(matches!(refused.err(), Some(Error::BadRequest(_))), "seed {seed}");
        }
    }
    assert!([predictors, colors, palettes, entropies].iter().all(|&count| count > 10));
}

#[test]
fn a_picture_of_one_colour_needs_a_window_of_one_row() {
    let mut stream = BitWriter::vp8l(16_384, 600);
    stream.put(0, 3);
    for symbol in [1, 2, 3, 255, 0] {
        stream.single(symbol);
    }
    let (size, read) = read(&stream.bytes).unwrap();
    // A window of one row, the row in which transforms are undone, and five tables of one entry.
    assert_eq!(quoted(size, &read), 2 * 4 * 16_384 + 28 + 5 * 2);
    let budget = Budget::new(quoted(size, &read));
    let mut rows = Rows::new(&stream.bytes[5..], (size, &read), job(&budget)).unwrap();
    for _ in 0..600 {
        assert!(rows.next().unwrap().iter().all(|&pixel| pixel == 0xFF02_0103));
    }
}

/// A colour cache of 8 KiB for a sub-image of one tile, in a picture of one row.
#[test]
fn a_sub_image_may_take_more_memory_than_its_picture() {
    const CACHE_BYTES: u64 = 4 << 11;
    for kind in ["predictor", "colour", "palette", "groups of tiles"] {
        let mut stream = BitWriter::vp8l(4, 1);
        let sub_image = |stream: &mut BitWriter| {
            stream.put(1, 1);
            stream.put(11, 4);
            (0..5).for_each(|_| stream.single(0));
        };
        let transform = match kind {
            "predictor" => Some((0, 3)),
            "colour" => Some((1, 3)),
            "palette" => Some((3, 8)),
            _ => None,
        };
        if let Some((number, bits)) = transform {
            stream.put(1, 1);
            stream.put(number, 2);
            stream.put(0, bits);
            sub_image(&mut stream);
        }
        // No more transforms, no colour cache.
        stream.put(0, 2);
        stream.put(u32::from(transform.is_none()), 1);
        if transform.is_none() {
            stream.put(0, 3);
            sub_image(&mut stream);
        }
        (0..5).for_each(|_| stream.single(0));
        let (size, read) = read(&stream.bytes).unwrap();
        let quoted = quoted(size, &read);
        assert!(quoted > CACHE_BYTES, "{kind}: {quoted}");
        assert_eq!(decoded(&stream.bytes[5..], size, &read).unwrap().len(), 4, "{kind}");
        let budget = Budget::new(quoted - 1);
        let refused = Rows::new(&stream.bytes[5..], (size, &read), job(&budget));
        assert!(matches!(refused.err(), Some(Error::Bug(_))), "{kind}");
    }
}

#[test]
fn premultiplication_in_16_bits_matches_premultiply_row() {
    for alpha in 0..=255u8 {
        let mut samples: Vec<u8> = (0..=255).collect();
        premultiply(&mut samples, &[alpha; 256]);
        let mut expected: Vec<u8> = (0..=255).collect();
        crate::decode::premultiply::premultiply_row(&mut expected, 0, &[alpha; 256]);
        assert_eq!(samples, expected, "alpha {alpha}");
    }
}
