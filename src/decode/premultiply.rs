//! Multiplies colours by their alpha, before they are averaged.

/// Multiplies a row of samples by their alpha, with rounding. `black` is the sample for black: 0,
/// or the value that a luma or chroma plane has for it.
#[inline(always)]
pub(crate) fn premultiply_row(samples: &mut [u8], black: u8, alpha: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alpha) {
        *sample = premultiplied(*sample, black, alpha);
    }
}

/// True when multiplying by this row of alpha changes nothing. Reads the complete row without an
/// early exit, so that the loop is vectorised.
#[inline(always)]
pub(crate) fn is_opaque_row(alpha: &[u8]) -> bool {
    alpha.iter().fold(u8::MAX, |all, &alpha| all & alpha) == u8::MAX
}

/// Computes `black` + (`sample` - `black`) × `alpha` / 255, rounded to the nearest level.
#[allow(clippy::cast_possible_truncation, reason = "a weighted mean of two bytes is a byte")]
#[inline(always)]
pub(crate) const fn premultiplied(sample: u8, black: u8, alpha: u8) -> u8 {
    let sum = sample as u32 * alpha as u32 + black as u32 * (255 - alpha as u32);
    ((sum * 257 + 32_896) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn premultiplying_rounds_to_the_nearest_level() {
        for sample in 0..=255u8 {
            for alpha in 0..=255u8 {
                for black in [0, 16, 128] {
                    let [s, b, a] = [sample, black, alpha].map(f64::from);
                    let exact = b + (s - b) * a / 255.0;
                    let rounded = f64::from(premultiplied(sample, black, alpha));
                    assert!((rounded - exact).abs() <= 0.5001, "{sample} {black} {alpha}");
                }
            }
        }
    }
}
