//! Lanczos3 in two passes, plainly: the reference that [`fir`](super::fir) is compared with, and
//! what resizes when the feature `simd` is off.
//!
//! The arithmetic is that of fast_image_resize, so that both write the same bytes: weights in f64,
//! scaled to i16 by the largest power of two that fits, rows first, each pass rounded to 8 bits.

use core::f64::consts::PI;

use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// One axis of a resize: `target` samples from the part `start..start + length` of `source` samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) source: u32,
    pub(crate) start: f64,
    pub(crate) length: f64,
    pub(crate) target: u32,
}

impl Axis {
    /// True when there is a part, inside of the source, and a target. NaN is not inside.
    pub(crate) fn is_inside(self) -> bool {
        self.target > 0
            && self.start >= 0.0
            && self.length > 0.0
            && self.start + self.length <= f64::from(self.source)
    }

    /// True when both edges of the part lie between two samples.
    pub(crate) fn is_on_samples(self) -> bool {
        self.start == self.start.round() && self.length == self.length.round()
    }

    /// True when the target samples are source samples.
    pub(crate) fn is_copy(self) -> bool {
        self.length == f64::from(self.target) && self.start == self.start.round()
    }

    /// True when rounding each tap alone could shift the mean: one tap is wrong by 2⁻²² at most, and
    /// 6 × 512 of them, times 255, by less than 1/5.
    pub(crate) fn needs_exact_sum(self) -> bool {
        self.scale() > 512.0
    }

    /// The most source samples that one target sample is made of.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    pub(crate) fn window(self) -> u64 {
        (self.radius().ceil() as u64).saturating_mul(2).saturating_add(1)
    }

    /// The most source samples that the whole target is made of.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    pub(crate) fn reach(self) -> u64 {
        let reach = (self.length + 2.0 * self.radius()).ceil() as u64;
        reach.saturating_add(2).min(u64::from(self.source))
    }

    fn scale(self) -> f64 {
        self.length / f64::from(self.target)
    }

    /// Shrinking widens the filter with the scale, enlarging leaves it as it is.
    fn radius(self) -> f64 {
        LANCZOS3_RADIUS * self.scale().max(1.0)
    }
}

/// Resizes the part of `source` that `x` and `y` name; both are inside of it.
pub(crate) fn plane(
    source: &[u8],
    x: Axis,
    y: Axis,
    resized: &mut [u8],
    budget: &Budget,
) -> Result<(), Error> {
    let source = Rows { samples: source, width: x.source as usize };
    match (x.is_copy(), y.is_copy()) {
        (false, false) => {
            // Columns that no window reaches are left out of the first pass.
            let (first, end) = Taps::reached(x);
            let width = (end - first) as usize;
            let mut between = budget.buffer(width.saturating_mul(y.target as usize), 0u8)?;
            mix_rows(source, first as usize, &Taps::new(y, 0, budget)?, &mut between, width)?;
            let between = Rows { samples: &between, width };
            mix_columns(between, 0, &Taps::new(x, first, budget)?, resized)
        }
        (false, true) => {
            mix_columns(source, floor(y.start) as usize, &Taps::new(x, 0, budget)?, resized)
        }
        (true, _) => {
            let width = x.target as usize;
            mix_rows(source, floor(x.start) as usize, &Taps::new(y, 0, budget)?, resized, width)
        }
    }
}

#[derive(Clone, Copy)]
struct Rows<'a> {
    samples: &'a [u8],
    width: usize,
}

impl<'a> Rows<'a> {
    fn row(self, index: usize) -> Result<&'a [u8], Error> {
        let start = index * self.width;
        self.samples.get(start..start + self.width).ok_or(OUTSIDE)
    }
}

