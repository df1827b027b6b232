//! What is read of Exif blocks and colour profiles.

use crate::budget::Budget;
use crate::probe::Orientation;
use crate::probe::icc::{MinimalProfile, ProfileBytes};

/// The orientation that an Exif block says, which starts with its TIFF header.
#[must_use]
pub fn exif_orientation(tiff: &[u8]) -> Orientation {
    Orientation::of_exif(tiff)
}

/// The profile that the colour library would be given for this one: the tags of its model, each
/// once. `None` when it is ignored.
#[must_use]
pub fn minimal_profile(profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ProfileBytes::contiguous(profile);
    let minimal = MinimalProfile::of(&profile).ok()?;
    let budget = Budget::new(minimal.len());
    minimal.write(&budget).ok().map(|written| written.to_vec())
}
