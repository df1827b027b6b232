//! ICC profiles, parsed, checked and priced in place: without heap memory and without copying.

mod cost;
mod curve;
mod lut;
mod minimal_profile;
mod profile_bytes;
mod problem;
mod source;
mod tag;
#[cfg(test)]
pub(crate) mod test_profiles;
#[cfg(test)]
mod tests;

pub(crate) use cost::conversion_bytes;
pub(crate) use minimal_profile::{MinimalProfile, Space};
pub use problem::ProfileProblem;
pub(crate) use profile_bytes::ProfileBytes;
pub(crate) use source::{DeflatedClass, IccSource, MAX_COST_BYTES, memory_bytes};