/// The vertical pass: each row of `resized` is a sum of source rows, from column `first` on.
fn mix_rows(
    source: Rows<'_>,
    first: usize,
    taps: &Taps<'_>,
    resized: &mut [u8],
    width: usize,
) -> Result<(), Error> {
    for (index, resized) in resized.chunks_exact_mut(width).enumerate() {
        let (top, taps_of_row) = taps.window(index)?;
        for (block, resized) in resized.chunks_mut(COLUMNS_AT_ONCE).enumerate() {
            let mut sums = [taps.half(); COLUMNS_AT_ONCE];
            let left = first + block * COLUMNS_AT_ONCE;
            for (row, &tap) in (top..).zip(taps_of_row) {
                let samples = source.row(row)?.get(left..left + resized.len()).ok_or(OUTSIDE)?;
                for (sum, &sample) in sums.iter_mut().zip(samples) {
                    *sum += i32::from(sample) * i32::from(tap);
                }
            }
            for (resized, &sum) in resized.iter_mut().zip(&sums) {
                *resized = taps.sample(sum);
            }
        }
    }
    Ok(())
}

/// The horizontal pass: each sample of `resized` is a sum of samples of a source row, from row
/// `first` on.
fn mix_columns(
    source: Rows<'_>,
    first: usize,
    taps: &Taps<'_>,
    resized: &mut [u8],
) -> Result<(), Error> {
    for (row, resized) in (first..).zip(resized.chunks_exact_mut(taps.windows.len())) {
        let row = source.row(row)?;
        for (index, resized) in resized.iter_mut().enumerate() {
            let (left, taps_of_column) = taps.window(index)?;
            let samples = row.get(left..left + taps_of_column.len()).ok_or(OUTSIDE)?;
            let products = samples
                .iter()
                .zip(taps_of_column)
                .map(|(&sample, &tap)| i32::from(sample) * i32::from(tap));
            *resized = taps.sample(taps.half() + products.sum::<i32>());
        }
    }
    Ok(())
}

/// The integer filter of one axis.
struct Taps<'b> {
    /// Of each target sample: the first source sample and the number of taps.
    windows: Buffer<'b, (u32, u32)>,
    /// The taps of all windows, each padded to `stride`.
    taps: Buffer<'b, i16>,
    stride: usize,
    /// Taps are multiples of 2 to the power of minus this.
    precision: u32,
}

impl<'b> Taps<'b> {
    /// The taps for a source whose first `skipped` samples are left out.
    fn new(axis: Axis, skipped: u32, budget: &'b Budget) -> Result<Self, Error> {
        let stride = usize::try_from(axis.window()).map_err(|_| OUTSIDE)?;
        let count = axis.target as usize;
        let mut windows = budget.buffer(count, (0, 0))?;
        let mut taps = budget.buffer(stride.saturating_mul(count), 0i16)?;
        let mut weights = budget.buffer(stride, 0f64)?;

        let mut heaviest = 0f64;
        for index in 0..axis.target {
            let (_, len) = weigh(axis, index, &mut weights);
            heaviest = weights.iter().take(len).fold(heaviest, |a, &b| a.max(b));
        }
        let precision = precision(heaviest);

        for ((index, window), taps) in
            (0..).zip(windows.iter_mut()).zip(taps.chunks_exact_mut(stride))
        {
            let (first, len) = weigh(axis, index, &mut weights);
            let weights = weights.get(..len).ok_or(OUTSIDE)?;
            if axis.needs_exact_sum() {
                quantise_with_carry(weights, precision, taps);
            } else {
                quantise(weights, precision, taps);
            }
            *window = (
                first.checked_sub(skipped).ok_or(OUTSIDE)?,
                u32::try_from(len).map_err(|_| OUTSIDE)?,
            );
        }
        Ok(Self { windows, taps, stride, precision })
    }

    /// The first source sample that a window reaches, and the one after the last.
    fn reached(axis: Axis) -> (u32, u32) {
        let (first, _) = bounds(axis, 0);
        let (_, end) = bounds(axis, axis.target - 1);
        (first, end)
    }

