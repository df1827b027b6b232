//! `Plan`.

use bombproof::Size;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::guard::{attached, detached};
use crate::header::Header;
use crate::interrupt::{self, Interrupt};
use crate::limits::LimitsArgument;
use crate::number::Seconds;
use crate::outcome;
use crate::request::RequestArgument;
use crate::upload::planned_upload;

/// How an upload becomes its outputs, and what that costs. It exists only after all limits were
/// checked. str(plan) explains it in one line.
///
/// Raises OverLimit for the first exceeded limit, NotCredible, Truncated, Unsupported for a format that
/// the limits exclude, and BadRequest.
#[pyclass(frozen, eq, module = "bombproof")]
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) core: bombproof::Plan,
    /// What another process makes the same plan of.
    request: Py<PyAny>,
    limits: Option<Py<PyAny>>,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.core == other.core
    }
}

/// An argument, and the object that was passed.
#[derive(Debug)]
struct Kept<T> {
    value: T,
    object: Py<PyAny>,
}

impl<'a, 'py, T: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Kept<T> {
    type Error = T::Error;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self { value: object.extract()?, object: object.to_owned().unbind() })
    }
}

#[pymethods]
impl Plan {
    #[new]
    #[pyo3(
        signature = (header, request, limits = None),
        text_signature = "(header, request, limits=None)"
    )]
    fn new(
        py: Python<'_>,
        header: &Header,
        request: Kept<RequestArgument>,
        limits: Option<Kept<LimitsArgument>>,
    ) -> PyResult<Self> {
        let LimitsArgument(checked) =
            limits.as_ref().map(|limits| limits.value).unwrap_or_default();
        let core = attached(py, || bombproof::Plan::new(&header.core, &request.value.0, &checked))?;
        Ok(Self { core, request: request.object, limits: limits.map(|limits| limits.object) })
    }

    /// The quote: the most bytes that the job needs, with its outputs, without the upload.
    #[getter]
    fn memory_bytes(&self) -> u64 {
        self.core.memory_bytes()
    }

    /// The most time that the job takes, in nanoseconds of one core of the measured machine.
    #[getter]
    fn work(&self) -> u64 {
        self.core.work()
    }

    /// The header that the plan was made from.
    #[getter]
    fn header(&self) -> Header {
        Header { core: self.core.header().clone() }
    }

    /// The size of the first output.
    #[getter]
    fn output_size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::size(py, self.core.output_size())
    }

    /// The sizes of all outputs, in the order of the request.
    #[getter]
    fn output_sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let sizes = self.core.output_sizes().map(|size| outcome::size(py, size));
        PyTuple::new(py, sizes.collect::<PyResult<Vec<_>>>()?)
    }

    /// The part of the picture that the outputs need, in stored pixels.
    #[getter]
    fn crop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::rect(py, self.core.crop())
    }

    /// The divisor of the sides in the decoder itself: 1, 2, 4 or 8.
    #[getter]
    fn scale_divisor(&self) -> u32 {
        self.core.scale_divisor()
    }

    /// The boxes that are averaged after decoding, in decoded pixels.
    #[getter]
    fn box_size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        outcome::size(py, self.core.box_size())
    }

    /// Makes the first output. data are the bytes that the plan was made from.
    ///
    /// timeout is in seconds from now; interrupt is for other threads. The first of them stops the job.
    ///
    /// Raises BadRequest for other bytes, Malformed, Truncated, Unsupported, OverLimit for an output
    /// that is longer than max_bytes, Interrupted, and OutOfMemory.
    #[pyo3(signature = (data, *, timeout = None, interrupt = None))]
    fn run<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        timeout: Option<Seconds>,
        interrupt: Option<&Interrupt>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = data.py();
        let stop = interrupt::of_job(interrupt::deadline(timeout), interrupt);
        let data = planned_upload(data, self.core.header().input_bytes())?;
        let bytes = data.as_bytes();
        let output = detached(py, || self.core.run(bytes, &stop))?;
        outcome::thumbnail(py, output, self.core.memory_bytes())
    }

    /// Makes all outputs from one decode, in the order of the request. Otherwise like run().
    #[pyo3(signature = (data, *, timeout = None, interrupt = None))]
    fn run_all<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        timeout: Option<Seconds>,
        interrupt: Option<&Interrupt>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let py = data.py();
        let stop = interrupt::of_job(interrupt::deadline(timeout), interrupt);
        let data = planned_upload(data, self.core.header().input_bytes())?;
        let bytes = data.as_bytes();
        let outputs = detached(py, || self.core.run_all(bytes, &stop))?;
        outcome::thumbnails(py, outputs, self.core.memory_bytes())
    }

    fn __str__(&self) -> String {
        self.core.to_string()
    }

    fn __repr__(&self) -> String {
        let Size { width, height } = self.core.output_size();
        let (bytes, work) = (self.core.memory_bytes(), self.core.work());
        format!("<bombproof.Plan: {width} x {height} pixels, {bytes} bytes, {work} ns>")
    }

    fn __copy__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: PyRef<'py, Self>, _memo: &Bound<'py, PyAny>) -> PyRef<'py, Self> {
        slf
    }

    /// Planned again, from the same header, request and limits.
    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, Arguments) {
        let limits = self.limits.as_ref().map(|limits| limits.clone_ref(py));
        (py.get_type::<Self>(), (self.header(), self.request.clone_ref(py), limits))
    }
}

type Arguments = (Header, Py<PyAny>, Option<Py<PyAny>>);
