//! One file through the library: probe, plan and run, with the heap of each, and no panic let out.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use bombproof::{Error, Interrupt, Limit, Limits, Picture, Plan, Request, Thumbnail};

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

use counting_allocator::{CountingAllocator, measure};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// What became of one job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) ended: Ended,
    /// Heap blocks that `probe` and `Plan::new` asked for. Promised: 0.
    pub(crate) header_allocations: u64,
    /// `plan.memory_bytes()`, where there was a plan.
    pub(crate) quote: Option<u64>,
    /// The measured peak of all three steps in bytes.
    pub(crate) peak: u64,
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
    /// Refused because its header declares more pixels than its bytes can hold.
    pub(crate) fn is_not_credible(&self) -> bool {
        matches!(self.ended, Ended::Refused(Error::NotCredible { .. }))
    }

    pub(crate) fn run(bytes: &[u8], request: &Request, limits: &Limits) -> Self {
        let mut job = Self {
            ended: Ended::Panicked(String::new()),
            header_allocations: 0,
            quote: None,
            peak: 0,
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
        let (header, heap) = measure(|| bombproof::probe(bytes));
        self.header_allocations = heap.allocations;
        let header = header?;
        let (plan, heap) = measure(|| Plan::new(&header, request, limits));
        self.header_allocations += heap.allocations;
        let plan = plan?;
        self.quote = Some(plan.memory_bytes());
        let (thumbnail, heap) = measure(|| plan.run(bytes, &Interrupt::never()));
        self.peak = heap.peak_bytes;
        let thumbnail = thumbnail?;
        assert_eq!(thumbnail.size(), plan.output_size(), "the plan said another size");
        Ok(thumbnail)
    }

    /// The outcome as a word for counting.
    pub(crate) fn word(&self) -> String {
        match &self.ended {
            Ended::Picture(_) => "picture".into(),
            Ended::Refused(error) => match error.limit() {
                Some(limit) => format!("{} {}", error.kind(), limit.name()),
                None => error.kind().into(),
            },
            Ended::Panicked(_) => "panic".into(),
        }
    }

    /// The outcome in words.
    pub(crate) fn words(&self) -> String {
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
            Ended::Panicked(words) => format!("panic: {words}"),
        }
    }

    /// True when the job was refused for its memory, with the quote and the limit in the error.
    pub(crate) fn is_over_memory(&self, limits: &Limits) -> bool {
        match &self.ended {
            Ended::Refused(Error::OverLimit { limit: Limit::Memory, found, allowed }) => {
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

/// Runs with the default memory first; where that is refused for memory alone, with more. Returns
/// the memory that it took.
pub(crate) fn with_memory_enough(bytes: &[u8], request: &Request) -> (Job, u64) {
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

/// The pixels that `request` (which must ask for pixels) makes of a file.
pub(crate) fn pixels(bytes: &[u8], request: &Request) -> Result<similarity::picture::Rgba, String> {
    let (job, _) = with_memory_enough(bytes, request);
    job.picture().map(similarity::picture::Rgba::of).ok_or_else(|| job.words())
}

/// Keeps the words and the place of a panic for [`Job`] and prints nothing, on every thread.
pub(crate) fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        LAST_PANIC.with(|last| *last.borrow_mut() = info.to_string().replace('\n', " "));
    }));
}

pub(crate) const MEMORY_512_MIB: u64 = 512 << 20;
pub(crate) const MEMORY_2_GIB: u64 = 2 << 30;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}
