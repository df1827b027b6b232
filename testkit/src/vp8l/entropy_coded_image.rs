//! Entropy-coded images: backward references, the colour cache and groups of prefix codes
//! (RFC 9649, 3.6 and 3.7).

use super::argb::Argb;
use super::prefix_code::PrefixCode;
use crate::bit_writer::LsbBitWriter;

/// Writes an entropy-coded image. `tiles` is None for an image inside a transform, which has one
/// group of codes; otherwise it is [`Options::group_bits`](super::Options::group_bits).
pub fn write_image(
    bits: &mut LsbBitWriter,
    argb: &Argb,
    cache_bits: u32,
    tiles: Option<Option<u32>>,
) {
    bits.put(u32::from(cache_bits > 0), 1);
    if cache_bits > 0 {
        bits.put(cache_bits, 4);
    }
    let tile = tiles.flatten();
    if tiles.is_some() {
        bits.put(u32::from(tile.is_some()), 1);
    }
    let group_of = |pixel: usize| match tile {
        Some(tile) => {
            let (x, y) = (pixel as u32 % argb.width, pixel as u32 / argb.width);
            ((x >> tile ^ y >> tile) & 1) as usize
        }
        None => 0,
    };
    let mut groups = 1;
    if let Some(tile) = tile {
        bits.put(tile - 2, 3);
        let (width, height) = (argb.width.div_ceil(1 << tile), argb.height.div_ceil(1 << tile));
        groups += usize::from(width * height > 1);
        let pixels = (0..width * height).map(|i| (i % width ^ i / width) & 1).map(|g| g << 8);
        write_image(bits, &Argb { width, height, pixels: pixels.collect() }, 0, None);
    }
    let symbols = symbols_of(argb, cache_bits);
    let mut counts = vec![alphabet_sizes(cache_bits).map(|size| vec![0_u32; size]); groups];
    for (pixel, pixel_symbols) in &symbols {
        for symbol in pixel_symbols {
            counts[group_of(*pixel)][symbol.alphabet][symbol.value] += 1;
        }
    }
    let codes: Vec<Vec<PrefixCode>> = counts
        .iter()
        .map(|group| group.iter().map(|counts| PrefixCode::write(bits, counts)).collect())
        .collect();
    for (pixel, pixel_symbols) in &symbols {
        for symbol in pixel_symbols {
            codes[group_of(*pixel)][symbol.alphabet].put(bits, symbol.value);
            bits.put(symbol.extra, symbol.extra_bits);
        }
    }
}

/// Green with lengths and cache indices, red, blue, alpha, distance.
fn alphabet_sizes(cache_bits: u32) -> [usize; 5] {
    let cache = if cache_bits > 0 { 1 << cache_bits } else { 0 };
    [256 + 24 + cache, 256, 256, 256, 40]
}

struct Symbol {
    alphabet: usize,
    value: usize,
    extra: u32,
    extra_bits: u32,
}

/// The symbols of each pixel or run: a copy of the pixel before, a colour of the cache, or a
/// literal.
fn symbols_of(argb: &Argb, cache_bits: u32) -> Vec<(usize, Vec<Symbol>)> {
    let without_extra = |alphabet, value| Symbol { alphabet, value, extra: 0, extra_bits: 0 };
    let mut cache = vec![0_u32; 1 << cache_bits];
    let slot = |color: u32| (color.wrapping_mul(0x1E35_A7BD) >> (32 - cache_bits.max(1))) as usize;
    let mut symbols = Vec::new();
    let mut i = 0;
    while i < argb.pixels.len() {
        let color = argb.pixels[i];
        let run = if i == 0 {
            0
        } else {
            argb.pixels[i..].iter().take(4096).take_while(|p| **p == argb.pixels[i - 1]).count()
        };
        let mut pixel_symbols = Vec::new();
        if run >= 3 {
            let (symbol, extra, extra_bits) = prefix_symbol(run as u32);
            pixel_symbols.push(Symbol { alphabet: 0, value: 256 + symbol, extra, extra_bits });
            // Distance code 2 is the pixel to the left; its prefix symbol is 1.
            pixel_symbols.push(without_extra(4, 1));
        } else if cache_bits > 0 && i > 0 && cache[slot(color)] == color {
            pixel_symbols.push(without_extra(0, 280 + slot(color)));
        } else {
            let [alpha, red, green, blue] = color.to_be_bytes().map(usize::from);
            pixel_symbols.extend([
                without_extra(0, green),
                without_extra(1, red),
                without_extra(2, blue),
                without_extra(3, alpha),
            ]);
        }
        symbols.push((i, pixel_symbols));
        for _ in 0..if run >= 3 { run } else { 1 } {
            if cache_bits > 0 {
                cache[slot(argb.pixels[i])] = argb.pixels[i];
            }
            i += 1;
        }
    }
    symbols
}

/// The prefix symbol of a length or distance, and its extra bits (RFC 9649, 5.2.2).
fn prefix_symbol(value: u32) -> (usize, u32, u32) {
    let value = value - 1;
    if value < 4 {
        return (value as usize, 0, 0);
    }
    let high = 31 - value.leading_zeros();
    let extra_bits = high - 1;
    let second = value >> extra_bits & 1;
    ((2 * high + second) as usize, value & ((1 << extra_bits) - 1), extra_bits)
}
