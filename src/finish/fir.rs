//! Lanczos3 by fast_image_resize: the same bytes as [`kernel`](super::kernel), with SIMD.
#![cfg(feature = "simd")]

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::error::Error;

use super::kernel::Axis;

/// Resizes one plane; `x` and `y` were found to be inside of it, which fast_image_resize itself does
/// not check for negative numbers and NaN.
pub(crate) fn plane(source: &[u8], x: Axis, y: Axis, resized: &mut [u8]) -> Result<(), Error> {
    let source = ImageRef::new(x.source, y.source, source, PixelType::U8)
        .map_err(|_| Error::Bug("the resizer refused the source plane"))?;
    let mut target = Image::from_slice_u8(x.target, y.target, resized, PixelType::U8)
        .map_err(|_| Error::Bug("the resizer refused the target plane"))?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(x.start, y.start, x.length, y.length)
        .use_alpha(false);
    // A new resizer for each plane: a kept one keeps its largest buffer.
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|_| Error::Bug("the resizer refused the source rectangle"))
}
