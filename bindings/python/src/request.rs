//! `Request`: the data class of the package, as the library takes it.

use bombproof::{JpegDetail, JpegEffort, Rect, Request};
use pyo3::prelude::*;

use crate::error::bad_request;
use crate::field::{Class, Field};

static CLASS: Class = Class::new("bombproof._request", "Request");

const SIDE: std::ops::RangeInclusive<u64> = 1..=u32::MAX as u64;

/// An argument `request`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestArgument(pub(crate) Request);

impl<'a, 'py> FromPyObject<'a, 'py> for RequestArgument {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        CLASS.check(&value)?;
        request_of(&value).map(Self)
    }
}

/// Refuses fields that are not a request.
#[pyfunction]
pub(crate) fn check_request(request: &Bound<'_, PyAny>) -> PyResult<()> {
    request_of(request).map(drop)
}

fn request_of(value: &Bound<'_, PyAny>) -> PyResult<Request> {
    let mut request = fitted(value)?;
    for size in field(value, "sizes")?.tuple()? {
        let [width, height] = size.members()?;
        request = request.and_size(width.int(SIDE)?, height.int(SIDE)?);
    }
    request = formatted(value, placed(value, request)?)?;
    if let Some(bytes) = optional(value, "max_bytes")? {
        request = request.max_bytes(bytes.int(0..=u64::MAX)?);
    }
    if let Some(percent) = optional(value, "accept_truncated")? {
        request = request.accept_truncated(percent.int(1..=100)?);
    }
    Ok(request
        .enlarge(flag(value, "enlarge")?)
        .background(field(value, "background")?.color()?)
        .round(flag(value, "round")?)
        .keep_wide_gamut(flag(value, "keep_wide_gamut")?)
        .placeholder(flag(value, "placeholder")?))
}

/// The fit, and the first size.
fn fitted(value: &Bound<'_, PyAny>) -> PyResult<Request> {
    let (fit, canvas) = (field(value, "fit")?, optional(value, "canvas")?);
    let (width, height) = (optional(value, "width")?, optional(value, "height")?);
    let name = fit.text()?;
    let size = match (width, height) {
        (Some(width), Some(height)) => Some((width.int(SIDE)?, height.int(SIDE)?)),
        (None, None) => None,
        _ => return Err(fit.refused("needs both width and height, or none of them")),
    };
    match (name.as_str(), size, canvas) {
        ("cover", Some((width, height)), None) => Ok(Request::cover(width, height)),
        ("contain", Some((width, height)), None) => Ok(Request::contain(width, height)),
        ("pad", Some((width, height)), Some(canvas)) => {
            Ok(Request::pad(width, height, canvas.color()?))
        }
        ("full_size", None, None) => Ok(Request::full_size()),
        ("cover" | "contain", Some(_), Some(_)) => Err(fit.refused("has a canvas only to pad")),
        ("pad", Some(_), None) => Err(fit.refused("needs a canvas to pad")),
        ("full_size", ..) => Err(fit.refused("has neither a size nor a canvas with full_size")),
        ("cover" | "contain" | "pad", None, _) => Err(fit.refused("needs width and height")),
        _ => Err(fit.refused("is one of 'cover', 'contain', 'pad' and 'full_size'")),
    }
}

/// Which part of the picture the outputs show.
fn placed(value: &Bound<'_, PyAny>, mut request: Request) -> PyResult<Request> {
    if let Some(crop) = optional(value, "crop")? {
        let [x, y, width, height] = crop.members()?;
        let (x, y) = (x.int(0..=*SIDE.end())?, y.int(0..=*SIDE.end())?);
        request = request.crop(Rect { x, y, width: width.int(SIDE)?, height: height.int(SIDE)? });
    }
    let attention = field(value, "attention")?;
    match (optional(value, "focus")?, attention.flag()?) {
        (Some(_), true) => Err(attention.refused("and focus are two places for the same crop")),
        (Some(focus), false) => {
            let [x, y] = focus.members()?;
            Ok(request.focus(x.share()?, y.share()?))
        }
        (None, true) => Ok(request.attention()),
        (None, false) => Ok(request),
    }
}

/// The format, and how it is written.
fn formatted(value: &Bound<'_, PyAny>, request: Request) -> PyResult<Request> {
    let format = field(value, "format")?;
    let quality = optional(value, "quality")?;
    let number = quality.as_ref().map(|quality| quality.int(1..=100)).transpose()?;
    let name = format.text()?;
    let request = match (name.as_str(), number) {
        ("jpeg", number) => request.jpeg(number.unwrap_or(DEFAULT_QUALITY)),
        ("webp", number) => request.webp(number.unwrap_or(DEFAULT_QUALITY)),
        ("png", None) => request.png(),
        ("webp_lossless", None) => request.webp_lossless(),
        ("pixels", None) => request.pixels(),
        ("png" | "webp_lossless" | "pixels", Some(_)) => {
            return Err(format.refused("has no quality: only those of jpeg and webp do"));
        }
        _ => {
            return Err(
                format.refused("is one of 'jpeg', 'png', 'webp', 'webp_lossless' and 'pixels'")
            );
        }
    };
    let (effort, detail) = (field(value, "jpeg_effort")?, field(value, "jpeg_detail")?);
    let effort = match effort.text()?.as_str() {
        "balanced" => JpegEffort::Balanced,
        "smallest" => JpegEffort::Smallest,
        _ => return Err(effort.refused("is 'balanced' or 'smallest'")),
    };
    let detail = match detail.text()?.as_str() {
        "fastest" => JpegDetail::Fastest,
        "balanced" => JpegDetail::Balanced,
        "best" => JpegDetail::Best,
        _ => return Err(detail.refused("is one of 'fastest', 'balanced' and 'best'")),
    };
    Ok(request
        .jpeg_effort(effort)
        .jpeg_detail(detail)
        .jpeg_full_chroma(flag(value, "jpeg_full_chroma")?)
        .jpeg_progressive(flag(value, "jpeg_progressive")?))
}

fn field<'py>(value: &Bound<'py, PyAny>, name: &'static str) -> PyResult<Field<'py>> {
    Field::of(value, name, bad_request)
}

fn optional<'py>(value: &Bound<'py, PyAny>, name: &'static str) -> PyResult<Option<Field<'py>>> {
    Ok(field(value, name)?.set())
}

fn flag(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<bool> {
    field(value, name)?.flag()
}

/// That of the library's default format.
const DEFAULT_QUALITY: u8 = 80;
