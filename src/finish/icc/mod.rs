//! ICC profile → sRGB, on pixels of the target size.
//!
//! A profile is untrusted metadata. `probe` locates and checks it without heap. This module
//! rebuilds it from only the tags that its colour model needs, and passes the copy to moxcms. A
//! doubtful profile is ignored, and [`ColorConversion`] reports why. A picture is never refused for
//! its profile.

use core::fmt;

use moxcms::{
    CmsError, ColorProfile, Layout, ParsingOptions, Transform8BitExecutor, TransformOptions,
};

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::price::sum_ps;
use crate::probe::icc::{
    DeflatedHead, IccSource, MAX_COST_BYTES, MAX_POINTS, MinimalProfile, ProfileBytes,
    ProfileProblem, Space, conversion_bytes, inflate_profile, peak_bytes_of_head,
};

use crate::finish::color::cmyk_to_rgb;

#[cfg(test)]
mod tests;

/// How the colours of a picture became sRGB.
///
/// A file declares them by an embedded ICC profile, or, in a PNG, by the first of the chunks cICP,
/// iCCP, sRGB, and gAMA with cHRM that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColorConversion {
    /// The file declares sRGB or nothing. Nothing was converted.
    Srgb,
    /// The colours were converted from what the file declares to sRGB.
    Converted,
    /// The embedded profile, or the cICP chunk, was ignored, and the colours were interpreted as
    /// sRGB.
    Ignored(ProfileProblem),
}

impl fmt::Display for ColorConversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Srgb => f.write_str("sRGB"),
            Self::Converted => f.write_str("converted to sRGB"),
            Self::Ignored(problem) => write!(f, "profile ignored: {problem}"),
        }
    }
}

/// The samples of interleaved pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// CMYK, where 255 means full ink. RGB after the conversion.
    Cmyk,
}

impl Channels {
    /// The colour space of the profile, and the layouts of the pixels before and after the
    /// conversion.
    const fn layouts(self) -> (Space, Layout, Layout) {
        match self {
            Self::Gray => (Space::Gray, Layout::Gray, Layout::Gray),
            Self::GrayAlpha => (Space::Gray, Layout::GrayAlpha, Layout::GrayAlpha),
            Self::Rgb => (Space::Rgb, Layout::Rgb, Layout::Rgb),
            Self::Rgba => (Space::Rgb, Layout::Rgba, Layout::Rgba),
            Self::Cmyk => (Space::Cmyk, Layout::Rgba, Layout::Rgb),
        }
    }
}

/// Converts pixels to sRGB in place. Grey stays grey, and alpha, which is straight, stays
/// unchanged. CMYK always becomes RGB, in the first three quarters of `pixels`.
pub(crate) fn to_srgb(
    pixels: &mut [u8],
    channels: Channels,
    source: Option<&IccSource<'_>>,
    max_icc_bytes: u64,
    budget: &Budget,
) -> Result<ColorConversion, Error> {
    let conversion = match source {
        None => ColorConversion::Srgb,
        Some(source) => convert(pixels, channels, source, max_icc_bytes, budget)?,
    };
    if channels == Channels::Cmyk && conversion != ColorConversion::Converted {
        cmyk_to_rgb(pixels);
    }
    Ok(conversion)
}

/// The most work of converting `pixels` with a profile that takes `cost_bytes`, in picoseconds. That
/// of primaries and a transfer function is less.
pub(crate) fn work_ps(channels: Channels, cost_bytes: u64, pixels: u64) -> u64 {
    let (most_building_ps, pixel_ps) = match channels {
        Channels::Cmyk => (CMYK_GRID_PS, CMYK_PIXEL_PS),
        _ if cost_bytes < LEAST_TABLE_BYTES => (RGB_GRID_PS, MATRIX_PIXEL_PS),
        _ => (RGB_GRID_PS, TABLE_PIXEL_PS),
    };
    let building_ps = sum_ps([(cost_bytes, BUILT_BYTE_PS)]).min(most_building_ps);
    sum_ps([(1, building_ps), (cost_bytes, COPIED_BYTE_PS), (pixels, pixel_ps)])
}

/// A byte of the curves and of the grid that moxcms computes.
const BUILT_BYTE_PS: u64 = 4_500;
/// The grid of 17⁴ nodes, with all curves.
const CMYK_GRID_PS: u64 = 12_000_000_000;
/// The grid of 33³ nodes, with all curves.
const RGB_GRID_PS: u64 = 4_500_000_000;
/// A byte of the profile, which is copied and expanded.
const COPIED_BYTE_PS: u64 = 600;
const CMYK_PIXEL_PS: u64 = 80_000;
/// A pixel that is looked up in a grid.
const TABLE_PIXEL_PS: u64 = 30_000;
/// A pixel that is multiplied with a matrix.
const MATRIX_PIXEL_PS: u64 = 12_000;
/// The grid of 33³ nodes alone takes so many bytes.
const LEAST_TABLE_BYTES: u64 = 4 * 3 * 33u64.pow(3);

