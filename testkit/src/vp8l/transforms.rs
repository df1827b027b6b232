//! The four transforms of VP8L, forward (RFC 9649, 4).

use super::argb::Argb;
use super::entropy_coded_image::write_image;
use crate::bit_writer::LsbBitWriter;

#[derive(Clone)]
pub enum Transform {
    /// Tiles with sides of 2^this pixels. Their modes cycle through all 14.
    Predictor(u32),
    /// Tiles with sides of 2^this pixels.
    Color(u32),
    SubtractGreen,
    /// A palette of at most 256 colours, with pixels bundled where it has 16 or fewer.
    Palette,
}

/// Writes the transform and returns the transformed image.
pub fn apply(transform: &Transform, argb: &Argb, bits: &mut LsbBitWriter) -> Argb {
    match transform {
        Transform::Predictor(tile) => predictor(argb, *tile, bits),
        Transform::Color(tile) => color(argb, *tile, bits),
        Transform::SubtractGreen => {
            bits.put(2, 2);
            map_pixels(argb, |pixel, _, _| {
                let [a, r, g, b] = pixel.to_be_bytes();
                u32::from_be_bytes([a, r.wrapping_sub(g), g, b.wrapping_sub(g)])
            })
        }
        Transform::Palette => color_indexing(argb, bits),
    }
}

fn map_pixels(argb: &Argb, pixel: impl Fn(u32, u32, u32) -> u32) -> Argb {
    let pixels = (0..argb.pixels.len())
        .map(|i| pixel(argb.pixels[i], i as u32 % argb.width, i as u32 / argb.width))
        .collect();
    Argb { pixels, ..*argb }
}

fn subresolution_image(argb: &Argb, tile: u32, value: impl Fn(u32, u32) -> u32) -> Argb {
    let (width, height) = (argb.width.div_ceil(1 << tile), argb.height.div_ceil(1 << tile));
    let pixels = (0..width * height).map(|i| value(i % width, i / width)).collect();
    Argb { width, height, pixels }
}

fn predictor(argb: &Argb, tile: u32, bits: &mut LsbBitWriter) -> Argb {
    bits.put(0, 2);
    bits.put(tile - 2, 3);
    let mode = |tx: u32, ty: u32| (tx * 5 + ty * 3 + 11) % 14;
    write_image(
        bits,
        &subresolution_image(argb, tile, |tx, ty| 0xFF00_0000 | mode(tx, ty) << 8),
        0,
        None,
    );
    map_pixels(argb, |pixel, x, y| {
        let i = (y * argb.width + x) as usize;
        let prediction = match (x, y) {
            (0, 0) => 0xFF00_0000,
            (_, 0) => argb.pixels[i - 1],
            (0, _) => argb.pixels[i - argb.width as usize],
            _ => predict(mode(x >> tile, y >> tile), argb, i),
        };
        per_channel(|c| c[0].wrapping_sub(c[1]), [pixel, prediction])
    })
}

/// The 14 predictors of 4.1. For the last column the top-right pixel is the first of the current
/// row.
fn predict(mode: u32, argb: &Argb, i: usize) -> u32 {
    let width = argb.width as usize;
    let p = &argb.pixels;
    let (left, top, top_right, top_left) =
        (p[i - 1], p[i - width], p[i - width + 1], p[i - width - 1]);
    let average =
        |a: u32, b: u32| per_channel(|c| ((u16::from(c[0]) + u16::from(c[1])) / 2) as u8, [a, b]);
    match mode {
        0 => 0xFF00_0000,
        1 => left,
        2 => top,
        3 => top_right,
        4 => top_left,
        5 => average(average(left, top_right), top),
        6 => average(left, top_left),
        7 => average(left, top),
        8 => average(top_left, top),
        9 => average(top, top_right),
        10 => average(average(left, top_left), average(top, top_right)),
        11 => {
            let distance = |from: u32| -> i32 {
                let (from, corner) = (from.to_be_bytes(), top_left.to_be_bytes());
                (0..4).map(|c| (i32::from(from[c]) - i32::from(corner[c])).abs()).sum()
            };
            // Left wins when the estimate is nearer to it: |L - estimate| = |T - TL|.
            if distance(top) < distance(left) { left } else { top }
        }
        12 => per_channel(
            |c| {
                let [l, t, tl] = c.map(i32::from);
                (l + t - tl).clamp(0, 255) as u8
            },
            [left, top, top_left],
        ),
        _ => per_channel(
            |c| {
                let [a, tl] = c.map(i32::from);
                (a + (a - tl) / 2).clamp(0, 255) as u8
            },
            [average(left, top), top_left],
        ),
    }
}

