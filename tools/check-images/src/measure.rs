//! How much heap a call takes: an allocator that counts for each thread alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What one call did to the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heap {
    /// Blocks that were asked for; a `realloc` is one.
    pub(crate) allocations: u64,
    /// The most bytes that were live at once over what was live before the call. While a `realloc`
    /// moves a block, both blocks count.
    pub(crate) peak_bytes: u64,
}

/// Runs `call` and counts what it takes on this thread.
pub(crate) fn measure<T>(call: impl FnOnce() -> T) -> (T, Heap) {
    let base = LIVE.get();
    let count = COUNT.get();
    PEAK.set(base);
    let result = call();
    let peak_bytes = u64::try_from(PEAK.get() - base).unwrap_or(0);
    (result, Heap { allocations: COUNT.get() - count, peak_bytes })
}

/// The system's allocator with three counters a thread.
#[derive(Debug)]
pub(crate) struct Counting;

// SAFETY: every call is passed on unchanged; the counters are thread-local cells without a
// destructor and never allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        taken(new_size);
        // SAFETY: the caller's promise, passed on.
        let moved = unsafe { System.realloc(block, layout, new_size) };
        given_back(if moved.is_null() { new_size } else { layout.size() });
        moved
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

fn taken(bytes: usize) {
    let live = LIVE.get() + bytes as i64;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
    COUNT.set(COUNT.get() + 1);
}

fn given_back(bytes: usize) {
    LIVE.set(LIVE.get() - bytes as i64);
}

thread_local! {
    static LIVE: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_blocks_of_a_realloc_count() {
        let (grown, heap) = measure(|| {
            let mut bytes = Vec::<u8>::with_capacity(1_000);
            bytes.push(1);
            bytes.reserve_exact(2_999);
            bytes
        });
        assert_eq!(grown.capacity(), 3_000);
        assert_eq!(heap, Heap { allocations: 2, peak_bytes: 4_000 });
    }

    #[test]
    fn what_was_live_before_does_not_count() {
        let before = vec![0_u8; 5_000];
        let ((), heap) = measure(|| drop(before));
        assert_eq!(heap, Heap::default());
    }
}
