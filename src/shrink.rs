//! Rows → small planes: a streaming integer box.
//!
//! The decoder's rows are added to the cells of a box grid and are gone. What stays in memory is one
//! row of sums for each plane, or, when parts of rows come in any order, one sum for each cell.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::size::{Rect, Size};

/// How one plane is shrunk. Only the plan makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaneShrink {
    /// The part of the decoded plane that is kept; the grid of cells starts at its corner.
    pub(crate) window: Rect,
    /// Samples of a cell from left to right.
    pub(crate) box_width: u32,
    /// Samples of a cell from top to bottom.
    pub(crate) box_height: u32,
    /// The rows come in parts and in any order, or do not cover the window.
    pub(crate) any_order: bool,
    /// Where the decoder's first row and column lie in the plane.
    pub(crate) origin: (u32, u32),
    /// The sample of places that no row covers.
    pub(crate) empty: u8,
}

impl PlaneShrink {
    /// Width and height of the small plane. The last cells are cut where the window ends.
    pub(crate) const fn small_size(&self) -> Size {
        Size::new(
            self.window.width.div_ceil(self.box_width),
            self.window.height.div_ceil(self.box_height),
        )
    }

    const fn is_copy(&self) -> bool {
        self.box_width == 1 && self.box_height == 1
    }

    /// Bytes of the small plane.
    pub(crate) const fn small_bytes(&self) -> u64 {
        self.small_size().pixels()
    }

    /// Bytes of the sums that are live while rows come in.
    pub(crate) const fn sums_bytes(&self) -> u64 {
        let sums = match (self.any_order, self.is_copy()) {
            (true, _) => self.small_size().pixels(),
            (false, true) => 0,
            (false, false) => self.window.width as u64,
        };
        sums * size_of::<u32>() as u64
    }
}

/// Where the rows of decoded planes go.
///
/// A plane holds one component (Y, Cb, red, alpha …) of 8-bit samples. Rows of one plane come in
/// order from the top; planes may take turns in any way.
pub(crate) trait RowSink {
    /// Takes row `y` of plane `plane`, from its first column to its last.
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error>;

    /// Takes the part of row `y` that lies in the window of the plane, for a decoder that knows it.
    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        let _ = (plane, y, samples);
        Err(Error::Bug("a part of a row where whole rows were agreed on"))
    }

    /// Takes a part of row `y`: samples at the columns `x`, `x + x_step` … Parts come in any order;
    /// only interlaced pictures are delivered so.
    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let _ = (plane, y, x, x_step, samples);
        Err(Error::Bug("a scattered row where rows were agreed on"))
    }
}

/// The planes of one picture while they are shrunk. Each takes its memory at its first row.
pub(crate) struct Shrink<'b> {
    plans: [Option<PlaneShrink>; 4],
    planes: [Option<Plane<'b>>; 4],
    budget: &'b Budget,
}

impl<'b> Shrink<'b> {
    pub(crate) const fn new(plans: [Option<PlaneShrink>; 4], budget: &'b Budget) -> Self {
        Self { plans, planes: [None, None, None, None], budget }
    }

    /// The small planes, once all rows are in.
    pub(crate) fn finish(mut self) -> Result<[Option<Buffer<'b, u8>>; 4], Error> {
        self.begin_all()?;
        let mut small = [None, None, None, None];
        for (slot, plane) in small.iter_mut().zip(self.planes) {
            *slot = plane.map(Plane::finish).transpose()?;
        }
        Ok(small)
    }

    /// Of the rows that are asked for, the share that is in, rounded down: that of the plane with the
    /// smallest. 0 where rows come in any order.
    pub(crate) fn percent_of_rows_in(&self) -> u8 {
        let planes = self.plans.iter().zip(&self.planes);
        let percent = planes.filter_map(|(plan, plane)| {
            let height = u64::from(plan.as_ref()?.window.height);
            let rows_in = plane.as_ref().map_or(0, |plane| u64::from(plane.rows_in));
            Some(rows_in * 100 / height.max(1))
        });
        percent.min().and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0)
    }

    /// The small planes of a picture whose last rows are missing. In their place all samples are 128,
    /// which is grey in every model of colours.
    pub(crate) fn finish_truncated(mut self) -> Result<[Option<Buffer<'b, u8>>; 4], Error> {
        self.begin_all()?;
        self.planes.iter_mut().flatten().for_each(Plane::fill_missing);
        self.finish()
    }

    fn begin_all(&mut self) -> Result<(), Error> {
        for index in 0..self.plans.len() {
            if self.plans.get(index).is_some_and(Option::is_some) {
                self.plane(index)?;
            }
        }
        Ok(())
    }

    fn plane(&mut self, index: usize) -> Result<&mut Plane<'b>, Error> {
        const UNKNOWN: Error = Error::Bug("a row of a plane that the plan does not know");
        let plan = self.plans.get(index).copied().flatten().ok_or(UNKNOWN)?;
        match self.planes.get_mut(index).ok_or(UNKNOWN)? {
            Some(plane) => Ok(plane),
            place => Ok(place.insert(Plane::new(plan, self.budget)?)),
        }
    }
}

