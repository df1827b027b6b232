//! The checks, one file each, in the order in which they run.

mod acceptance;
mod color_profiles;
mod component_sampling;
mod determinism;
mod eighth_scale;
mod exact_pixels;
mod header_bombs;
mod jpeg_webp_similarity;
mod memory_quotes;
mod orientation;
mod outcomes;
mod photo_similarity;

use crate::image_folder::File;
use crate::report::Row;

/// Selects the files that it is about and returns a row for each finding.
pub(crate) type Check = fn(&[File]) -> Vec<Row>;

pub(crate) const ALL: &[(&str, Check)] = &[
    ("outcomes", outcomes::check),
    ("acceptance", acceptance::check),
    ("photo-similarity", photo_similarity::check),
    ("orientation", orientation::check),
    ("color-profiles", color_profiles::check),
    ("exact-pixels", exact_pixels::check),
    ("jpeg-webp-similarity", jpeg_webp_similarity::check),
    ("eighth-scale", eighth_scale::check),
    ("component-sampling", component_sampling::check),
    ("determinism", determinism::check),
    ("memory-quotes", memory_quotes::check),
    ("header-bombs", header_bombs::check),
];
