//! Rows → small planes: a streaming box filter.
//!
//! The samples of each decoded row are added to the sums of their cells, and the row is dropped. In
//! memory are the small planes, or the last rows of them, and, for each plane, one row of sums. Where
//! parts of rows come in any order, there is one sum for each cell.

mod order;
mod plane;
mod plane_rows;
mod planes;
mod row_sink;
#[cfg(test)]
mod tests;

pub(crate) use order::PlaneOrder;
pub(crate) use plane_rows::PlaneRows;
pub(crate) use planes::{Shrink, SmallPlanes};
pub(crate) use row_sink::RowSink;
