//! The promise of the README as properties of any bytes, stated once for the fuzz targets, the
//! proptests and the pinned regressions.
//!
//! Each function panics where a promise is broken, and says in its documentation which one that is.
//! The crate that includes this module installs [`CountingAllocator`] and calls its module
//! `counting_allocator`.
//!
//! [`CountingAllocator`]: crate::counting_allocator::CountingAllocator
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each crate that includes this module uses a part of it; that of the targets exports it"
)]

mod encode;
mod job;
mod jpeg;
mod metadata;
mod plan;
mod view;
mod wish;
mod work;
mod zune;

pub use encode::{lossless_files_give_back_every_pixel, lossy_files_give_back_the_picture};
pub use job::{decode_keeps_the_promise, job_keeps_the_promise, no_prefix_is_another_picture};
pub use jpeg::{jpeg_has_these_coefficients, jpeg_is_decoded_alike};
pub use metadata::{exif_is_read_alike, profile_is_cut_to_its_model};
pub use plan::{plan_decides, probe_allocates_nothing};
pub use view::view_is_a_file_of_its_own;
pub use wish::{Fit, Output, Wish};
