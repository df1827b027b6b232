//! One call that runs on a thread of libuv.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bombproof::{Error, Interrupt, Interrupted, Permit, Plan, Thumbnail};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Either, Env, Object};
use napi_derive::napi;

use crate::failure::{Failure, Refusal, caught, number, reply};
use crate::input::copy;
use crate::options::Options;
use crate::output::OutputObject;
use crate::plan::{Planned, planned};

/// A planned job with a copy of its input.
#[derive(Debug)]
#[napi]
pub struct Job {
    work: Arc<Work>,
}

/// What the threads of a job share.
#[derive(Debug)]
struct Work {
    plan: Plan,
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
    held: Mutex<Held>,
}

/// The memory of a job.
#[derive(Debug, Default)]
struct Held {
    /// The upload, until a thread takes it or the job is cancelled.
    input: Option<Vec<u8>>,
    permit: Option<Permit>,
}

/// Plans the job of a call and copies its input. `call.options.timeoutMs` counts from now.
///
/// # Errors
/// Only what a script threw.
#[napi]
pub fn prepare(call: Object<'_>) -> napi::Result<Either<Job, Failure>> {
    reply(|| {
        let start = Instant::now();
        let deadline = timeout(&call)?.and_then(|timeout| start.checked_add(timeout));
        let Planned { plan, input } = planned(&call)?;
        let held = Held { input: Some(copy(&input)?), permit: None };
        let work = Work { plan, deadline, cancelled: Arc::default(), held: Mutex::new(held) };
        Ok(Job { work: Arc::new(work) })
    })
}

fn timeout(call: &Object<'_>) -> Result<Option<Duration>, Refusal> {
    let Some(mut options) = Options::in_call(call, "options")? else { return Ok(None) };
    let timeout = options.small("timeoutMs")?;
    options.finish()?;
    Ok(timeout.map(|timeout| Duration::from_millis(timeout.into())))
}

#[napi]
impl Job {
    /// [`Plan::memory_bytes`].
    #[napi(getter)]
    pub fn memory_bytes(&self) -> f64 {
        number(self.work.plan.memory_bytes())
    }

    /// Runs the job on a thread of libuv.
    #[napi]
    pub fn run(&self) -> AsyncTask<Run> {
        AsyncTask::new(Run { work: Arc::clone(&self.work) })
    }

    /// Stops the job, and frees its input if no thread has taken it yet.
    #[napi]
    pub fn cancel(&self) {
        self.work.cancelled.store(true, Ordering::Relaxed);
        self.work.held().input = None;
    }

    /// Gives back the memory that was reserved for a job that does not run.
    #[napi]
    pub fn release(&self) {
        self.work.release();
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.work.plan
    }

    /// Keeps `permit` until the job ends.
    pub(crate) fn hold(&self, permit: Permit) {
        self.work.held().permit = Some(permit);
    }
}

impl Work {
    fn outputs(&self) -> Result<Vec<Thumbnail>, Refusal> {
        let input = self.held().input.take();
        let input = input.ok_or(Error::Interrupted(Interrupted::Cancelled))?;
        let interrupt = self.deadline.map_or_else(Interrupt::never, Interrupt::at);
        let interrupt = interrupt.or_when(Arc::clone(&self.cancelled));
        Ok(self.plan.run_all(&input, &interrupt)?)
    }

    fn release(&self) {
        let held = mem::take(&mut *self.held());
        drop(held);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job on its thread.
#[derive(Debug)]
pub struct Run {
    work: Arc<Work>,
}

impl Task for Run {
    type Output = Result<Vec<Thumbnail>, Refusal>;
    type JsValue = Either<Vec<OutputObject>, Failure>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(caught(|| self.work.outputs()))
    }

    /// Runs on the thread of JavaScript.
    fn resolve(&mut self, _: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        // From here on V8 counts the outputs.
        self.work.release();
        let plan = &self.work.plan;
        let objects = |outputs: Vec<_>| {
            outputs.into_iter().map(|output| OutputObject::new(output, plan)).collect()
        };
        reply(|| output.map(objects))
    }
}
