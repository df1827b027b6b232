//! `MemoryPool` and `Permit`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::guard::detached;
use crate::number::{Bytes, Seconds};
use crate::plan::Plan;

/// A fixed number of bytes that the jobs of a process share, so that the quotes of all that run never
/// exceed it. Waiting is first in, first out. The bytes are only counted, not allocated.
#[pyclass(frozen, module = "bombproof")]
#[derive(Debug)]
pub(crate) struct MemoryPool {
    pub(crate) core: bombproof::MemoryPool,
}

#[pymethods]
impl MemoryPool {
    #[new]
    fn new(capacity_bytes: Bytes) -> Self {
        Self { core: bombproof::MemoryPool::new(capacity_bytes.0) }
    }

    /// Reserves the quote of plan, and waits for at most timeout seconds until enough memory is free.
    /// The permit is a context manager, which returns the memory.
    ///
    /// Raises Busy when the time is up, and BadRequest for a quote over the capacity of the pool.
    #[pyo3(signature = (plan, timeout = Seconds(Duration::ZERO)), text_signature = "($self, plan, timeout=0.0)")]
    fn reserve(&self, py: Python<'_>, plan: &Plan, timeout: Seconds) -> PyResult<Permit> {
        self.reserve_bytes(py, Bytes(plan.core.memory_bytes()), timeout)
    }

    /// Reserves bytes, for memory that is to be counted besides the plan's, such as the upload itself.
    /// Otherwise like reserve().
    #[pyo3(signature = (bytes, timeout = Seconds(Duration::ZERO)), text_signature = "($self, bytes, timeout=0.0)")]
    fn reserve_bytes(&self, py: Python<'_>, bytes: Bytes, timeout: Seconds) -> PyResult<Permit> {
        let permit = detached(py, || self.core.reserve_bytes(bytes.0, timeout.0))?;
        Ok(Permit { bytes: bytes.0, held: Mutex::new(Some(permit)) })
    }

    /// The currently reserved bytes.
    #[getter]
    fn in_use(&self) -> u64 {
        self.core.in_use()
    }

    /// The number of currently waiting jobs.
    #[getter]
    fn waiting(&self) -> usize {
        self.core.waiting()
    }

    /// The capacity of the pool in bytes.
    #[getter]
    fn capacity(&self) -> u64 {
        self.core.capacity()
    }

    fn __repr__(&self) -> String {
        let (in_use, capacity) = (self.core.in_use(), self.core.capacity());
        format!("<bombproof.MemoryPool: {in_use} of {capacity} bytes in use>")
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a MemoryPool is not pickled: it counts the memory of one process",
        ))
    }
}

/// Reserved bytes of a MemoryPool, until release() or the end of its with statement.
#[pyclass(frozen, module = "bombproof")]
#[derive(Debug)]
pub(crate) struct Permit {
    bytes: u64,
    held: Mutex<Option<bombproof::Permit>>,
}

#[pymethods]
impl Permit {
    /// The number of reserved bytes.
    #[getter]
    fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the bytes were returned to the pool.
    #[getter]
    fn released(&self) -> bool {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Returns the bytes to the pool. A second call does nothing.
    fn release(&self) {
        drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
        self.release();
    }

    fn __repr__(&self) -> String {
        let state = if self.released() { ", released" } else { "" };
        format!("<bombproof.Permit: {} bytes{state}>", self.bytes)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Permit is not pickled: it belongs to the pool of one process"))
    }
}
