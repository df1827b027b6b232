//! A global allocator that compares what a job holds with what its budget has charged, at each
//! allocation.
//!
//! A peak alone would not tell: an allocation that is not charged may hide behind a larger one.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

use bombproof::instrument::charged_bytes;

use crate::counting_allocator::{CountingAllocator, live_bytes};

/// Counts like [`CountingAllocator`], and compares.
pub(crate) struct ChargeCheckingAllocator;

/// Runs `job` and returns the most bytes that were live at an allocation without being charged, over
/// those that were live before.
pub(crate) fn most_uncharged_bytes<T>(job: impl FnOnce() -> T) -> (T, i64) {
    UNCHARGED_BEFORE.set(live_bytes() - charged_bytes() as i64);
    MOST_UNCHARGED.set(0);
    let result = job();
    (result, MOST_UNCHARGED.get())
}

/// Call it while a block of `more_bytes` is allocated that is not counted yet.
fn compare(more_bytes: usize) {
    let uncharged = live_bytes() + more_bytes as i64 - charged_bytes() as i64;
    MOST_UNCHARGED.set(MOST_UNCHARGED.get().max(uncharged - UNCHARGED_BEFORE.get()));
}

#[allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; every call is passed to CountingAllocator unchanged"
)]
// SAFETY: the blocks are those of `CountingAllocator`. The counters are thread-locals with a
// constant initialiser and no destructor, so they neither allocate nor unwind.
unsafe impl GlobalAlloc for ChargeCheckingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        compare(layout.size());
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { CountingAllocator.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        compare(layout.size());
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { CountingAllocator.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `CountingAllocator` with this layout.
        unsafe { CountingAllocator.dealloc(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        // Both blocks are live while one is moved.
        compare(new_bytes);
        // SAFETY: `block` came from `CountingAllocator` with this layout; the promise about
        // `new_bytes` is passed on.
        unsafe { CountingAllocator.realloc(block, layout, new_bytes) }
    }
}

thread_local! {
    static UNCHARGED_BEFORE: Cell<i64> = const { Cell::new(0) };
    static MOST_UNCHARGED: Cell<i64> = const { Cell::new(0) };
}
