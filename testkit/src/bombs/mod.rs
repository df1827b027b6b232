//! Files that ask for much memory or time, by size, count and depth.
//!
//! Each function names the attack; the number of its row in bombproof's threat table stands in its
//! documentation. What attacks by metadata is made for a container of its own: [`exif`] writes TIFF
//! structures, [`icc`] profiles, and the `with_` functions of each format put them into a file.

pub mod exif;
pub mod icc;
pub mod jpeg;
pub mod png;
pub mod webp;

/// The first `keep` of 1000 parts of a file: what an interrupted upload leaves (row 3).
pub fn cut(file: &[u8], keep_permille: usize) -> Vec<u8> {
    file[..file.len() * keep_permille / 1000].to_vec()
}

/// A file with another one behind its end (row 27): a polyglot with ZIP, HTML or PHP.
pub fn with_trailing_data(file: &[u8], payload: &[u8]) -> Vec<u8> {
    [file, payload].concat()
}
