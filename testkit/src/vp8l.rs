//! Lossless WebP (RFC 9649, 3): transforms, prefix codes, and the groups of codes. [`stream`] writes
//! what follows the header, which is also what a compressed ALPH chunk holds.

use crate::bits::LsbBits;
use crate::huffman::{canonical_codes, code_lengths};
use crate::pictures::Picture;
use crate::vp8l_transforms::{Transform, apply};

/// Pixels as 0xAARRGGBB.
#[derive(Clone)]
pub struct Argb {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u32>,
}

impl Argb {
    /// RGB or RGBA.
    pub fn of(picture: &Picture) -> Self {
        let pixels = picture
            .samples
            .chunks_exact(picture.channels)
            .map(|p| {
                let alpha = p.get(3).copied().unwrap_or(255);
                u32::from_be_bytes([alpha, p[0], p[1], p[2]])
            })
            .collect();
        Self { width: picture.width, height: picture.height, pixels }
    }

    /// One channel in the green one, as ALPH wants it.
    pub fn of_alpha(alpha: &[u8], width: u32, height: u32) -> Self {
        let pixels = alpha.iter().map(|a| 0xFF00_0000 | u32::from(*a) << 8).collect();
        Self { width, height, pixels }
    }
}

#[derive(Clone, Default)]
pub struct Options {
    pub transforms: Vec<Transform>,
    /// Bits of the colour cache, 0 for none.
    pub cache_bits: u32,
    /// Two groups of prefix codes in a checkerboard of tiles of this many bits; one, in a single tile.
    pub group_bits: Option<u32>,
}

/// A VP8L chunk's payload.
pub fn encode(argb: &Argb, alpha: bool, options: &Options) -> Vec<u8> {
    let mut bytes = header(argb.width, argb.height, alpha, 0);
    bytes.extend(stream(argb, options));
    bytes
}

/// Signature, size, alpha hint and version: five bytes, so that the stream starts on a byte.
pub fn header(width: u32, height: u32, alpha: bool, version: u32) -> Vec<u8> {
    let mut bits = LsbBits::default();
    bits.put(0x2F, 8);
    bits.put(width - 1, 14);
    bits.put(height - 1, 14);
    bits.put(u32::from(alpha), 1);
    bits.put(version, 3);
    bits.finish()
}

/// Transforms and entropy-coded image.
pub fn stream(argb: &Argb, options: &Options) -> Vec<u8> {
    let mut bits = LsbBits::default();
    let mut argb = argb.clone();
    for transform in &options.transforms {
        bits.put(1, 1);
        argb = apply(transform, &argb, &mut bits);
    }
    bits.put(0, 1);
    image(&mut bits, &argb, options.cache_bits, Some(options.group_bits));
    bits.finish()
}

/// An entropy-coded image: `tiles` is None for the images inside transforms, which have no choice.
pub fn image(bits: &mut LsbBits, argb: &Argb, cache_bits: u32, tiles: Option<Option<u32>>) {
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
        image(bits, &Argb { width, height, pixels: pixels.collect() }, 0, None);
    }
    let symbols = symbols(argb, cache_bits);
    let mut counts = vec![alphabets(cache_bits).map(|size| vec![0_u32; size]); groups];
    for (pixel, parts) in &symbols {
        for part in parts {
            counts[group_of(*pixel)][part.alphabet][part.symbol] += 1;
        }
    }
    let codes: Vec<Vec<PrefixCode>> = counts
        .iter()
        .map(|group| group.iter().map(|counts| PrefixCode::write(bits, counts)).collect())
        .collect();
    for (pixel, parts) in &symbols {
        for part in parts {
            codes[group_of(*pixel)][part.alphabet].put(bits, part.symbol);
            bits.put(part.extra, part.extra_bits);
        }
    }
}

/// Green with lengths and cache, red, blue, alpha, distance.
fn alphabets(cache_bits: u32) -> [usize; 5] {
    let cache = if cache_bits > 0 { 1 << cache_bits } else { 0 };
    [256 + 24 + cache, 256, 256, 256, 40]
}

struct Part {
    alphabet: usize,
    symbol: usize,
    extra: u32,
    extra_bits: u32,
}