fn convert(
    pixels: &mut [u8],
    channels: Channels,
    source: &IccSource<'_>,
    max_icc_bytes: u64,
    budget: &Budget,
) -> Result<ColorConversion, Error> {
    let (copy, moxcms_bytes) = match source {
        IccSource::Broken(problem) => return Ok(ColorConversion::Ignored(*problem)),
        IccSource::Plain(parts) if parts.len() > max_icc_bytes => {
            return Ok(ColorConversion::Ignored(ProfileProblem::TooLarge));
        }
        IccSource::Plain(parts) => match rebuilt(parts, channels, MAX_COST_BYTES, budget)? {
            Ok(rebuilt) => rebuilt,
            Err(conversion) => return Ok(conversion),
        },
        IccSource::Deflated(stream) => {
            match rebuilt_from_deflated(stream, channels, max_icc_bytes, budget)? {
                Ok(rebuilt) => rebuilt,
                Err(conversion) => return Ok(conversion),
            }
        }
    };
    let _reservation = budget.reserve(moxcms_bytes)?;
    let transform = match transform(&copy, channels) {
        Ok(transform) => transform,
        // The output must not depend on how much memory is free.
        Err(CmsError::OutOfMemory(items)) => return Err(out_of_memory(items)),
        Err(_) => return Ok(ColorConversion::Ignored(ProfileProblem::Unsupported)),
    };
    apply(&*transform, channels, pixels)?;
    Ok(ColorConversion::Converted)
}

/// The minimal copy of a profile and the bytes that moxcms allocates for it, or why there is no
/// conversion.
fn rebuilt<'b>(
    parts: &ProfileBytes<'_>,
    channels: Channels,
    max_cost_bytes: u64,
    budget: &'b Budget,
) -> Result<Result<(Buffer<'b, u8>, u64), ColorConversion>, Error> {
    let profile = match MinimalProfile::of(parts) {
        Ok(profile) => profile,
        Err(problem) => return Ok(Err(ColorConversion::Ignored(problem))),
    };
    if profile.space != channels.layouts().0 {
        return Ok(Err(ColorConversion::Ignored(ProfileProblem::WrongColorSpace)));
    }
    if profile.is_srgb() {
        return Ok(Err(ColorConversion::Srgb));
    }
    let cost_bytes = conversion_bytes(&profile);
    if cost_bytes > max_cost_bytes {
        return Ok(Err(ColorConversion::Ignored(ProfileProblem::TooCostly)));
    }
    let moxcms_bytes = cost_bytes.saturating_sub(profile.len());
    Ok(Ok((profile.write(budget)?, moxcms_bytes)))
}

/// The same for a deflated profile.
fn rebuilt_from_deflated<'b>(
    stream: &[u8],
    channels: Channels,
    max_icc_bytes: u64,
    budget: &'b Budget,
) -> Result<Result<(Buffer<'b, u8>, u64), ColorConversion>, Error> {
    let ignored = |problem| Ok(Err(ColorConversion::Ignored(problem)));
    let head = DeflatedHead::inflate(stream);
    let parts = match head.profile() {
        Ok(parts) if parts.len() > max_icc_bytes => return ignored(ProfileProblem::TooLarge),
        Ok(parts) if parts.is_head() => parts,
        Ok(parts) => return rebuilt(&parts, channels, MAX_COST_BYTES, budget),
        Err(problem) => return ignored(problem),
    };
    let max_cost_bytes = match peak_bytes_of_head(&parts) {
        Ok(cost) if cost > MAX_COST_BYTES => return ignored(ProfileProblem::TooCostly),
        Ok(cost) => cost,
        Err(problem) => return ignored(problem),
    };
    let len =
        usize::try_from(parts.len()).map_err(|_| Error::Bug("a limit over the address space"))?;
    let mut inflated = budget.buffer(len, 0u8)?;
    if let Err(problem) = inflate_profile(stream, &mut inflated) {
        return ignored(problem);
    }
    // Its tags cost no more than their lengths allow, unless this crate has a bug. Then the profile
    // is ignored.
    rebuilt(&ProfileBytes::contiguous(&inflated), channels, max_cost_bytes, budget)
}

fn transform(
    copy: &[u8],
    channels: Channels,
) -> Result<std::sync::Arc<Transform8BitExecutor>, CmsError> {
    let (_, from, to) = channels.layouts();
    let options =
        ParsingOptions { max_allowed_trc_size: MAX_POINTS as usize, ..ParsingOptions::default() };
    let profile = ColorProfile::new_from_slice_with_options(copy, options)?;
    let srgb = ColorProfile::new_srgb();
    profile.create_transform_8bit(from, &srgb, to, TransformOptions::default())
}

/// moxcms reports a number of items. Those of its tables are `f32`.
const fn out_of_memory(items: usize) -> Error {
    Error::OutOfMemory { bytes: (items as u64).saturating_mul(size_of::<f32>() as u64) }
}

fn apply(
    transform: &Transform8BitExecutor,
    channels: Channels,
    pixels: &mut [u8],
) -> Result<(), Error> {
    const FAILED: Error = Error::Bug("a color transform failed on complete pixels");
    let (_, from, to) = channels.layouts();
    let count = pixels.len() / from.channels();
    let mut scratch = [0; PIXELS_AT_ONCE * 4];
    for first in (0..count).step_by(PIXELS_AT_ONCE) {
        let block = PIXELS_AT_ONCE.min(count - first);
        let scratch = scratch.get_mut(..block * from.channels()).ok_or(FAILED)?;
        let start = first * from.channels();
        scratch.copy_from_slice(pixels.get(start..start + scratch.len()).ok_or(FAILED)?);
        // A converted pixel is never larger, so writing never overtakes reading.
        let start = first * to.channels();
        let converted = pixels.get_mut(start..start + block * to.channels()).ok_or(FAILED)?;
        transform.transform(scratch, converted).map_err(|error| match error {
            CmsError::OutOfMemory(items) => out_of_memory(items),
            _ => FAILED,
        })?;
    }
    Ok(())
}

const PIXELS_AT_ONCE: usize = 256;
