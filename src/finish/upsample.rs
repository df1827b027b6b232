//! Exact doubling by the triangle filter, as in the chroma upsampling of decoders.
//!
//! A chroma sample is sited in the middle of the two pixels that share it (JFIF and RFC 6386), so
//! the nearer sample weighs 3/4 and the farther one 1/4. In two dimensions the weights are 9, 3, 3
//! and 1 sixteenths, rounded once. Outside the plane its edge is repeated.

use crate::error::Error;
use crate::simd;

use super::kernel::Axis;
use super::sample::Sample;

/// How the samples of an axis are read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Steps {
    /// Each sample once, from the sample `first`.
    Copied { first: usize },
    /// Each sample twice. `first` counts half samples: an odd one starts at the second half of a
    /// sample.
    Doubled { first: usize },
}

impl Steps {
    /// The steps of an axis that is copied or exactly doubled, `None` for any other.
    ///
    /// The chroma of a picture with an odd side covers one pixel more than the picture has. The
    /// target may therefore be one less than the double.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the axis is inside its plane, and the sides of a plane fit"
    )]
    fn of(axis: Axis) -> Option<Self> {
        let first_half = axis.start * 2.0;
        let halves = axis.length * 2.0;
        let target = f64::from(axis.target);
        let doubled = halves == target || (axis.is_on_samples() && halves == target + 1.0);
        if axis.is_copy() {
            Some(Self::Copied { first: axis.start as usize })
        } else if doubled && first_half == first_half.round() {
            Some(Self::Doubled { first: first_half as usize })
        } else {
            None
        }
    }

    /// The nearer and the farther sample of each target sample.
    fn pair(self, step: usize, source_len: usize) -> (usize, usize) {
        match self {
            Self::Copied { first } => (first + step, first + step),
            Self::Doubled { first } => {
                let half = first + step;
                let near = half / 2;
                let far = if half.is_multiple_of(2) {
                    near.saturating_sub(1)
                } else {
                    (near + 1).min(source_len - 1)
                };
                (near, far)
            }
        }
    }
}

/// Copies or doubles each axis of planes, row by row.
pub(crate) struct Upsampler {
    x: Steps,
    y: Steps,
    source_size: (usize, usize),
    /// The nearer and the farther source row of the current target row.
    rows: (usize, usize),
}

impl Upsampler {
    /// `None` if an axis is neither copied nor doubled.
    pub(crate) fn of(x: Axis, y: Axis) -> Option<Self> {
        let source_size = (x.source as usize, y.source as usize);
        Some(Self { x: Steps::of(x)?, y: Steps::of(y)?, source_size, rows: (0, 0) })
    }

    pub(crate) fn go_to_row(&mut self, y: u32) {
        self.rows = self.y.pair(y as usize, self.source_size.1);
    }

    /// The first source row of the current target row, and the one after the last.
    pub(crate) fn needed_rows(&self) -> (usize, usize) {
        let (near, far) = self.rows;
        (near.min(far), near.max(far) + 1)
    }

    /// Copies or upsamples `source`, which begins at the row `first_row`, into the current row.
    pub(crate) fn row<S: Sample>(
        &self,
        source: &[u8],
        first_row: usize,
        resized: &mut [S],
    ) -> Result<(), Error> {
        const OUTSIDE: Error = Error::Bug("upsampling reads outside its plane");
        let (width, _) = self.source_size;
        let row = |index: usize| {
            let start = index.checked_sub(first_row).ok_or(OUTSIDE)? * width;
            source.get(start..start + width).ok_or(OUTSIDE)
        };
        // A copied row is its own farther row: 3/4 and 1/4 of it add up to the row itself.
        let (near, far) = (row(self.rows.0)?, row(self.rows.1)?);
        simd::vectorize(
            #[inline(always)]
            || match (self.x, self.y) {
                (Steps::Copied { first }, Steps::Copied { .. }) => copy_row(near, first, resized),
                (Steps::Copied { first }, Steps::Doubled { .. }) => {
                    blend_rows(near, far, first, resized)
                }
                (Steps::Doubled { first }, _) => double_row(near, far, first, resized),
            },
        )
        .ok_or(OUTSIDE)
    }
}

#[inline(always)]
fn copy_row<S: Sample>(row: &[u8], first: usize, resized: &mut [S]) -> Option<()> {
    let row = row.get(first..first + resized.len())?;
    for (resized, &sample) in resized.iter_mut().zip(row) {
        *resized = S::from_sum::<0>(sample.into());
    }
    Some(())
}

#[inline(always)]
fn blend_rows<S: Sample>(near: &[u8], far: &[u8], first: usize, resized: &mut [S]) -> Option<()> {
    let near = near.get(first..first + resized.len())?;
    let far = far.get(first..first + resized.len())?;
    for ((resized, &near), &far) in resized.iter_mut().zip(near).zip(far) {
        *resized = sixteenths(4 * blend(near, far));
    }
    Some(())
}

