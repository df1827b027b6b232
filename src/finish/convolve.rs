//! Lanczos3 in two passes: for each row of the target, source rows are mixed into one line, and the
//! line into the row.
//!
//! Between the passes a sample has six bits below the point, so that it is rounded once. The inner
//! loops go over arrays of a fixed length, which the compiler makes vectors of.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::kernel::{Axis, ONE_BITS, Weights};
use super::sample::Sample;

/// Resizes the part of `source` that `x` and `y` name; both are inside of it.
pub(crate) fn plane<S: Sample>(
    source: &[u8],
    x: Axis,
    y: Axis,
    resized: &mut [S],
    budget: &Budget,
) -> Result<(), Error> {
    let columns = Columns::new(x, budget)?;
    let mut weights = Weights::new(y, budget)?;
    let mut taps = budget.buffer(length(y.window())?, 0i16)?;
    let mut line = budget.buffer(length(line_len(x))?, 0i16)?;
    let (left, right) = x.reach();
    let (left, width) = (left as usize, right.saturating_sub(left) as usize);
    let source_width = x.source as usize;
    for (index, resized) in (0..).zip(resized.chunks_exact_mut(x.target as usize)) {
        let (top, len) = weights.quantise(index, &mut taps);
        let rows = source.get(top as usize * source_width + left..).ok_or(OUTSIDE)?;
        let taps = taps.get(..len).ok_or(OUTSIDE)?;
        mix_rows(rows, source_width, taps, line.get_mut(..width).ok_or(OUTSIDE)?)?;
        columns.mix(&line, resized)?;
    }
    Ok(())
}

/// What [`plane`] takes from the budget at its peak.
pub(crate) fn memory_bytes(x: Axis, y: Axis) -> u64 {
    let line = i16_bytes(y.window().saturating_add(line_len(x)));
    let while_mixing = Weights::memory_bytes(y).saturating_add(line);
    Columns::memory_bytes(x).saturating_add(Weights::memory_bytes(x).max(while_mixing))
}

/// The columns that count, and zeros for the last padded window.
fn line_len(x: Axis) -> u64 {
    let (left, right) = x.reach();
    u64::from(right.saturating_sub(left)).saturating_add(padded_window(x))
}

/// Makes `line` of as many rows as there are taps. `rows` begins with the first sample of the first.
fn mix_rows(rows: &[u8], row_len: usize, taps: &[i16], line: &mut [i16]) -> Result<(), Error> {
    let Some(last) = line.len().checked_sub(COLUMNS_AT_ONCE) else {
        for (column, sample) in line.iter_mut().enumerate() {
            let rows = rows.get(column..).ok_or(OUTSIDE)?.chunks(row_len);
            [*sample] = mixed(rows, taps).ok_or(OUTSIDE)?;
        }
        return Ok(());
    };
    // The last block begins early enough to be whole.
    for column in (0..line.len()).step_by(COLUMNS_AT_ONCE).map(|column| column.min(last)) {
        let block = line.get_mut(column..).and_then(|line| line.first_chunk_mut());
        let rows = rows.get(column..).ok_or(OUTSIDE)?.chunks(row_len);
        *block.ok_or(OUTSIDE)? = mixed::<COLUMNS_AT_ONCE>(rows, taps).ok_or(OUTSIDE)?;
    }
    Ok(())
}

/// The sums of the first `N` columns of `rows`.
fn mixed<'a, const N: usize>(
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
    Some(sums.map(|sum| saturated(sum >> SHIFT)))
}

/// The windows of all columns of the target.
struct Columns<'b> {
    /// The first sample of each, in a row that begins with the first that counts.
    firsts: Buffer<'b, u32>,
    /// The taps of each, padded.
    taps: Buffer<'b, i16>,
    padded: usize,
}

impl<'b> Columns<'b> {
    fn new(x: Axis, budget: &'b Budget) -> Result<Self, Error> {
        let (count, padded) = (x.target as usize, length(padded_window(x))?);
        let mut firsts = budget.buffer(count, 0u32)?;
        let mut taps = budget.buffer(padded.saturating_mul(count), 0i16)?;
        let mut weights = Weights::new(x, budget)?;
        let (left, _) = x.reach();
        let windows = firsts.iter_mut().zip(taps.chunks_exact_mut(padded));
        for (index, (first, taps)) in (0..).zip(windows) {
            let (sample, _) = weights.quantise(index, taps);
            *first = sample.checked_sub(left).ok_or(OUTSIDE)?;
        }
        Ok(Self { firsts, taps, padded })
    }

    /// Makes a row of the target of `line`.
    #[inline(never)]
    fn mix<S: Sample>(&self, line: &[i16], resized: &mut [S]) -> Result<(), Error> {
        let (vectors, _) = self.taps.as_chunks::<TAPS_AT_ONCE>();
        if self.padded == TAPS_AT_ONCE {
            for ((resized, &first), taps) in resized.iter_mut().zip(&*self.firsts).zip(vectors) {
                let window = line.get(first as usize..).and_then(|line| line.first_chunk());
                *resized = S::of::<SUM_BITS>(dot(window.ok_or(OUTSIDE)?, taps));
            }
        } else {
            let windows = self.firsts.iter().zip(vectors.chunks_exact(self.padded / TAPS_AT_ONCE));
            for (resized, (&first, taps)) in resized.iter_mut().zip(windows) {
                let (window, _) = line.get(first as usize..).ok_or(OUTSIDE)?.as_chunks();
                let sum = window.iter().zip(taps).map(|(window, taps)| dot(window, taps)).sum();
                *resized = S::of::<SUM_BITS>(sum);
            }
        }
        Ok(())
    }

    /// Without the weights, which are gone once the taps are made.
    fn memory_bytes(x: Axis) -> u64 {
        let window = i16_bytes(padded_window(x)).saturating_add(size_of::<u32>() as u64);
        window.saturating_mul(x.target.into())
    }
}

/// The sum of `samples`, each times its tap.
fn dot(samples: &[i16; TAPS_AT_ONCE], taps: &[i16; TAPS_AT_ONCE]) -> i32 {
    samples.iter().zip(taps).map(|(&sample, &tap)| i32::from(sample) * i32::from(tap)).sum()
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
fn saturated(sum: i32) -> i16 {
    sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// The taps of a window and the zeros that fill up its last vector.
fn padded_window(axis: Axis) -> u64 {
    axis.window().div_ceil(TAPS_AT_ONCE as u64).saturating_mul(TAPS_AT_ONCE as u64)
}

const fn i16_bytes(count: u64) -> u64 {
    count.saturating_mul(size_of::<i16>() as u64)
}

fn length(count: u64) -> Result<usize, Error> {
    usize::try_from(count).map_err(|_| OUTSIDE)
}

/// Bits below the point between the passes. What overshoots is less than twice the brightest sample,
/// so that 16 bits hold it with its sign.
const LINE_BITS: u32 = 6;
/// Bits below the point of the sums over a line.
const SUM_BITS: u32 = ONE_BITS + LINE_BITS;
/// More than the taps of most windows, which shrink by less than 2.5.
const TAPS_AT_ONCE: usize = 16;
/// As many sums as stay in registers.
const COLUMNS_AT_ONCE: usize = 32;
const OUTSIDE: Error = Error::Bug("resizing reaches outside of its plane");
