//! Header, request and limits → plan: every size is decided here, and nothing is allocated.
//!
//! The plan never sees the bytes of an image. It fills in the order of each stage and adds up their
//! prices.

mod check;
mod cost;
mod decision;
mod display;
mod geometry;
mod look;
mod orders;
mod output_orders;
mod plane;
mod source;
#[cfg(test)]
mod worst_case;

pub use decision::Plan;
pub(crate) use output_orders::OutputOrders;
