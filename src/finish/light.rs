//! Linear light → sRGB, on pixels of the target size.
//!
//! All results follow from integers and from basic operations on `f64`, so each machine writes the
//! same bytes.

use super::channels::Channels;
use super::transfer::light;
use crate::error::Error;
use crate::probe::Transfer;

/// The levels of sRGB, by their light.
pub(super) struct Levels {
    /// The least light that rounds to each level from 1 on. Then light that there is not.
    thresholds: [i32; 256],
    /// For each range of [`RANGE`] units of light, the level at its start.
    starts: [u8; (WHITE / RANGE) as usize + 1],
}

#[allow(clippy::cast_possible_truncation, reason = "light is at most 1, and levels at most 255")]
impl Levels {
    pub(super) fn new() -> Self {
        let mut thresholds = [i32::MAX; 256];
        for (below, threshold) in (0u8..255).zip(&mut thresholds) {
            let light = light(Transfer::Srgb, (f64::from(below) + 0.5) / 255.0);
            *threshold = scaled(light).ceil() as i32;
        }
        let mut level = 0u8;
        let starts = core::array::from_fn(|range| {
            level += u8::from(thresholds[usize::from(level)] <= range as i32 * RANGE);
            level
        });
        Self { thresholds, starts }
    }

    /// The level that is nearest to `light`, in units of 1/[`WHITE`].
    #[inline(always)]
    #[allow(clippy::cast_sign_loss, reason = "light is not negative")]
    pub(super) fn level(&self, light: i32) -> u8 {
        let start = self.starts.get((light / RANGE) as usize).copied().unwrap_or(255);
        // A range has at most one threshold.
        start + u8::from(self.thresholds[usize::from(start)] <= light)
    }

    /// The level that is nearest to `light`, where 1 is white.
    #[allow(clippy::cast_possible_truncation, reason = "clamped")]
    pub(super) fn level_of(&self, light: f64) -> u8 {
        self.level(scaled(light.clamp(0.0, 1.0)).round() as i32)
    }
}

/// A conversion by a curve for each channel, and then a matrix.
pub(super) struct CurvesAndMatrix {
    /// The light of each sample, for each channel.
    lights: [[i32; 256]; 3],
    /// From light of the channels to light of sRGB, in units of 1/65,536.
    matrix: [[i32; 3]; 3],
    levels: Levels,
}

impl CurvesAndMatrix {
    /// `light` gives the light of a coded value in a channel. Both are from 0 to 1.
    #[allow(clippy::cast_possible_truncation, reason = "light is at most 1")]
    pub(super) fn new(matrix: [[i32; 3]; 3], mut light: impl FnMut(usize, f64) -> f64) -> Self {
        let lights = core::array::from_fn(|channel| {
            core::array::from_fn(|sample| {
                scaled(light(channel, sample as u8 as f64 / 255.0)).round() as i32
            })
        });
        Self { lights, matrix, levels: Levels::new() }
    }

    /// Converts pixels to sRGB in place. Alpha stays as it is. Grey uses the first curve alone: it
    /// is white of less light, whatever the primaries are.
    pub(super) fn convert(&self, pixels: &mut [u8], channels: Channels) -> Result<(), Error> {
        let gray = |sample: u8| self.levels.level(self.lights[0][usize::from(sample)]);
        match channels {
            Channels::Gray => pixels.iter_mut().for_each(|sample| *sample = gray(*sample)),
            Channels::GrayAlpha => {
                for [sample, _alpha] in pixels.as_chunks_mut().0 {
                    *sample = gray(*sample);
                }
            }
            Channels::Rgb => self.convert_rgb::<3>(pixels),
            Channels::Rgba => self.convert_rgb::<4>(pixels),
            Channels::Cmyk => return Err(Error::Bug("curves and a matrix for CMYK")),
        }
        Ok(())
    }

    fn convert_rgb<const CHANNELS: usize>(&self, pixels: &mut [u8]) {
        for pixel in pixels.as_chunks_mut::<CHANNELS>().0 {
            let Some(rgb) = pixel.first_chunk_mut::<3>() else { continue };
            let light = [0, 1, 2].map(|i| i64::from(self.lights[i][usize::from(rgb[i])]));
            *rgb = self.matrix.map(|row| {
                let sum: i64 = row.into_iter().zip(light).map(|(a, b)| i64::from(a) * b).sum();
                // The matrix is in units of 1/65,536.
                let light = ((sum + (1 << 15)) >> 16).clamp(0, i64::from(WHITE));
                #[allow(clippy::cast_possible_truncation, reason = "clamped")]
                self.levels.level(light as i32)
            });
        }
    }
}

fn scaled(light: f64) -> f64 {
    light * f64::from(WHITE)
}

/// The darkest levels of sRGB are 318 units apart.
const WHITE: i32 = 1 << 20;
const RANGE: i32 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_light_has_the_level_below_whose_threshold_it_is() {
        let levels = Levels::new();
        assert!(levels.thresholds.windows(2).all(|pair| pair[1] - pair[0] > RANGE));
        for light in 0..=WHITE {
            let expected = levels.thresholds.partition_point(|&threshold| threshold <= light);
            assert_eq!(usize::from(levels.level(light)), expected, "{light}");
        }
    }
}
