//! Pictures for the tests of all encoders.
#![allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]

use crate::picture::{Gamut, Layout, PictureView};
use crate::size::Size;

pub(crate) const SIZES: [Size; 8] = [
    Size::new(1, 1),
    Size::new(1, 40),
    Size::new(40, 1),
    Size::new(7, 5),
    Size::new(16, 16),
    Size::new(17, 33),
    Size::new(64, 64),
    Size::new(101, 67),
];

/// Noise that is the same on every run (xorshift).
pub(crate) fn noise(len: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    })
    .take(len)
    .collect()
}

/// Slow waves with a little noise, similar to a photograph.
pub(crate) fn photo(size: Size, channels: usize) -> Vec<u8> {
    let mut noise = noise((size.pixels() as usize) * channels, 7).into_iter();
    let mut pixels = Vec::new();
    for y in 0..size.height {
        for x in 0..size.width {
            for channel in 0..channels {
                let (x, y) = (f64::from(x), f64::from(y));
                let phase = channel as f64;
                let wave = (x / 23.0 + phase).sin() + (y / 31.0 - phase).cos();
                let grain = f64::from(noise.next().unwrap() % 8);
                pixels.push((124.0 + 60.0 * wave + grain) as u8);
            }
        }
    }
    pixels
}

pub(crate) const fn view(pixels: &[u8], size: Size, layout: Layout) -> PictureView<'_> {
    PictureView { size, layout, gamut: Gamut::Srgb, pixels }
}