/// Doubles the columns of the row between the nearer and the farther source row.
#[inline(always)]
fn double_row<S: Sample>(near: &[u8], far: &[u8], first: usize, resized: &mut [S]) -> Option<()> {
    let at = |column: usize| Some(blend(*near.get(column)?, *far.get(column)?));
    let last = near.len().checked_sub(1)?;
    let edge = |half: usize| {
        let nearer = half / 2;
        let farther =
            if half.is_multiple_of(2) { nearer.saturating_sub(1) } else { last.min(nearer + 1) };
        Some(sixteenths(3 * at(nearer)? + at(farther)?))
    };

    // Between two source samples lie the second half of the left one and the first half of the
    // right one. All target samples are such pairs, except for one at either end.
    let lead = (first + 1) % 2;
    let (head, rest) = resized.split_at_mut_checked(lead)?;
    for sample in head {
        *sample = edge(first)?;
    }
    let left = (first + lead) / 2;
    let pairs = (rest.len() / 2).min(last.checked_sub(left)?);
    let (middle, tail) = rest.split_at_mut_checked(2 * pairs)?;
    let near_pairs = near.get(left..)?.windows(2);
    let far_pairs = far.get(left..)?.windows(2);
    for ((pair, near), far) in middle.chunks_exact_mut(2).zip(near_pairs).zip(far_pairs) {
        if let ([second_half, first_half], &[near_left, near_right], &[far_left, far_right]) =
            (pair, near, far)
        {
            let (left, right) = (blend(near_left, far_left), blend(near_right, far_right));
            *second_half = sixteenths(3 * left + right);
            *first_half = sixteenths(left + 3 * right);
        }
    }
    for (half, sample) in (first + lead + 2 * pairs..).zip(tail) {
        *sample = edge(half)?;
    }
    Some(())
}

/// Four times the mean of the samples of two rows, where the nearer one weighs 3/4.
#[inline(always)]
const fn blend(near: u8, far: u8) -> u16 {
    3 * near as u16 + far as u16
}

#[inline(always)]
fn sixteenths<S: Sample>(sum: u16) -> S {
    S::from_sum::<4>(sum.into())
}

#[cfg(test)]
mod tests {
    use crate::budget::Budget;
    use crate::finish::resize::{PlanePart, Resizer};
    use crate::shrink::PlaneRows;
    use crate::size::Size;
    use crate::size::SourceRect;

    fn doubled(source: &[u8], size: Size, rect: SourceRect, target: Size) -> Vec<u8> {
        let part = PlanePart { plane_size: size, rect, averaged: (1, 1) };
        let budget = Budget::new(0);
        let mut resizer = Resizer::new(part, target, &budget).unwrap();
        let mut doubled = vec![0; target.pixels() as usize];
        for (y, row) in (0..).zip(doubled.chunks_exact_mut(target.width as usize)) {
            resizer.go_to_row(y);
            resizer.row(PlaneRows::all(source), row).unwrap();
        }
        doubled
    }

    #[test]
    fn the_nearest_of_four_samples_weighs_nine_sixteenths() {
        // The chroma plane in image-webp's own test of "fancy" upsampling.
        let size = Size::new(2, 2);
        let rect = SourceRect::covering(size);
        let u = doubled(&[34, 101, 123, 163], size, rect, Size::new(4, 4));
        assert_eq!(u, [34, 51, 84, 101, 56, 71, 101, 117, 101, 112, 136, 148, 123, 133, 153, 163]);
        // (3 × 34 + 101 + 2) / 4 = 51; (34 + 3 × 101 + 2) / 4 = 84.
        let row = doubled(
            &[34, 101],
            Size::new(2, 1),
            SourceRect::covering(Size::new(2, 1)),
            Size::new(4, 1),
        );
        assert_eq!(row, [34, 51, 84, 101]);
        let column = doubled(
            &[34, 101],
            Size::new(1, 2),
            SourceRect::covering(Size::new(1, 2)),
            Size::new(1, 3),
        );
        assert_eq!(column, [34, 51, 84]);
    }

    #[test]
    fn doubling_a_crop_gives_the_same_samples_as_doubling_the_full_plane() {
        let size = Size::new(7, 5);
        let source: Vec<u8> = (0..35u32).map(|i| (i * i * 37).to_le_bytes()[0]).collect();
        let full = doubled(&source, size, SourceRect::covering(size), Size::new(14, 10));
        for (left, top) in (0..14u32).flat_map(|left| (0..10u32).map(move |top| (left, top))) {
            for (width, height) in
                (1..=14 - left).flat_map(|width| (1..=10 - top).map(move |height| (width, height)))
            {
                let half = |samples: u32| f64::from(samples) / 2.0;
                let rect = SourceRect {
                    x: half(left),
                    y: half(top),
                    width: half(width),
                    height: half(height),
                };
                let part = doubled(&source, size, rect, Size::new(width, height));
                for (row, part) in (top as usize..).zip(part.chunks_exact(width as usize)) {
                    let start = row * 14 + left as usize;
                    assert_eq!(part, &full[start..start + width as usize], "{rect:?}");
                }
            }
        }
    }
}
