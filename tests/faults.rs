//! What goes wrong around a job: memory that is refused, readers that fail, deadlines that pass,
//! and sixty-four threads at once.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/failing_allocator.rs"]
mod failing_allocator;
#[path = "support/manifest.rs"]
mod manifest;

#[path = "faults/jobs.rs"]
mod jobs;

#[path = "faults/concurrency.rs"]
mod concurrency;
#[path = "faults/deadlines.rs"]
mod deadlines;
#[path = "faults/out_of_memory.rs"]
mod out_of_memory;
#[path = "faults/readers.rs"]
mod readers;

#[global_allocator]
static ALLOCATOR: failing_allocator::FailingAllocator = failing_allocator::FailingAllocator;
