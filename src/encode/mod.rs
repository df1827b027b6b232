//! Upright sRGB pixels → a new file, which holds nothing but them.
//!
//! Each format has `encode`, and `memory_bytes`: an upper bound of what `encode` holds at any time
//! beyond the pixels it is given, for every picture of that size, noise included.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::limits::Limit;
use crate::picture::Layout;
use crate::request::Output;
use crate::size::Size;

pub(crate) mod jpeg;
mod output;
pub(crate) mod png;
pub(crate) mod webp;

/// The file that `output` asks for.
pub(crate) fn file<'b>(
    output: Output,
    pixels: &[u8],
    size: Size,
    layout: Layout,
    background: [u8; 3],
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    match output {
        Output::Jpeg { quality } => jpeg::encode(pixels, size, layout, quality, background, budget),
        Output::Png => png::encode(pixels, size, layout, budget),
        Output::WebPLossless => webp::encode(pixels, size, layout, budget),
        Output::Pixels => Err(Error::Bug("pixels are not encoded")),
    }
}

/// The most that [`file`] holds at any time beyond the pixels.
pub(crate) const fn memory_bytes(output: Output, size: Size, layout: Layout) -> u64 {
    match output {
        Output::Jpeg { quality } => jpeg::memory_bytes(size, layout, quality),
        Output::Png => png::memory_bytes(size, layout),
        Output::WebPLossless => webp::memory_bytes(size, layout),
        Output::Pixels => 0,
    }
}

/// The most that a finished output holds: its bytes, and at most a sixteenth more of capacity.
pub(crate) const fn file_bytes(output: Output, size: Size, layout: Layout) -> u64 {
    let bytes = match output {
        Output::Jpeg { quality } => jpeg::file_bytes(size, layout, quality),
        Output::Png => png::file_bytes(size, layout),
        Output::WebPLossless => webp::memory_bytes(size, layout),
        Output::Pixels => 0,
    };
    bytes.saturating_add(bytes / 16)
}

/// True when no pixel is transparent, so that the alpha samples need not be written.
fn is_opaque(pixels: &[u8], layout: Layout) -> bool {
    let bytes_per_pixel = layout.bytes_per_pixel();
    !layout.has_alpha()
        || pixels.chunks_exact(bytes_per_pixel).all(|pixel| pixel.last() == Some(&u8::MAX))
}

/// Refuses what a format cannot write: a side over `max_side_px`, or pixels that are not there.
fn check(pixels: &[u8], size: Size, layout: Layout, max_side_px: u32) -> Result<(), Error> {
    if size.longer_side() > max_side_px {
        return Err(Error::OverLimit {
            limit: Limit::OutputSide,
            found: u64::from(size.longer_side()),
            allowed: u64::from(max_side_px),
        });
    }
    let expected = size.pixels().checked_mul(layout.bytes_per_pixel() as u64);
    if size.is_empty() || expected != Some(pixels.len() as u64) {
        return Err(Error::Bug("an encoder was given pixels that do not fit their size"));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod samples {
    //! Pictures that the tests of the encoders share.

    use crate::size::Size;

    pub(super) const SIZES: [Size; 8] = [
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
    pub(super) fn noise(len: usize, seed: u32) -> Vec<u8> {
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

    /// Slow waves, with a little noise, like a photograph.
    pub(super) fn photo(size: Size, channels: usize) -> Vec<u8> {
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
}
