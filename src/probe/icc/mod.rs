//! ICC profiles, parsed, checked and priced in place: without heap memory and without copying.

mod cost;
mod curve;
mod deflated;
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

pub(crate) use cost::{conversion_bytes, peak_bytes_of_head};
pub(crate) use curve::MAX_POINTS;
pub(crate) use deflated::{DeflatedHead, inflate_profile};
pub(crate) use minimal_profile::{MinimalProfile, Space};
pub use problem::ProfileProblem;
pub(crate) use profile_bytes::ProfileBytes;
pub(crate) use source::{IccSource, MAX_COST_BYTES, memory_bytes};
