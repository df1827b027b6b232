//! A band of rows of a plane, as high as one row of MCUs or blocks.

use core::ops::Range;

use super::block::dequantize;
use crate::budget::{Budget, Buffer};
use crate::dct::{Block, inverse2, inverse4, inverse8, mean};
use crate::error::Error;
use crate::probe::jpeg::Scale;
use crate::shrink::RowSink;
use crate::size::Rect;

/// The samples of one component in one row of MCUs or blocks.
pub(super) struct Band<'b> {
    samples: Buffer<'b, u8>,
    row_bytes: usize,
    /// The part of the plane to send to the sink.
    window: Rect,
    /// The offset of the window in a row.
    window_start: usize,
}

impl<'b> Band<'b> {
    /// A band with these block columns and `rows` block rows, of which the samples in `window` are
    /// sent.
    pub(super) fn new(
        budget: &'b Budget,
        scale: Scale,
        window: Rect,
        columns: Range<u32>,
        rows: u32,
    ) -> Result<Self, Error> {
        let side = scale.side() as usize;
        let row_bytes = columns.len() * side;
        let samples = budget.buffer(row_bytes as u64 * u64::from(rows) * side as u64, 0)?;
        let window_start = (window.x as usize).saturating_sub(columns.start as usize * side);
        Ok(Self { samples, row_bytes, window, window_start })
    }

    /// Dequantizes `block` and transforms it into the samples of the block at column `x` and row `y`
    /// of the band. Without `has_ac`, all coefficients but DC must be 0.
    #[inline(always)]
    pub(super) fn write_block<const SIDE: usize>(
        &mut self,
        x: usize,
        y: usize,
        block: &mut Block,
        steps: &Block,
        has_ac: bool,
    ) {
        if SIDE == 8 && !has_ac {
            let dc = block[0][0].wrapping_mul(steps[0][0]);
            return self.write_samples(x, y, [[mean(dc); 8]; 8]);
        }
        dequantize(block, steps);
        match SIDE {
            2 => self.write_samples(x, y, inverse2(block)),
            4 => self.write_samples(x, y, inverse4(block)),
            _ => self.write_samples(x, y, inverse8(block)),
        }
    }

    /// Writes the single sample that the block at column `x` and row `y` of the band has at 1/8.
    #[inline(always)]
    pub(super) fn write_mean(&mut self, x: usize, y: usize, mean: u8) {
        if let Some(to) = self.samples.get_mut(y * self.row_bytes + x) {
            *to = mean;
        }
    }

    #[inline(always)]
    fn write_samples<const N: usize>(&mut self, x: usize, y: usize, rows: [[u8; N]; N]) {
        let mut start = y * N * self.row_bytes + x * N;
        for row in rows {
            if let Some(to) = self.samples.get_mut(start..start + N) {
                to.copy_from_slice(&row);
            }
            start += self.row_bytes;
        }
    }

    /// Sends the rows of the window that lie in this band as plane `component`. `index` counts the
    /// bands of the plane from the top.
    pub(super) fn send_rows<S: RowSink>(
        &self,
        index: u32,
        component: usize,
        sink: &mut S,
    ) -> Result<(), Error> {
        let rows = self.samples.chunks_exact(self.row_bytes.max(1));
        let height = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let Rect { y: top, width, height: window_height, .. } = self.window;
        let end = top.saturating_add(window_height);
        for (y, row) in (index.saturating_mul(height)..end).zip(rows) {
            if y >= top {
                let row = row.get(self.window_start..).and_then(|row| row.get(..width as usize));
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

/// The most time that the transform of a block takes at `scale`, and its samples with it.
pub(super) const fn block_ps(scale: Scale) -> u64 {
    match scale {
        Scale::Full => 36_000,
        Scale::Half => 16_000,
        Scale::Quarter => 10_000,
        // Part of the price of decoding a mean.
        Scale::Eighth => 0,
    }
}
