//! The measurement of each suite.

mod full;
pub(crate) mod run;
mod sizes;
