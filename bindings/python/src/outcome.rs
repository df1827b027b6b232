//! What the library returns, as values of the package.

use bombproof::{ColorConversion, Placeholder, Rect, Size, Thumbnail};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::field::Class;
use crate::upload::new_bytes;

static THUMBNAIL: Class = Class::new("bombproof._thumbnail", "Thumbnail");
static PLACEHOLDER: Class = Class::new("bombproof._thumbnail", "Placeholder");
static SIZE: Class = Class::new("bombproof._geometry", "Size");
static RECT: Class = Class::new("bombproof._geometry", "Rect");

/// Outputs of a plan whose quote is `memory_bytes`. Each is freed when it has been copied.
pub(crate) fn thumbnails(
    py: Python<'_>,
    outputs: Vec<Thumbnail>,
    memory_bytes: u64,
) -> PyResult<Vec<Bound<'_, PyAny>>> {
    outputs.into_iter().map(|output| thumbnail(py, output, memory_bytes)).collect()
}

/// An output of a plan whose quote is `memory_bytes`.
pub(crate) fn thumbnail(
    py: Python<'_>,
    output: Thumbnail,
    memory_bytes: u64,
) -> PyResult<Bound<'_, PyAny>> {
    let fields = PyDict::new(py);
    fields.set_item("data", new_bytes(py, output.bytes())?)?;
    fields.set_item("width", output.size().width)?;
    fields.set_item("height", output.size().height)?;
    fields.set_item("media_type", output.media_type())?;
    let layout = output.picture().map(|picture| picture.layout().name());
    fields.set_item("layout", layout)?;
    fields.set_item("gamut", output.gamut().name())?;
    fields.set_item("color", output.color().name())?;
    fields.set_item("source_rect", rect(py, output.source_rect())?)?;
    let placeholder = output.placeholder().map(|it| placeholder(py, &it)).transpose()?;
    fields.set_item("placeholder", placeholder)?;
    let truncated = output.truncated();
    fields.set_item("truncated", truncated.is_some())?;
    fields.set_item("truncated_rows", truncated.and_then(|truncated| truncated.rows()))?;
    fields.set_item("warnings", PyTuple::new(py, warnings(&output))?)?;
    fields.set_item("memory_bytes", memory_bytes)?;
    THUMBNAIL.get(py)?.call((), Some(&fields))
}

/// What a service may want to log of an upload that was accepted.
fn warnings(output: &Thumbnail) -> Vec<String> {
    let color = output.color();
    let ignored = matches!(color, ColorConversion::Ignored(_)).then(|| color.to_string());
    let truncated = output.truncated().map(|truncated| format!("truncated {truncated}"));
    truncated.into_iter().chain(ignored).collect()
}

fn placeholder<'py>(py: Python<'py>, placeholder: &Placeholder) -> PyResult<Bound<'py, PyAny>> {
    let hash = PyBytes::new(py, placeholder.thumb_hash().as_bytes());
    let [red, green, blue] = placeholder.dominant_color();
    PLACEHOLDER.get(py)?.call1((hash, (red, green, blue)))
}

pub(crate) fn size(py: Python<'_>, size: Size) -> PyResult<Bound<'_, PyAny>> {
    SIZE.get(py)?.call1((size.width, size.height))
}

pub(crate) fn rect(py: Python<'_>, rect: Rect) -> PyResult<Bound<'_, PyAny>> {
    RECT.get(py)?.call1((rect.x, rect.y, rect.width, rect.height))
}
