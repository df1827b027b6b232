//! Smooths scores: three means in each direction, which together are nearly a Gaussian.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::size::Size;

/// Smooths `scores` with a standard deviation of a tenth of the diagonal of a part of
/// `cells_per_part`, but at least a cell, as libvips does. Beyond an edge the scores are those of the
/// edge.
pub(super) fn smooth(
    scores: &mut [u32],
    size: Size,
    cells_per_part: Size,
    Job { budget, interrupt }: Job<'_>,
) -> Result<(), Error> {
    let radius = radius(cells_per_part);
    let columns = size.width as usize;
    let mut line = Line::new(size.width, radius, budget)?;
    for row in scores.chunks_exact_mut(columns.max(1)) {
        interrupt.check()?;
        line.smooth(row.iter().copied());
        row.copy_from_slice(&line.scores);
    }
    drop(line);
    let mut line = Line::new(size.height, radius, budget)?;
    for x in 0..columns {
        interrupt.check()?;
        line.smooth(scores.iter().skip(x).step_by(columns).copied());
        let column = scores.iter_mut().skip(x).step_by(columns);
        column.zip(line.scores.iter()).for_each(|(to, from)| *to = *from);
    }
    Ok(())
}

/// Three means of `2 * radius + 1` have a variance of `radius * (radius + 1)`.
#[allow(clippy::cast_possible_truncation, reason = "an eighth of a root of 64 bits")]
fn radius(part: Size) -> u32 {
    let squared = |side: u32| u64::from(side) * u64::from(side);
    let diagonal = squared(part.width).saturating_add(squared(part.height));
    // The root of 4 × the variance + 1 is 2 × the radius + 1.
    ((diagonal / 25 + 1).isqrt() / 2).max(1) as u32
}

/// A row or a column while it is smoothed.
pub(super) struct Line<'b> {
    scores: Buffer<'b, u32>,
    means: Buffer<'b, u32>,
    radius: usize,
}

impl<'b> Line<'b> {
    pub(super) fn new(cells: u32, radius: u32, budget: &'b Budget) -> Result<Self, Error> {
        let (scores, means) = (budget.buffer(cells.into(), 0)?, budget.buffer(cells.into(), 0)?);
        Ok(Self { scores, means, radius: cells.min(radius) as usize })
    }

    fn smooth(&mut self, scores: impl Iterator<Item = u32>) {
        self.scores.iter_mut().zip(scores).for_each(|(to, from)| *to = from);
        for _ in 0..3 {
            means(&self.scores, &mut self.means, self.radius);
            core::mem::swap(&mut self.scores, &mut self.means);
        }
    }
}

/// The mean of the scores up to `radius` before and after each, rounded.
#[allow(clippy::cast_possible_truncation, reason = "a mean of 32-bit scores")]
fn means(scores: &[u32], means: &mut [u32], radius: usize) {
    let (Some(first), Some(last)) = (scores.first(), scores.last()) else { return };
    let (first, last) = (u64::from(*first), u64::from(*last));
    let width = 2 * radius as u64 + 1;
    let score = |index: usize| scores.get(index).map_or(last, |&score| score.into());
    let mut sum = first * radius as u64 + (0..=radius).map(score).sum::<u64>();
    for (x, mean) in means.iter_mut().enumerate() {
        *mean = ((sum + width / 2) / width) as u32;
        sum += score(x + radius + 1);
        sum -= x.checked_sub(radius).map_or(first, score);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;

    #[test]
    fn the_radius_is_that_of_a_tenth_of_the_diagonal() {
        // The deviation of three means is the root of radius * (radius + 1), which is rounded.
        for (part, expected) in
            [((1, 1), 1), ((19, 4), 2), ((30, 40), 5), ((60, 80), 10), ((1_000, 1), 100)]
        {
            assert_eq!(radius(Size::new(part.0, part.1)), expected, "{part:?}");
        }
    }

    #[test]
    fn means_are_rounded() {
        let mut rounded = [0; 3];
        means(&[0, 1, 1], &mut rounded, 1);
        assert_eq!(rounded, [0, 1, 1]);
        means(&[0, 0, 1], &mut rounded, 1);
        assert_eq!(rounded, [0, 0, 1]);
    }

    fn smoothed(scores: &[u32], width: u32, part: Size) -> Vec<u32> {
        let size = Size::new(width, scores.len() as u32 / width);
        let mut scores = scores.to_vec();
        let budget = Budget::new(2 * 4 * u64::from(size.longer_side()));
        let job = Job { budget: &budget, interrupt: &Interrupt::never() };
        smooth(&mut scores, size, part, job).unwrap();
        scores
    }

    #[test]
    fn a_mean_repeats_the_edges() {
        let mut found = [0; 5];
        means(&[9, 0, 0, 6, 3], &mut found, 1);
        assert_eq!(found, [6, 3, 2, 3, 4]);
        means(&[9, 0, 0, 6, 3], &mut found, 5);
        // Of eleven, from the first on: six of 9, two of 0, one of 6, two of 3.
        assert_eq!(found[0], 6);
        let mut one = [0];
        means(&[7], &mut one, 1);
        assert_eq!(one, [7]);
    }

    #[test]
    fn a_point_becomes_a_gaussian_of_the_variance() {
        let (side, part) = (41, Size::new(28, 28));
        let mut scores = vec![0; side * side];
        scores[side * side / 2] = 1 << 23;
        let smoothed = smoothed(&scores, side as u32, part);
        let total: f64 = smoothed.iter().map(|&s| f64::from(s)).sum();
        let variance: f64 = smoothed
            .iter()
            .enumerate()
            .map(|(i, &s)| ((i % side) as f64 - 20.0).powi(2) * f64::from(s))
            .sum::<f64>()
            / total;
        // A tenth of the diagonal is 3.96. The nearest radius is 3.
        assert!((variance - 3.0 * 4.0).abs() < 0.1, "{variance}");
        assert!((total / f64::from(1 << 23) - 1.0).abs() < 0.01);
        let highest = smoothed.iter().max();
        assert_eq!(smoothed.iter().position(|s| Some(s) == highest), Some(side * side / 2));
    }

    #[test]
    fn flat_scores_stay_flat() {
        for (width, part) in [(1, Size::new(1, 1)), (12, Size::new(16, 400)), (4, Size::new(3, 3))]
        {
            assert_eq!(smoothed(&[77; 12], width, part), [77; 12]);
        }
        assert_eq!(radius(Size::new(16, 16)), 2);
        assert_eq!(radius(Size::new(1, 1)), 1);
        assert!(radius(Size::new(u32::MAX, u32::MAX)) > 400_000_000);
    }
}