impl RowSink for Shrink<'_> {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.plane(plane)?.row(y, samples)
    }

    fn window_row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        self.plane(plane)?.window_row(y, samples)
    }

    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        self.plane(plane)?.scattered(y, x, x_step, samples)
    }
}

struct Plane<'b> {
    plan: PlaneShrink,
    small: Buffer<'b, u8>,
    small_width: usize,
    /// A sum for each column of the window, or for each cell when rows come in any order.
    sums: Buffer<'b, u32>,
    /// Rows of the window that are in, when rows come in order.
    rows_in: u32,
}

impl<'b> Plane<'b> {
    fn new(plan: PlaneShrink, budget: &'b Budget) -> Result<Self, Error> {
        let too_large = |_| Error::Bug("a plane larger than the address space");
        let small_len = usize::try_from(plan.small_bytes()).map_err(too_large)?;
        let sums_len = plan.sums_bytes() / size_of::<u32>() as u64;
        let sums_len = usize::try_from(sums_len).map_err(too_large)?;
        Ok(Self {
            plan,
            small: budget.buffer(small_len, plan.empty)?,
            small_width: plan.small_size().width as usize,
            sums: budget.buffer(sums_len, 0u32)?,
            rows_in: 0,
        })
    }

    fn row(&mut self, y: u32, samples: &[u8]) -> Result<(), Error> {
        if self.plan.any_order {
            return self.scattered(y, 0, 1, samples);
        }
        let (start, width) = (self.plan.window.x as usize, self.plan.window.width as usize);
        let samples = samples.get(start..).and_then(|samples| samples.get(..width));
        self.window_row(y, samples.ok_or(Error::Bug("a row shorter than its window"))?)
    }

    fn window_row(&mut self, y: u32, samples: &[u8]) -> Result<(), Error> {
        let window = self.plan.window;
        let Some(row) = y.checked_sub(window.y).filter(|&row| row < window.height) else {
            return Ok(());
        };
        if row != self.rows_in || self.plan.any_order || samples.len() != window.width as usize {
            return Err(Error::Bug("a row out of order, or not as long as its window"));
        }
        self.rows_in += 1;
        let cell_row = (row / self.plan.box_height) as usize;
        let small = self.small.get_mut(cell_row * self.small_width..);
        let small = small.and_then(|small| small.get_mut(..self.small_width)).unwrap_or_default();
        if self.plan.is_copy() {
            small.copy_from_slice(samples);
            return Ok(());
        }
        for (sum, &sample) in self.sums.iter_mut().zip(samples) {
            *sum += u32::from(sample);
        }
        let rows_in_cell = row % self.plan.box_height + 1;
        if rows_in_cell == self.plan.box_height || self.rows_in == window.height {
            average_cells(&self.sums, self.plan.box_width as usize, rows_in_cell, small);
            self.sums.fill(0);
        }
        Ok(())
    }

