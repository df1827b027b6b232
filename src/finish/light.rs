//! Linear light → levels with the transfer function of sRGB, on pixels of the target size.
//!
//! All results follow from integers and from basic operations on `f64`, so each machine writes the
//! same bytes.

use super::channels::Channels;
use super::transfer::light;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::Transfer;
use crate::simd;

/// The levels of sRGB, by their light.
pub(super) struct Levels {
    /// For each range of [`RANGE`] units of light, the level at its start in the low eight bits, and
    /// in the others the last place in the range at which that level is the nearest. A range has at
    /// most two levels.
    ranges: [u16; (WHITE / RANGE) as usize + 1],
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "light is from 0 to 1, and levels and places are at most 255"
)]
impl Levels {
    pub(super) fn new() -> Self {
        let mut level = 0u8;
        let mut next = next_level(level);
        let ranges = core::array::from_fn(|range| {
            let start = range as i32 * RANGE;
            if next <= start {
                level += 1;
                next = next_level(level);
            }
            let last = (next - start).min(RANGE) - 1;
            (last as u16) << 8 | u16::from(level)
        });
        Self { ranges }
    }

    /// The level that is nearest to `light`, in units of 1/[`WHITE`].
    #[inline(always)]
    pub(super) fn level(&self, light: i32) -> u8 {
        let light = light as u32;
        let range = self.ranges.get((light / RANGE as u32) as usize).copied().unwrap_or(u16::MAX);
        (range as u8).wrapping_add(u8::from(light % RANGE as u32 > u32::from(range >> 8)))
    }

    /// The level that is nearest to `light`, where 1 is white.
    #[allow(clippy::cast_possible_truncation, reason = "clamped")]
    pub(super) fn level_of(&self, light: f64) -> u8 {
        self.level(scaled(light.clamp(0.0, 1.0)).round() as i32)
    }
}

/// The least light that is nearer to the level after `level`.
#[allow(clippy::cast_possible_truncation, reason = "light is at most 1")]
fn next_level(level: u8) -> i32 {
    match level {
        255 => i32::MAX,
        level => scaled(light(Transfer::Srgb, (f64::from(level) + 0.5) / 255.0)).ceil() as i32,
    }
}

/// A conversion by a curve for each channel, and then a matrix.
pub(super) struct CurvesAndMatrix {
    /// The light of each sample of the first channel.
    first: [i32; 256],
    /// What each sample of each channel adds to the light of red, green and blue, with
    /// [`SUM_BITS`] fraction bits. The fourth number completes a vector.
    parts: [[[i32; 4]; 256]; 3],
    levels: Levels,
}

impl CurvesAndMatrix {
    /// `light` gives the light of a coded value in a channel. Both are from 0 to 1. The matrix is in
    /// units of 1/65,536. A factor over 5, which no primaries have, saturates.
    #[allow(clippy::cast_possible_truncation, reason = "light is at most 1")]
    pub(super) fn new(matrix: [[i32; 3]; 3], mut light: impl FnMut(usize, f64) -> f64) -> Self {
        let mut first = [0; 256];
        let mut parts = [[[0; 4]; 256]; 3];
        for (channel, parts) in parts.iter_mut().enumerate() {
            for (sample, (parts, first)) in (0u8..=255).zip(parts.iter_mut().zip(&mut first)) {
                let light = scaled(light(channel, f64::from(sample) / 255.0)).round() as i32;
                if channel == 0 {
                    *first = light;
                }
                for (part, row) in parts.iter_mut().zip(matrix) {
                    *part = light_part(row[channel], light);
                }
            }
        }
        Self { first, parts, levels: Levels::new() }
    }

    /// Converts pixels in place. Alpha stays as it is. Grey uses the first curve alone: it
    /// is white of less light, whatever the primaries are.
    pub(super) fn convert(
        &self,
        pixels: &mut [u8],
        channels: Channels,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        for part in pixels.chunks_mut(BYTES_PER_POLL) {
            interrupt.check()?;
            self.convert_part(part, channels)?;
        }
        Ok(())
    }

    fn convert_part(&self, pixels: &mut [u8], channels: Channels) -> Result<(), Error> {
        let gray = |sample: u8| self.levels.level(self.first[usize::from(sample)]);
        match channels {
            Channels::Gray => pixels.iter_mut().for_each(|sample| *sample = gray(*sample)),
            Channels::GrayAlpha => {
                for [sample, _alpha] in pixels.as_chunks_mut().0 {
                    *sample = gray(*sample);
                }
            }
            Channels::Rgb => simd::vectorize(
                #[inline(always)]
                || self.convert_rgb::<3>(pixels),
            ),
            Channels::Rgba => simd::vectorize(
                #[inline(always)]
                || self.convert_rgb::<4>(pixels),
            ),
            Channels::Cmyk => return Err(Error::Bug("curves and a matrix for CMYK")),
        }
        Ok(())
    }

    /// One colour.
    pub(super) fn color(&self, mut rgb: [u8; 3]) -> [u8; 3] {
        self.convert_rgb::<3>(&mut rgb);
        rgb
    }

    #[inline(always)]
    fn convert_rgb<const CHANNELS: usize>(&self, pixels: &mut [u8]) {
        let [reds, greens, blues] = &self.parts;
        for pixel in pixels.as_chunks_mut::<CHANNELS>().0 {
            let Some([red, green, blue]) = pixel.first_chunk_mut::<3>() else { continue };
            let of_red = reds[usize::from(*red)];
            let of_green = greens[usize::from(*green)];
            let of_blue = blues[usize::from(*blue)];
            let mut light = [0; 4];
            for (((light, a), b), c) in light.iter_mut().zip(of_red).zip(of_green).zip(of_blue) {
                let sum = a + b + c + (1 << (SUM_BITS - 1));
                *light = (sum >> SUM_BITS).clamp(0, WHITE);
            }
            *red = self.levels.level(light[0]);
            *green = self.levels.level(light[1]);
            *blue = self.levels.level(light[2]);
        }
    }
}

/// Complete pixels of any number of channels, which take a tenth of a millisecond.
const BYTES_PER_POLL: usize = 12 << 10;

/// `factor` × `light`, rounded to [`SUM_BITS`] fraction bits. The sum of three does not overflow.
#[allow(clippy::cast_possible_truncation, reason = "clamped")]
fn light_part(factor: i32, light: i32) -> i32 {
    const SHIFT: u32 = 16 - SUM_BITS;
    let product = (i64::from(factor) * i64::from(light) + (1 << (SHIFT - 1))) >> SHIFT;
    let most = i64::from(i32::MAX / 3 - (1 << SUM_BITS));
    product.clamp(-most, most) as i32
}

fn scaled(light: f64) -> f64 {
    light * f64::from(WHITE)
}

/// The darkest levels of sRGB are 318 units apart.
const WHITE: i32 = 1 << 20;
const RANGE: i32 = 256;
const SUM_BITS: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_light_has_the_level_below_whose_threshold_it_is() {
        let levels = Levels::new();
        let thresholds: Vec<i32> = (0..=255).map(next_level).collect();
        assert!(thresholds.windows(2).all(|pair| pair[1] - pair[0] > RANGE));
        for light in 0..=WHITE {
            let expected = thresholds.partition_point(|&threshold| threshold <= light);
            assert_eq!(usize::from(levels.level(light)), expected, "{light}");
        }
    }
}