fn per_channel<const N: usize>(channel: impl Fn([u8; N]) -> u8, pixels: [u32; N]) -> u32 {
    let pixels = pixels.map(u32::to_be_bytes);
    u32::from_be_bytes(std::array::from_fn(|c| channel(pixels.map(|p| p[c]))))
}

fn color(argb: &Argb, tile: u32, bits: &mut LsbBitWriter) -> Argb {
    bits.put(1, 2);
    bits.put(tile - 2, 3);
    // Green to red, green to blue, red to blue, in 1/32.
    let factors = |tx: u32, ty: u32| [12_i8, -7 + (tx % 3) as i8, 5 - (ty % 4) as i8];
    let element = |tx: u32, ty: u32| {
        let [green_red, green_blue, red_blue] = factors(tx, ty).map(|f| f as u8);
        u32::from_be_bytes([255, red_blue, green_blue, green_red])
    };
    write_image(bits, &subresolution_image(argb, tile, element), 0, None);
    map_pixels(argb, |pixel, x, y| {
        let [a, r, g, b] = pixel.to_be_bytes();
        let [green_red, green_blue, red_blue] = factors(x >> tile, y >> tile);
        let delta =
            |factor: i8, channel: u8| (i32::from(factor) * i32::from(channel as i8) >> 5) as u8;
        let red = r.wrapping_sub(delta(green_red, g));
        let blue = b.wrapping_sub(delta(green_blue, g)).wrapping_sub(delta(red_blue, r));
        u32::from_be_bytes([a, red, g, blue])
    })
}

fn color_indexing(argb: &Argb, bits: &mut LsbBitWriter) -> Argb {
    let mut colors = argb.pixels.clone();
    colors.sort_unstable();
    colors.dedup();
    assert!(colors.len() <= 256, "too many colours for a palette");
    bits.put(3, 2);
    bits.put(colors.len() as u32 - 1, 8);
    let deltas = (0..colors.len())
        .map(|i| {
            let before = if i == 0 { 0 } else { colors[i - 1] };
            per_channel(|c| c[0].wrapping_sub(c[1]), [colors[i], before])
        })
        .collect();
    write_image(bits, &Argb { width: colors.len() as u32, height: 1, pixels: deltas }, 0, None);
    let width_bits = palette_width_bits(colors.len() as u32);
    let (per_pixel, index_bits) = (1 << width_bits, 8 >> width_bits);
    let width = argb.width.div_ceil(per_pixel);
    let mut pixels = vec![0xFF00_0000; (width * argb.height) as usize];
    for (i, pixel) in argb.pixels.iter().enumerate() {
        let (x, y) = (i as u32 % argb.width, i as u32 / argb.width);
        let index = colors.binary_search(pixel).unwrap_or(0) as u32;
        let shift = 8 + x % per_pixel * index_bits;
        pixels[(y * width + x / per_pixel) as usize] |= index << shift;
    }
    Argb { width, height: argb.height, pixels }
}

/// How many pixels share one, as a power of two, with a palette of `colors` colours (4.4).
pub fn palette_width_bits(colors: u32) -> u32 {
    match colors {
        0..=2 => 3,
        3..=4 => 2,
        5..=16 => 1,
        _ => 0,
    }
}
