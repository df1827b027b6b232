//! Files that ask for much memory or time, by size, count and depth.
//!
//! Each function is named after its attack. Its documentation gives the row in the threat table of
//! bombproof. [`exif`] writes TIFF structures and [`icc`] profiles, and the `with_` functions of
//! each format embed them in a file.

pub mod exif;
pub mod icc;
pub mod jpeg;
pub mod png;
pub mod webp;

/// The first `keep_permille` of a file, as after an interrupted upload (row 3).
pub fn truncated(file: &[u8], keep_permille: usize) -> Vec<u8> {
    file[..file.len() * keep_permille / 1000].to_vec()
}

/// A file with `payload` after its end (row 27): a polyglot with ZIP, HTML or PHP.
pub fn with_trailing_data(file: &[u8], payload: &[u8]) -> Vec<u8> {
    [file, payload].concat()
}
