//! The coefficients of a frame in several scans: of each block only those that the scale needs.

use super::Job;
use super::block::places;
use super::planes::Band;
use crate::budget::{Budget, Buffer};
use crate::decode::RowSink;
use crate::error::Error;
use crate::probe::jpeg::{Frame, Scale};
use crate::size::Size;

/// The coefficients of one component.
pub(super) struct Coefficients<'b> {
    pub(super) scale: Scale,
    /// The blocks that hold samples, row after row.
    pub(super) blocks: Size,
    /// [`kept`](Self::kept) for each block, in the places of the scale.
    pub(super) values: Buffer<'b, i16>,
    /// For each block, a bit for each coefficient in zigzag order that is not 0: a refinement scan
    /// cannot be followed without (T.81, G.1.2.3). Empty where there is no such scan to follow.
    pub(super) history: Buffer<'b, u64>,
    /// Quantization steps at the first scan, in zigzag order.
    pub(super) steps: Option<[i32; 64]>,
}

impl<'b> Coefficients<'b> {
    pub(super) fn new(
        budget: &'b Budget,
        frame: &Frame,
        component: usize,
        scale: Scale,
    ) -> Result<Self, Error> {
        let blocks = frame.component_blocks(component);
        let count = blocks.width as usize * blocks.height as usize;
        let with_history = if has_history(frame, scale) { count } else { 0 };
        Ok(Self {
            scale,
            blocks,
            values: budget.buffer(count * kept(scale), 0)?,
            history: budget.buffer(with_history, 0)?,
            steps: None,
        })
    }

    /// What [`new`](Self::new) and then [`emit`](Self::emit) take: what stays, and what is freed
    /// after each component.
    pub(super) fn memory_bytes(frame: &Frame, component: usize, scale: Scale) -> (u64, u64) {
        let blocks = frame.component_blocks(component);
        let each = 2 * kept(scale) as u64 + if has_history(frame, scale) { 8 } else { 0 };
        (blocks.pixels() * each, Band::memory_bytes(scale, (blocks.width, 1)))
    }

    /// How many coefficients a block has here.
    pub(super) const fn kept(&self) -> usize {
        kept(self.scale)
    }

    /// Transforms all blocks and gives out their rows as plane `component`.
    pub(super) fn emit<S: RowSink>(
        &self,
        job: &Job<'_>,
        component: usize,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Job { frame, budget, interrupt, .. } = *job;
        let mut band = Band::new(budget, frame, component, self.scale, (self.blocks.width, 1))?;
        let mut steps = [0; 64];
        let zigzag = self.steps.unwrap_or([0; 64]);
        for (place, step) in places(self.scale).iter().zip(zigzag) {
            if usize::from(*place) < self.kept() {
                steps[usize::from(*place & 63)] = step;
            }
        }
        let row_values = self.blocks.width as usize * self.kept();
        for (y, row) in (0..).zip(self.values.chunks_exact(row_values.max(1))) {
            interrupt.check()?;
            let history = self.history.get(y as usize * self.blocks.width as usize..);
            let mut history = history.unwrap_or_default().iter();
            for (x, values) in row.chunks_exact(self.kept()).enumerate() {
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

const fn kept(scale: Scale) -> usize {
    (scale.side() * scale.side()) as usize
}

fn has_history(frame: &Frame, scale: Scale) -> bool {
    frame.progressive && scale != Scale::Eighth
}
