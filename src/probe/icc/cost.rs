//! What moxcms 0.9.1 allocates for a checked profile, measured and read from its source.

use super::minimal_profile::{Minimal, Model};

/// The peak of a conversion with this profile in bytes: the minimal copy, the parsed profile, and
/// building and holding the transform to sRGB.
pub(crate) fn conversion_bytes(profile: &Minimal<'_>) -> u64 {
    let below = match profile.model {
        Model::Gray(curve) => SHAPER_BYTES + curve.copied_bytes(),
        Model::Matrix { curves, .. } => {
            let [red, green, blue] = curves.map(|curve| curve.tag);
            let shaper = if red == green && green == blue {
                SHAPER_BYTES
            } else {
                SHAPER_OF_THREE_CURVES_BYTES
            };
            shaper + curves.iter().map(|curve| curve.copied_bytes()).sum::<u64>()
        }
        Model::Lut(lut) => {
            // The grid that moxcms itself makes, in f32: the nodes' device colours, and 3 values
            // for each in another buffer or, for the stages of RGB, in the same.
            let (nodes, values_of_node) = match (lut.inputs, lut.is_staged) {
                (4, _) => (17u64.pow(4), 4 + 3),
                (_, false) => (33u64.pow(3), 3 + 3),
                (_, true) => (33u64.pow(3), 3),
            };
            // The curves: stages are kept as they are and expanded, tables become f32 twice.
            let curves = if lut.is_staged {
                lut.curve_values + STAGE_CURVE_BYTES * u64::from(lut.inputs)
            } else {
                8 * lut.curve_values
            };
            // The profile's own grid is kept as it is, and again in f32.
            let profile_grid = lut.tag.len + 4 * lut.grid_values;
            4 * nodes * values_of_node + profile_grid + curves + LUT_BYTES
        }
    };
    profile.len() + below
}

/// Of one curve: 65,536 bytes of sRGB's curve while it is built from 4,096 f32, then in the transform
/// again, and two parsed profiles without their curves.
const SHAPER_BYTES: u64 = 136_000;
/// The same with three tables of sRGB's curve.
const SHAPER_OF_THREE_CURVES_BYTES: u64 = 220_000;
/// A curve of a lutAToBType is expanded to 65,536 f32.
const STAGE_CURVE_BYTES: u64 = 4 * 65_536;
/// Two parsed profiles without their tables.
const LUT_BYTES: u64 = 6_000;
