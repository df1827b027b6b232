//! The most prominent colour: the mean of the largest group of similar colours.

use super::shown::Shown;
use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// The mean of the group that covers the most. Of equal groups it is the darkest.
pub(super) fn of(shown: &Shown<'_>, budget: &Budget) -> Result<[u8; 3], Error> {
    let mut weights = weights(budget)?;
    for pixel in shown.pixels() {
        let [.., alpha] = pixel;
        if let Some(weight) = weights.get_mut(group(pixel)) {
            *weight += u64::from(alpha);
        }
    }
    let largest = weights.iter().max().copied().unwrap_or(0);
    let largest = weights.iter().position(|&weight| weight == largest).unwrap_or(0);
    let mut sums = [0u64; 4];
    for pixel in shown.pixels().filter(|&pixel| group(pixel) == largest) {
        sums.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += u64::from(sample));
    }
    let [colors @ .., alpha] = sums;
    Ok(colors.map(|sum| straight(sum, alpha)))
}

/// The weight of each group, none yet.
pub(super) fn weights(budget: &Budget) -> Result<Buffer<'_, u64>, Error> {
    budget.buffer(GROUPS, 0)
}

/// The four high bits of red, green and blue.
fn group([red, green, blue, alpha]: [u32; 4]) -> usize {
    let high_bits = |sample: u32| usize::from(straight(sample.into(), alpha.into()) >> 4);
    high_bits(red) << 8 | high_bits(green) << 4 | high_bits(blue)
}

/// A colour, or a sum of colours, that is not multiplied by alpha any more.
#[allow(clippy::cast_possible_truncation, reason = "a colour is at most as large as its alpha")]
fn straight(color: u64, alpha: u64) -> u8 {
    match alpha {
        0 => 0,
        _ => ((color * 255 + alpha / 2) / alpha).min(255) as u8,
    }
}

const GROUPS: u64 = 1 << 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Gamut, Layout, PictureView};
    use crate::size::Size;

    fn dominant(layout: Layout, pixels: &[u8]) -> [u8; 3] {
        let count = u32::try_from(pixels.len() / layout.bytes_per_pixel()).unwrap();
        let picture = PictureView { size: Size::new(count, 1), layout, gamut: Gamut::Srgb, pixels };
        of(&Shown { picture, to_srgb: None, background: None }, &Budget::new(8 * GROUPS)).unwrap()
    }

    #[test]
    fn it_is_the_mean_of_the_largest_group() {
        // Two reds of one group, three blues of three groups.
        let pixels = [200, 0, 0, 206, 4, 8, 0, 0, 60, 0, 0, 120, 0, 0, 180];
        assert_eq!(dominant(Layout::Rgb, &pixels), [203, 2, 4]);
        // 16 grey levels make a group.
        assert_eq!(dominant(Layout::Gray, &[15, 16, 31, 30, 32, 250]), [26; 3]);
        // Of equal groups the darkest.
        assert_eq!(dominant(Layout::Gray, &[250, 20, 90]), [20; 3]);
    }

    /// Colours that differ in one channel are of different groups.
    #[test]
    fn each_channel_divides_the_colors_into_groups() {
        for channel in 0..3 {
            let mut pixels = [[0; 3]; 4];
            // Two apart, and two of one group that differ by a level.
            for (pixel, sample) in pixels.iter_mut().zip([20, 200, 120, 121]) {
                pixel[channel] = sample;
            }
            let mut expected = [0; 3];
            expected[channel] = 121;
            assert_eq!(dominant(Layout::Rgb, pixels.as_flattened()), expected, "{channel}");
        }
    }

    #[test]
    fn a_pixel_counts_as_much_as_it_is_opaque() {
        let pixels = [200, 0, 0, 100, 200, 0, 0, 100, 0, 0, 90, 201];
        assert_eq!(dominant(Layout::Rgba, &pixels), [0, 0, 90]);
        let pixels = [200, 0, 0, 100, 202, 0, 0, 101, 0, 0, 90, 200];
        assert_eq!(dominant(Layout::Rgba, &pixels), [201, 0, 0]);
        assert_eq!(dominant(Layout::GrayAlpha, &[9, 0, 90, 0]), [0; 3]);
    }
}
