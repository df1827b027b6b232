//! Lanczos3: the weights of the source samples in each target sample, for one axis.

use core::f64::consts::PI;

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::simd;

/// One axis of a resize: the part `start..start + length` of `source` samples becomes `target`
/// samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) source: u32,
    pub(crate) start: f64,
    pub(crate) length: f64,
    pub(crate) target: u32,
    /// How many adjacent original samples each source sample averages.
    pub(crate) averaged: u32,
}

impl Axis {
    /// True when the part is inside the source, and neither the part nor the target is empty. False
    /// for NaN.
    pub(crate) fn is_inside(self) -> bool {
        self.target > 0
            && self.start >= 0.0
            && self.length > 0.0
            && self.start + self.length <= f64::from(self.source)
    }

    /// True when the part consists of complete samples.
    pub(crate) fn is_on_samples(self) -> bool {
        self.start == self.start.round() && self.length == self.length.round()
    }

    /// True when the target samples are a copy of source samples.
    pub(crate) fn is_copy(self) -> bool {
        self.length == f64::from(self.target) && self.start == self.start.round()
    }

    /// The most source samples in the filter window of one target sample.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    pub(crate) fn max_window_len(self) -> u64 {
        ((2.0 * self.radius()).floor() as u64).saturating_add(1)
    }

    /// The source samples in the windows of all target samples: the first, and the one after the
    /// last.
    pub(crate) fn source_range(self) -> (u32, u32) {
        let (first, _) = self.window(0);
        let (_, end) = self.window(self.target.saturating_sub(1));
        (first, end)
    }

    /// The source samples in the window of a target sample: the first, and the one after the last.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates at 0")]
    fn window(self, index: u32) -> (u32, u32) {
        let center = self.center(index) - 0.5;
        let end = (center + self.radius()).floor() as u32;
        ((center - self.radius()).ceil() as u32, end.saturating_add(1).min(self.source))
    }

    /// The centre of a target sample, in source samples.
    fn center(self, index: u32) -> f64 {
        self.start + (f64::from(index) + 0.5) * self.length / f64::from(self.target)
    }

    /// How much the filter is widened: by the ratio when shrinking, not at all when enlarging.
    fn widening(self) -> f64 {
        (self.length / f64::from(self.target)).max(1.0)
    }

    fn radius(self) -> f64 {
        RADIUS * self.widening()
    }

    /// The share of its second derivative that is subtracted from the filter, so that an average
    /// followed by the filter is as sharp as the filter alone.
    ///
    /// An average over a width `w` attenuates the frequency `f` to `1 − (πfw)²/6` or less.
    /// Subtracting `w²/24` of the second derivative compensates that, but also amplifies the
    /// aliases of the average. With the factor [`SHARPENING`], photographs come closest to one
    /// filter over all of their pixels.
    fn sharpening(self) -> f64 {
        let width_squared = 1.0 - 1.0 / f64::from(self.averaged.max(1)).powi(2);
        SHARPENING * width_squared / (24.0 * self.widening().powi(2))
    }
}

/// Computes the weights of one target sample after another.
pub(crate) struct Weights<'b> {
    axis: Axis,
    sharpening: f64,
    unrounded: Buffer<'b, f64>,
}

impl<'b> Weights<'b> {
    pub(crate) fn new(axis: Axis, budget: &'b Budget) -> Result<Self, Error> {
        let unrounded = budget.buffer(axis.max_window_len(), 0f64)?;
        Ok(Self { axis, sharpening: axis.sharpening(), unrounded })
    }

    /// Writes the taps of a target sample: its weights in fixed point, which add up to [`ONE`].
    /// Returns the source sample of the first tap and the number of taps. `taps` has room for
    /// [`max_window_len`](Axis::max_window_len) taps.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "no weight of a window that adds up to 1 comes near to 2"
    )]
    pub(crate) fn quantize(&mut self, index: u32, taps: &mut [i16]) -> (u32, usize) {
        let (first, end) = self.axis.window(index);
        let center = self.axis.center(index) - 0.5;
        let step = 1.0 / self.axis.widening();
        let sharpening = self.sharpening;
        let len = (end.saturating_sub(first) as usize).min(self.unrounded.len());
        let weights = self.unrounded.get_mut(..len).unwrap_or_default();
        simd::vectorize(
            #[inline(always)]
            || {
                for (offset, weight) in weights.iter_mut().enumerate() {
                    let sample = f64::from((first + offset as u32).cast_signed());
                    *weight = sharpened_lanczos3((sample - center) * step, sharpening);
                }
            },
        );
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight = *weight / sum * f64::from(ONE));
        // Each tap carries the rounding error of the one before, so that their sum is exact.
        let mut carry = 0.0;
        for (tap, weight) in taps.iter_mut().zip(weights) {
            let exact = *weight + carry;
            let rounded = round(exact);
            carry = exact - rounded;
            *tap = rounded as i16;
        }
        (first, len)
    }
}

