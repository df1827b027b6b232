//! P6, P7: at every scale the samples of a JPEG are those that its coefficients define. At full
//! size they are also those of zune-jpeg, or both refuse. `tests/support/properties/jpeg.rs` names
//! the intended differences.
//!
//! An input that is a JPEG is compared as it is. Any other generates a valid one with known
//! coefficients.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::jpeg_generator::GeneratedJpeg;
use bombproof_fuzz::properties::{jpeg_has_these_coefficients, jpeg_is_decoded_as_defined};
use bombproof_fuzz::save_generated_file;

bombproof_fuzz::target!(|bytes: &[u8]| {
    if bytes.starts_with(&[0xFF, 0xD8]) {
        jpeg_is_decoded_as_defined(bytes);
        return;
    }
    let GeneratedJpeg { file, is_tidy, coefficients } =
        GeneratedJpeg::generate(&mut FuzzedDataProvider::from_end(bytes, 512));
    save_generated_file(&file);
    jpeg_has_these_coefficients(&file, &coefficients);
    // zune-jpeg refuses most files that break a rule.
    if is_tidy {
        jpeg_is_decoded_as_defined(&file);
    }
});
