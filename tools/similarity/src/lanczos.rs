//! Antialiased Lanczos3 in one step: the plain, slow resize that the library is compared with.

use crate::picture::Rgba;

/// A part of a picture in pixels. Its edges may lie inside a pixel.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The left edge.
    pub x: f64,
    /// The top edge.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// Resizes `window` of `source` to `width` × `height` pixels, on the sample values as they are (no
/// gamma), with colours weighted by alpha. Pixels outside the window do not contribute.
pub fn resize(source: &Rgba, window: Window, width: usize, height: usize) -> Rgba {
    let across = Kernel::new(window.x, window.width, width, source.width);
    let down = Kernel::new(window.y, window.height, height, source.height);
    let first_row = down.taps.iter().map(|taps| taps.first).min().unwrap_or(0);
    let last_row = down.taps.iter().map(|taps| taps.first + taps.weights.len()).max().unwrap_or(0);
    let stride = width * 4;
    let mut narrow = vec![0.0_f64; (last_row - first_row) * stride];
    let mut row = vec![0.0_f64; source.width * 4];
    for (y, out) in (first_row..last_row).zip(narrow.chunks_exact_mut(stride)) {
        premultiply(&source.samples[y * source.width * 4..][..source.width * 4], &mut row);
        for (taps, out) in across.taps.iter().zip(out.chunks_exact_mut(4)) {
            let pixels = row[taps.first * 4..].chunks_exact(4);
            for (pixel, weight) in pixels.zip(&taps.weights) {
                out.iter_mut().zip(pixel).for_each(|(out, sample)| *out += sample * weight);
            }
        }
    }
    let mut samples = Vec::with_capacity(height * stride);
    let mut sums = vec![0.0_f64; stride];
    for taps in &down.taps {
        sums.fill(0.0);
        let rows = narrow[(taps.first - first_row) * stride..].chunks_exact(stride);
        for (row, weight) in rows.zip(&taps.weights) {
            sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += sample * weight);
        }
        samples.extend(sums.chunks_exact(4).flat_map(unpremultiply));
    }
    Rgba { width, height, samples }
}

fn premultiply(pixels: &[u8], out: &mut [f64]) {
    for (pixel, out) in pixels.chunks_exact(4).zip(out.chunks_exact_mut(4)) {
        let alpha = f64::from(pixel[3]);
        for (out, sample) in out.iter_mut().zip(&pixel[..3]) {
            *out = f64::from(*sample) * alpha / 255.0;
        }
        out[3] = alpha;
    }
}

fn unpremultiply(pixel: &[f64]) -> [u8; 4] {
    let alpha = pixel[3].clamp(0.0, 255.0);
    let round = |value: f64| value.clamp(0.0, 255.0).round() as u8;
    let color = |sample: f64| if alpha < 0.5 { 0 } else { round(sample * 255.0 / alpha) };
    [color(pixel[0]), color(pixel[1]), color(pixel[2]), round(alpha)]
}

/// The weights of every output sample in one direction.
struct Kernel {
    taps: Vec<Taps>,
}

struct Taps {
    first: usize,
    weights: Vec<f64>,
}

impl Kernel {
    fn new(start: f64, length: f64, outputs: usize, source: usize) -> Self {
        let scale = length / outputs as f64;
        let reach = 3.0 * scale.max(1.0);
        let inside_first = start.floor().max(0.0) as usize;
        let inside_last = ((start + length).ceil() as usize).min(source);
        let taps = (0..outputs).map(|output| {
            let centre = start + (output as f64 + 0.5) * scale;
            let first = ((centre - reach).floor().max(0.0) as usize).max(inside_first);
            let last = ((centre + reach).ceil() as usize).min(inside_last);
            let weight = |i| lanczos3((i as f64 + 0.5 - centre) / scale.max(1.0));
            let weights: Vec<f64> = (first..last).map(weight).collect();
            let total: f64 = weights.iter().sum();
            Taps { first, weights: weights.iter().map(|weight| weight / total).collect() }
        });
        Self { taps: taps.collect() }
    }
}

fn lanczos3(x: f64) -> f64 {
    let sinc = |x: f64| {
        let angle = x * std::f64::consts::PI;
        if x == 0.0 { 1.0 } else { angle.sin() / angle }
    };
    if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resize_all(source: &Rgba, width: usize, height: usize) -> Rgba {
        let (w, h) = (source.width as f64, source.height as f64);
        resize(source, Window { x: 0.0, y: 0.0, width: w, height: h }, width, height)
    }

    fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 4]) -> Rgba {
        let samples = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y));
        Rgba { width, height, samples: samples.collect() }
    }

    #[test]
    fn a_resize_to_the_same_size_changes_nothing() {
        let source = picture(20, 9, |x, y| [(x * 12) as u8, (y * 28) as u8, 77, 255]);
        assert_eq!(resize_all(&source, 20, 9).samples, source.samples);
    }

    #[test]
    fn a_flat_picture_stays_flat_and_transparent_colours_do_not_bleed() {
        let flat = picture(100, 70, |_, _| [10, 200, 30, 255]);
        assert!(resize_all(&flat, 7, 9).samples.chunks_exact(4).all(|p| p == [10, 200, 30, 255]));
        let half = picture(64, 64, |x, _| if x < 32 { [250, 0, 0, 255] } else { [0, 255, 0, 0] });
        let small = resize_all(&half, 8, 8);
        assert!(small.samples.chunks_exact(4).all(|p| p[3] == 0 || (p[0] >= 250 && p[1] == 0)));
    }

    #[test]
    fn a_ramp_keeps_its_position() {
        let ramp = picture(256, 4, |x, _| [x as u8, x as u8, x as u8, 255]);
        let window = Window { x: 64.0, y: 0.0, width: 128.0, height: 4.0 };
        let small = resize(&ramp, window, 16, 1);
        for (i, pixel) in small.samples.chunks_exact(4).enumerate().skip(3).take(10) {
            let expected = 64.0 + (i as f64 + 0.5) * 8.0 - 0.5;
            assert!((f64::from(pixel[0]) - expected).abs() <= 1.0, "{i}: {}", pixel[0]);
        }
    }
}
