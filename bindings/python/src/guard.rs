//! Calls of the library: without the interpreter's lock, and without a panic that gets out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bombproof::Error;
use pyo3::marker::Ungil;
use pyo3::prelude::*;

use crate::error::exception;

/// Calls the library while other threads of the interpreter run.
pub(crate) fn detached<T: Ungil + Send>(
    py: Python<'_>,
    call: impl Ungil + Send + FnOnce() -> Result<T, Error>,
) -> PyResult<T> {
    py.detach(|| caught(call)).map_err(|error| exception(py, error))
}

/// Calls the library for a moment that is shorter than letting other threads run.
pub(crate) fn attached<T>(py: Python<'_>, call: impl FnOnce() -> Result<T, Error>) -> PyResult<T> {
    caught(call).map_err(|error| exception(py, error))
}

/// Makes a panic an error. No value that the call could have left half changed is used after it.
fn caught<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Error::Bug("a panic")))
}

/// Panics in a call of the library, for the test that no panic gets out.
#[pyfunction]
#[pyo3(name = "_panic")]
pub(crate) fn panic(py: Python<'_>) -> PyResult<()> {
    #[allow(clippy::panic, reason = "what is tested")]
    detached(py, || panic!("on purpose"))
}
