//! The orders of one output.

use crate::{encode, finish, placeholder};

/// The order of each stage that makes an output from the small planes.
pub(crate) struct OutputOrders {
    pub(crate) finish: finish::Order,
    pub(crate) placeholder: Option<placeholder::Order>,
    pub(crate) encode: encode::Order,
}
