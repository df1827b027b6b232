//! Selects the blocks of a component that are kept until the last scan, and computes where they are
//! stored.

use crate::probe::jpeg::{Frame, Scale};
use crate::size::{Rect, Size};

/// The blocks of a component. Only those that contain samples of the window are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockWindow {
    /// The number of blocks that contain samples, across and down.
    pub(super) all_blocks: Size,
    /// The kept blocks.
    pub(super) window: Rect,
    /// The number of values kept of a block.
    pub(super) values_per_block: usize,
}

/// The position of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockPosition {
    /// The index of the block among all blocks, row by row. Meaningless for a block that only pads
    /// an MCU.
    pub(super) index: usize,
    /// The index of its first value among those of the kept blocks, or [`OUTSIDE_WINDOW`].
    pub(super) first_value: usize,
}

impl BlockWindow {
    /// Selects the blocks for `window`, which is in samples of the plane at `scale`.
    pub(super) fn new(frame: &Frame, component: usize, scale: Scale, window: Rect) -> Self {
        let all_blocks = frame.component_blocks(component);
        let blocks = |start: u32, length: u32, all: u32| {
            let end = start.saturating_add(length).div_ceil(scale.side()).min(all);
            let first = (start / scale.side()).min(end);
            (first, end - first)
        };
        let (x, width) = blocks(window.x, window.width, all_blocks.width);
        let (y, height) = blocks(window.y, window.height, all_blocks.height);
        let values_per_block = (scale.side() * scale.side()) as usize;
        Self { all_blocks, window: Rect { x, y, width, height }, values_per_block }
    }

    /// The number of values of all kept blocks.
    pub(super) const fn value_count(&self) -> u64 {
        self.window.size().pixels() * self.values_per_block as u64
    }

    /// The position of the block at column `x` and row `y` of all blocks.
    #[inline(always)]
    pub(super) const fn position(&self, x: u32, y: u32) -> BlockPosition {
        let index = y as usize * self.all_blocks.width as usize + x as usize;
        let Rect { x: left, y: top, width, height } = self.window;
        let (column, row) = (x.wrapping_sub(left), y.wrapping_sub(top));
        let first_value = if column < width && row < height {
            (row as usize * width as usize + column as usize) * self.values_per_block
        } else {
            OUTSIDE_WINDOW
        };
        BlockPosition { index, first_value }
    }
}

/// An index past the end of every buffer. Adding the index of a coefficient to it does not
/// overflow.
const OUTSIDE_WINDOW: usize = usize::MAX / 2;
