//! The promises of the README as properties of any bytes, stated once for the fuzz targets, the
//! proptests and the regressions.
//!
//! Each function panics where a promise is broken; its documentation names the promise. The crate
//! that includes this module installs [`CountingAllocator`] and calls its module
//! `counting_allocator`.
//!
//! [`CountingAllocator`]: crate::counting_allocator::CountingAllocator
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each crate that includes this module uses a part of it; the fuzz crate exports it"
)]

mod encode;
mod job;
mod jpeg;
mod metadata;
mod plan;
mod request;
mod sanitised_view;
mod work;
mod zune_jpeg;

pub use encode::{
    jpeg_options_keep_their_word, lossless_files_give_back_every_pixel,
    lossy_files_give_back_the_picture, wide_colors_are_kept,
};
pub use job::{decode_keeps_the_promise, job_keeps_the_promise, no_prefix_is_another_picture};
pub use jpeg::{jpeg_has_these_coefficients, jpeg_is_decoded_as_defined};
pub use metadata::{any_profile_keeps_the_promise, exif_is_read_the_same_in_every_format};
pub use plan::{plan_keeps_the_promise, probe_allocates_nothing};
pub use request::{Fit, Output, RequestParts};
pub use sanitised_view::sanitised_view_is_self_contained;
