//! Later.

pub(crate) mod orient;
