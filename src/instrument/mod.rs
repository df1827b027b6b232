//! Access for tests, benchmarks and fuzz targets: counted work, and single stages of the pipeline.
//!
//! The feature `instrument` enables it and changes no result. Semantic versioning does not cover
//! it.

mod metadata;
mod planes;
mod sanitised_view;
mod stages;

pub use crate::charges::{StageBytes, charged_bytes, measure_charges};
pub use crate::decode::jpeg::coefficient_dump::{Blocks, inverse_dct};
pub use crate::work::{
    Work, is_own_allocation, list_work_between_polls, measure_work, stop_at_poll,
};
pub use metadata::exif_orientation;
pub use planes::{Plane, jpeg_coefficients, jpeg_planes, planes, webp_planes_before_loop_filter};
pub use sanitised_view::sanitised_view;
pub use stages::{
    Stage, encode_jpeg, inflate_image_data, quoted_stages, resize_grey, run_by_stage,
    shrink_grey_rows,
};