    fn window(&self, index: usize) -> Result<(usize, &[i16]), Error> {
        let &(first, len) = self.windows.get(index).ok_or(OUTSIDE)?;
        let start = index * self.stride;
        let taps = self.taps.get(start..start + len as usize).ok_or(OUTSIDE)?;
        Ok((first as usize, taps))
    }

    /// One half, to round with.
    const fn half(&self) -> i32 {
        1 << (self.precision - 1)
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the range of u8"
    )]
    fn sample(&self, sum: i32) -> u8 {
        (sum >> self.precision).clamp(0, 255) as u8
    }
}

/// The centre of a target sample, in source samples.
fn centre(axis: Axis, index: u32) -> f64 {
    axis.start + (f64::from(index) + 0.5) * axis.scale()
}

/// The source samples that a target sample is made of: the first, and the one after the last.
fn bounds(axis: Axis, index: u32) -> (u32, u32) {
    let centre = centre(axis, index);
    (
        floor((centre - axis.radius()).floor()),
        floor((centre + axis.radius()).ceil()).min(axis.source),
    )
}

/// Writes the weights of a target sample, which sum to 1, and returns the first source sample and
/// the number of weights. Zeros at both ends are left out.
fn weigh(axis: Axis, index: u32, weights: &mut [f64]) -> (u32, usize) {
    let (start, end) = bounds(axis, index);
    let mut first = start;
    let centre = centre(axis, index) - 0.5;
    // A product, not a quotient: the last bit counts.
    let per_scale = 1.0 / axis.scale().max(1.0);
    let mut len = 0;
    let mut sum = 0.0;
    for sample in start..end {
        let weight = lanczos3((f64::from(sample) - centre) * per_scale);
        if len == 0 && weight == 0.0 {
            first = sample + 1;
        } else if let Some(slot) = weights.get_mut(len) {
            *slot = weight;
            sum += weight;
            len += 1;
        }
    }
    while len > 0 && weights.get(len - 1) == Some(&0.0) {
        len -= 1;
    }
    if sum != 0.0 {
        weights.iter_mut().take(len).for_each(|weight| *weight /= sum);
    }
    (first, len)
}

/// The middle of a sinc, windowed by the middle of a sinc that is three times as wide.
fn lanczos3(x: f64) -> f64 {
    if (-LANCZOS3_RADIUS..LANCZOS3_RADIUS).contains(&x) {
        sinc(x) * sinc(x / LANCZOS3_RADIUS)
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        let angle = x * PI;
        angle.sin() / angle
    }
}

/// The most bits that keep the heaviest tap in an i16, at most [`MAX_PRECISION_BITS`].
fn precision(heaviest: f64) -> u32 {
    (1..MAX_PRECISION_BITS)
        .find(|&bits| (heaviest * f64::from(1u32 << (bits + 1))).round() >= 32768.0)
        .unwrap_or(MAX_PRECISION_BITS)
}

#[allow(clippy::cast_possible_truncation, reason = "the precision was chosen for an i16")]
fn quantise(weights: &[f64], precision: u32, taps: &mut [i16]) {
    let one = f64::from(1u32 << precision);
    for (tap, &weight) in taps.iter_mut().zip(weights) {
        *tap = (weight * one).round() as i16;
    }
}

