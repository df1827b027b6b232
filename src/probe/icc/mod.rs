//! ICC profiles, parsed, checked and priced in place: without heap memory and without copying.

mod curve;
mod deflated;
mod lut;
mod problem;
mod profile;
mod profile_bytes;
mod source;
mod tag;
#[cfg(test)]
pub(crate) mod test_profiles;
#[cfg(test)]
mod tests;

pub(crate) use curve::{Curve, Points};
pub(crate) use deflated::{DEFLATED_BYTE_PS, DeflatedHead, inflate_profile};
pub(crate) use lut::{Grid, Lut, LutKind, curves};
pub use problem::ProfileProblem;
pub(crate) use profile::{ConnectionSpace, Model, Profile, Space};
pub(crate) use profile_bytes::ProfileBytes;
pub(crate) use source::{
    CURVE_SAMPLES, Cost, IccSource, MAX_COST_BYTES, conversion_bytes, cost, most_cost,
};
pub(crate) use tag::Tag;
