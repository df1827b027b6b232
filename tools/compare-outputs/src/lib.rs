//! What bombproof makes of a file for the requests of `corpus/OUTPUTS.txt`.
//!
//! The library itself has an interface of plain numbers for `wasm32-unknown-unknown`, where the host
//! reads the files.

use std::sync::atomic::{AtomicU64, Ordering};

#[path = "../../../tests/support/checksum.rs"]
mod checksum;
#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../../tests/support/outputs.rs"]
mod outputs;
#[cfg(target_family = "wasm")]
mod wasm;

use counting_allocator::{CountingAllocator, measure};
use outputs::requests;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// The lines of a file of the corpus, as its record has them.
///
/// # Panics
/// When a job takes more memory than its quote.
pub fn describe(head: &str, path: &str, bytes: &[u8]) -> String {
    outputs::describe(path, bytes, &requests(head), |plan, bytes| {
        let (result, measured) = measure(|| outputs::run(plan, bytes));
        let quote_bytes = plan.memory_bytes();
        assert!(measured.peak_bytes <= quote_bytes, "{path}: {measured:?}, quote {quote_bytes}");
        JOBS.fetch_add(1, Ordering::Relaxed);
        result
    })
}

/// The files of the results: the path of each, and its lines.
pub fn files(results: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let mut lines = results.lines().peekable();
    std::iter::from_fn(move || {
        let path = lines.next()?;
        let mut of_file = vec![path];
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            of_file.push(line);
        }
        Some((path, of_file))
    })
}

/// The number of jobs that ran.
pub fn jobs() -> u64 {
    JOBS.load(Ordering::Relaxed)
}

/// The head of the record, and its results.
///
/// # Panics
/// When it has no head.
pub fn split(record: &str) -> (&str, &str) {
    outputs::split(record)
}

static JOBS: AtomicU64 = AtomicU64::new(0);
