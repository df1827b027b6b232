//! Arguments that are numbers, with a range of their own.

use std::time::Duration;

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

/// A number of seconds, as the functions of Python take it: finite and not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(pub(crate) Duration);

impl<'a, 'py> FromPyObject<'a, 'py> for Seconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let seconds: f64 = value.extract()?;
        Duration::try_from_secs_f64(seconds).map(Self).map_err(|_| {
            PyValueError::new_err(format!("{seconds} seconds: a time is finite and not negative"))
        })
    }
}

/// A number of bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes(pub(crate) u64);

impl<'a, 'py> FromPyObject<'a, 'py> for Bytes {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        value.extract().map(Self).map_err(|error| {
            if error.is_instance_of::<PyOverflowError>(value.py()) {
                return PyValueError::new_err(format!(
                    "{} bytes: not from 0 to {}",
                    *value,
                    u64::MAX
                ));
            }
            error
        })
    }
}
