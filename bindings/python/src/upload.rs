//! Uploads: the bytes of a buffer, and of a file that is read no further than the limit.

use std::io::{self, ErrorKind, Read};

use bombproof::{BadRequest, Error, Limit, Limits};
use pyo3::exceptions::{PyBlockingIOError, PyMemoryError, PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};

use crate::error::exception;
use crate::guard::attached;
use crate::limits::LimitsArgument;

/// The bytes of `data` for a job under `limits`: `bytes` as they are, and a copy of any other buffer,
/// since a thread may write to it meanwhile. Nothing is copied that is over the limit.
pub(crate) fn upload<'py>(
    data: &Bound<'py, PyAny>,
    limits: &Limits,
) -> PyResult<Bound<'py, PyBytes>> {
    checked(data, |len| {
        let allowed = limits.max_input_bytes;
        if len > allowed { Err(Error::over_limit(Limit::InputBytes, len, allowed)) } else { Ok(()) }
    })
}

/// The bytes of `data` for a plan that was made from `input_bytes` bytes.
pub(crate) fn planned_upload<'py>(
    data: &Bound<'py, PyAny>,
    input_bytes: u64,
) -> PyResult<Bound<'py, PyBytes>> {
    checked(data, |len| {
        if len == input_bytes { Ok(()) } else { Err(Error::BadRequest(BadRequest::OtherBytes)) }
    })
}

fn checked<'py>(
    data: &Bound<'py, PyAny>,
    check: impl FnOnce(u64) -> Result<(), Error>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = data.py();
    let check = |len| check(len).map_err(|error| exception(py, error));
    if let Ok(bytes) = data.cast::<PyBytes>() {
        check(bytes.as_bytes().len() as u64)?;
        return Ok(bytes.clone());
    }
    // While the view exists, the buffer cannot be resized.
    let view = PyMemoryView::from(data)?;
    let len = view.getattr("nbytes")?.extract()?;
    check(len)?;
    let copy = view.call_method0("tobytes").map_err(|error| no_memory(py, error, len))?;
    view.call_method0("release")?;
    Ok(copy.cast_into()?)
}

/// New `bytes`. No room for them is an error of the library's kind.
pub(crate) fn new_bytes<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let filled = PyBytes::new_with(py, bytes.len(), |to| {
        to.copy_from_slice(bytes);
        Ok(())
    });
    filled.map_err(|error| no_memory(py, error, bytes.len() as u64))
}

fn no_memory(py: Python<'_>, error: PyErr, len: u64) -> PyErr {
    if error.is_instance_of::<PyMemoryError>(py) {
        return exception(py, Error::out_of_memory(len));
    }
    error
}

/// Reads a file to its end, or to the first byte over limits.max_input_bytes. No byte after that one
/// is read.
///
/// file is anything with a method read(n) that returns at most n bytes: what open(path, "rb") returns,
/// and the uploads of web frameworks.
///
/// Raises OverLimit at the first byte too many, Io when the file raises an OSError, OutOfMemory when
/// there is no room for what has arrived. Any other exception of the file is passed on.
#[pyfunction]
#[pyo3(signature = (file, limits = LimitsArgument::default()), text_signature = "(file, limits=None)")]
pub(crate) fn read_upload<'py>(
    file: &Bound<'py, PyAny>,
    limits: LimitsArgument,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = file.py();
    let mut reader = Reader { read: file.getattr("read")?, passed_on: None };
    let read = attached(py, || bombproof::read_upload(&mut reader, &limits.0));
    if let Some(error) = reader.passed_on {
        return Err(error);
    }
    new_bytes(py, &read?)
}

/// A file of Python.
struct Reader<'py> {
    read: Bound<'py, PyAny>,
    /// An exception that says nothing about the upload.
    passed_on: Option<PyErr>,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.read.call1((buffer.len(),)).and_then(as_bytes).map_err(|error| {
            if error.is_instance_of::<PyOSError>(self.read.py()) {
                // Python has retried an interrupted call already: this kind would repeat it forever.
                return io::Error::other(error);
            }
            self.passed_on = Some(error);
            ErrorKind::Other.into()
        })?;
        let chunk = chunk.as_bytes();
        match buffer.get_mut(..chunk.len()) {
            Some(part) => part.copy_from_slice(chunk),
            None => {
                let message = format!("read({}) returned {} bytes", buffer.len(), chunk.len());
                return Err(io::Error::new(ErrorKind::InvalidData, message));
            }
        }
        Ok(chunk.len())
    }
}

fn as_bytes(chunk: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyBytes>> {
    if chunk.is_none() {
        return Err(PyBlockingIOError::new_err(
            "the file does not block, and has nothing to read yet",
        ));
    }
    if let Ok(bytes) = chunk.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    let kind = chunk.get_type().name()?.to_string();
    Err(PyTypeError::new_err(format!("read() returned {kind}, not bytes")))
}
