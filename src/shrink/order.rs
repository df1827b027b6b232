//! How one plane is shrunk.

use crate::price::sum_ps;
use crate::size::{Rect, Size};

/// How one plane is shrunk. Only the plan creates these orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaneOrder {
    /// The part of the decoded plane that is needed. The grid of cells starts at its top left
    /// corner.
    pub(crate) window: Rect,
    /// Columns of a cell.
    pub(crate) box_width: u32,
    /// Rows of a cell.
    pub(crate) box_height: u32,
    /// The rows come in parts and in any order, or do not cover the window.
    pub(crate) any_order: bool,
    /// The position of the decoder's first row and column in the plane.
    pub(crate) origin: (u32, u32),
    /// The sample value where no row covers the window.
    pub(crate) uncovered: u8,
    /// How many rows of the small plane are held at a time. With fewer than it has, whoever takes
    /// the rows says from which one on they are needed.
    pub(crate) held_rows: u32,
}

impl PlaneOrder {
    /// Width and height of the small plane. The last cells of a row and of a column may be smaller
    /// than the box, where the window ends.
    pub(crate) const fn small_size(&self) -> Size {
        Size::new(
            self.window.width.div_ceil(self.box_width),
            self.window.height.div_ceil(self.box_height),
        )
    }

    pub(super) const fn is_copy(&self) -> bool {
        self.box_width == 1 && self.box_height == 1
    }

    /// True when the rows of the small plane are those that come in.
    pub(super) const fn appends(&self) -> bool {
        self.is_copy() && !self.any_order && self.holds_all()
    }

    /// Bytes of the rows of the small plane that are held.
    pub(crate) const fn small_bytes(&self) -> u64 {
        let Size { width, height } = self.small_size();
        let rows = if self.held_rows < height { self.held_rows } else { height };
        Size::new(width, rows).pixels()
    }

    /// True when all rows of the small plane are held.
    const fn holds_all(&self) -> bool {
        self.held_rows >= self.small_size().height
    }

    /// The most work of shrinking the plane, in picoseconds. The decoder sends at most `decoded`
    /// samples of it.
    pub(crate) fn work_ps(&self, decoded: u64) -> u64 {
        let (sample_ps, cell_ps) = match (self.any_order, self.is_copy()) {
            (true, _) => (SCATTERED_SAMPLE_PS, CELL_PS),
            (false, true) => (COPIED_SAMPLE_PS, 0),
            (false, false) => (SUMMED_SAMPLE_PS, CELL_PS),
        };
        sum_ps([
            (self.window.size().pixels().min(decoded), sample_ps),
            (self.window.height.into(), ROW_PS),
            (self.small_size().pixels(), cell_ps),
        ])
    }

    /// The number of sums, which are live while rows come in.
    pub(super) const fn sums(&self) -> u64 {
        match (self.any_order, self.is_copy()) {
            (true, _) => self.small_size().pixels(),
            (false, true) => 0,
            (false, false) => self.window.width as u64,
        }
    }
}

/// A sample that is written to the small plane as it is.
const COPIED_SAMPLE_PS: u64 = 150;
/// A sample that is added to the sum of its column.
const SUMMED_SAMPLE_PS: u64 = 500;
/// A sample that is added to the sum of its cell.
const SCATTERED_SAMPLE_PS: u64 = 2_200;
/// A row, however short.
const ROW_PS: u64 = 50_000;
/// A cell: its sum, divided.
const CELL_PS: u64 = 8_000;
