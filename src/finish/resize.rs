//! Resizes one small plane: chooses the filter and names its cost.

use crate::budget::Budget;
use crate::error::Error;
use crate::price::sum_ps;
use crate::shrink::PlaneRows;
use crate::size::{Size, SourceRect};

use super::convolve::Convolution;
use super::kernel::Axis;
use super::sample::Sample;
use super::upsample::Upsampler;

/// The part of a plane that is resized.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlanePart {
    pub(crate) plane_size: Size,
    /// Filter windows extend beyond this rectangle, but not beyond the plane.
    pub(crate) rect: SourceRect,
    /// How many adjacent original samples each sample averages, horizontally and vertically.
    pub(crate) averaged: (u32, u32),
}

impl PlanePart {
    fn axes(self, target: Size) -> (Axis, Axis) {
        let x = Axis {
            source: self.plane_size.width,
            start: self.rect.x,
            length: self.rect.width,
            target: target.width,
            averaged: self.averaged.0,
        };
        let y = Axis {
            source: self.plane_size.height,
            start: self.rect.y,
            length: self.rect.height,
            target: target.height,
            averaged: self.averaged.1,
        };
        (x, y)
    }
}

/// Resizes planes of which the same part is shown, row by row.
///
/// - A part of complete samples at its own size is copied.
/// - Where each resized axis is exactly doubled, the triangle filter applies, with which JPEG and
///   WebP decoders upsample chroma. See [`upsample`](super::upsample).
/// - Everything else is resized by Lanczos3, which compensates earlier averages. See
///   [`kernel`](super::kernel).
pub(crate) struct Resizer<'b> {
    target: Size,
    filter: Filter<'b>,
}

#[allow(clippy::large_enum_variant, reason = "a job has at most four, on the stack")]
enum Filter<'b> {
    Triangle(Upsampler),
    Lanczos3(Convolution<'b>),
}

impl<'b> Resizer<'b> {
    pub(crate) fn new(part: PlanePart, target: Size, budget: &'b Budget) -> Result<Self, Error> {
        let (x, y) = part.axes(target);
        if !x.is_inside() || !y.is_inside() {
            return Err(Error::Bug("a source rectangle outside its plane"));
        }
        let filter = match Upsampler::of(x, y) {
            Some(upsampler) => Filter::Triangle(upsampler),
            None => Filter::Lanczos3(Convolution::new(x, y, budget)?),
        };
        Ok(Self { target, filter })
    }

    /// Goes to row `y` of the target.
    pub(crate) fn go_to_row(&mut self, y: u32) {
        match &mut self.filter {
            Filter::Triangle(upsampler) => upsampler.go_to_row(y),
            Filter::Lanczos3(convolution) => convolution.go_to_row(y),
        }
    }

    /// The first source row of that row, and the one after the last.
    pub(crate) fn needed_rows(&self) -> (u32, u32) {
        let (first, end) = match &self.filter {
            Filter::Triangle(upsampler) => upsampler.needed_rows(),
            Filter::Lanczos3(convolution) => convolution.needed_rows(),
        };
        // Rows of a plane, whose sides have 32 bits.
        (u32::try_from(first).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
    }

    /// Resizes `source` into that row.
    pub(crate) fn row<S: Sample>(
        &mut self,
        source: PlaneRows<'_>,
        resized: &mut [S],
    ) -> Result<(), Error> {
        if resized.len() as u64 != u64::from(self.target.width) {
            return Err(Error::Bug("a row does not match its size"));
        }
        let PlaneRows { samples, first, .. } = source;
        match &mut self.filter {
            Filter::Triangle(upsampler) => upsampler.row(samples, first as usize, resized),
            Filter::Lanczos3(convolution) => convolution.row(samples, first as usize, resized),
        }
    }
}

/// The most source rows of one target row.
pub(crate) fn max_needed_rows(part: PlanePart, target: Size) -> u64 {
    let (x, y) = part.axes(target);
    match Upsampler::of(x, y) {
        Some(_) => 2,
        None => y.max_window_len(),
    }
}

/// The most work of the weights, which planes share, in picoseconds.
pub(crate) fn weights_ps(part: PlanePart, target: Size) -> u64 {
    let (x, y) = part.axes(target);
    match Upsampler::of(x, y) {
        Some(_) => 0,
        None => Convolution::weights_ps(x, y),
    }
}

/// The most work of resizing a plane, without the weights, in picoseconds.
pub(crate) fn work_ps(part: PlanePart, target: Size) -> u64 {
    let (x, y) = part.axes(target);
    match Upsampler::of(x, y) {
        Some(_) => sum_ps([(target.pixels(), UPSAMPLED_PS)]),
        None => Convolution::work_ps(x, y),
    }
}

/// A sample of the target, copied or upsampled.
const UPSAMPLED_PS: u64 = 1_500;

#[cfg(test)]
#[allow(clippy::disallowed_macros, reason = "test data")]
mod tests {
    use core::f64::consts::PI;

