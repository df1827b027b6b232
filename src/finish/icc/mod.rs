//! ICC profile → the colour space of an output, on pixels of the target size.
//!
//! A profile is untrusted metadata. `probe` locates and checks it without heap. This module copies
//! the curves and the table of its colour model, and evaluates them for each pixel. All of that is
//! integers and basic operations on `f64`, so each machine writes the same bytes. A doubtful profile
//! is ignored, and [`ColorConversion`] reports why. A picture is never refused for its profile.

use core::fmt;

use super::channels::Channels;
use super::light::CurvesAndMatrix;
use super::primaries::primaries;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::Gamut;
use crate::price::sum_ps;
use crate::probe::colorants_to;
use crate::probe::icc::{
    self, Cost, Curve, DeflatedHead, IccSource, MAX_COST_BYTES, Model, Profile, ProfileBytes,
    ProfileProblem, conversion_bytes, inflate_profile, most_cost,
};

use crate::finish::color::cmyk_to_rgb;
use table::Table;

mod table;
#[cfg(test)]
mod tests;

/// How the colours of a picture became those of the output.
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
    /// The colours were converted from what the file declares to Display P3, because
    /// [`Request::keep_wide_gamut`](crate::Request::keep_wide_gamut) is set.
    ConvertedToDisplayP3,
    /// The embedded profile, or the cICP chunk, was ignored, and the colours were interpreted as
    /// sRGB.
    Ignored(ProfileProblem),
}

impl ColorConversion {
    /// The name in snake case, for JSON and other languages: `"converted"` and so on. It does not
    /// tell the problem of a profile that was ignored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Srgb => "srgb",
            Self::Converted => "converted",
            Self::ConvertedToDisplayP3 => "converted_to_display_p3",
            Self::Ignored(_) => "ignored",
        }
    }
}

impl fmt::Display for ColorConversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Srgb => f.write_str("sRGB"),
            Self::Converted => f.write_str("converted to sRGB"),
            Self::ConvertedToDisplayP3 => f.write_str("converted to Display P3"),
            Self::Ignored(problem) => write!(f, "profile ignored: {problem}"),
        }
    }
}

/// Converts pixels to `gamut` in place. Grey stays grey, and alpha, which is straight, stays
/// unchanged. CMYK always becomes RGB, in the first three quarters of `pixels`.
pub(crate) fn convert(
    pixels: &mut [u8],
    channels: Channels,
    gamut: Gamut,
    source: Option<&IccSource<'_>>,
    max_icc_bytes: u64,
    job: Job<'_>,
) -> Result<ColorConversion, Error> {
    let conversion = match source {
        None => ColorConversion::Srgb,
        Some(source) => convert_by(pixels, channels, gamut, source, max_icc_bytes, job)?,
    };
    let is_converted = conversion == ColorConversion::Converted;
    if channels == Channels::Cmyk && !is_converted {
        cmyk_to_rgb(pixels);
    }
    Ok(conversion)
}

/// The most work of converting `pixels` with a profile of this cost, in picoseconds. That of primaries
/// and a transfer function is less.
pub(crate) fn work_ps(channels: Channels, cost: Cost, pixels: u64) -> u64 {
    let pixel_ps = match (cost.has_table, channels) {
        (false, _) => MATRIX_PIXEL_PS,
        (true, Channels::Cmyk) => CMYK_TABLE_PIXEL_PS,
        (true, _) => RGB_TABLE_PIXEL_PS,
    };
    sum_ps([
        (cost.deflated_head_bytes, icc::DEFLATED_BYTE_PS),
        (cost.deflated_bytes, icc::DEFLATED_BYTE_PS),
        (cost.inflated_bytes, INFLATED_BYTE_PS),
        (cost.bytes, COPIED_BYTE_PS),
        (cost.curve_values, CURVE_VALUE_PS),
        (pixels, pixel_ps),
    ])
}

const INFLATED_BYTE_PS: u64 = 9_000;
const COPIED_BYTE_PS: u64 = 200;
/// A value of a curve, most if it is a power.
const CURVE_VALUE_PS: u64 = 80_000;
const MATRIX_PIXEL_PS: u64 = 8_000;
/// A pixel between the eight nodes of an RGB grid.
const RGB_TABLE_PIXEL_PS: u64 = 110_000;
/// A pixel between the sixteen nodes of a CMYK grid.
const CMYK_TABLE_PIXEL_PS: u64 = 165_000;

