//! P6: the sanitised view of any bytes is a file, and is its own sanitised view.
#![cfg_attr(fuzzing, no_main)]

use bombproof::Limits;
use bombproof_fuzz::properties::sanitised_view_is_self_contained;

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut limits = Limits::default();
    limits.max_pixels = 250_000;
    sanitised_view_is_self_contained(bytes, &limits);
});
