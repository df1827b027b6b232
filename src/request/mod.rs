//! The request: sizes and how to fit them, crop, output format.

mod builder;
mod choices;
mod format;
mod look;
mod part;

pub use builder::Request;
pub(crate) use choices::{CropPosition, Fit, OutputFormat};
pub use choices::{JpegDetail, JpegEffort};
