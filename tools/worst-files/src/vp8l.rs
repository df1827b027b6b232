//! VP8L streams (RFC 9649, 3): groups of prefix codes, symbols of noise, distant copies.

use bombproof_testkit::bit_writer::LsbBitWriter;
use bombproof_testkit::huffman::canonical_codes;
use bombproof_testkit::noise::mix;
use bombproof_testkit::vp8l::{Argb, header, write_image, write_normal_code, write_simple_code};

/// 65,536 groups of prefix codes in 26 MB, with one bit for each code length.
/// Only the last group is used, and its pixels need no bits. With the largest
/// colour cache the alphabet of green has 2,328 symbols.
pub(crate) fn groups(width: u32, height: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    color_cache(&mut bits);
    let (across, down) = (width.div_ceil(4), height.div_ceil(4));
    let pixels = vec![0xFFFF_FF00; (across * down) as usize];
    tiles(&mut bits, &Argb { width: across, height: down, pixels });
    for _ in 0..65_536 {
        for alphabet in [GREEN_SYMBOLS, 256, 256, 256, 40] {
            // A code for the lengths 0 and 1, of a bit each. Then all lengths:
            // the first is 1, the others are 0.
            bits.put(0, 1 + 4);
            for length in [0, 0, 1, 1] {
                bits.put(length, 3);
            }
            bits.put(0, 1);
            bits.put(1, 1);
            for _ in 0..(alphabet - 1) / 31 {
                bits.put(0, 31);
            }
            bits.put(0, (alphabet - 1) % 31);
        }
    }
    [header(width, height, false, 0), bits.finish()].concat()
}

/// Each 4×4 tile selects one of many groups, so that no table is in the cache.
pub(crate) fn group_of_each_tile(width: u32, height: u32, groups: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    bits.put(0, 1 + 1);
    let (across, down) = (width.div_ceil(4), height.div_ceil(4));
    let pixels = (0..across * down).map(|n| 0xFF00_0000 | (mix(n.into()) as u32 % groups) << 8);
    tiles(&mut bits, &Argb { width: across, height: down, pixels: pixels.collect() });
    for _ in 0..groups {
        for _ in 0..4 {
            write_simple_code(&mut bits, &[30, 40]);
        }
        write_simple_code(&mut bits, &[0]);
    }
    noise(&mut bits, width as usize * height as usize / 2);
    [header(width, height, true, 0), bits.finish()].concat()
}

/// Literals of noise: four symbols of four bits per pixel, with all transforms and a colour cache.
pub(crate) fn literals(width: u32, height: u32) -> Vec<u8> {
    [header(width, height, true, 0), literal_stream(width, height)].concat()
}

/// As many pixels as possible at two bits per pixel, for green and alpha, with all transforms.
pub(crate) fn small_literals(width: u32, height: u32) -> Vec<u8> {
    let noise_bytes = width as usize * height as usize / 4;
    let stream = small_literal_stream((width, height), &[90, 91], noise_bytes);
    [header(width, height, true, 0), stream].concat()
}

/// Pixels of one bit, for green, with all transforms.
pub(crate) fn smallest_literals(width: u32, height: u32) -> Vec<u8> {
    [header(width, height, true, 0), smallest_literal_stream(width, height)].concat()
}

/// The same without the header, for ALPH.
pub(crate) fn smallest_literal_stream(width: u32, height: u32) -> Vec<u8> {
    small_literal_stream((width, height), &[90], width as usize * height as usize / 8)
}

fn small_literal_stream(
    (width, height): (u32, u32),
    alphas: &[usize],
    noise_bytes: usize,
) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    color_cache(&mut bits);
    one_group(&mut bits);
    for symbols in [&[100, 101][..], &[7], &[8], alphas, &[0]] {
        write_simple_code(&mut bits, symbols);
    }
    noise(&mut bits, noise_bytes);
    bits.finish()
}

/// [`literals`] without the header, for ALPH.
pub(crate) fn literal_stream(width: u32, height: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    color_cache(&mut bits);
    one_group(&mut bits);
    let mut lengths = vec![0; GREEN_SYMBOLS as usize];
    lengths[100..116].fill(4);
    write_normal_code(&mut bits, &lengths);
    for _ in 0..3 {
        write_normal_code(&mut bits, &lengths[..256]);
    }
    write_simple_code(&mut bits, &[0]);
    noise(&mut bits, width as usize * height as usize * 2);
    bits.finish()
}

