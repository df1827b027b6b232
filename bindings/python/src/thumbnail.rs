//! `thumbnail` and `thumbnails`: the whole pipeline in one call.

use std::time::Duration;

use bombproof::{Error, Limits, Request};
use pyo3::prelude::*;

use crate::guard::detached;
use crate::interrupt::{self, Interrupt};
use crate::limits::LimitsArgument;
use crate::number::Seconds;
use crate::outcome;
use crate::pool::MemoryPool;
use crate::request::RequestArgument;
use crate::upload::upload;

/// Makes a thumbnail of an upload: the first size of the request.
///
/// data is bytes, which are read in place, or any other buffer, which is copied. While the job runs,
/// other threads of the interpreter do.
///
/// timeout is in seconds from now, for the job and for waiting for memory of the pool. Without a
/// timeout, a job is bounded by max_work of the limits, and does not wait for memory. interrupt is for
/// other threads; it does not end the waiting.
///
/// Raises Unsupported, Malformed, Truncated, OverLimit, NotCredible, BadRequest, Interrupted, Busy and
/// OutOfMemory.
#[pyfunction]
#[pyo3(
    signature = (data, request, limits = LimitsArgument::default(), *, timeout = None, interrupt = None, pool = None),
    text_signature = "(data, request, limits=None, *, timeout=None, interrupt=None, pool=None)"
)]
pub(crate) fn thumbnail<'py>(
    data: &Bound<'py, PyAny>,
    request: RequestArgument,
    limits: LimitsArgument,
    timeout: Option<Seconds>,
    interrupt: Option<&Interrupt>,
    pool: Option<&MemoryPool>,
) -> PyResult<Bound<'py, PyAny>> {
    let job = Job::new(&request, &limits, timeout, interrupt, pool);
    let first = |plan: &bombproof::Plan, bytes: &[u8], stop: &_| plan.run(bytes, stop);
    let (output, memory_bytes) = job.run(data, first)?;
    outcome::thumbnail(data.py(), output, memory_bytes)
}

/// Makes a thumbnail for each size of the request from one decode, in the order of the request.
/// Otherwise like thumbnail().
#[pyfunction]
#[pyo3(
    signature = (data, request, limits = LimitsArgument::default(), *, timeout = None, interrupt = None, pool = None),
    text_signature = "(data, request, limits=None, *, timeout=None, interrupt=None, pool=None)"
)]
pub(crate) fn thumbnails<'py>(
    data: &Bound<'py, PyAny>,
    request: RequestArgument,
    limits: LimitsArgument,
    timeout: Option<Seconds>,
    interrupt: Option<&Interrupt>,
    pool: Option<&MemoryPool>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let job = Job::new(&request, &limits, timeout, interrupt, pool);
    let all = |plan: &bombproof::Plan, bytes: &[u8], stop: &_| plan.run_all(bytes, stop);
    let (outputs, memory_bytes) = job.run(data, all)?;
    outcome::thumbnails(data.py(), outputs, memory_bytes)
}

/// What a job is told besides its bytes.
struct Job<'a> {
    request: Request,
    limits: Limits,
    /// How long it waits for memory of the pool.
    patience: Duration,
    stop: bombproof::Interrupt,
    pool: Option<&'a bombproof::MemoryPool>,
}

impl<'a> Job<'a> {
    fn new(
        request: &RequestArgument,
        limits: &LimitsArgument,
        timeout: Option<Seconds>,
        interrupt: Option<&Interrupt>,
        pool: Option<&'a MemoryPool>,
    ) -> Self {
        let deadline = interrupt::deadline(timeout);
        Self {
            request: request.0,
            limits: limits.0,
            patience: timeout.map_or(Duration::ZERO, |Seconds(timeout)| timeout),
            stop: interrupt::of_job(deadline, interrupt),
            pool: pool.map(|pool| &pool.core),
        }
    }

    /// What `run` returns for the plan of the upload, and the quote of the plan.
    fn run<T: Send>(
        &self,
        data: &Bound<'_, PyAny>,
        run: impl Send + Sync + Fn(&bombproof::Plan, &[u8], &bombproof::Interrupt) -> Result<T, Error>,
    ) -> PyResult<(T, u64)> {
        let data_bytes = upload(data, &self.limits)?;
        let bytes = data_bytes.as_bytes();
        detached(data.py(), || {
            let header = bombproof::probe(bytes)?;
            let plan = bombproof::Plan::new(&header, &self.request, &self.limits)?;
            let _permit = self.pool.map(|pool| pool.reserve(&plan, self.patience)).transpose()?;
            Ok((run(&plan, bytes, &self.stop)?, plan.memory_bytes()))
        })
    }
}
