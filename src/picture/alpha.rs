//! A sample with an opacity, over another one.

/// `sample` with opacity `alpha` over `behind`, rounded to the nearest level.
#[allow(clippy::cast_possible_truncation, reason = "a weighted mean of two bytes is a byte")]
#[inline(always)]
pub(crate) const fn over(sample: u8, behind: u8, alpha: u8) -> u8 {
    let sum = sample as u32 * alpha as u32 + behind as u32 * (255 - alpha as u32);
    ((sum * 257 + 32_896) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_rounded_to_the_nearest_level() {
        for sample in 0..=255u8 {
            for alpha in 0..=255u8 {
                for behind in 0..=255u8 {
                    let [s, b, a] = [sample, behind, alpha].map(u32::from);
                    let nearest = (s * a + b * (255 - a) + 127) / 255;
                    assert_eq!(u32::from(over(sample, behind, alpha)), nearest);
                }
            }
        }
    }
}
