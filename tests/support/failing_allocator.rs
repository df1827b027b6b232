//! A global allocator that refuses some of the library's own allocations, and adds up what the jobs
//! of all threads hold.
//!
//! `bombproof::instrument::is_own_allocation` tells which allocations are the library's own: those
//! whose failure it handles. The codecs below it do not: a refused allocation makes them abort.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};

use bombproof::instrument::is_own_allocation;

use crate::counting_allocator::CountingAllocator;

/// Counts like [`CountingAllocator`], and refuses on demand.
pub(crate) struct FailingAllocator;

/// Runs `job` and refuses those of the library's own allocations whose numbers, from 1, are in
/// `refused`. Returns how many it asked for.
pub(crate) fn refuse_allocations<T>(refused: Range<u64>, job: impl FnOnce() -> T) -> (T, u64) {
    OWN_CALLS.set(0);
    REFUSED_FROM.set(refused.start);
    REFUSED_TO.set(refused.end);
    let result = job();
    REFUSED_FROM.set(0);
    REFUSED_TO.set(0);
    (result, OWN_CALLS.get())
}

/// Runs `job` and counts what it holds in the total over all threads.
///
/// The job has to free all that it allocates: a block freed after it is no longer counted.
pub(crate) fn count_in_total<T>(job: impl FnOnce() -> T) -> T {
    IN_TOTAL.set(true);
    let result = job();
    IN_TOTAL.set(false);
    result
}

/// The most that the jobs of all threads held at once, in bytes.
pub(crate) fn peak_total_bytes() -> i64 {
    PEAK_TOTAL.load(Ordering::SeqCst)
}

/// What the jobs of all threads hold now.
pub(crate) fn total_bytes() -> i64 {
    TOTAL.load(Ordering::SeqCst)
}

fn is_refused() -> bool {
    if !is_own_allocation() {
        return false;
    }
    OWN_CALLS.set(OWN_CALLS.get() + 1);
    (REFUSED_FROM.get()..REFUSED_TO.get()).contains(&OWN_CALLS.get())
}

fn note(bytes: i64) {
    if IN_TOTAL.get() {
        let total = TOTAL.fetch_add(bytes, Ordering::SeqCst) + bytes;
        PEAK_TOTAL.fetch_max(total, Ordering::SeqCst);
    }
}

#[allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; every call is passed to CountingAllocator unchanged, \
              or refused, which the trait allows"
)]
// SAFETY: the blocks are those of `CountingAllocator`; a null block says that there is none. The
// counters are thread-locals with a constant initialiser and no destructor, so they neither
// allocate nor unwind.
unsafe impl GlobalAlloc for FailingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
            return std::ptr::null_mut();
        }
        note(layout.size() as i64);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { CountingAllocator.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
            return std::ptr::null_mut();
        }
        note(layout.size() as i64);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { CountingAllocator.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `CountingAllocator` with this layout.
        unsafe { CountingAllocator.dealloc(block, layout) };
        note(-(layout.size() as i64));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        if is_refused() {
            return std::ptr::null_mut();
        }
        // Both blocks count while one is moved.
        note(new_bytes as i64);
        // SAFETY: `block` came from `CountingAllocator` with this layout; the promise about
        // `new_bytes` is passed on.
        let moved = unsafe { CountingAllocator.realloc(block, layout, new_bytes) };
        note(-(layout.size() as i64));
        moved
    }
}

thread_local! {
    static OWN_CALLS: Cell<u64> = const { Cell::new(0) };
    static REFUSED_FROM: Cell<u64> = const { Cell::new(0) };
    static REFUSED_TO: Cell<u64> = const { Cell::new(0) };
    static IN_TOTAL: Cell<bool> = const { Cell::new(false) };
}

static TOTAL: AtomicI64 = AtomicI64::new(0);
static PEAK_TOTAL: AtomicI64 = AtomicI64::new(0);
