//! Literals, copies and colours of the cache that few files have.

use super::*;
use crate::decode::webp::lossless::color_pairs;
use crate::probe::webp::vp8l::Image;

/// Writes codes of 15 bits and fewer: the number of a symbol is its length, less one.
fn deep_code(stream: &mut BitWriter) {
    stream.lengths(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]);
}

#[test]
fn red_and_blue_of_a_large_picture_are_read_in_pairs() {
    for (groups, size) in [(1, Size::new(130, 127)), (2, Size::new(260, 130))] {
        let stream = BitWriter::vp8l(size.width, size.height);
        let mut generator = StreamGenerator { stream, noise: Noise(3) };
        generator.stream.put(0b00, 2); // no transform, no cache
        generator.stream.put(groups - 1, 1);
        if groups > 1 {
            generator.stream.put(7 - 2, 3); // tiles of 128 pixels
            generator.sub_image(Size::new(3, 2), groups);
        }
        for group in 0..groups {
            let mut lengths = vec![0; 280];
            lengths[..64].fill(6);
            generator.stream.lengths(&lengths);
            deep_code(&mut generator.stream); // red
            let symbols = 3 << group;
            let mut lengths = vec![0; symbols];
            lengths[symbols - 2..].fill(1);
            generator.stream.lengths(&lengths); // blue
            generator.stream.single(200); // alpha
            generator.stream.single(0);
        }
        for _ in 0..size.pixels() * 4 {
            let byte = generator.noise.byte();
            generator.stream.put(byte.into(), 8);
        }
        let payload = generator.stream.bytes;
        let (_, read) = read(&payload).unwrap();
        assert_eq!(color_pairs::entries(&read.picture), 512 * u64::from(groups));
        let pixels = decoded(&payload[5..], size, &read).unwrap();
        assert!(Some(pixels) == decoded_by_image_webp(&payload, size), "{groups}");
    }
}

#[test]
fn tables_of_pairs_are_for_large_pictures_of_few_groups() {
    let mut stream = BitWriter::vp8l(1, 1);
    stream.put(0, 3);
    (0..5).for_each(|_| stream.single(0));
    let (_, Stream { picture, .. }) = read(&stream.bytes).unwrap();
    let entries = |width, groups, entries| {
        color_pairs::entries(&Image { size: Size::new(width, 128), groups, entries, ..picture })
    };
    assert_eq!([entries(128, 1, 64), entries(127, 1, 64), entries(128, 1, 63)], [512, 0, 0]);
    assert_eq!([entries(384, 3, 192), entries(383, 3, 192), entries(384, 3, 191)], [1_536, 0, 0]);
    assert_eq!([entries(16_384, 128, 9_000), entries(16_384, 129, 9_000)], [128 * 512, 0]);
}

#[test]
fn a_pixel_may_have_sixty_bits() {
    let mut stream = BitWriter::vp8l(50, 40);
    stream.put(0, 3);
    let mut lengths = vec![0; 280];
    for (length, slot) in (1..=15).chain([15]).zip(&mut lengths) {
        *slot = length;
    }
    stream.lengths(&lengths);
    (0..3).for_each(|_| deep_code(&mut stream));
    stream.single(0);
    let mut noise = Noise(8);
    for _ in 0..50 * 40 {
        let shorter = u32::from(noise.byte() % 8);
        for channel in 0..4 {
            // Mostly 15 ones.
            stream.put(0x7FFF >> if channel == shorter { noise.byte() % 15 } else { 0 }, 15);
        }
    }
    let (size, read) = read(&stream.bytes).unwrap();
    let pixels = decoded(&stream.bytes[5..], size, &read).unwrap();
    assert!(pixels.iter().filter(|&&pixel| pixel == 0x0F0F_0F0F).count() > 500);
    assert!(Some(pixels) == decoded_by_image_webp(&stream.bytes, size));
}

/// What was copied is the newest colour of its slot again.
#[test]
fn copied_pixels_are_inserted_into_the_cache() {
    // A literal has the green of its symbol, and all other channels are 0. There are two slots.
    let slot = |green: u32| (green << 8).wrapping_mul(0x1E35_A7BD) >> 31;
    let other = (1..100).find(|&green| slot(green) == slot(100)).unwrap();
    let mut stream = BitWriter::vp8l(5, 1);
    stream.put(0, 1);
    stream.put(1, 1);
    stream.put(1, 4);
    stream.put(0, 1);
    let mut lengths = vec![0; 282];
    for symbol in [other, 100, 256, 280 + slot(100)] {
        lengths[symbol as usize] = 2;
    }
    stream.lengths(&lengths);
    (0..3).for_each(|_| stream.single(0));
    stream.single(4); // distance code 5 or 6; 6 is two pixels to the left
    for (code, extra) in [(0b00, None), (0b10, None), (0b01, Some(1)), (0b11, None), (0b10, None)] {
        stream.put(code, 2);
        if let Some(extra) = extra {
            stream.put(extra, 1);
        }
    }
    let (size, read) = read(&stream.bytes).unwrap();
    let pixels = decoded(&stream.bytes[5..], size, &read).unwrap();
    assert_eq!(pixels, [other, 100, other, other, 100].map(|green| green << 8));
    assert_eq!(Some(pixels), decoded_by_image_webp(&stream.bytes, size));
}

/// A code with a single symbol takes no bits, whatever the symbol is.
#[test]
fn the_only_green_symbol_may_be_a_copy_or_a_color_of_the_cache() {
    for only in [5, 255, 256, 257, 280] {
        let mut stream = BitWriter::vp8l(8, 4);
        stream.put(0, 1);
        stream.put(1, 1);
        stream.put(1, 4); // a cache of two colours
        stream.put(1, 1);
        stream.put(0, 3); // two tiles of four pixels
        stream.put(0, 1);
        stream.put(0b1_1_1, 3); // green 0 or 1: the groups
        stream.put(0, 8);
        stream.put(1, 8);
        (0..4).for_each(|_| stream.single(0));
        stream.put(0b10, 2);
        for green in [33, only] {
            let mut lengths = vec![0; 282];
            lengths[green] = 1;
            stream.lengths(&lengths);
            for symbol in [7, 9, 0, 1] {
                stream.single(symbol); // a copy is from the pixel to the left
            }
        }
        (0..8).for_each(|_| stream.put(0, 8));
        let (size, read) = read(&stream.bytes).unwrap();
        let pixels = decoded(&stream.bytes[5..], size, &read).unwrap();
        let right = if only < 256 { 0x0007_0009 | (only as u32) << 8 } else { 0x0007_2109 };
        let row = [[0x0007_2109; 4], [right; 4]].concat();
        if only < 280 {
            assert_eq!(pixels, [&row[..]; 4].concat(), "{only}");
        }
        assert_eq!(Some(pixels), decoded_by_image_webp(&stream.bytes, size), "{only}");
    }
}
