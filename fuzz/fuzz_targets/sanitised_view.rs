//! P6: the sanitised view of any bytes is a complete file, and is its own sanitised view.
#![cfg_attr(fuzzing, no_main)]

use bombproof::Limits;
use bombproof_fuzz::properties::view_is_a_file_of_its_own;

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut limits = Limits::default();
    limits.max_pixels = 250_000;
    view_is_a_file_of_its_own(bytes, &limits);
});