/// `x.round()` for a tap. Without the instructions of SSE4.1, that is a call.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a tap has 16 bits")]
fn round(x: f64) -> f64 {
    let whole = f64::from(x as i32);
    if (x - whole).abs() < 0.5 { whole } else { whole + 1f64.copysign(x) }
}

/// Lanczos3 minus `sharpening` times its second derivative. Lanczos3 is a sinc, windowed by the
/// main lobe of a sinc that is three times as wide.
///
/// With `u = πx` it is `3 sin u sin(u/3) / u²`. Its second derivative follows by the quotient rule.
/// The sine and cosine of `u` are computed from those of `u/3`.
#[inline(always)]
fn sharpened_lanczos3(x: f64, sharpening: f64) -> f64 {
    let u = x * PI;
    let squared = u * u;
    let (sin_third, cos_third) = sin_cos(u / 3.0);
    let sin = sin_third * (3.0 - 4.0 * sin_third * sin_third);
    let cos = cos_third * (4.0 * cos_third * cos_third - 3.0);
    let product = sin * sin_third;
    let first = cos * sin_third + sin * cos_third / 3.0;
    let second = cos * cos_third * 2.0 / 3.0 - product * 10.0 / 9.0;
    let curvature = (second - (4.0 * first - 6.0 * product / u) / u) * PI * PI;
    // All branches are computed, so that the compiler makes vectors.
    let anywhere = 3.0 * (product - sharpening * curvature) / squared;
    let at_center = 1.0 - 5.0 / 27.0 * squared + sharpening * PI * PI * 10.0 / 27.0;
    let inside = if squared < 1e-6 { at_center } else { anywhere };
    if (-RADIUS..RADIUS).contains(&x) { inside } else { 0.0 }
}

/// Sine and cosine of an angle of up to π in magnitude, by the Taylor series of half the angle. The
/// functions of `std` may differ in their last bit between machines, and avatars must not.
#[inline(always)]
fn sin_cos(angle: f64) -> (f64, f64) {
    const SIN: [f64; TERMS] = series(1);
    const COS: [f64; TERMS] = series(0);
    let half = angle / 2.0;
    let squared = half * half;
    let sum = |series: &[f64]| series.iter().rev().fold(0.0, |sum, factor| sum * squared + factor);
    let (sin, cos) = (half * sum(&SIN), sum(&COS));
    (2.0 * sin * cos, 1.0 - 2.0 * sin * sin)
}

/// The Taylor coefficients of the powers `first`, `first + 2` …: one over the factorial of the
/// power, with alternating signs.
const fn series(first: u32) -> [f64; TERMS] {
    let mut factors = [0.0; TERMS];
    let (mut index, mut power, mut factor) = (0, first, 1.0);
    while index < TERMS {
        factors[index] = factor;
        factor /= -(((power + 1) * (power + 2)) as f64);
        power += 2;
        index += 1;
    }
    factors
}

/// The next term is below 10⁻¹⁴ at π/2.
const TERMS: usize = 10;
/// The weight 1 in fixed point. No tap comes near to 2, and sums of products with 16-bit samples
/// fit in 32 bits.
pub(crate) const ONE: i32 = 1 << ONE_BITS;
/// Fraction bits of a tap.
pub(crate) const ONE_BITS: u32 = 14;
const RADIUS: f64 = 3.0;
/// Of 0.3, 0.6 and 0.9, this value gives avatars of photographs the highest similarity to those of
/// the full decode (`scripts/peers run --suites photos --photos DIR`).
const SHARPENING: f64 = 0.6;

#[cfg(test)]
mod tests {
    use super::*;

