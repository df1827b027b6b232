//! Colours multiplied by their alpha, before they are averaged.

/// Multiplies a row of samples by their alpha, rounded. `zero` is the sample of no light: 0, or what
/// a luma or chroma plane has for black.
pub(crate) fn premultiply_row(samples: &mut [u8], zero: u8, alpha: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alpha) {
        *sample = premultiplied(*sample, zero, alpha);
    }
}

/// True when multiplying by this row of alpha changes nothing. Looks at all of it, in steps as wide
/// as the machine has them.
pub(crate) fn is_opaque_row(alpha: &[u8]) -> bool {
    alpha.iter().fold(u8::MAX, |all, &alpha| all & alpha) == u8::MAX
}

/// `zero` + (`sample` - `zero`) × `alpha` / 255, rounded to the nearest level.
#[allow(clippy::cast_possible_truncation, reason = "a mean of two bytes is a byte")]
pub(crate) const fn premultiplied(sample: u8, zero: u8, alpha: u8) -> u8 {
    let sum = sample as u32 * alpha as u32 + zero as u32 * (255 - alpha as u32);
    ((sum * 257 + 32_896) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn premultiplying_rounds_to_the_nearest_level() {
        for sample in 0..=255u8 {
            for alpha in 0..=255u8 {
                for zero in [0, 16, 128] {
                    let [s, z, a] = [sample, zero, alpha].map(f64::from);
                    let exact = z + (s - z) * a / 255.0;
                    let rounded = f64::from(premultiplied(sample, zero, alpha));
                    assert!((rounded - exact).abs() <= 0.5001, "{sample} {zero} {alpha}");
                }
            }
        }
    }
}
