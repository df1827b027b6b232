//! Work that is counted, so that tests bound it without a clock.
//!
//! With the feature `instrument` the numbers are kept for each thread; without it nothing of this is
//! compiled into the crate.

#[cfg(feature = "instrument")]
pub use counted::*;
#[cfg(not(feature = "instrument"))]
pub(crate) use free::*;

/// The same calls, when nobody counts.
#[cfg(not(feature = "instrument"))]
mod free {
    use crate::error::Error;

    #[inline(always)]
    pub(crate) const fn walked(_bytes: usize) {}

    #[inline(always)]
    pub(crate) const fn visited(_blocks: u64) {}

    #[inline(always)]
    pub(crate) const fn decoded(_pixels: u64) {}

    #[inline(always)]
    pub(crate) const fn inflated(_bytes: usize) {}

    #[inline(always)]
    #[allow(clippy::unnecessary_wraps, reason = "a counted poll can stop the job")]
    pub(crate) const fn polled() -> Result<(), Error> {
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn own_allocation<T>(allocate: impl FnOnce() -> T) -> T {
        allocate()
    }
}

#[cfg(feature = "instrument")]
mod counted {
    use core::cell::Cell;

    use crate::error::{Error, Interrupted};

    /// What one piece of work did on its thread.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Work {
        /// Bytes that the container readers passed: headers of chunks and whole marker segments,
        /// entropy-coded data in which the next marker was searched, what a CRC covers, headers of
        /// VP8L, entries of Exif directories and of the tag tables of profiles.
        pub walked_bytes: u64,
        /// Blocks of 8×8 coefficients that the scans of a JPEG visited.
        pub blocks: u64,
        /// Pixels that the decoders of PNG and WebP made.
        pub pixels: u64,
        /// Bytes that deflated profiles were inflated to.
        pub inflated_bytes: u64,
        /// Looks at the deadline and at the cancel flag.
        pub polls: u64,
    }

    thread_local! {
        static WORK: Cell<Work> = const { Cell::new(NONE) };
        /// The poll that stops the job, counted from 1; 0 for none.
        static STOP_AT_POLL: Cell<u64> = const { Cell::new(0) };
        static OWN_ALLOCATION: Cell<bool> = const { Cell::new(false) };
    }

    const NONE: Work = Work { walked_bytes: 0, blocks: 0, pixels: 0, inflated_bytes: 0, polls: 0 };

    /// Does `job` and says what it did on this thread.
    pub fn measure_work<T>(job: impl FnOnce() -> T) -> (T, Work) {
        let outer = WORK.replace(NONE);
        let result = job();
        let work = WORK.replace(outer);
        (result, work)
    }

    /// Does `job`, whose deadline passes at its `poll`th look at it, counted from 1. Never for 0.
    pub fn stop_at_poll<T>(poll: u64, job: impl FnOnce() -> T) -> (T, Work) {
        let outer = STOP_AT_POLL.replace(poll);
        let result = measure_work(job);
        STOP_AT_POLL.set(outer);
        result
    }

    /// True while this thread asks the allocator for memory in a way that takes no for an answer:
    /// where an allocator of a test may refuse.
    #[must_use]
    pub fn is_own_allocation() -> bool {
        OWN_ALLOCATION.get()
    }

    fn note(change: impl FnOnce(&mut Work)) {
        let mut work = WORK.get();
        change(&mut work);
        WORK.set(work);
    }

    pub(crate) fn walked(bytes: usize) {
        note(|work| work.walked_bytes += bytes as u64);
    }

    pub(crate) fn visited(blocks: u64) {
        note(|work| work.blocks += blocks);
    }

    pub(crate) fn decoded(pixels: u64) {
        note(|work| work.pixels += pixels);
    }

    pub(crate) fn inflated(bytes: usize) {
        note(|work| work.inflated_bytes += bytes as u64);
    }

    pub(crate) fn polled() -> Result<(), Error> {
        note(|work| work.polls += 1);
        // A deadline that has passed stays passed.
        let stop_at_poll = STOP_AT_POLL.get();
        if stop_at_poll != 0 && WORK.get().polls >= stop_at_poll {
            return Err(Error::Interrupted(Interrupted::Deadline));
        }
        Ok(())
    }

    pub(crate) fn own_allocation<T>(allocate: impl FnOnce() -> T) -> T {
        OWN_ALLOCATION.set(true);
        let result = allocate();
        OWN_ALLOCATION.set(false);
        result
    }
}
