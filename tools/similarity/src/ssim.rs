//! The similarity of two pictures: SSIM (Wang et al. 2004) and absolute errors.

use crate::picture::Rgb;

/// The similarity of two pictures of the same size.
#[derive(Clone, Copy, Debug)]
pub struct Similarity {
    /// SSIM of the luma; 1 for equal pictures.
    pub luma: f64,
    /// The mean SSIM of red, green and blue.
    pub channels: f64,
    /// The largest of the three channels' mean absolute errors, in steps of 1/255.
    pub mean_error: f64,
    /// The largest error of any sample, in steps of 1/255.
    pub max_error: f64,
}

/// Compares two pictures.
///
/// # Errors
/// Different sizes.
pub fn compare(a: &Rgb, b: &Rgb) -> Result<Similarity, String> {
    if (a.width, a.height) != (b.width, b.height) {
        return Err(format!("{}x{} against {}x{}", a.width, a.height, b.width, b.height));
    }
    let (width, height) = (a.width, a.height);
    let luma = ssim(&a.luma(), &b.luma(), width, height);
    let mut similarity = Similarity { luma, channels: 0.0, mean_error: 0.0, max_error: 0.0 };
    for channel in 0..3 {
        let (a, b) = (a.channel(channel), b.channel(channel));
        similarity.channels += ssim(&a, &b, width, height) / 3.0;
        let errors = || a.iter().zip(&b).map(|(a, b)| (a - b).abs());
        similarity.mean_error = similarity.mean_error.max(errors().sum::<f64>() / a.len() as f64);
        similarity.max_error = errors().fold(similarity.max_error, f64::max);
    }
    Ok(similarity)
}

/// The SSIM of the luma of two pictures alone.
///
/// # Errors
/// Different sizes.
pub fn luma(a: &Rgb, b: &Rgb) -> Result<f64, String> {
    if (a.width, a.height, a.samples.len()) != (b.width, b.height, b.samples.len()) {
        return Err(format!("{}x{} against {}x{}", a.width, a.height, b.width, b.height));
    }
    Ok(ssim(&a.luma(), &b.luma(), a.width, a.height))
}

/// The mean over all positions of the 11×11 window inside the
/// picture. A smaller picture is one window.
fn ssim(a: &[f64], b: &[f64], width: usize, height: usize) -> f64 {
    let across = window(width);
    let down = window(height);
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>();
    let blurred = |samples: &[f64]| blur(samples, width, height, &across, &down);
    let (mean_a, mean_b) = (blurred(a), blurred(b));
    let (aa, bb, ab) = (blurred(&product(a, a)), blurred(&product(b, b)), blurred(&product(a, b)));
    let total: f64 = (0..mean_a.len())
        .map(|i| {
            let (mean_a, mean_b) = (mean_a[i], mean_b[i]);
            let (variance_a, variance_b) = (aa[i] - mean_a * mean_a, bb[i] - mean_b * mean_b);
            let covariance = ab[i] - mean_a * mean_b;
            (2.0 * mean_a * mean_b + C1) * (2.0 * covariance + C2)
                / ((mean_a * mean_a + mean_b * mean_b + C1) * (variance_a + variance_b + C2))
        })
        .sum();
    total / mean_a.len() as f64
}

/// The weights of a Gaussian with sigma 1.5 in 11 taps, or fewer if the picture has fewer pixels.
fn window(length: usize) -> Vec<f64> {
    let taps = length.min(11);
    let centre = (taps - 1) as f64 / 2.0;
    let weights: Vec<f64> =
        (0..taps).map(|i| (-(i as f64 - centre).powi(2) / (2.0 * 1.5 * 1.5)).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

fn blur(samples: &[f64], width: usize, height: usize, across: &[f64], down: &[f64]) -> Vec<f64> {
    let new_width = width - across.len() + 1;
    let new_height = height - down.len() + 1;
    let mut rows = Vec::with_capacity(new_width * height);
    for row in samples.chunks_exact(width) {
        rows.extend(row.windows(across.len()).map(|part| {
            part.iter().zip(across).map(|(sample, weight)| sample * weight).sum::<f64>()
        }));
    }
    let mut blurred = vec![0.0; new_width * new_height];
    for (y, out) in blurred.chunks_exact_mut(new_width).enumerate() {
        for (row, weight) in rows[y * new_width..].chunks_exact(new_width).zip(down) {
            out.iter_mut().zip(row).for_each(|(out, sample)| *out += sample * weight);
        }
    }
    blurred
}

const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(change: impl Fn(usize, u8) -> u8) -> Rgb {
        let samples = (0..40 * 30 * 3).map(|i| change(i, (i * 7 % 251) as u8)).collect();
        Rgb { width: 40, height: 30, samples }
    }

    #[test]
    fn a_picture_is_equal_to_itself() {
        let picture = pattern(|_, sample| sample);
        let same = compare(&picture, &picture).unwrap();
        assert!((same.luma - 1.0).abs() < 1e-9 && (same.channels - 1.0).abs() < 1e-9);
        assert_eq!((same.mean_error, same.max_error), (0.0, 0.0));
    }

    #[test]
    fn flat_pictures_differ_only_by_their_means() {
        let grey = |sample| pattern(move |_, _| sample);
        let similarity = compare(&grey(100), &grey(110)).unwrap();
        let expected = (2.0 * 100.0 * 110.0 + C1) / (100.0 * 100.0 + 110.0 * 110.0 + C1);
        assert!((similarity.luma - expected).abs() < 1e-6);
        assert!((similarity.mean_error - 10.0).abs() < 1e-9);
    }

    #[test]
    fn noise_lowers_the_similarity_and_other_sizes_are_an_error() {
        let noisy = pattern(|i, sample| if i % 5 == 0 { 255 - sample } else { sample });
        assert!(compare(&pattern(|_, sample| sample), &noisy).unwrap().luma < 0.95);
        let small = Rgb { width: 4, height: 3, samples: vec![9; 36] };
        assert!(compare(&small, &noisy).is_err());
        assert!(compare(&small, &small).unwrap().luma > 0.999);
        assert!(luma(&small, &noisy).is_err());
    }

    #[test]
    fn the_luma_alone_has_the_same_similarity() {
        let (picture, other) = (pattern(|_, sample| sample), pattern(|i, _| (i % 251) as u8));
        assert_eq!(luma(&picture, &other), Ok(compare(&picture, &other).unwrap().luma));
    }
}
