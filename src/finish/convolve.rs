//! Lanczos3 in two passes. For each target row, the vertical pass filters source rows into one
//! line, and the horizontal pass filters the line into the row.
//!
//! Between the passes a sample has six fraction bits, so that the result is rounded only once. The
//! inner loops run over arrays of a fixed length, which the compiler vectorises. They return `None`
//! outside the plane, because an error would have to be dropped in each step.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::price::sum_ps;
use crate::simd;

use super::dot;
use super::kernel::{Axis, ONE_BITS, Weights};
use super::sample::Sample;

/// Resizes planes by Lanczos3, row by row.
pub(crate) struct Convolution<'b> {
    columns: Columns<'b>,
    weights: Weights<'b>,
    /// The source row of the first tap, and the taps, of the current target row.
    top: u32,
    taps: Buffer<'b, i16>,
    taps_len: usize,
    /// The needed columns of the source, filtered vertically, and zeros.
    line: Buffer<'b, i16>,
    source_width: usize,
    /// The first needed column of the source, and their number.
    left: usize,
    width: usize,
}

impl<'b> Convolution<'b> {
    /// Both axes are inside their plane.
    pub(crate) fn new(x: Axis, y: Axis, budget: &'b Budget) -> Result<Self, Error> {
        let columns = Columns::new(x, budget)?;
        let (left, right) = x.source_range();
        Ok(Self {
            columns,
            weights: Weights::new(y, budget)?,
            top: 0,
            taps: budget.buffer(y.max_window_len(), 0i16)?,
            taps_len: 0,
            line: budget.buffer(line_len(x), 0i16)?,
            source_width: x.source as usize,
            left: left as usize,
            width: right.saturating_sub(left) as usize,
        })
    }

    /// The most work of the weights, in picoseconds.
    pub(crate) fn weights_ps(x: Axis, y: Axis) -> u64 {
        let weights = |axis: Axis| axis.max_window_len().saturating_mul(axis.target.into());
        sum_ps([(weights(x).saturating_add(weights(y)), WEIGHT_PS)])
    }

    /// The most work of resizing a plane, without the weights, in picoseconds.
    pub(crate) fn work_ps(x: Axis, y: Axis) -> u64 {
        let products = |row_len: u64, window_len: u64| {
            row_len.saturating_mul(window_len).saturating_mul(y.target.into())
        };
        // Less than one vector of columns is filtered one by one.
        let columns = line_len(x).max(COLUMNS_AT_ONCE as u64);
        sum_ps([
            (products(columns, y.max_window_len()), VERTICAL_PRODUCT_PS),
            (products(x.target.into(), padded_window(x)), HORIZONTAL_PRODUCT_PS),
        ])
    }

    pub(crate) fn go_to_row(&mut self, y: u32) {
        (self.top, self.taps_len) = self.weights.quantize(y, &mut self.taps);
    }

    /// The first source row of the current target row, and the one after the last.
    pub(crate) const fn needed_rows(&self) -> (usize, usize) {
        (self.top as usize, self.top as usize + self.taps_len)
    }

    /// Resizes `source`, which begins at the row `first_row`, into the current row.
    pub(crate) fn row<S: Sample>(
        &mut self,
        source: &[u8],
        first_row: usize,
        resized: &mut [S],
    ) -> Result<(), Error> {
        let top = (self.top as usize).checked_sub(first_row).ok_or(OUTSIDE)?;
        let first = top * self.source_width + self.left;
        let rows = source.get(first..).ok_or(OUTSIDE)?;
        let taps = self.taps.get(..self.taps_len).ok_or(OUTSIDE)?;
        let line = self.line.get_mut(..self.width).ok_or(OUTSIDE)?;
        simd::vectorize(
            #[inline(always)]
            || filter_vertically(rows, self.source_width, taps, line),
        )
        .ok_or(OUTSIDE)?;
        simd::vectorize(
            #[inline(always)]
            || self.columns.filter_horizontally(&self.line, resized),
        )
        .ok_or(OUTSIDE)
    }
}

/// A weight of a filter window.
const WEIGHT_PS: u64 = 30_000;
/// A product of a sample and a weight of the vertical pass.
const VERTICAL_PRODUCT_PS: u64 = 120;
/// The same of the horizontal pass.
const HORIZONTAL_PRODUCT_PS: u64 = 180;

/// The needed source columns, and zeros for the last padded window.
fn line_len(x: Axis) -> u64 {
    let (left, right) = x.source_range();
    u64::from(right.saturating_sub(left)).saturating_add(padded_window(x))
}

/// Filters one source row per tap into `line`. `rows` begins at the first needed sample of the
/// first row.
#[inline(always)]
fn filter_vertically(rows: &[u8], row_len: usize, taps: &[i16], line: &mut [i16]) -> Option<()> {
    let Some(last) = line.len().checked_sub(COLUMNS_AT_ONCE) else {
        for (column, sample) in line.iter_mut().enumerate() {
            let rows = rows.get(column..)?.chunks(row_len);
            [*sample] = weighted_sums(rows, taps)?;
        }
        return Some(());
    };
    // The last block overlaps the one before, so that it is complete.
    for column in (0..line.len()).step_by(COLUMNS_AT_ONCE).map(|column| column.min(last)) {
        let block = line.get_mut(column..)?.first_chunk_mut()?;
        *block = weighted_sums::<COLUMNS_AT_ONCE>(rows.get(column..)?.chunks(row_len), taps)?;
    }
    Some(())
}

