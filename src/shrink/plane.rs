//! One plane while it is shrunk.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::order::PlaneOrder;
use super::plane_rows::PlaneRows;

/// A plane while it is shrunk.
pub(super) struct Plane<'b> {
    order: PlaneOrder,
    /// Where rows are copied they are appended, so that the plane is not filled before.
    small: Buffer<'b, u8>,
    small_width: usize,
    /// A sum for each column of the window, or for each cell when rows come in any order.
    sums: Buffer<'b, u32>,
    /// Rows of the window that have come in, when rows come in order.
    rows_in: u32,
    /// The first row of cells in `small`, and the first that is still needed.
    first_row: u32,
    needed_from: u32,
}

impl<'b> Plane<'b> {
    pub(super) fn new(order: PlaneOrder, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            order,
            small: if order.appends() {
                budget.empty_buffer(order.small_bytes())?
            } else {
                budget.buffer(order.small_bytes(), order.uncovered)?
            },
            small_width: order.small_size().width as usize,
            sums: budget.buffer(order.sums(), 0u32)?,
            rows_in: 0,
            first_row: 0,
            needed_from: 0,
        })
    }

    pub(super) const fn rows_in(&self) -> u32 {
        self.rows_in
    }

    pub(super) fn row(&mut self, y: u32, samples: &[u8]) -> Result<(), Error> {
        if self.order.any_order {
            return self.scattered(y, 0, 1, samples);
        }
        let (start, width) = (self.order.window.x as usize, self.order.window.width as usize);
        let samples = samples.get(start..).and_then(|samples| samples.get(..width));
        self.window_row(y, samples.ok_or(Error::Bug("a row shorter than its window"))?)
    }

    pub(super) fn window_row(&mut self, y: u32, samples: &[u8]) -> Result<(), Error> {
        let window = self.order.window;
        let Some(row) = y.checked_sub(window.y).filter(|&row| row < window.height) else {
            return Ok(());
        };
        if row != self.rows_in || self.order.any_order || samples.len() != window.width as usize {
            return Err(Error::Bug("a row out of order, or of another length than its window"));
        }
        self.rows_in += 1;
        if self.order.appends() {
            return self.small.extend_from_slice(samples);
        }
        let cell_row = self.place_of(row / self.order.box_height)?;
        let cells = self.small.get_mut(cell_row * self.small_width..);
        let cells = cells.and_then(|cells| cells.get_mut(..self.small_width)).ok_or(OUTSIDE)?;
        if self.order.is_copy() {
            cells.copy_from_slice(samples);
            return Ok(());
        }
        for (sum, &sample) in self.sums.iter_mut().zip(samples) {
            *sum += u32::from(sample);
        }
        let rows_in_cell = row % self.order.box_height + 1;
        if rows_in_cell == self.order.box_height || self.rows_in == window.height {
            average_cells(&self.sums, self.order.box_width as usize, rows_in_cell, cells);
            self.sums.fill(0);
        }
        Ok(())
    }

    /// The place of a row of cells among those that are held. Where there is none, rows that are not
    /// needed any more make room.
    fn place_of(&mut self, row: u32) -> Result<usize, Error> {
        let held = |first_row: u32| (row - first_row) as usize * self.small_width;
        if held(self.first_row) < self.small.len() {
            return Ok((row - self.first_row) as usize);
        }
        let done = (self.needed_from - self.first_row) as usize * self.small_width;
        if held(self.needed_from) >= self.small.len() || done > self.small.len() {
            return Err(Error::Bug("more rows are needed than a plane holds"));
        }
        self.small.copy_within(done.., 0);
        self.first_row = self.needed_from;
        Ok((row - self.first_row) as usize)
    }

    /// The finished rows that are held.
    pub(super) fn finished_rows(&self) -> PlaneRows<'_> {
        let end = if self.rows_in == self.order.window.height {
            self.order.small_size().height
        } else {
            self.rows_in / self.order.box_height
        };
        PlaneRows { samples: &self.small, first: self.first_row, end }
    }

    /// Rows of cells before `row` are not needed any more.
    pub(super) fn forget_before(&mut self, row: u32) {
        self.needed_from = self.needed_from.max(row.min(self.rows_in / self.order.box_height));
    }

    /// Adds single samples to their cells. The sums hold the difference from the uncovered sample
    /// value, so that places without a row count as uncovered.
    pub(super) fn scattered(
        &mut self,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let PlaneOrder { window, box_width, box_height, origin, uncovered, .. } = self.order;
        if !self.order.any_order {
            return Err(Error::Bug("a scattered row where complete rows are expected"));
        }
        let y = y.saturating_add(origin.1);
        let Some(row) = y.checked_sub(window.y).filter(|&row| row < window.height) else {
            return Ok(());
        };
        let first = (row / box_height) as usize * self.small_width;
        let sums = self.sums.get_mut(first..).and_then(|sums| sums.get_mut(..self.small_width));
        let sums = sums.ok_or(OUTSIDE)?;
        // Skips the samples left of the window. From there the cell advances with the column, which
        // avoids a division for each sample.
        let first_column = u64::from(x) + u64::from(origin.0);
        let skipped = u64::from(window.x).saturating_sub(first_column).div_ceil(u64::from(x_step));
        let first_column = first_column + skipped * u64::from(x_step) - u64::from(window.x);
        let samples = usize::try_from(skipped).ok().and_then(|skipped| samples.get(skipped..));
        let cell = usize::try_from(first_column / u64::from(box_width));
        let cell = cell.map_err(|_| Error::Bug("a cell outside the address space"))?;
        // Both may be empty: a part of a row can lie beside the window.
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
            **sum = sum.wrapping_add(u32::from(sample).wrapping_sub(u32::from(uncovered)));
            column_in_cell += u64::from(x_step);
            columns_left = columns_left.saturating_sub(u64::from(x_step));
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Buffer<'b, u8>, Error> {
        if self.order.any_order {
            self.average_any_order();
        } else if self.rows_in != self.order.window.height {
            return Err(Error::Bug("the decoder delivered too few rows"));
        }
        Ok(self.small)
    }

    /// Completes the current row of cells from the rows that have come in, and makes the rows below
    /// it grey.
    pub(super) fn fill_missing(&mut self) -> Result<(), Error> {
        let PlaneOrder { window, box_width, box_height, .. } = self.order;
        if self.rows_in == window.height {
            return Ok(());
        }
        if self.order.appends() {
            let missing = (window.height - self.rows_in) as usize * self.small_width;
            self.rows_in = window.height;
            return (0..missing).try_for_each(|_| self.small.push(GRAY));
        }
        let rows_in_cell = self.rows_in % box_height;
        let rows = self.small.chunks_exact_mut(self.small_width.max(1));
        let mut missing = rows.skip((self.rows_in / box_height) as usize);
        if rows_in_cell > 0
            && let Some(cells) = missing.next()
        {
            average_cells(&self.sums, box_width as usize, rows_in_cell, cells);
        }
        missing.for_each(|cells| cells.fill(GRAY));
        self.rows_in = window.height;
        Ok(())
    }

    fn average_any_order(&mut self) {
        let PlaneOrder { window, box_width, box_height, uncovered, .. } = self.order;
        let rows = self.small.chunks_exact_mut(self.small_width);
        for (cell_y, (cells, sums)) in
            (0u32..).zip(rows.zip(self.sums.chunks_exact(self.small_width)))
        {
            let height = box_height.min(window.height - cell_y * box_height);
            for (cell_x, (cell, &sum)) in (0u32..).zip(cells.iter_mut().zip(sums)) {
                let width = box_width.min(window.width - cell_x * box_width);
                let count = u64::from(width) * u64::from(height);
                // The wrapped difference plus the sum of an uncovered cell is the true sum. It is
                // below 2^32 for every box that the plan allows.
                let base = u64::from(uncovered) * count;
                #[allow(clippy::cast_possible_truncation, reason = "sums are taken modulo 2^32")]
                let sum = sum.wrapping_add(base as u32);
                *cell = average(u64::from(sum), count);
            }
        }
    }
}

/// The middle of the range of a sample.
pub(super) const GRAY: u8 = 128;

/// Averages each `box_width` column sums into a cell. The last cell may have fewer columns.
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

const OUTSIDE: Error = Error::Bug("a row of cells outside its plane");