    use super::*;
    use crate::budget::Buffer;

    /// All rows of a resized plane. The resizer comes first in the budget.
    fn plane<'b>(
        source: &[u8],
        part: PlanePart,
        target: Size,
        budget: &'b Budget,
    ) -> Result<Buffer<'b, u8>, Error> {
        let mut resizer = Resizer::new(part, target, budget)?;
        let mut resized = budget.buffer(target.pixels(), 0u8)?;
        for (y, row) in (0..).zip(resized.chunks_exact_mut(target.width.max(1) as usize)) {
            resizer.go_to_row(y);
            resizer.row(PlaneRows::all(source), row)?;
        }
        Ok(resized)
    }

    /// The most that [`plane`] takes.
    fn plane_bytes(part: PlanePart, target: Size) -> u64 {
        let budget = Budget::counting();
        plane(&[], part, target, &budget).unwrap();
        budget.peak_bytes()
    }

    fn random(state: &mut u64) -> u64 {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 33
    }

    /// A size with one side of up to `short` and the other of up to `long`.
    fn random_size(state: &mut u64, short: u64, long: u64) -> Size {
        let (a, b) = (random(state) % short + 1, random(state) % long + 1);
        let (a, b) = (u32::try_from(a).unwrap(), u32::try_from(b).unwrap());
        if random(state).is_multiple_of(2) { Size::new(a, b) } else { Size::new(b, a) }
    }

    fn random_part(state: &mut u64, source: u32) -> (f64, f64) {
        let side = f64::from(source);
        let grid = [1.0, 2.0, 8.0, 3.0][usize::try_from(random(state) % 4).unwrap()];
        let start = ((random(state) % 1000) as f64 / 1000.0 * side * grid).floor() / grid;
        let length = (random(state) % 1000 + 1) as f64 / 1000.0 * (side - start);
        match random(state) % 3 {
            0 => (0.0, side),
            1 => (start, side - start),
            _ => (start, ((length * grid).ceil() / grid).min(side - start)),
        }
    }

    fn full(plane_size: Size) -> PlanePart {
        PlanePart { plane_size, rect: SourceRect::covering(plane_size), averaged: (1, 1) }
    }

    /// The weights of all source samples in one target sample, by definition.
    fn reference_weights(
        source: u32,
        start: f64,
        length: f64,
        target: u32,
        index: u32,
    ) -> Vec<f64> {
        let scale = length / f64::from(target);
        let center = start + (f64::from(index) + 0.5) * scale;
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
        let weight = |sample: u32| {
            let x = (f64::from(sample) + 0.5 - center) / scale.max(1.0);
            if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }
        };
        let weights: Vec<f64> = (0..source).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    /// Both passes in `f64`, without rounding.
    fn reference(
        source: &[u8],
        PlanePart { plane_size, rect, .. }: PlanePart,
        target: Size,
    ) -> Vec<f64> {
        let across: Vec<Vec<f64>> = (0..target.width)
            .map(|index| {
                reference_weights(plane_size.width, rect.x, rect.width, target.width, index)
            })
            .collect();
        let mut resized = Vec::new();
        for index in 0..target.height {
            let down =
                reference_weights(plane_size.height, rect.y, rect.height, target.height, index);
            let mut line = vec![0.0; plane_size.width as usize];
            for (row, weight) in source.chunks_exact(plane_size.width as usize).zip(down) {
                line.iter_mut().zip(row).for_each(|(sum, &s)| *sum += f64::from(s) * weight);
            }
            resized.extend(across.iter().map(|weights| {
                weights.iter().zip(&line).map(|(weight, sample)| weight * sample).sum::<f64>()
            }));
        }
        resized
    }

    #[test]
    fn every_sample_agrees_with_the_definition_within_the_exact_quote() {
        let state = &mut 1;
        let (mut lanczos, mut samples, mut errors) = (0, 0, 0.0);
        for round in 0..400 {
            let size = random_size(state, if round % 2 == 0 { 4 } else { 90 }, 200);
            let target = random_size(state, if round % 3 == 0 { 3 } else { 60 }, 120);
            let (x, width) = random_part(state, size.width);
            let (y, height) = random_part(state, size.height);
            let part = PlanePart { rect: SourceRect { x, y, width, height }, ..full(size) };
            let source: Vec<u8> = match round % 5 {
                // Black and white samples overshoot the most.
                0 => (0..size.pixels())
                    .map(|_| if random(state).is_multiple_of(2) { 0 } else { 255 })
                    .collect(),
                _ => (0..size.pixels()).map(|_| random(state).to_le_bytes()[0]).collect(),
            };
            let quote = plane_bytes(part, target);
            let budget = Budget::new(quote);
            let resized = plane(&source, part, target, &budget).unwrap();
            assert!(plane(&source, part, target, &Budget::new(quote - 1)).is_err());

            let (x, y) = part.axes(target);
            if Upsampler::of(x, y).is_some() {
                continue;
            }
            lanczos += 1;
            for (&sample, exact) in resized.iter().zip(reference(&source, part, target)) {
                let error = (f64::from(sample) - exact.clamp(0.0, 255.0)).abs();
                assert!(error < 0.6, "{part:?} {target}: {sample}, not {exact}");
                errors += error;
                samples += 1;
            }
        }
        assert!(lanczos > 300);
        // Rounding a number with a random fraction once has a mean error of a quarter.
        let mean = errors / f64::from(samples);
        assert!(mean < 0.252, "{mean}");
    }

    #[test]
    fn a_flat_plane_stays_flat_at_every_ratio() {
        for (source, target) in [
            (Size::new(1, 1), Size::new(300, 200)),
            (Size::new(3, 500), Size::new(256, 256)),
            (Size::new(4096, 3), Size::new(5, 7)),
            (Size::new(511, 40), Size::new(1, 1)),
            (Size::new(513, 40), Size::new(1, 39)),
            (Size::new(32_768, 2), Size::new(1, 1)),
            (Size::new(65_500, 3), Size::new(2, 9)),
            (Size::new(2, 120_000), Size::new(3, 1)),
        ] {
            for averaged in [1, 8] {
                let part = PlanePart { averaged: (averaged, averaged), ..full(source) };
                for value in [0, 1, 128, 200, 254, 255] {
                    let flat = vec![value; usize::try_from(source.pixels()).unwrap()];
                    let budget = Budget::new(plane_bytes(part, target));
                    let resized = plane(&flat, part, target, &budget).unwrap();
                    assert!(resized.iter().all(|&sample| sample == value), "{source} to {target}");
                }
            }
        }
    }

    /// The sharpened filter overshoots more. Its sums must not wrap.
    #[test]
    fn black_and_white_averages_stay_within_16_bits() {
        let state = &mut 7;
        for ratio in [1.0, 1.25, 1.5, 2.0, 3.0, 5.0] {
            let (size, target) = (Size::new(150, 150), (150.0 / ratio) as u32);
            let source: Vec<u8> =
                (0..size.pixels()).map(|_| (random(state) % 2 * 255) as u8).collect();
            for averaged in [2, 8, 4096] {
                let part = PlanePart { averaged: (averaged, averaged), ..full(size) };
                let target = Size::new(target + 1, target);
                let budget = Budget::new(plane_bytes(part, target));
                let resized = plane(&source, part, target, &budget).unwrap();
                let mean = resized.iter().map(|&s| f64::from(s)).sum::<f64>();
                assert!((mean / resized.len() as f64 - 127.5).abs() < 10.0);
            }
        }
    }

    #[test]
    fn a_rectangle_outside_the_plane_is_refused() {
        let size = Size::new(10, 10);
        let rect = SourceRect::covering(size);
        let budget = Budget::new(1 << 20);
        for rect in [
            SourceRect { x: -0.5, ..rect },
            SourceRect { x: f64::NAN, ..rect },
            SourceRect { y: 0.5, ..rect },
            SourceRect { width: f64::INFINITY, ..rect },
            SourceRect { height: 0.0, ..rect },
            SourceRect { height: f64::NAN, ..rect },
        ] {
            let part = PlanePart { rect, ..full(size) };
            let refused = plane(&[0; 100], part, Size::new(3, 3), &budget);
            assert!(matches!(refused, Err(Error::Bug(_))), "{rect:?}");
        }
        assert!(plane(&[0; 99], full(size), Size::new(3, 3), &budget).is_err());
        assert!(plane(&[0; 100], full(size), Size::new(0, 3), &budget).is_err());
    }
}