/// Hands the rounding error of each tap to the next one, so that the taps sum to exactly 1.
#[allow(clippy::cast_possible_truncation, reason = "the precision was chosen for an i16")]
fn quantise_with_carry(weights: &[f64], precision: u32, taps: &mut [i16]) {
    let one = f64::from(1u32 << precision);
    let mut carry = 0.0;
    for (tap, &weight) in taps.iter_mut().zip(weights) {
        let wanted = weight * one + carry;
        let rounded = wanted.round();
        carry = wanted - rounded;
        *tap = rounded as i16;
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates at 0")]
fn floor(position: f64) -> u32 {
    position as u32
}

const LANCZOS3_RADIUS: f64 = 3.0;
/// 8 bits of a sample and 2 of overshoot are left of an i32.
const MAX_PRECISION_BITS: u32 = 21;
/// A block of sums that stays in registers and the first cache.
const COLUMNS_AT_ONCE: usize = 64;
const OUTSIDE: Error = Error::Bug("resizing reaches outside of its plane");

#[cfg(test)]
#[allow(clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::finish::resize;
    use crate::size::Size;
    use crate::size::SourceRect;

    fn random(state: &mut u64) -> u64 {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 33
    }

    /// Sizes with both sides up to `long`, but for one that may be up to `short`.
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

    fn axes(size: Size, rect: SourceRect, target: Size) -> (Axis, Axis) {
        let axis = |source, start, length, target| Axis { source, start, length, target };
        (
            axis(size.width, rect.x, rect.width, target.width),
            axis(size.height, rect.y, rect.height, target.height),
        )
    }

    #[test]
    fn both_implementations_write_the_same_bytes_within_the_quote() {
        let state = &mut 1;
        let mut resized_twice = 0;
        for round in 0..1000 {
            let size = random_size(state, if round % 2 == 0 { 4 } else { 90 }, 200);
            let target = random_size(state, if round % 3 == 0 { 3 } else { 60 }, 120);
            let (x, width) = random_part(state, size.width);
            let (y, height) = random_part(state, size.height);
            let rect = SourceRect { x, y, width, height };
            let source: Vec<u8> = match round % 5 {
                // Hard edges overshoot the most.
                0 => (0..size.pixels())
                    .map(|_| if random(state).is_multiple_of(2) { 0 } else { 255 })
                    .collect(),
                _ => (0..size.pixels()).map(|_| random(state).to_le_bytes()[0]).collect(),
            };
            let quote = resize::memory_bytes(size, rect, target);
            let budget = Budget::new(quote);
            let resized = resize::plane(&source, size, rect, target, &budget).unwrap();

            let (x, y) = axes(size, rect, target);
            if resize::is_triangle(size, rect, target) {
                continue;
            }
            let mut plain = vec![0; resized.len()];
            let budget = Budget::new(quote - target.pixels());
            plane(&source, x, y, &mut plain, &budget).unwrap();
            assert_eq!(&resized[..], plain, "{size} {rect:?} {target}");
            resized_twice += 1;
        }
        assert!(resized_twice > 800);
    }

    #[test]
    fn a_flat_plane_stays_flat_at_every_ratio() {
        for (source, target) in [
            (Size::new(1, 1), Size::new(300, 200)),
            (Size::new(3, 500), Size::new(256, 256)),
            (Size::new(4096, 3), Size::new(5, 7)),
            (Size::new(511, 40), Size::new(1, 1)),
            (Size::new(512, 40), Size::new(1, 39)),
            (Size::new(513, 40), Size::new(1, 39)),
            (Size::new(32_768, 2), Size::new(1, 1)),
            (Size::new(65_500, 3), Size::new(2, 9)),
            (Size::new(2, 120_000), Size::new(3, 1)),
        ] {
            let rect = SourceRect::covering(source);
            for value in [0, 1, 128, 200, 254, 255] {
                let plane = vec![value; usize::try_from(source.pixels()).unwrap()];
                let budget = Budget::new(resize::memory_bytes(source, rect, target));
                let resized = resize::plane(&plane, source, rect, target, &budget).unwrap();
                for &sample in &resized[..] {
                    assert!(sample.abs_diff(value) <= 1, "{source} to {target}: {value}, {sample}");
                }
            }
        }
    }

    #[test]
    fn a_rectangle_that_is_not_inside_is_refused() {
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
            let refused = resize::plane(&[0; 100], size, rect, Size::new(3, 3), &budget);
            assert!(matches!(refused, Err(Error::Bug(_))), "{rect:?}");
        }
        assert!(resize::plane(&[0; 99], size, rect, Size::new(3, 3), &budget).is_err());
        assert!(resize::plane(&[0; 100], size, rect, Size::new(0, 3), &budget).is_err());
    }
}
