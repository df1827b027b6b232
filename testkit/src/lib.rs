//! Writers of JPEG, PNG and WebP files for testing decoders: good files of every kind, and bombs.
//!
//! Nothing here is random and nothing is read: the same arguments give the same bytes on every machine
//! (integer maths, one deflate).
//!
//! ```
//! // 65,535 × 65,535 pixels of RGBA in 65 bytes.
//! let bomb = bombproof_testkit::bombs::png::flood((65_535, 65_535), 8, 6);
//! assert_eq!(bomb.len(), 65);
//!
//! // An honest picture, as a progressive JPEG.
//! use bombproof_testkit::{jpeg, pictures};
//! let picture = pictures::landscape(64, 48).map(3, pictures::ycbcr);
//! let frame = jpeg::Frame::new(&picture, &[(2, 2), (1, 1), (1, 1)], 85, true);
//! let file = frame.file(&jpeg::Options { sof: 0xC2, ..jpeg::Options::default() });
//! assert!(file.starts_with(&[0xFF, 0xD8]));
//! ```
//!
//! The writers trust their caller: arguments that make no file (a side of 0 where a format stores the
//! side minus 1, more palette entries than a chunk can hold) panic.

// What everything is made of.
pub mod bits;
pub mod huffman;
pub mod pictures;

// What all three formats may carry.
pub mod exif;
pub mod icc;

pub mod jpeg;
pub mod jpeg_scan;
pub mod jpeg_tables;

pub mod png;

pub mod vp8;
pub mod vp8_predict;
pub mod vp8_tables;
pub mod vp8_tokens;
pub mod vp8l;
pub mod vp8l_transforms;
pub mod webp;

pub mod bombs;

#[cfg(test)]
mod decodes;
