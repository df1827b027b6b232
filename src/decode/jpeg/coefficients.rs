//! Keeps the coefficients of a frame with several scans. Of each block in the window, only those
//! that the scale needs.

use super::band::{self, Band};
use super::block::steps_at;
use super::block_window::BlockWindow;
use super::order::Order;
use crate::budget::{Budget, Buffer};
use crate::dct::{Block, mean};
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::jpeg::{Frame, Scale};
use crate::shrink::RowSink;
use crate::simd;
use crate::size::Rect;
use crate::work;

/// The coefficients of one component.
pub(super) struct Coefficients<'b> {
    pub(super) scale: Scale,
    /// The samples to send to the sink.
    window: Rect,
    pub(super) blocks: BlockWindow,
    /// The coefficients of each kept block, in the order of
    /// [`zigzag_order`](super::zigzag::zigzag_order).
    pub(super) values: Buffer<'b, i16>,
    /// For each block, kept or not, one bit per coefficient in zigzag order, set if the coefficient
    /// is not 0. A refinement scan cannot be decoded without it (T.81, G.1.2.3). Empty if there is
    /// no such scan to decode.
    pub(super) history: Buffer<'b, u64>,
    has_history: bool,
    /// The quantization steps in force at the first scan, in zigzag order.
    pub(super) quantization_steps: Option<[i16; 64]>,
}

impl<'b> Coefficients<'b> {
    pub(super) fn new(
        order: &Order<'_>,
        component: usize,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let (scale, window) = order.scale_and_window(component);
        let frame = order.frame;
        let blocks = BlockWindow::new(frame, component, scale, window);
        Ok(Self {
            scale,
            window,
            blocks,
            values: budget.buffer(blocks.value_count(), 0)?,
            history: budget.buffer(0, 0)?,
            has_history: has_history(frame, component, scale),
            quantization_steps: None,
        })
    }

    /// Allocates the history, if the component needs one. Call this before the first AC scan.
    pub(super) fn allocate_history(&mut self, budget: &'b Budget) -> Result<(), Error> {
        if self.has_history {
            self.history = budget.buffer(self.blocks.all_blocks.pixels(), 0)?;
        }
        Ok(())
    }

    /// The most work of [`send_rows`](Self::send_rows) in picoseconds, without the sink.
    pub(super) fn work_ps(order: &Order<'_>, component: usize) -> u64 {
        let (scale, window) = order.scale_and_window(component);
        let blocks = BlockWindow::new(order.frame, component, scale, window).window;
        let values = u64::from(scale.side() * scale.side());
        let block_ps = band::block_ps(scale) + KEPT_BLOCK_PS + values * DEQUANTIZED_PS;
        sum_ps([(blocks.size().pixels(), block_ps)])
    }

    /// A band for a row of blocks of the window.
    pub(super) fn band(&self, budget: &'b Budget) -> Result<Band<'b>, Error> {
        let window = self.blocks.window;
        let columns = window.x..window.x.saturating_add(window.width);
        Band::new(budget, self.scale, self.window, columns, 1)
    }

    /// Dequantizes and transforms the blocks, and sends the rows of the window as plane
    /// `component`.
    pub(super) fn send_rows<S: RowSink>(
        &self,
        component: usize,
        job: Job<'b>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Job { budget, interrupt } = job;
        let BlockWindow { window, values_per_block, .. } = self.blocks;
        let mut band = self.band(budget)?;
        let steps = steps_at(self.scale, &self.quantization_steps.ok_or(WITHOUT_STEPS)?);
        let row_values = window.width as usize * values_per_block;
        for (y, row) in (window.y..).zip(self.values.chunks_exact(row_values.max(1))) {
            interrupt.check()?;
            work::transformed(u64::from(window.width));
            let history = self.history.get(self.blocks.position(window.x, y).index..);
            let history = history.unwrap_or_default();
            simd::vectorize(
                #[inline(always)]
                || match self.scale {
                    Scale::Full => transform_row::<8, 64>(row, history, &steps, &mut band),
                    Scale::Half => transform_row::<4, 16>(row, history, &steps, &mut band),
                    Scale::Quarter => transform_row::<2, 4>(row, history, &steps, &mut band),
                    Scale::Eighth => transform_row::<1, 1>(row, history, &steps, &mut band),
                },
            );
            band.send_rows(y, component, sink)?;
        }
        Ok(())
    }
}

/// Transforms a row of blocks, each of `SIDE` × `SIDE` coefficients, which are `VALUES`.
#[inline(always)]
fn transform_row<const SIDE: usize, const VALUES: usize>(
    row: &[i16],
    history: &[u64],
    steps: &Block,
    band: &mut Band<'_>,
) {
    let mut history = history.iter();
    for (x, values) in row.as_chunks::<VALUES>().0.iter().enumerate() {
        if SIDE == 1 {
            band.write_mean(x, 0, mean(values[0].wrapping_mul(steps[0][0])));
            continue;
        }
        let mut block = [[0; 8]; 8];
        for (to, value) in block.as_flattened_mut().iter_mut().zip(values) {
            *to = *value;
        }
        // Without a history, any coefficient may be nonzero.
        let has_ac = history.next().is_none_or(|bits| bits & !1 != 0);
        band.write_block::<SIDE>(x, 0, &mut block, steps, has_ac);
    }
}

/// True when a history is needed. At full size, the inverse DCT also uses it, to find blocks without
/// AC coefficients.
fn has_history(frame: &Frame, component: usize, scale: Scale) -> bool {
    let component = frame.components().get(component);
    match scale {
        Scale::Full => frame.progressive,
        reduced => component.is_some_and(|component| component.is_refined(reduced)),
    }
}

/// The first scan of a component sets them, and a component without a scan is refused before.
pub(super) const WITHOUT_STEPS: Error = Error::Bug("coefficients without quantization steps");

/// A block of kept coefficients.
const KEPT_BLOCK_PS: u64 = 2_500;
/// A coefficient, multiplied by its quantization step.
const DEQUANTIZED_PS: u64 = 500;