fn convert_by(
    pixels: &mut [u8],
    channels: Channels,
    gamut: Gamut,
    source: &IccSource<'_>,
    max_icc_bytes: u64,
    job: Job<'_>,
) -> Result<ColorConversion, Error> {
    let outcome = match source {
        IccSource::Broken(problem) => Err(NotConverted::Ignored(*problem)),
        IccSource::Plain(bytes) if bytes.len() > max_icc_bytes => Err(TOO_LARGE),
        IccSource::Plain(bytes) => convert_with(pixels, channels, gamut, bytes, job),
        IccSource::Deflated(stream) => {
            convert_with_deflated(pixels, channels, gamut, stream, max_icc_bytes, job)
        }
    };
    match outcome {
        Ok(()) => Ok(ColorConversion::Converted),
        Err(NotConverted::Srgb) => Ok(ColorConversion::Srgb),
        Err(NotConverted::Ignored(problem)) => Ok(ColorConversion::Ignored(problem)),
        Err(NotConverted::Failed(error)) => Err(error),
    }
}

/// Why no colours were converted.
enum NotConverted {
    Srgb,
    Ignored(ProfileProblem),
    Failed(Error),
}

const TOO_LARGE: NotConverted = NotConverted::Ignored(ProfileProblem::TooLarge);

impl From<ProfileProblem> for NotConverted {
    fn from(problem: ProfileProblem) -> Self {
        Self::Ignored(problem)
    }
}

impl From<Error> for NotConverted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn convert_with(
    pixels: &mut [u8],
    channels: Channels,
    gamut: Gamut,
    bytes: &ProfileBytes<'_>,
    job: Job<'_>,
) -> Result<(), NotConverted> {
    let profile = Profile::of(bytes)?;
    if profile.space != channels.space() {
        return Err(NotConverted::Ignored(ProfileProblem::WrongColorSpace));
    }
    if profile.is_srgb() {
        return Err(NotConverted::Srgb);
    }
    if conversion_bytes(&profile) > MAX_COST_BYTES {
        return Err(NotConverted::Ignored(ProfileProblem::TooCostly));
    }
    let data = profile.data(job.budget)?;
    match profile.model {
        Model::Gray(curve) => {
            convert_with_curves(pixels, channels, &data, &[curve; 1], IDENTITY, job.interrupt)?;
        }
        Model::Matrix { curves, colorants, .. } => {
            let matrix = colorants_to(primaries(gamut), &colorants);
            let matrix = matrix.ok_or(Error::Bug("unchecked colorants"))?;
            convert_with_curves(pixels, channels, &data, &curves, matrix, job.interrupt)?;
        }
        Model::Lut(_) if gamut != Gamut::Srgb => {
            return Err(Error::Bug("a table for wide colours").into());
        }
        Model::Lut(lut) => {
            let table = Table::new(&lut, profile.connection, &data, job.budget)?;
            table.convert(pixels, channels, job.interrupt)?;
        }
    }
    Ok(())
}

/// The same for a deflated profile.
fn convert_with_deflated(
    pixels: &mut [u8],
    channels: Channels,
    gamut: Gamut,
    stream: &[u8],
    max_icc_bytes: u64,
    job: Job<'_>,
) -> Result<(), NotConverted> {
    let head = DeflatedHead::inflate(stream);
    let bytes = head.profile()?;
    if bytes.len() > max_icc_bytes {
        return Err(TOO_LARGE);
    }
    if !bytes.is_head() {
        return convert_with(pixels, channels, gamut, &bytes, job);
    }
    if most_cost(&bytes)?.bytes > MAX_COST_BYTES {
        return Err(NotConverted::Ignored(ProfileProblem::TooCostly));
    }
    let mut inflated = job.budget.buffer(bytes.len(), 0u8)?;
    inflate_profile(stream, &mut inflated)?;
    let profile = ProfileBytes::contiguous(&inflated);
    convert_with(pixels, channels, gamut, &profile, job)
}

/// Converts pixels by tone curves, whose data lie one after another, and a matrix. There is one curve
/// for grey. If the three of RGB are the same, their data are there once.
fn convert_with_curves(
    pixels: &mut [u8],
    channels: Channels,
    mut data: &[u8],
    curves: &[Curve],
    matrix: [[i32; 3]; 3],
    interrupt: &Interrupt,
) -> Result<(), Error> {
    let mut functions = [const { None }; 3];
    for (function, curve) in functions.iter_mut().zip(curves) {
        let len = usize::try_from(curve.tag.len).map_err(|_| SHORT)?;
        let (own, rest) = data.split_at_checked(len).ok_or(SHORT)?;
        *function = Some(curve.function(own)?);
        if !rest.is_empty() {
            data = rest;
        }
    }
    let light = |channel: usize, coded| {
        functions[channel].as_ref().map_or(coded, |function| function.value(coded))
    };
    CurvesAndMatrix::new(matrix, light).convert(pixels, channels, interrupt)
}

const SHORT: Error = Error::Bug("the data of a profile are shorter than its tags");
const IDENTITY: [[i32; 3]; 3] = [[1 << 16, 0, 0], [0, 1 << 16, 0], [0, 0, 1 << 16]];
