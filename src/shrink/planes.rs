//! All planes of a picture while they are shrunk.

use crate::budget::{Budget, Buffer};
use crate::error::Error;

use super::order::PlaneOrder;
use super::plane::Plane;
use super::plane_rows::PlaneRows;
use super::row_sink::RowSink;

/// The small planes of a picture. `None` are planes that it does not have or that no output needs
/// any more.
pub(crate) type SmallPlanes<'b> = [Option<Buffer<'b, u8>>; 4];

/// The planes of one picture while they are shrunk. Each is allocated at its first row.
pub(crate) struct Shrink<'b> {
    orders: [Option<PlaneOrder>; 4],
    planes: [Option<Plane<'b>>; 4],
    budget: &'b Budget,
}

impl<'b> Shrink<'b> {
    pub(crate) const fn new(orders: [Option<PlaneOrder>; 4], budget: &'b Budget) -> Self {
        Self { orders, planes: [None, None, None, None], budget }
    }

    /// The small planes, after all rows have come in.
    pub(crate) fn finish(mut self) -> Result<SmallPlanes<'b>, Error> {
        self.allocate_all()?;
        let mut small = [None, None, None, None];
        for (slot, plane) in small.iter_mut().zip(self.planes) {
            *slot = plane.map(Plane::finish).transpose()?;
        }
        Ok(small)
    }

    /// The finished rows of each plane.
    pub(crate) fn finished_rows(&self) -> [PlaneRows<'_>; 4] {
        self.planes.each_ref().map(|plane| match plane {
            Some(plane) => plane.finished_rows(),
            None => PlaneRows::NONE,
        })
    }

    /// Rows of each plane before these are not needed any more.
    pub(crate) fn forget_before(&mut self, rows: [u32; 4]) {
        for (plane, row) in self.planes.iter_mut().zip(rows) {
            if let Some(plane) = plane {
                plane.forget_before(row);
            }
        }
    }

    /// The percentage of the needed rows that have come in, rounded down, of the plane with the
    /// fewest. 0 where rows come in any order.
    pub(crate) fn percent_of_rows_in(&self) -> u8 {
        let planes = self.orders.iter().zip(&self.planes);
        let percent = planes.filter_map(|(order, plane)| {
            let height = u64::from(order.as_ref()?.window.height);
            let rows_in = plane.as_ref().map_or(0, |plane| u64::from(plane.rows_in()));
            Some(rows_in * 100 / height.max(1))
        });
        percent.min().and_then(|percent| u8::try_from(percent).ok()).unwrap_or(0)
    }

    /// The small planes of a picture whose last rows are missing. Their samples become 128, which
    /// is grey in every colour model.
    pub(crate) fn finish_truncated(mut self) -> Result<SmallPlanes<'b>, Error> {
        self.allocate_all()?;
        self.planes.iter_mut().flatten().try_for_each(Plane::fill_missing)?;
        self.finish()
    }

    /// Allocates all planes that have not had a row yet.
    pub(crate) fn allocate_all(&mut self) -> Result<(), Error> {
        (0..self.orders.len()).try_for_each(|index| self.allocate(index))
    }

    /// Allocates a plane, if the picture has it, as its first row does.
    pub(crate) fn allocate(&mut self, index: usize) -> Result<(), Error> {
        if self.orders.get(index).is_some_and(Option::is_some) {
            self.plane(index)?;
        }
        Ok(())
    }

    fn plane(&mut self, index: usize) -> Result<&mut Plane<'b>, Error> {
        const UNKNOWN: Error = Error::Bug("a row of a plane that is not in the plan");
        let order = self.orders.get(index).copied().flatten().ok_or(UNKNOWN)?;
        match self.planes.get_mut(index).ok_or(UNKNOWN)? {
            Some(plane) => Ok(plane),
            slot => Ok(slot.insert(Plane::new(order, self.budget)?)),
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