    /// Adds single samples to their cells. The sums hold the difference to the empty sample, so that
    /// places which no row covers count as empty.
    fn scattered(&mut self, y: u32, x: u32, x_step: u32, samples: &[u8]) -> Result<(), Error> {
        let PlaneShrink { window, box_width, box_height, origin, empty, .. } = self.plan;
        if !self.plan.any_order {
            return Err(Error::Bug("a scattered row where rows were agreed on"));
        }
        let y = y.saturating_add(origin.1);
        let Some(row) = y.checked_sub(window.y).filter(|&row| row < window.height) else {
            return Ok(());
        };
        let first = (row / box_height) as usize * self.small_width;
        let sums = self.sums.get_mut(first..).and_then(|sums| sums.get_mut(..self.small_width));
        let sums = sums.unwrap_or_default();
        // The samples left of the window are skipped; from there the cell is counted along, which
        // spares a division for each sample.
        let first_column = u64::from(x) + u64::from(origin.0);
        let skipped = u64::from(window.x).saturating_sub(first_column).div_ceil(u64::from(x_step));
        let first_column = first_column + skipped * u64::from(x_step) - u64::from(window.x);
        let samples = usize::try_from(skipped).ok().and_then(|skipped| samples.get(skipped..));
        let cell = usize::try_from(first_column / u64::from(box_width));
        let cell = cell.map_err(|_| Error::Bug("a cell outside the address space"))?;
        let mut sums = sums.get_mut(cell..).unwrap_or_default().iter_mut();
        let mut sum = sums.next();
        let mut column_in_cell = first_column % u64::from(box_width);
        let mut columns_left = u64::from(window.width).saturating_sub(first_column);
        for &sample in samples.unwrap_or_default() {
            while column_in_cell >= u64::from(box_width) {
                column_in_cell -= u64::from(box_width);
                sum = sums.next();
            }
            let Some(sum) = sum.as_mut().filter(|_| columns_left > 0) else { break };
            **sum = sum.wrapping_add(u32::from(sample).wrapping_sub(u32::from(empty)));
            column_in_cell += u64::from(x_step);
            columns_left = columns_left.saturating_sub(u64::from(x_step));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Buffer<'b, u8>, Error> {
        if self.plan.any_order {
            self.average_any_order();
        } else if self.rows_in != self.plan.window.height {
            return Err(Error::Bug("the decoder delivered too few rows"));
        }
        Ok(self.small)
    }

    /// Ends the row of cells that was begun, and makes those below it grey.
    fn fill_missing(&mut self) {
        let PlaneShrink { window, box_width, box_height, .. } = self.plan;
        if self.rows_in == window.height {
            return;
        }
        let rows_in_cell = self.rows_in % box_height;
        let rows = self.small.chunks_exact_mut(self.small_width.max(1));
        let mut missing = rows.skip((self.rows_in / box_height) as usize);
        if rows_in_cell > 0
            && let Some(cells) = missing.next()
        {
            average_cells(&self.sums, box_width as usize, rows_in_cell, cells);
        }
        missing.for_each(|cells| cells.fill(GREY));
        self.rows_in = window.height;
    }

    fn average_any_order(&mut self) {
        let PlaneShrink { window, box_width, box_height, empty, .. } = self.plan;
        let rows = self.small.chunks_exact_mut(self.small_width);
        for (cell_y, (cells, sums)) in
            (0u32..).zip(rows.zip(self.sums.chunks_exact(self.small_width)))
        {
            let height = box_height.min(window.height - cell_y * box_height);
            for (cell_x, (cell, &sum)) in (0u32..).zip(cells.iter_mut().zip(sums)) {
                let width = box_width.min(window.width - cell_x * box_width);
                let count = u64::from(width) * u64::from(height);
                // The wrapped difference plus what an empty cell sums up to is the true sum, below
                // 2^32 for every window that the plan allows.
                let base = u64::from(empty) * count;
                #[allow(clippy::cast_possible_truncation, reason = "sums are taken modulo 2^32")]
                let sum = sum.wrapping_add(base as u32);
                *cell = average(u64::from(sum), count);
            }
        }
    }
}

/// The middle of the range.
const GREY: u8 = 128;

/// Averages runs of `box_width` column sums into cells; the last cell may have fewer columns.
fn average_cells(sums: &[u32], box_width: usize, rows: u32, cells: &mut [u8]) {
    for (cell, columns) in cells.iter_mut().zip(sums.chunks(box_width)) {
        let sum = columns.iter().map(|&sum| u64::from(sum)).sum();
        *cell = average(sum, u64::from(rows) * columns.len() as u64);
    }
}

/// The rounded average of `count` bytes that add up to `sum`.
#[allow(clippy::cast_possible_truncation, reason = "an average of bytes is a byte")]
const fn average(sum: u64, count: u64) -> u8 {
    ((sum + count / 2) / count) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(window: Rect, box_width: u32, box_height: u32) -> PlaneShrink {
        PlaneShrink { window, box_width, box_height, any_order: false, origin: (0, 0), empty: 0 }
    }

    fn picture(width: usize, height: usize) -> Vec<Vec<u8>> {
        let sample = |x: usize, y: usize| ((x * 31 + y * 57) ^ (x * y)) as u8;
        (0..height).map(|y| (0..width).map(|x| sample(x, y)).collect()).collect()
    }

    /// The obvious version: each cell averages the samples that lie in it.
    fn plain(rows: &[Vec<u8>], plan: &PlaneShrink) -> Vec<u8> {
        let Rect { x, y, width, height } = plan.window;
        let mut cells = Vec::new();
        for top in (0..height).step_by(plan.box_height as usize) {
            for left in (0..width).step_by(plan.box_width as usize) {
                let ys = top..height.min(top + plan.box_height);
                let samples: Vec<u64> = ys
                    .flat_map(|dy| (left..width.min(left + plan.box_width)).map(move |dx| (dx, dy)))
                    .map(|(dx, dy)| u64::from(rows[(y + dy) as usize][(x + dx) as usize]))
                    .collect();
                let count = samples.len() as u64;
                cells.push(((samples.iter().sum::<u64>() + count / 2) / count) as u8);
            }
        }
        cells
    }

    fn shrunk(rows: &[Vec<u8>], plan: PlaneShrink) -> Vec<u8> {
        let budget = Budget::new(plan.small_bytes() + plan.sums_bytes());
        let mut shrink = Shrink::new([Some(plan), None, None, None], &budget);
        for (y, row) in rows.iter().enumerate() {
            shrink.row(0, y as u32, row).unwrap();
        }
        let [small, ..] = shrink.finish().unwrap();
        small.unwrap().to_vec()
    }

    #[test]
    fn cells_are_averages_of_their_own_samples_cut_ones_too() {
        let rows = picture(23, 17);
        for (box_width, box_height) in [(1, 1), (2, 2), (3, 5), (7, 4), (23, 17), (40, 40)] {
            for window in [
                Rect { x: 0, y: 0, width: 23, height: 17 },
                Rect { x: 5, y: 3, width: 11, height: 9 },
                Rect { x: 22, y: 16, width: 1, height: 1 },
            ] {
                let plan = plan(window, box_width, box_height);
                assert_eq!(shrunk(&rows, plan), plain(&rows, &plan), "{plan:?}");
            }
        }
    }

    #[test]
    fn the_order_of_parts_does_not_matter() {
        let rows = picture(19, 13);
        let window = Rect { x: 2, y: 1, width: 16, height: 11 };
        let in_order = plan(window, 3, 4);
        let any_order = PlaneShrink { any_order: true, ..in_order };
        let budget = Budget::new(any_order.small_bytes() + any_order.sums_bytes());
        let mut shrink = Shrink::new([Some(any_order), None, None, None], &budget);
        for x in [1u32, 0] {
            for (y, row) in rows.iter().enumerate().rev() {
                let part: Vec<u8> = row.iter().copied().skip(x as usize).step_by(2).collect();
                shrink.scattered(0, y as u32, x, 2, &part).unwrap();
            }
        }
        let [small, ..] = shrink.finish().unwrap();
        assert_eq!(small.unwrap().to_vec(), shrunk(&rows, in_order));
    }

    #[test]
    fn places_that_no_row_covers_count_as_empty() {
        let window = Rect { x: 0, y: 0, width: 4, height: 4 };
        let plan =
            PlaneShrink { any_order: true, origin: (2, 2), empty: 128, ..plan(window, 2, 2) };
        let budget = Budget::new(1000);
        let mut shrink = Shrink::new([Some(plan), None, None, None], &budget);
        shrink.row(0, 0, &[0, 255]).unwrap();
        shrink.row(0, 1, &[0, 1]).unwrap();
        let [small, ..] = shrink.finish().unwrap();
        assert_eq!(small.unwrap().to_vec(), [128, 128, 128, 64]);
    }

    /// Every number of rows in a plane whose last cells are cut, beside a plane that is whole.
    #[test]
    fn rows_that_are_missing_are_grey_and_no_others() {
        let rows = picture(7, 8);
        let plan = plan(Rect { x: 0, y: 0, width: 7, height: 8 }, 2, 3);
        for rows_in in 0..=8 {
            let budget = Budget::new(1000);
            let mut shrink = Shrink::new([Some(plan), Some(plan), None, None], &budget);
            for (y, row) in (0..).zip(&rows) {
                shrink.row(0, y, row).unwrap();
                if y < rows_in {
                    shrink.row(1, y, row).unwrap();
                }
            }
            assert_eq!(u32::from(shrink.percent_of_rows_in()), rows_in * 100 / 8);
            let [whole, cut, ..] = shrink.finish_truncated().unwrap();
            let (whole, cut) = (whole.unwrap(), cut.unwrap());
            assert_eq!(whole.to_vec(), plain(&rows, &plan));
            let there = PlaneShrink { window: Rect { height: rows_in, ..plan.window }, ..plan };
            let mut expected = plain(&rows, &there);
            expected.resize(whole.len(), GREY);
            assert_eq!(cut.to_vec(), expected, "{rows_in} rows");
        }
    }

    #[test]
    fn a_decoder_that_delivers_too_few_rows_is_found_out() {
        let plan = plan(Rect { x: 0, y: 0, width: 2, height: 2 }, 1, 1);
        let budget = Budget::new(1000);
        let mut shrink = Shrink::new([Some(plan), None, None, None], &budget);
        shrink.row(0, 0, &[1, 2]).unwrap();
        assert!(matches!(shrink.row(0, 0, &[1, 2]), Err(Error::Bug(_))));
        assert!(matches!(shrink.finish(), Err(Error::Bug(_))));
    }
}
