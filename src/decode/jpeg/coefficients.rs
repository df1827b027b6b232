//! The coefficients of a frame in several scans: of each block in the window only those that the
//! scale needs.

use super::band::Band;
use super::block_window::BlockWindow;
use super::order::Order;
use super::zigzag::places;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::probe::jpeg::{Frame, Scale};
use crate::shrink::RowSink;
use crate::size::Rect;

/// The coefficients of one component.
pub(super) struct Coefficients<'b> {
    pub(super) scale: Scale,
    /// The samples that are wanted.
    window: Rect,
    pub(super) blocks: BlockWindow,
    /// Those of each kept block, in the places of the scale.
    pub(super) values: Buffer<'b, i16>,
    /// For each block, kept or not, a bit for each coefficient in zigzag order that is not 0: a
    /// refinement scan cannot be followed without (T.81, G.1.2.3). Empty where there is no such scan
    /// to follow.
    pub(super) history: Buffer<'b, u64>,
    has_history: bool,
    /// Quantization steps at the first scan, in zigzag order.
    pub(super) steps: Option<[i32; 64]>,
}

/// What the coefficients of one component take.
pub(super) struct Price {
    /// From [`Coefficients::new`] on.
    pub(super) values_bytes: u64,
    /// From [`Coefficients::begin_history`] on.
    pub(super) history_bytes: u64,
    /// In [`Coefficients::emit`], which frees all.
    pub(super) band_bytes: u64,
}

impl Price {
    pub(super) fn of(order: &Order<'_>, component: usize) -> Self {
        let (scale, window) = order.plane(component);
        let frame = order.frame;
        let blocks = BlockWindow::new(frame, component, scale, window);
        let has_history = has_history(frame, component, scale);
        let history = if has_history { blocks.all.pixels() } else { 0 };
        Self {
            values_bytes: blocks.values() * size_of::<i16>() as u64,
            history_bytes: history * size_of::<u64>() as u64,
            band_bytes: Band::memory_bytes(scale, (blocks.window.width, 1)),
        }
    }
}

impl<'b> Coefficients<'b> {
    pub(super) fn new(
        order: &Order<'_>,
        component: usize,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let (scale, window) = order.plane(component);
        let frame = order.frame;
        let blocks = BlockWindow::new(frame, component, scale, window);
        Ok(Self {
            scale,
            window,
            blocks,
            values: budget.buffer(count(blocks.values())?, 0)?,
            history: budget.buffer(0, 0)?,
            has_history: has_history(frame, component, scale),
            steps: None,
        })
    }

    /// To be called before the first AC scan.
    pub(super) fn begin_history(&mut self, budget: &'b Budget) -> Result<(), Error> {
        if self.has_history {
            self.history = budget.buffer(count(self.blocks.all.pixels())?, 0)?;
        }
        Ok(())
    }

    /// Transforms the blocks and gives out the rows of the window as plane `component`.
    pub(super) fn emit<S: RowSink>(
        &self,
        component: usize,
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Job { budget, interrupt } = job;
        let BlockWindow { window, values_each, .. } = self.blocks;
        let columns = window.x..window.x.saturating_add(window.width);
        let mut band = Band::new(budget, self.scale, self.window, columns, 1)?;
        let mut steps = [0; 64];
        let zigzag = self.steps.unwrap_or([0; 64]);
        for (place, step) in places(self.scale).iter().zip(zigzag) {
            if usize::from(*place) < values_each {
                steps[usize::from(*place & 63)] = step;
            }
        }
        let row_values = window.width as usize * values_each;
        for (y, row) in (window.y..).zip(self.values.chunks_exact(row_values.max(1))) {
            interrupt.check()?;
            let history = self.history.get(self.blocks.place(window.x, y).number..);
            let mut history = history.unwrap_or_default().iter();
            for (x, values) in row.chunks_exact(values_each).enumerate() {
                let mut block = [0; 64];
                for ((out, value), step) in block.iter_mut().zip(values).zip(&steps) {
                    *out = i32::from(*value) * step;
                }
                // Without a history, all may be there.
                let last = history.next().map_or(63, |bits| 63 - (bits | 1).leading_zeros());
                match self.scale {
                    Scale::Full => band.put::<8>(x, 0, &block, last),
                    Scale::Half => band.put::<4>(x, 0, &block, last),
                    Scale::Quarter => band.put::<2>(x, 0, &block, last),
                    Scale::Eighth => band.put::<1>(x, 0, &block, last),
                }
            }
            band.emit(y, component, sink)?;
        }
        Ok(())
    }
}

/// In full size the history also tells the inverse transform how far it must look.
fn has_history(frame: &Frame, component: usize, scale: Scale) -> bool {
    let component = frame.components().get(component);
    match scale {
        Scale::Full => frame.progressive,
        reduced => component.is_some_and(|component| component.is_refined(reduced)),
    }
}

fn count(number: u64) -> Result<usize, Error> {
    usize::try_from(number).map_err(|_| Error::Bug("more coefficients than the address space"))
}
