//! The allocator of the process, which measures how much heap a decode needs.

#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

use counting_allocator::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Does `work`, and returns its result with the peak of live heap on this thread, in bytes.
pub(crate) fn measure_peak<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let (result, measured) = counting_allocator::measure(work);
    (result, measured.peak_bytes)
}