/// The symbols of each pixel or run: a repeated pixel, a colour of the cache, or a literal.
fn symbols(argb: &Argb, cache_bits: u32) -> Vec<(usize, Vec<Part>)> {
    let plain = |alphabet, symbol| Part { alphabet, symbol, extra: 0, extra_bits: 0 };
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
        let mut parts = Vec::new();
        if run >= 3 {
            let (symbol, extra, extra_bits) = prefix(run as u32);
            parts.push(Part { alphabet: 0, symbol: 256 + symbol, extra, extra_bits });
            // Distance code 2 is the pixel to the left; its prefix symbol is 1.
            parts.push(plain(4, 1));
        } else if cache_bits > 0 && i > 0 && cache[slot(color)] == color {
            parts.push(plain(0, 280 + slot(color)));
        } else {
            let [alpha, red, green, blue] = color.to_be_bytes().map(usize::from);
            parts.extend([plain(0, green), plain(1, red), plain(2, blue), plain(3, alpha)]);
        }
        symbols.push((i, parts));
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
fn prefix(value: u32) -> (usize, u32, u32) {
    let value = value - 1;
    if value < 4 {
        return (value as usize, 0, 0);
    }
    let high = 31 - value.leading_zeros();
    let extra_bits = high - 1;
    let second = value >> extra_bits & 1;
    ((2 * high + second) as usize, value & ((1 << extra_bits) - 1), extra_bits)
}

/// A prefix code that has been written.
struct PrefixCode {
    lengths: Vec<u8>,
    codes: Vec<u32>,
}

impl PrefixCode {
    fn write(bits: &mut LsbBits, counts: &[u32]) -> Self {
        let used: Vec<usize> = (0..counts.len()).filter(|&s| counts[s] > 0).collect();
        let mut lengths = code_lengths(counts, 15);
        if used.len() <= 2 && used.iter().all(|s| *s < 256) {
            simple_code(bits, &used);
            if used.len() < 2 {
                lengths.fill(0);
            }
        } else {
            write_lengths(bits, &lengths);
        }
        if used.len() < 2 {
            lengths.fill(0);
        }
        Self { codes: canonical_codes(&lengths), lengths }
    }

    fn put(&self, bits: &mut LsbBits, symbol: usize) {
        bits.put_code(self.codes[symbol], u32::from(self.lengths[symbol]));
    }
}

/// A code of one or two symbols below 256; no symbol at all is written as symbol 0.
pub fn simple_code(bits: &mut LsbBits, symbols: &[usize]) {
    bits.put(1, 1);
    bits.put(u32::from(symbols.len() == 2), 1);
    bits.put(1, 1);
    bits.put(symbols.first().copied().unwrap_or(0) as u32, 8);
    if let Some(second) = symbols.get(1) {
        bits.put(*second as u32, 8);
    }
}

/// A code by the lengths of its symbols, with runs of zeros shortened.
pub fn write_lengths(bits: &mut LsbBits, lengths: &[u8]) {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < lengths.len() {
        let zeros = lengths[i..].iter().take(138).take_while(|l| **l == 0).count() as u32;
        if zeros >= 11 {
            tokens.push((18, zeros - 11, 7));
            i += zeros as usize;
        } else if zeros >= 3 {
            tokens.push((17, zeros - 3, 3));
            i += zeros as usize;
        } else {
            tokens.push((usize::from(lengths[i]), 0, 0));
            i += 1;
        }
    }
    let mut counts = [0; 19];
    for (symbol, _, _) in &tokens {
        counts[*symbol] += 1;
    }
    let length_lengths = code_lengths(&counts, 7);
    let codes = canonical_codes(&length_lengths);
    bits.put(0, 1);
    bits.put(19 - 4, 4);
    for symbol in LENGTH_ORDER {
        bits.put(u32::from(length_lengths[symbol]), 3);
    }
    bits.put(0, 1);
    let single = counts.iter().filter(|count| **count > 0).count() == 1;
    for (symbol, extra, extra_bits) in tokens {
        if !single {
            bits.put_code(codes[symbol], u32::from(length_lengths[symbol]));
        }
        bits.put(extra, extra_bits);
    }
}

const LENGTH_ORDER: [usize; 19] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
