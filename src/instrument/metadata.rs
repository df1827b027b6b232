//! The reader of Exif blocks.

use crate::probe::Orientation;

/// The orientation in an Exif block. `tiff` starts with the TIFF header.
#[must_use]
pub fn exif_orientation(tiff: &[u8]) -> Orientation {
    Orientation::of_exif(tiff)
}
