//! One file through probe, plan and run: the result, the heap and the time, with panics caught.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use bombproof::{Error, Interrupt, Limit, Limits, Picture, Plan, Request, Thumbnail};

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

use counting_allocator::{CountingAllocator, measure};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The result of one job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) ended: Ended,
    /// Heap allocations of `probe` and `Plan::new`. Promised: 0.
    pub(crate) header_allocations: u64,
    /// `plan.memory_bytes()`, if there was a plan.
    pub(crate) quote: Option<u64>,
    /// The measured peak of the heap.
    pub(crate) peak_bytes: u64,
    pub(crate) elapsed: Duration,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Picture(Box<Thumbnail>),
    Refused(Error),
    Panicked(String),
}

impl Job {
    /// True if the header declares more pixels than the data can hold.
    pub(crate) fn is_not_credible(&self) -> bool {
        matches!(self.ended, Ended::Refused(Error::NotCredible { .. }))
    }

    pub(crate) fn run(bytes: &[u8], request: &Request, limits: &Limits) -> Self {
        let mut job = Self {
            ended: Ended::Panicked(String::new()),
            header_allocations: 0,
            quote: None,
            peak_bytes: 0,
            elapsed: Duration::ZERO,
        };
        let start = Instant::now();
        let stages = AssertUnwindSafe(|| job.run_stages(bytes, request, limits));
        let result = panic::catch_unwind(stages);
        let elapsed = start.elapsed();
        job.ended = match result {
            Ok(Ok(thumbnail)) => Ended::Picture(Box::new(thumbnail)),
            Ok(Err(error)) => Ended::Refused(error),
            Err(_) => Ended::Panicked(LAST_PANIC.take()),
        };
        job.elapsed = elapsed;
        job
    }

    fn run_stages(
        &mut self,
        bytes: &[u8],
        request: &Request,
        limits: &Limits,
    ) -> Result<Thumbnail, Error> {
        let (header, measured) = measure(|| bombproof::probe(bytes));
        self.header_allocations = measured.allocations;
        let header = header?;
        let (plan, measured) = measure(|| Plan::new(&header, request, limits));
        self.header_allocations += measured.allocations;
        let plan = plan?;
        self.quote = Some(plan.memory_bytes());
        let (thumbnail, measured) = measure(|| plan.run(bytes, &Interrupt::never()));
        self.peak_bytes = measured.peak_bytes;
        let thumbnail = thumbnail?;
        assert_eq!(thumbnail.size(), plan.output_size(), "not the size of the plan");
        Ok(thumbnail)
    }

    /// The kind of the outcome, for counting.
    pub(crate) fn label(&self) -> String {
        match &self.ended {
            Ended::Picture(_) => "picture".into(),
            Ended::Refused(error) => match error.limit() {
                Some(limit) => format!("{} {}", error.kind(), limit.name()),
                None => error.kind().into(),
            },
            Ended::Panicked(_) => "panic".into(),
        }
    }

    /// The outcome with all details.
    pub(crate) fn message(&self) -> String {
        match &self.ended {
            Ended::Picture(_) => "picture".into(),
            Ended::Refused(error) => {
                let source = std::error::Error::source(error);
                let cause = source.and_then(std::error::Error::source);
                match cause {
                    Some(cause) => format!("{}: {error} ({cause})", error.kind()),
                    None => format!("{}: {error}", error.kind()),
                }
            }
            Ended::Panicked(message) => format!("panic: {message}"),
        }
    }

    /// True if the job was refused for its memory, with the quote and the limit in the error.
    pub(crate) fn is_over_memory(&self, limits: &Limits) -> bool {
        match &self.ended {
            Ended::Refused(Error::OverLimit { limit: Limit::Memory, found, allowed, .. }) => {
                *allowed == limits.max_memory_bytes && found > allowed
            }
            _ => false,
        }
    }

    pub(crate) fn picture(&self) -> Option<&Picture> {
        match &self.ended {
            Ended::Picture(thumbnail) => thumbnail.picture(),
            _ => None,
        }
    }
}

/// The default limits with another amount of memory.
pub(crate) fn limits_with_memory(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_memory_bytes = bytes;
    limits
}

/// Runs with the default memory, and with more if that is the only
/// reason for a refusal. Returns the memory of the last attempt.
pub(crate) fn run_with_enough_memory(bytes: &[u8], request: &Request) -> (Job, u64) {
    let default = Limits::default().max_memory_bytes;
    for memory in [default, MEMORY_512_MIB] {
        let limits = limits_with_memory(memory);
        let job = Job::run(bytes, request, &limits);
        if !job.is_over_memory(&limits) {
            return (job, memory);
        }
    }
    (Job::run(bytes, request, &limits_with_memory(MEMORY_2_GIB)), MEMORY_2_GIB)
}

/// The pixels of a file. `request` must ask for pixels.
pub(crate) fn pixels(bytes: &[u8], request: &Request) -> Result<similarity::picture::Rgba, String> {
    let (job, _) = run_with_enough_memory(bytes, request);
    job.picture().map(similarity::picture::Rgba::of).ok_or_else(|| job.message())
}

/// Keeps the message and the place of a panic for [`Job`] instead
/// of printing them, on every thread.
pub(crate) fn silence_panics() {
    panic::set_hook(Box::new(|info| {
        LAST_PANIC.with(|last| *last.borrow_mut() = info.to_string().replace('\n', " "));
    }));
}

pub(crate) const MEMORY_512_MIB: u64 = 512 << 20;
pub(crate) const MEMORY_2_GIB: u64 = 2 << 30;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}