/// The weighted sums of the first `N` columns of `rows`.
#[inline(always)]
fn weighted_sums<'a, const N: usize>(
    mut rows: impl Iterator<Item = &'a [u8]>,
    taps: &[i16],
) -> Option<[i16; N]> {
    const SHIFT: u32 = ONE_BITS - LINE_BITS;
    let mut sums = [1i32 << (SHIFT - 1); N];
    for &tap in taps {
        let samples = rows.next()?.first_chunk::<N>()?;
        for (sum, &sample) in sums.iter_mut().zip(samples) {
            *sum += i32::from(sample) * i32::from(tap);
        }
    }
    // Array::map is not always inlined, which costs the vectors.
    let mut line = [0; N];
    for (sample, sum) in line.iter_mut().zip(sums) {
        *sample = saturated(sum >> SHIFT);
    }
    Some(line)
}

/// The filter windows of all target columns.
struct Columns<'b> {
    /// The first sample of each window, counted from the first needed source column.
    firsts: Buffer<'b, u32>,
    /// The taps of each window, padded to complete vectors.
    taps: Buffer<'b, i16>,
    vectors_per_window: usize,
}

impl<'b> Columns<'b> {
    fn new(x: Axis, budget: &'b Budget) -> Result<Self, Error> {
        let count = u64::from(x.target);
        let mut firsts = budget.buffer(count, 0u32)?;
        let mut taps = budget.buffer(padded_window(x).saturating_mul(count), 0i16)?;
        let mut weights = Weights::new(x, budget)?;
        let vectors_per_window = usize::try_from(vectors_of_window(x)).map_err(|_| OUTSIDE)?;
        let (left, _) = x.source_range();
        let windows = taps.as_chunks_mut::<TAPS_AT_ONCE>().0.chunks_exact_mut(vectors_per_window);
        for (index, (first, taps)) in (0..).zip(firsts.iter_mut().zip(windows)) {
            let (sample, _) = weights.quantize(index, taps.as_flattened_mut());
            *first = sample.checked_sub(left).ok_or(OUTSIDE)?;
        }
        Ok(Self { firsts, taps, vectors_per_window })
    }

    /// Filters `line` into a row of the target.
    #[inline(always)]
    fn filter_horizontally<S: Sample>(&self, line: &[i16], resized: &mut [S]) -> Option<()> {
        match self.vectors_per_window {
            1 => self.filter::<1, S>(line, resized),
            2 => self.filter::<2, S>(line, resized),
            3 => self.filter::<3, S>(line, resized),
            vectors => {
                let taps = self.taps.as_chunks().0.chunks_exact(vectors);
                for ((resized, &first), taps) in resized.iter_mut().zip(&*self.firsts).zip(taps) {
                    let (window, _) = line.get(first as usize..)?.as_chunks();
                    *resized = S::from_sum::<SUM_BITS>(dot::one(window, taps));
                }
                Some(())
            }
        }
    }

    /// The same for windows of `N` vectors. Most resizes shrink by less than 2.5 and have two.
    #[inline(always)]
    fn filter<const N: usize, S: Sample>(&self, line: &[i16], resized: &mut [S]) -> Option<()> {
        let (taps, _) = self.taps.as_chunks::<TAPS_AT_ONCE>().0.as_chunks::<N>();
        let (firsts, last_firsts) = self.firsts.as_chunks::<4>();
        let (fours, last) = resized.as_chunks_mut::<4>();
        let (tap_fours, last_taps) = taps.as_chunks::<4>();
        for ((resized, &[a, b, c, d]), taps) in fours.iter_mut().zip(firsts).zip(tap_fours) {
            let windows = [window(line, a)?, window(line, b)?, window(line, c)?, window(line, d)?];
            let sums = dot::four::<N>(windows, taps);
            for (resized, sum) in resized.iter_mut().zip(sums) {
                *resized = S::from_sum::<SUM_BITS>(sum);
            }
        }
        for ((resized, &first), taps) in last.iter_mut().zip(last_firsts).zip(last_taps) {
            *resized = S::from_sum::<SUM_BITS>(dot::one(window::<N>(line, first)?, taps));
        }
        Some(())
    }
}

/// The window that begins at `first`.
#[inline(always)]
fn window<const N: usize>(line: &[i16], first: u32) -> Option<&[dot::Eight; N]> {
    line.get(first as usize..)?.as_chunks().0.first_chunk()
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
fn saturated(sum: i32) -> i16 {
    sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// The length of a window, padded to complete vectors.
fn padded_window(axis: Axis) -> u64 {
    vectors_of_window(axis).saturating_mul(TAPS_AT_ONCE as u64)
}

/// Less than 2^32: a window has at most six samples for each of the source.
fn vectors_of_window(axis: Axis) -> u64 {
    axis.max_window_len().div_ceil(TAPS_AT_ONCE as u64)
}

/// Fraction bits between the passes. Overshoot stays below twice the brightest sample, which fits
/// in 16 bits with its sign.
const LINE_BITS: u32 = 6;
/// Fraction bits of the sums over a line.
const SUM_BITS: u32 = ONE_BITS + LINE_BITS;
const TAPS_AT_ONCE: usize = 8;
/// As many sums as fit in registers.
const COLUMNS_AT_ONCE: usize = 32;
const OUTSIDE: Error = Error::Bug("resizing reads outside its plane");
