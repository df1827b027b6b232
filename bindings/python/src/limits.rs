//! `Limits`: the data class of the package, as the library takes it.

use bombproof::{Formats, Limits};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::field::{Class, Field};

static CLASS: Class = Class::new("bombproof._limits", "Limits");

/// An argument `limits`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LimitsArgument(pub(crate) Limits);

impl<'a, 'py> FromPyObject<'a, 'py> for LimitsArgument {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::default());
        }
        CLASS.check(&value)?;
        limits_of(&value).map(Self)
    }
}

/// Refuses fields that are not limits.
#[pyfunction]
pub(crate) fn check_limits(limits: &Bound<'_, PyAny>) -> PyResult<()> {
    limits_of(limits).map(drop)
}

/// The default of each limit, by its name.
#[pyfunction]
pub(crate) fn default_limits(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let limits = Limits::default();
    let dict = PyDict::new(py);
    for (name, value) in [
        ("max_input_bytes", limits.max_input_bytes),
        ("max_side_px", limits.max_side_px.into()),
        ("max_pixels", limits.max_pixels),
        ("max_memory_bytes", limits.max_memory_bytes),
        ("max_work", limits.max_work),
        ("max_output_side_px", limits.max_output_side_px.into()),
        ("max_scans", limits.max_scans.into()),
        ("max_scan_work", limits.max_scan_work.into()),
        ("max_segments", limits.max_segments.into()),
        ("max_icc_bytes", limits.max_icc_bytes),
        ("max_icc_bytes_cmyk", limits.max_icc_bytes_cmyk),
    ] {
        dict.set_item(name, value)?;
    }
    dict.set_item("formats", ("jpeg", "png", "webp"))?;
    Ok(dict)
}

fn limits_of(value: &Bound<'_, PyAny>) -> PyResult<Limits> {
    let field = |name| Field::of(value, name, |_, what| PyValueError::new_err(what.to_owned()));
    let u32 = |name| field(name)?.int::<u32>(0..=u32::MAX.into());
    let u64 = |name| field(name)?.int::<u64>(0..=u64::MAX);
    let mut limits = Limits::default();
    limits.max_input_bytes = u64("max_input_bytes")?;
    limits.max_side_px = u32("max_side_px")?;
    limits.max_pixels = u64("max_pixels")?;
    limits.max_memory_bytes = u64("max_memory_bytes")?;
    limits.max_work = u64("max_work")?;
    limits.max_output_side_px = u32("max_output_side_px")?;
    limits.max_scans = u32("max_scans")?;
    limits.max_scan_work = u32("max_scan_work")?;
    limits.max_segments = u32("max_segments")?;
    limits.max_icc_bytes = u64("max_icc_bytes")?;
    limits.max_icc_bytes_cmyk = u64("max_icc_bytes_cmyk")?;
    limits.formats = Formats::NONE;
    for format in field("formats")?.tuple()? {
        match format.text()?.as_str() {
            "jpeg" => limits.formats.jpeg = true,
            "png" => limits.formats.png = true,
            "webp" => limits.formats.webp = true,
            _ => return Err(format.refused("are some of 'jpeg', 'png' and 'webp'")),
        }
    }
    Ok(limits)
}
