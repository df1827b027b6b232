//! The limits of a call.

use bombproof::{Format, Formats, Limits};
use napi::bindgen_prelude::Object;
use napi_derive::napi;

use crate::failure::{Refusal, number};
use crate::options::Options;

/// Reads the property `limits` of a call. What is missing is the default.
pub(crate) fn limits(call: &Object<'_>) -> Result<Limits, Refusal> {
    let mut limits = Limits::default();
    let Some(mut options) = Options::in_call(call, "limits")? else { return Ok(limits) };
    for (property, limit) in [
        ("maxInputBytes", &mut limits.max_input_bytes),
        ("maxPixels", &mut limits.max_pixels),
        ("maxMemoryBytes", &mut limits.max_memory_bytes),
        ("maxWork", &mut limits.max_work),
        ("maxIccBytes", &mut limits.max_icc_bytes),
        ("maxIccBytesCmyk", &mut limits.max_icc_bytes_cmyk),
    ] {
        *limit = options.integer(property, u64::MAX)?.unwrap_or(*limit);
    }
    for (property, limit) in [
        ("maxSidePx", &mut limits.max_side_px),
        ("maxOutputSidePx", &mut limits.max_output_side_px),
        ("maxScans", &mut limits.max_scans),
        ("maxScanWork", &mut limits.max_scan_work),
        ("maxSegments", &mut limits.max_segments),
    ] {
        *limit = options.small(property)?.unwrap_or(*limit);
    }
    let formats = [Format::Jpeg, Format::Png, Format::WebP].map(|format| (format.name(), format));
    if let Some(allowed) = options.choices("formats", &formats)? {
        limits.formats = Formats::NONE;
        limits.formats.jpeg = allowed.contains(&Format::Jpeg);
        limits.formats.png = allowed.contains(&Format::Png);
        limits.formats.webp = allowed.contains(&Format::WebP);
    }
    options.finish()?;
    Ok(limits)
}

/// [`Limits`] as an object.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct LimitsObject {
    /// [`Limits::max_input_bytes`].
    pub max_input_bytes: f64,
    /// [`Limits::max_side_px`].
    pub max_side_px: u32,
    /// [`Limits::max_pixels`].
    pub max_pixels: f64,
    /// [`Limits::max_memory_bytes`].
    pub max_memory_bytes: f64,
    /// [`Limits::max_work`].
    pub max_work: f64,
    /// [`Limits::max_output_side_px`].
    pub max_output_side_px: u32,
    /// [`Limits::max_scans`].
    pub max_scans: u32,
    /// [`Limits::max_scan_work`].
    pub max_scan_work: u32,
    /// [`Limits::max_segments`].
    pub max_segments: u32,
    /// [`Limits::max_icc_bytes`].
    pub max_icc_bytes: f64,
    /// [`Limits::max_icc_bytes_cmyk`].
    pub max_icc_bytes_cmyk: f64,
    /// The names of [`Limits::formats`].
    pub formats: Vec<&'static str>,
}

/// The limits that a call has without any.
#[napi]
pub fn default_limits() -> LimitsObject {
    let limits = Limits::default();
    let formats = [Format::Jpeg, Format::Png, Format::WebP].into_iter();
    let formats = formats.filter(|&format| limits.formats.contains(format)).map(Format::name);
    LimitsObject {
        max_input_bytes: number(limits.max_input_bytes),
        max_side_px: limits.max_side_px,
        max_pixels: number(limits.max_pixels),
        max_memory_bytes: number(limits.max_memory_bytes),
        max_work: number(limits.max_work),
        max_output_side_px: limits.max_output_side_px,
        max_scans: limits.max_scans,
        max_scan_work: limits.max_scan_work,
        max_segments: limits.max_segments,
        max_icc_bytes: number(limits.max_icc_bytes),
        max_icc_bytes_cmyk: number(limits.max_icc_bytes_cmyk),
        formats: formats.collect(),
    }
}
