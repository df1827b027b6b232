//! Small planes → upright sRGB pixels: resize, colour, orientation.

pub(crate) mod color;
pub(crate) mod icc;
pub(crate) mod resize;

mod fir;
mod kernel;
mod upsample;

pub use icc::{ColorConversion, ProfileProblem};
