//! Small planes → upright sRGB pixels: resize, colour, orientation.

pub(crate) mod resize;

mod fir;
mod kernel;
mod upsample;
