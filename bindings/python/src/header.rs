//! `Header` and `probe`.

use bombproof::{HeaderParts, IccKind, Size};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::guard::attached;
use crate::limits::LimitsArgument;
use crate::outcome;
use crate::upload::upload;

/// What the header of a file declares. Only probe makes one; from_json and pickle carry it to other
/// processes.
#[pyclass(frozen, eq, module = "bombproof")]
#[derive(Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) core: bombproof::Header,
}

/// Reads the header of an upload. Decodes no pixel.
///
/// The limits are those of the length of the upload; a Plan checks all others.
///
/// Raises Unsupported, Malformed, Truncated, and OverLimit for an upload that is too long.
#[pyfunction]
#[pyo3(signature = (data, limits = LimitsArgument::default()), text_signature = "(data, limits=None)")]
pub(crate) fn probe(data: &Bound<'_, PyAny>, limits: LimitsArgument) -> PyResult<Header> {
    let data = upload(data, &limits.0)?;
    let core = attached(data.py(), || bombproof::probe(data.as_bytes()))?;
    Ok(Header { core })
}

#[pymethods]
impl Header {
    /// The format of the data, whatever the name of the file is.
    #[getter]
    fn format(&self) -> &'static str {
        self.core.format().name()
    }

    /// Width and height as stored, before the orientation is applied.
    #[getter]
    fn size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::size(py, self.core.size())
    }

    /// Width and height after the orientation is applied.
    #[getter]
    fn upright_size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::size(py, self.core.upright_size())
    }

    /// Bits per sample as stored: 1, 2, 4, 8 or 16.
    #[getter]
    fn bit_depth(&self) -> u8 {
        self.core.bit_depth()
    }

    /// The colour model as stored.
    #[getter]
    fn color(&self) -> &'static str {
        self.core.color().name()
    }

    /// True if pixels may be transparent.
    #[getter]
    fn alpha(&self) -> bool {
        self.core.alpha()
    }

    /// How the picture becomes upright: the value of the Exif tag, 1 to 8.
    #[getter]
    fn orientation(&self) -> u8 {
        self.core.orientation().exif_value()
    }

    /// True for a progressive JPEG or an interlaced PNG.
    #[getter]
    fn progressive(&self) -> bool {
        self.core.progressive()
    }

    /// True if the file is an animation. Only its first frame is decoded.
    #[getter]
    fn animated(&self) -> bool {
        self.core.animated()
    }

    /// The colour space of the embedded ICC profile, if there is one.
    #[getter]
    fn icc(&self) -> Option<&'static str> {
        self.core.icc().map(IccKind::name)
    }

    /// The number of scans of a JPEG.
    #[getter]
    fn scans(&self) -> Option<u32> {
        self.core.scans()
    }

    /// The length of the upload in bytes.
    #[getter]
    fn input_bytes(&self) -> u64 {
        self.core.input_bytes()
    }

    /// The number of segments or chunks that were read.
    #[getter]
    fn segments(&self) -> u32 {
        self.core.segments()
    }

    fn __repr__(&self) -> String {
        let Size { width, height } = self.core.size();
        let (format, bytes) = (self.format(), self.core.input_bytes());
        format!("<bombproof.Header: {format}, {width} x {height} pixels, {bytes} bytes>")
    }

    fn __copy__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: PyRef<'py, Self>, _memo: &Bound<'py, PyAny>) -> PyRef<'py, Self> {
        slf
    }

    /// The header as text, for another process: also for one that is not written in Python.
    fn to_json(&self) -> PyResult<String> {
        let parts = HeaderParts::from(&self.core);
        serde_json::to_string(&parts).map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// The header that to_json wrote, with the same version of bombproof.
    ///
    /// A Plan of a forged header runs on no upload: run() probes it again, and raises BadRequest.
    ///
    /// Raises ValueError for a text that is no header, or one that no file can have.
    #[classmethod]
    fn from_json(_cls: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        let parts = serde_json::from_str::<HeaderParts>(text);
        let parts = parts.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { core: parts.into() })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.to_json()?,)))
    }
}
