//! Counters of work, so that tests can bound it without a clock.
//!
//! With the feature `instrument` each thread counts its own work. Without it all calls are empty.

#[cfg(not(feature = "instrument"))]
pub(crate) use disabled::*;
#[cfg(feature = "instrument")]
pub use enabled::*;

#[cfg(not(feature = "instrument"))]
mod disabled {
    use crate::error::Error;

    #[inline(always)]
    pub(crate) const fn parsed(_bytes: usize) {}

    #[inline(always)]
    pub(crate) const fn visited(_blocks: u64) {}

    #[inline(always)]
    pub(crate) const fn decoded(_pixels: u64) {}

    #[inline(always)]
    pub(crate) const fn inflated(_bytes: usize) {}

    #[inline(always)]
    pub(crate) const fn transformed(_blocks: u64) {}

    #[inline(always)]
    pub(crate) const fn decoded_sub_image(_pixels: u64) {}

    #[inline(always)]
    pub(crate) const fn read_prefix_codes(_groups: u64) {}

    #[inline(always)]
    pub(crate) const fn resized(_pixels: u64) {}

    #[inline(always)]
    pub(crate) const fn converted(_pixels: u64) {}

    #[inline(always)]
    pub(crate) const fn encoded(_pixels: u64) {}

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
mod enabled {
    use core::cell::{Cell, RefCell};

    use crate::error::{Error, Interrupted};

    /// The work that one call did on its thread.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Work {
        /// Bytes that the container readers parsed: chunk headers and complete marker
        /// segments, entropy-coded data that was searched for the next marker, data under a CRC,
        /// VP8L headers, and the entries of Exif directories and of the tag tables of profiles.
        pub parsed_bytes: u64,
        /// Blocks of 8×8 coefficients that the scans of a JPEG visited.
        pub blocks: u64,
        /// Blocks of 8×8 coefficients that were kept for several scans and transformed at their end.
        pub transformed_blocks: u64,
        /// Pixels that the PNG and WebP decoders produced. Those of an alpha plane count again.
        pub pixels: u64,
        /// Pixels of the sub-images in the headers of VP8L.
        pub sub_image_pixels: u64,
        /// Groups of prefix codes that the decoder of VP8L read.
        pub prefix_code_groups: u64,
        /// Inflated bytes of compressed profiles.
        pub inflated_bytes: u64,
        /// Pixels of outputs that were resized.
        pub resized_pixels: u64,
        /// Pixels of outputs that were converted to sRGB and turned upright.
        pub converted_pixels: u64,
        /// Pixels of outputs that were encoded.
        pub encoded_pixels: u64,
        /// Polls of the deadline and the cancel flag.
        pub polls: u64,
    }

    thread_local! {
        static WORK: Cell<Work> = const { Cell::new(NONE) };
        static SINCE_POLL: Cell<Work> = const { Cell::new(NONE) };
        static BETWEEN_POLLS: RefCell<Option<Vec<Work>>> = const { RefCell::new(None) };
        /// The poll that stops the job, counted from 1; 0 for none.
        static STOP_AT_POLL: Cell<u64> = const { Cell::new(0) };
        static OWN_ALLOCATION: Cell<bool> = const { Cell::new(false) };
    }

    const NONE: Work = Work {
        parsed_bytes: 0,
        blocks: 0,
        transformed_blocks: 0,
        pixels: 0,
        sub_image_pixels: 0,
        prefix_code_groups: 0,
        inflated_bytes: 0,
        resized_pixels: 0,
        converted_pixels: 0,
        encoded_pixels: 0,
        polls: 0,
    };

    /// Runs `job` and returns the work that it did on this thread.
    pub fn measure_work<T>(job: impl FnOnce() -> T) -> (T, Work) {
        let outer = WORK.replace(NONE);
        let result = job();
        let work = WORK.replace(outer);
        (result, work)
    }

    /// Runs `job` with a deadline that passes at poll number `poll`, counted from 1. With 0 it
    /// never passes.
    pub fn stop_at_poll<T>(poll: u64, job: impl FnOnce() -> T) -> (T, Work) {
        let outer = STOP_AT_POLL.replace(poll);
        let result = measure_work(job);
        STOP_AT_POLL.set(outer);
        result
    }

    /// Runs `job` and returns the work up to its first poll, from each poll to the next, and after
    /// the last one. The list allocates.
    pub fn list_work_between_polls<T>(job: impl FnOnce() -> T) -> (T, Vec<Work>) {
        SINCE_POLL.set(NONE);
        BETWEEN_POLLS.set(Some(Vec::new()));
        let result = job();
        let mut list = BETWEEN_POLLS.take().unwrap_or_default();
        list.push(SINCE_POLL.get());
        (result, list)
    }

    /// True during a fallible allocation of this crate on this thread. Only these may a test
    /// allocator refuse.
    #[must_use]
    pub fn is_own_allocation() -> bool {
        OWN_ALLOCATION.get()
    }

    fn record(change: impl Fn(&mut Work)) {
        for counter in [&WORK, &SINCE_POLL] {
            let mut work = counter.get();
            change(&mut work);
            counter.set(work);
        }
    }

    pub(crate) fn parsed(bytes: usize) {
        record(|work| work.parsed_bytes += bytes as u64);
    }

    pub(crate) fn visited(blocks: u64) {
        record(|work| work.blocks += blocks);
    }

    pub(crate) fn decoded(pixels: u64) {
        record(|work| work.pixels += pixels);
    }

    pub(crate) fn inflated(bytes: usize) {
        record(|work| work.inflated_bytes += bytes as u64);
    }

    pub(crate) fn transformed(blocks: u64) {
        record(|work| work.transformed_blocks += blocks);
    }

    pub(crate) fn decoded_sub_image(pixels: u64) {
        record(|work| work.sub_image_pixels += pixels);
    }

    pub(crate) fn read_prefix_codes(groups: u64) {
        record(|work| work.prefix_code_groups += groups);
    }

    pub(crate) fn resized(pixels: u64) {
        record(|work| work.resized_pixels += pixels);
    }

    pub(crate) fn converted(pixels: u64) {
        record(|work| work.converted_pixels += pixels);
    }

    pub(crate) fn encoded(pixels: u64) {
        record(|work| work.encoded_pixels += pixels);
    }

    pub(crate) fn polled() -> Result<(), Error> {
        let work = SINCE_POLL.replace(NONE);
        BETWEEN_POLLS.with_borrow_mut(|list| list.as_mut().map(|list| list.push(work)));
        record(|work| work.polls += 1);
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
