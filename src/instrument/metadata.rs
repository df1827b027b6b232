//! The readers of Exif blocks and colour profiles.

use crate::budget::Budget;
use crate::probe::Orientation;
use crate::probe::icc::{MinimalProfile, ProfileBytes};

/// The orientation in an Exif block. `tiff` starts with the TIFF header.
#[must_use]
pub fn exif_orientation(tiff: &[u8]) -> Orientation {
    Orientation::of_exif(tiff)
}

/// The rebuilt profile that the colour library gets instead of `profile`: only the tags of its
/// colour model, each once. `None` when the profile is ignored.
#[must_use]
pub fn minimal_profile(profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ProfileBytes::contiguous(profile);
    let minimal = MinimalProfile::of(&profile).ok()?;
    let budget = Budget::new(minimal.len());
    minimal.write(&budget).ok().map(|written| written.to_vec())
}