    fn lanczos3(x: f64) -> f64 {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
        if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }
    }

    /// Where the quotients would lose their digits, the first terms of the series are used.
    #[test]
    fn near_the_center_the_filter_is_as_exact() {
        for step in -40..=40 {
            let x = f64::from(step) / 100_000.0;
            let difference = sharpened_lanczos3(x, 0.0) - lanczos3(x);
            assert!(difference.abs() < 1e-11, "{x}: {difference}");
        }
    }

    #[test]
    fn a_tap_is_rounded_as_std_rounds_it() {
        for eighth in -200_000..200_000 {
            let x = f64::from(eighth) / 8.0;
            for x in [x, x.next_up(), x.next_down()] {
                assert_eq!(round(x), x.round(), "{x:?}");
            }
        }
    }

    #[test]
    fn sine_and_cosine_agree_with_std() {
        for step in -1000..=1000 {
            let angle = f64::from(step) / 1000.0 * PI;
            let (sin, cos) = sin_cos(angle);
            assert!((sin - angle.sin()).abs() < 1e-13 && (cos - angle.cos()).abs() < 1e-13);
        }
    }

    #[test]
    fn the_filter_and_its_second_derivative_agree_with_the_definition() {
        for step in -3100..3100 {
            let x = f64::from(step) / 1000.0;
            assert!((sharpened_lanczos3(x, 0.0) - lanczos3(x)).abs() < 1e-12, "{x}");
            if (x.abs() - 3.0).abs() < 0.002 {
                continue;
            }
            let h = 1e-3;
            let numerical = (lanczos3(x - h) - 2.0 * lanczos3(x) + lanczos3(x + h)) / (h * h);
            let subtracted = lanczos3(x) - sharpened_lanczos3(x, 1.0);
            assert!((subtracted - numerical).abs() < 1e-4, "{x}: {subtracted} {numerical}");
        }
    }

    fn taps(axis: Axis, index: u32) -> (u32, Vec<i16>) {
        let budget = Budget::new(8 * axis.max_window_len());
        let mut taps = [0; 4000];
        let (first, len) = Weights::new(axis, &budget).unwrap().quantize(index, &mut taps);
        assert!(u64::try_from(len).unwrap() <= axis.max_window_len());
        (first, taps[..len].to_vec())
    }

    #[test]
    fn taps_add_up_to_one_at_every_ratio_and_edge() {
        for source in [1, 2, 3, 7, 640, 1301] {
            for target in [1, 2, 5, 256, 640, 700] {
                for averaged in [1, 2, 8, 4000] {
                    let length = f64::from(source);
                    let axis = Axis { source, start: 0.0, length, target, averaged };
                    for index in [0, 1, target / 2, target - 1] {
                        let (first, taps) = taps(axis, index.min(target - 1));
                        assert_eq!(taps.iter().map(|&tap| i32::from(tap)).sum::<i32>(), ONE);
                        assert!(first as usize + taps.len() <= source as usize);
                        // 8-bit samples with 6 fraction bits stay within 16 bits.
                        let all: i32 = taps.iter().map(|&tap| i32::from(tap).abs()).sum();
                        assert!(all < 2 * ONE, "{axis:?} {index}: {all}");
                    }
                }
            }
        }
    }

    /// Parts of any length, anywhere in the plane. Where the edge of the plane clips a window, its
    /// other samples weigh more.
    #[test]
    fn clipped_windows_stay_within_the_range_of_their_sums() {
        let mut most = 0;
        for source in [1u32, 2, 3, 5, 8, 40] {
            for (from, to) in (0..=24).flat_map(|from| (from + 1..=25).map(move |to| (from, to))) {
                let [start, end] =
                    [from, to].map(|part| f64::from(source) * f64::from(part) / 25.0);
                for target in [1, 3, 64] {
                    for averaged in [1, 8] {
                        let axis = Axis { source, start, length: end - start, target, averaged };
                        for index in [0, target / 2, target - 1] {
                            let (_, taps) = taps(axis, index);
                            assert_eq!(taps.iter().map(|&tap| i32::from(tap)).sum::<i32>(), ONE);
                            most = most.max(taps.iter().map(|&tap| i32::from(tap).abs()).sum());
                        }
                    }
                }
            }
        }
        assert!(most < 2 * ONE, "{most}");
    }

    /// A wave that is averaged over cells and then resized has the same amplitude as one that is
    /// only resized.
    #[test]
    fn sharpening_compensates_the_attenuation_of_an_average() {
        let (cells, target, per_cell) = (250u32, 100u32, 8u32);
        let samples_per_target = f64::from(cells * per_cell) / f64::from(target);
        let amplitude = |averaged: u32, period: f64| {
            let wave = |x: f64| (2.0 * PI * x / (period * samples_per_target)).cos();
            let count = cells * per_cell / averaged;
            let source: Vec<f64> = (0..count)
                .map(|cell| {
                    let sum: f64 =
                        (0..averaged).map(|i| wave(f64::from(cell * averaged + i) + 0.5)).sum();
                    sum / f64::from(averaged)
                })
                .collect();
            let length = f64::from(count);
            let axis = Axis { source: count, start: 0.0, length, target, averaged };
            (10..90)
                .map(|index| {
                    let (first, taps) = taps(axis, index);
                    let sum: f64 = (first as usize..)
                        .zip(&taps)
                        .map(|(i, &tap)| source[i] * f64::from(tap))
                        .sum();
                    (sum / f64::from(ONE)).abs()
                })
                .fold(0.0, f64::max)
        };
        for period in [3.0, 4.0, 6.0] {
            let loss = 1.0 - amplitude(per_cell, period) / amplitude(1, period);
            assert!(loss.abs() < 0.02, "{period}: {loss}");
        }
    }
}
