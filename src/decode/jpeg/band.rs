//! A band of rows of reduced planes, as high as one row of MCUs or blocks.

use core::ops::Range;

use super::idct::{Block, inverse2, inverse4, inverse8, mean};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::jpeg::Scale;
use crate::shrink::RowSink;
use crate::size::Rect;

/// The samples of one component in one row of MCUs.
pub(super) struct Band<'b> {
    samples: Buffer<'b, u8>,
    row_bytes: usize,
    /// The part of the plane that goes out.
    window: Rect,
    /// Where in a row it starts.
    start: usize,
}

impl<'b> Band<'b> {
    /// For these columns of blocks, `rows` blocks above each other, from which `window` goes out.
    pub(super) fn new(
        budget: &'b Budget,
        scale: Scale,
        window: Rect,
        columns: Range<u32>,
        rows: u32,
    ) -> Result<Self, Error> {
        let side = scale.side() as usize;
        let row_bytes = columns.len() * side;
        let samples = budget.buffer(row_bytes * rows as usize * side, 0)?;
        let start = (window.x as usize).saturating_sub(columns.start as usize * side);
        Ok(Self { samples, row_bytes, window, start })
    }

    /// What [`new`](Self::new) takes.
    pub(super) fn memory_bytes(scale: Scale, (columns, rows): (u32, u32)) -> u64 {
        let side = u64::from(scale.side());
        u64::from(columns) * u64::from(rows) * side * side
    }

    /// Transforms `block` to the samples of the block at column `x` and row `y` of the band.
    /// Coefficients behind `last` are 0.
    #[inline(always)]
    pub(super) fn put<const SIDE: usize>(&mut self, x: usize, y: usize, block: &Block, last: u32) {
        match SIDE {
            1 => self.put_rows(x, y, [[mean(block[0])]]),
            2 => self.put_rows(x, y, inverse2(block)),
            4 => self.put_rows(x, y, inverse4(block)),
            _ => self.put_rows(x, y, inverse8(block, last)),
        }
    }

    /// At 1/8, the sample of the block at column `x` and row `y` of the band.
    #[inline(always)]
    pub(super) fn put_mean(&mut self, x: usize, y: usize, mean: u8) {
        if let Some(place) = self.samples.get_mut(y * self.row_bytes + x) {
            *place = mean;
        }
    }

    #[inline(always)]
    fn put_rows<const N: usize>(&mut self, x: usize, y: usize, rows: [[u8; N]; N]) {
        let mut start = y * N * self.row_bytes + x * N;
        for row in rows {
            if let Some(place) = self.samples.get_mut(start..start + N) {
                place.copy_from_slice(&row);
            }
            start += self.row_bytes;
        }
    }

    /// Gives out what band `number` has of the window, as plane `component`.
    pub(super) fn emit<S: RowSink>(
        &self,
        number: u32,
        component: usize,
        sink: &mut S,
    ) -> Result<(), Error> {
        let rows = self.samples.chunks_exact(self.row_bytes.max(1));
        let height = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let Rect { y: top, width, height: window_height, .. } = self.window;
        let end = top.saturating_add(window_height);
        for (y, row) in (number.saturating_mul(height)..end).zip(rows) {
            if y >= top {
                let row = row.get(self.start..).and_then(|row| row.get(..width as usize));
                sink.window_row(
                    component,
                    y,
                    row.ok_or(Error::Bug("a window outside its plane"))?,
                )?;
            }
        }
        Ok(())
    }
}
