//! A global allocator that counts what each thread holds, to measure the peak of one job.
//!
//! ```ignore
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! let (thumbnail, measured) = measure(|| bombproof::thumbnail(&upload, &request, &limits));
//! assert!(measured.peak_bytes <= quote);
//! ```
#![allow(dead_code, reason = "each crate that includes this file uses a part of it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with counters of the bytes that the caller asked for.
pub(crate) struct CountingAllocator;

/// What one piece of work took from the heap of its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// The most bytes that were live at once, over what was live before. While a block is moved by
    /// `realloc`, the old and the new one both count.
    pub(crate) peak_bytes: u64,
    /// Calls that asked for a block, `realloc` included.
    pub(crate) allocations: u64,
}

/// Runs `work` and measures what it takes from the heap of this thread.
///
/// Other threads are not measured, not even those that `work` starts.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Measured) {
    let live_before = LIVE_BYTES.get();
    let allocations_before = ALLOCATIONS.get();
    let outer_peak = PEAK_BYTES.replace(live_before);
    let result = work();
    let peak = PEAK_BYTES.get();
    // A measurement around this one sees this one's peak as well.
    PEAK_BYTES.set(outer_peak.max(peak));
    let measured = Measured {
        peak_bytes: u64::try_from(peak - live_before).unwrap_or(0),
        allocations: ALLOCATIONS.get() - allocations_before,
    };
    (result, measured)
}

/// The bytes that this thread holds, less what it freed of others.
pub(crate) fn live_bytes() -> i64 {
    LIVE_BYTES.get()
}

/// A block of `bytes` is live from now on.
fn note_taken(bytes: usize) {
    // A block is never larger than isize::MAX bytes. A sum below 0 is no error: a thread may free
    // what another one took.
    let live = LIVE_BYTES.get() + bytes as i64;
    LIVE_BYTES.set(live);
    PEAK_BYTES.set(PEAK_BYTES.get().max(live));
}

/// A block of `bytes` is live no more.
fn note_freed(bytes: usize) {
    LIVE_BYTES.set(LIVE_BYTES.get() - bytes as i64);
}

fn note_call() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

#[allow(
    unsafe_code,
    reason = "GlobalAlloc is an unsafe trait; every call is passed to System unchanged"
)]
// SAFETY: the blocks are those of `System`, for the layouts that the caller gave. Counting uses
// thread-locals with a constant initialiser and no destructor, so it never allocates and never
// unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout` is passed on.
        let block = unsafe { System.alloc(layout) };
        note_call();
        if !block.is_null() {
            note_taken(layout.size());
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout` is passed on.
        let block = unsafe { System.alloc_zeroed(layout) };
        note_call();
        if !block.is_null() {
            note_taken(layout.size());
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `System` with this layout.
        unsafe { System.dealloc(block, layout) };
        note_freed(layout.size());
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        // SAFETY: `block` came from `System` with this layout; the promise about `new_bytes` is
        // passed on.
        let moved = unsafe { System.realloc(block, layout, new_bytes) };
        note_call();
        if !moved.is_null() {
            note_taken(new_bytes);
            note_freed(layout.size());
        }
        moved
    }
}

thread_local! {
    static LIVE_BYTES: Cell<i64> = const { Cell::new(0) };
    static PEAK_BYTES: Cell<i64> = const { Cell::new(0) };
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn the_peak_is_over_what_was_live_before() {
        let before: Vec<u8> = black_box(Vec::from([0; 1_000]));
        let ((), measured) = measure(|| {
            drop(black_box(Vec::from([0_u8; 300])));
            drop(black_box(Vec::from([0_u8; 200])));
            drop(before);
        });
        assert_eq!(measured, Measured { peak_bytes: 300, allocations: 2 });
    }

    #[test]
    fn both_blocks_count_while_one_is_moved() {
        let mut buffer: Vec<u8> = black_box(Vec::from([0; 1_000]));
        let ((), measured) = measure(|| buffer.reserve_exact(3_000));
        assert_eq!(measured, Measured { peak_bytes: 4_000, allocations: 1 });
    }

    #[test]
    fn a_measurement_inside_another_one_hides_nothing_from_it() {
        let take = |bytes: usize| drop(black_box(Box::<[u8]>::new_uninit_slice(bytes)));
        let (inner, outer) = measure(|| {
            take(500);
            measure(|| take(400)).1
        });
        assert_eq!((inner.peak_bytes, outer.peak_bytes), (400, 500));
    }

    #[test]
    fn another_thread_is_not_seen() {
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            drop(black_box(Vec::from([0_u8; 5_000])));
            sender.send(())
        });
        let (_, measured) = measure(|| receiver.recv());
        assert!(measured.peak_bytes < 5_000);
    }
}
