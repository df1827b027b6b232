//! Which blocks of a component are kept until the last scan, and where.

use crate::probe::jpeg::{Frame, Scale};
use crate::size::{Rect, Size};

/// The blocks of a component. Those that hold samples of the window are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockWindow {
    /// All blocks that hold samples, across and down.
    pub(super) all: Size,
    /// Those that are kept.
    pub(super) window: Rect,
    /// The values of a block.
    pub(super) values_each: usize,
}

/// Where a block is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its number among all, row after row. That of a block which pads an MCU means nothing.
    pub(super) number: usize,
    /// Where the values of the kept ones start; [`NOWHERE`] for another.
    pub(super) values: usize,
}

impl BlockWindow {
    /// For a window in samples of the plane at `scale`.
    pub(super) fn new(frame: &Frame, component: usize, scale: Scale, window: Rect) -> Self {
        let all = frame.component_blocks(component);
        let blocks = |start: u32, length: u32, all: u32| {
            let end = start.saturating_add(length).div_ceil(scale.side()).min(all);
            let first = (start / scale.side()).min(end);
            (first, end - first)
        };
        let (x, width) = blocks(window.x, window.width, all.width);
        let (y, height) = blocks(window.y, window.height, all.height);
        let values_each = (scale.side() * scale.side()) as usize;
        Self { all, window: Rect { x, y, width, height }, values_each }
    }

    /// All values of all kept blocks.
    pub(super) const fn values(&self) -> u64 {
        self.window.size().pixels() * self.values_each as u64
    }

    /// The block at column `x` and row `y` of all.
    #[inline(always)]
    pub(super) const fn place(&self, x: u32, y: u32) -> Place {
        let number = y as usize * self.all.width as usize + x as usize;
        let Rect { x: left, y: top, width, height } = self.window;
        let (column, row) = (x.wrapping_sub(left), y.wrapping_sub(top));
        let values = if column < width && row < height {
            (row as usize * width as usize + column as usize) * self.values_each
        } else {
            NOWHERE
        };
        Place { number, values }
    }
}

/// Behind the end of every buffer, and far enough from the last number that a place of a block can
/// be added.
const NOWHERE: usize = usize::MAX / 2;
