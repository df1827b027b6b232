//! ICC profiles where they lie in the upload: parsed, checked and priced without heap.

mod cost;
mod curve;
mod lut;
mod minimal_profile;
mod parts;
mod problem;
mod source;
mod tag;
#[cfg(test)]
pub(crate) mod test_profiles;
#[cfg(test)]
mod tests;

pub(crate) use cost::conversion_bytes;
pub(crate) use minimal_profile::{Minimal, Space};
pub(crate) use parts::Parts;
pub use problem::ProfileProblem;
pub(crate) use source::{DeflatedClass, IccSource, MAX_COST_BYTES, memory_bytes};