/// Literals whose green has the longest possible code.
pub(crate) fn long_codes(width: u32, height: u32) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    bits.put(0, 1 + 1 + 1);
    // Lengths 1 to 10, and then 32 codes of 15 bits, which complete the code.
    let mut lengths = vec![0; 256 + 24];
    for (length, slot) in (1..11).zip(&mut lengths) {
        *slot = length;
    }
    lengths[20..52].fill(15);
    write_normal_code(&mut bits, &lengths);
    for _ in 0..4 {
        write_simple_code(&mut bits, &[7]);
    }
    let codes = canonical_codes(&lengths);
    for n in 0..u64::from(width * height) {
        bits.put_code(codes[20 + mix(n) as usize % 32], 15);
    }
    [header(width, height, true, 0), bits.finish()].concat()
}

/// Copies of one pixel each, from thousands of pixels before it: distance codes from 6,145 to 8,192,
/// minus the 120 codes of nearby pixels.
pub(crate) fn copies(width: u32, height: u32) -> Vec<u8> {
    copies_at(width, height, (25, 11), 10_000)
}

/// Copies of one pixel each, from anywhere among the last million pixels, which no cache holds:
/// distance codes from 524,289 to 786,432.
pub(crate) fn distant_copies(width: u32, height: u32) -> Vec<u8> {
    copies_at(width, height, (38, 18), 800_000)
}

/// `literals` pixels, and then copies. All distances have one prefix code and some extra bits.
fn copies_at(
    width: u32,
    height: u32,
    (distance_symbol, extra_bits): (usize, u32),
    literals: u64,
) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    transforms(&mut bits, width, height);
    color_cache(&mut bits);
    one_group(&mut bits);
    let mut lengths = vec![0; GREEN_SYMBOLS as usize];
    // A literal, a length of 1.
    [lengths[9], lengths[256]] = [1, 1];
    write_normal_code(&mut bits, &lengths);
    for _ in 0..3 {
        write_simple_code(&mut bits, &[7]);
    }
    write_simple_code(&mut bits, &[distance_symbol]);
    for n in 0..u64::from(width * height) {
        if n < literals {
            bits.put(0, 1);
        } else {
            bits.put(1, 1);
            bits.put(mix(n) as u32, extra_bits);
        }
    }
    [header(width, height, true, 0), bits.finish()].concat()
}

/// The predictor, colour and subtract-green transforms, the first
/// two with parameters for every 4×4 tile.
fn transforms(bits: &mut LsbBitWriter, width: u32, height: u32) {
    let (width, height) = (width.div_ceil(4), height.div_ceil(4));
    for kind in [0, 1] {
        bits.put(1 | kind << 1, 3);
        bits.put(0, 3);
        let number = |n: u32| match kind {
            0 => 0xFF00_0000 | (mix(n.into()) as u32 % 14) << 8,
            _ => 0xFF10_2030,
        };
        write_image(
            bits,
            &Argb { width, height, pixels: (0..width * height).map(number).collect() },
            0,
            None,
        );
    }
    bits.put(1 | 2 << 1, 3);
}

/// No more transforms, and a colour cache of the largest size.
fn color_cache(bits: &mut LsbBitWriter) {
    bits.put(0, 1);
    bits.put(1, 1);
    bits.put(COLOR_CACHE_BITS, 4);
}

/// One group of prefix codes for all pixels.
fn one_group(bits: &mut LsbBitWriter) {
    bits.put(0, 1);
}

/// A group of prefix codes for each 4×4 tile.
fn tiles(bits: &mut LsbBitWriter, groups: &Argb) {
    bits.put(1, 1);
    bits.put(0, 3);
    write_image(bits, groups, 0, None);
}

fn noise(bits: &mut LsbBitWriter, bytes: usize) {
    for n in 0..bytes.div_ceil(4) {
        bits.put(mix(n as u64) as u32, 32);
    }
}

const COLOR_CACHE_BITS: u32 = 11;
const GREEN_SYMBOLS: u32 = 256 + 24 + (1 << COLOR_CACHE_BITS);
