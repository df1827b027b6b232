//! The memory that moxcms 0.9.1 allocates for a checked profile, measured and read from its source.

use super::lut::LutKind;
use super::minimal_profile::{MinimalProfile, Model};
use super::problem::ProfileProblem;
use super::profile_bytes::ProfileBytes;

/// The peak memory of a conversion with this profile, in bytes: the minimal copy, the parsed
/// profile, and the transform to sRGB, both while moxcms builds it and afterwards.
pub(crate) fn conversion_bytes(profile: &MinimalProfile<'_>) -> u64 {
    profile.len() + moxcms_bytes(&profile.model)
}

/// An upper bound on the peak memory of a conversion with a deflated profile, from its head: the
/// minimal copy, and beside it the inflated profile, then what moxcms allocates.
pub(crate) fn peak_bytes_of_head(head: &ProfileBytes<'_>) -> Result<u64, ProfileProblem> {
    let profile = MinimalProfile::of(head)?;
    Ok(profile.len() + moxcms_bytes(&profile.model).max(head.len()))
}

fn moxcms_bytes(model: &Model) -> u64 {
    match *model {
        Model::Gray(curve) => SHAPER_BYTES + curve.bytes(),
        Model::Matrix { curves, .. } => {
            let [red, green, blue] = curves.map(|curve| curve.tag);
            let shaper = if red == green && green == blue {
                SHAPER_BYTES
            } else {
                SHAPER_OF_THREE_CURVES_BYTES
            };
            shaper + curves.iter().map(|curve| curve.bytes()).sum::<u64>()
        }
        Model::Lut(lut) => {
            // moxcms builds a grid of its own, in f32: the device colour of each node, and 3 values
            // per node in a second buffer or, for an RGB lutAToBType, in the same one.
            let (nodes, values_per_node) = match (lut.inputs, lut.kind) {
                (4, _) => (17u64.pow(4), 4 + 3),
                (_, LutKind::Lut8Or16 | LutKind::Unread) => (33u64.pow(3), 3 + 3),
                (_, LutKind::LutAToB) => (33u64.pow(3), 3),
            };
            // The curves of a lutAToBType are kept as they are, and expanded. Those of the other
            // types become f32 twice: at most 7 of 4,096 points, which take less.
            let curves = match lut.kind {
                LutKind::Lut8Or16 => 8 * lut.curve_values,
                LutKind::LutAToB | LutKind::Unread => {
                    lut.curve_values + LUT_A_TO_B_CURVE_BYTES * u64::from(lut.inputs)
                }
            };
            // The profile's own grid is kept as it is, and as f32.
            let profile_grid = lut.tag.len + 4 * lut.grid_values;
            4 * nodes * values_per_node + profile_grid + curves + LUT_BYTES
        }
    }
}

/// A transform with one curve: 65,536 bytes for the sRGB curve while it is built from 4,096 f32,
/// the same again in the transform, and two parsed profiles without their curves.
const SHAPER_BYTES: u64 = 136_000;
/// The same with three tables of the sRGB curve.
const SHAPER_OF_THREE_CURVES_BYTES: u64 = 220_000;
/// moxcms expands a curve of a lutAToBType to 65,536 f32.
const LUT_A_TO_B_CURVE_BYTES: u64 = 4 * 65_536;
/// Two parsed profiles without their tables.
const LUT_BYTES: u64 = 6_000;
