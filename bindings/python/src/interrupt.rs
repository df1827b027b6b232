//! `Interrupt`: a deadline, and a flag that another thread sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::number::Seconds;

/// Stops jobs: when timeout seconds have passed since it was made, or when a thread calls cancel().
///
/// One Interrupt may be given to any number of jobs.
#[pyclass(frozen, module = "bombproof")]
#[derive(Debug)]
pub(crate) struct Interrupt {
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
}

#[pymethods]
impl Interrupt {
    #[new]
    #[pyo3(signature = (timeout = None))]
    fn new(timeout: Option<Seconds>) -> Self {
        Self { deadline: deadline(timeout), cancelled: Arc::default() }
    }

    /// Stops the jobs that have this Interrupt, now and later.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether cancel() was called.
    #[getter]
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn __repr__(&self) -> String {
        let state = if self.cancelled() { ": cancelled" } else { "" };
        format!("<bombproof.Interrupt{state}>")
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an Interrupt is not pickled: it stops the jobs of one process"))
    }
}

/// The moment in `timeout` from now. None for one that is too far away for the clock.
pub(crate) fn deadline(timeout: Option<Seconds>) -> Option<Instant> {
    timeout.and_then(|Seconds(timeout)| Instant::now().checked_add(timeout))
}

/// What stops a job: the deadline and the flag of `interrupt`, and `deadline` if that is sooner.
pub(crate) fn of_job(
    deadline: Option<Instant>,
    interrupt: Option<&Interrupt>,
) -> bombproof::Interrupt {
    let own = interrupt.and_then(|interrupt| interrupt.deadline);
    let core = match deadline.into_iter().chain(own).min() {
        Some(deadline) => bombproof::Interrupt::at(deadline),
        None => bombproof::Interrupt::never(),
    };
    match interrupt {
        Some(interrupt) => core.or_when(Arc::clone(&interrupt.cancelled)),
        None => core,
    }
}
