//! Writers of JPEG, PNG and WebP files for testing decoders: valid files of every kind, and bombs.
//!
//! The same arguments give the same bytes on every machine: no randomness, no input, integer
//! arithmetic, one version of deflate.
//!
//! ```
//! // 65,535 × 65,535 pixels of RGBA in 65 bytes.
//! let bomb = bombproof_testkit::bombs::png::flood((65_535, 65_535), 8, 6);
//! assert_eq!(bomb.len(), 65);
//!
//! // A valid picture, as a progressive JPEG.
//! use bombproof_testkit::{jpeg, pictures};
//! let picture = pictures::landscape(64, 48).map(3, pictures::ycbcr);
//! let frame = jpeg::Frame::new(&picture, &[(2, 2), (1, 1), (1, 1)], 85, true);
//! let file = frame.file(&jpeg::Options { sof: 0xC2, ..jpeg::Options::default() });
//! assert!(file.starts_with(&[0xFF, 0xD8]));
//! ```
//!
//! The writers trust their caller. They panic on arguments that a format cannot express, such as a
//! side of 0 where it stores the side minus 1, or more than 256 colours for a palette.

// What the writers share.
pub mod bit_writer;
pub mod huffman;
pub mod noise;
pub mod pictures;

// Metadata that all three formats may carry.
pub mod exif;
pub mod icc;

pub mod jpeg;

pub mod png;
pub mod png_matrix;
pub mod untidy_png;

pub mod vp8;
pub mod vp8l;
pub mod webp;

pub mod bombs;

#[cfg(test)]
mod round_trip_tests;
