//! What moxcms 0.9.1 allocates for a checked profile, measured and read from its source.

use super::minimal::{Minimal, Model};

/// The peak of a conversion with this profile in bytes: the minimal copy, the parsed profile, and
/// building and holding the transform to sRGB.
pub(super) fn conversion_bytes(profile: &Minimal<'_>) -> u64 {
    let below = match profile.model {
        Model::Gray(curve) => SHAPER_BYTES + 2 * curve.copied_bytes(),
        Model::Matrix { curves, .. } => {
            SHAPER_BYTES + curves.iter().map(|curve| 2 * curve.copied_bytes()).sum::<u64>()
        }
        Model::Lut(lut) => {
            // The nodes of moxcms' own grid, in f32: those that go in, and 3 values each that come
            // out, in two generations; then three curves of sRGB.
            let nodes = if lut.inputs == 4 { 17u64.pow(4) } else { 33u64.pow(3) };
            let own_grid = nodes * 4 * (u64::from(lut.inputs) + 3).max(6);
            // The profile's values as they are stored, and again in f32; curves in f32 twice.
            let values = lut.tag.len + 4 * lut.grid_values + 8 * lut.curve_values;
            let stages = if lut.is_staged { STAGE_CURVE_BYTES * u64::from(lut.inputs) } else { 0 };
            own_grid + values + stages.max(SRGB_CURVES_BYTES) + LUT_BYTES
        }
    };
    profile.len() + below
}

/// Three tables of 65,536 bytes, three of 256 f32, and two parsed profiles.
const SHAPER_BYTES: u64 = 250_000;
const SRGB_CURVES_BYTES: u64 = 3 * 65_536;
/// A curve of a lutAToBType is expanded to 65,536 f32.
const STAGE_CURVE_BYTES: u64 = 4 * 65_536;
const LUT_BYTES: u64 = 50_000;
