//! P6, P7: the samples of a JPEG are at every scale those that its coefficients have by definition, and
//! at full size those of zune-jpeg, or both refuse. Where they differ by design is named in
//! `tests/support/properties/jpeg.rs`.
//!
//! An input that is a JPEG is taken as it is. Any other chooses a valid one, whose coefficients are known.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::keep_what_was_made;
use bombproof_fuzz::properties::{jpeg_has_these_coefficients, jpeg_is_decoded_as_defined};
use bombproof_fuzz::valid_jpeg::ValidJpeg;

bombproof_fuzz::target!(|bytes: &[u8]| {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        jpeg_is_decoded_as_defined(bytes);
        return;
    }
    let ValidJpeg { file, coefficients } = ValidJpeg::chosen(&mut Choices::at_end_of(bytes, 512));
    keep_what_was_made(&file);
    jpeg_has_these_coefficients(&file, &coefficients);
    jpeg_is_decoded_as_defined(&file);
});
