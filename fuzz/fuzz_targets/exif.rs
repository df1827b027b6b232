//! P1, P4: any bytes as an Exif block, alone and in a JPEG, a PNG and a WebP. Of an input that is a
//! picture the bytes from its TIFF header on are used.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::properties::exif_is_read_the_same_in_every_format;

bombproof_fuzz::target!(|bytes: &[u8]| {
    let tiff = bytes.windows(4).position(|four| four == b"II*\0" || four == b"MM\0*");
    exif_is_read_the_same_in_every_format(&bytes[tiff.unwrap_or(0)..]);
});
