//! The orders of one output.

use crate::{attention, canvas, encode, finish, placeholder};

/// The order of each stage that makes an output from the small planes.
pub(crate) struct OutputOrders {
    pub(crate) finish: finish::Order,
    /// Only where the output is a part of what the finish stage makes.
    pub(crate) attention: Option<attention::Order>,
    /// Only where the output is more than the picture.
    pub(crate) canvas: Option<canvas::Order>,
    pub(crate) placeholder: Option<placeholder::Order>,
    pub(crate) encode: encode::Order,
}
