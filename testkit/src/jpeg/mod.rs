//! JPEG files: planes → coefficients → scans → segments. [`Frame::file`] writes a complete file
//! with [`Options`]. [`Stream`] writes one segment at a time, for files that break a rule, and
//! [`untidy`] rewrites complete files.

mod file;
mod frame;
mod scan;
mod segments;
mod tables;
pub mod untidy;

pub use file::{Options, default_scans};
pub use frame::{Component, Frame};
pub use scan::{Scan, Token, end_blocks_with_zero_runs, entropy_coded, optimal_tables, tokens};
pub use segments::Stream;
pub use tables::{HuffmanTable, ZIGZAG, quantization, typical};
