//! Counters of charged memory, so that tests can compare it with the heap and with the quote.
//!
//! With the feature `instrument` each thread counts what its budgets charge, by the stage of the
//! job. Without it all calls are empty.

#[cfg(not(feature = "instrument"))]
pub(crate) use disabled::*;
#[cfg(feature = "instrument")]
pub use enabled::*;

#[cfg(not(feature = "instrument"))]
mod disabled {
    #[inline(always)]
    pub(crate) const fn charged(_bytes: u64) {}

    #[inline(always)]
    pub(crate) const fn returned(_bytes: u64) {}

    #[inline(always)]
    pub(crate) const fn finish_starts() {}

    #[inline(always)]
    pub(crate) const fn encode_starts() {}

    #[inline(always)]
    pub(crate) const fn file_starts() {}
}

#[cfg(feature = "instrument")]
mod enabled {
    use core::cell::Cell;

    /// The peak of each stage of a job in bytes, including what earlier stages leave live. That of
    /// several outputs is the largest.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[allow(clippy::exhaustive_structs, reason = "semantic versioning does not cover this module")]
    pub struct StageBytes {
        /// Decodes rows and shrinks them. A streamed job makes the rows of its output meanwhile.
        pub decode: u64,
        /// Resizes, converts colours, applies the orientation.
        pub finish: u64,
        /// Writes the new file.
        pub encode: u64,
        /// The part of `encode` that is live when the file starts to grow. 0 for pixels.
        pub before_file: u64,
    }

    #[derive(Clone, Copy)]
    enum Stage {
        Decode,
        Finish,
        Encode,
    }

    const NONE: StageBytes = StageBytes { decode: 0, finish: 0, encode: 0, before_file: 0 };

    thread_local! {
        static CHARGED: Cell<u64> = const { Cell::new(0) };
        static STAGE: Cell<Stage> = const { Cell::new(Stage::Decode) };
        static PEAKS: Cell<StageBytes> = const { Cell::new(NONE) };
    }

    /// Runs one job and returns the most bytes that its budget had charged in each stage.
    pub fn measure_charges<T>(job: impl FnOnce() -> T) -> (T, StageBytes) {
        STAGE.set(Stage::Decode);
        PEAKS.set(NONE);
        let result = job();
        (result, PEAKS.get())
    }

    /// The bytes that are charged now, by all budgets of this thread.
    #[must_use]
    pub fn charged_bytes() -> u64 {
        CHARGED.get()
    }

    pub(crate) fn charged(bytes: u64) {
        CHARGED.set(CHARGED.get().saturating_add(bytes));
        raise_peak();
    }

    pub(crate) fn returned(bytes: u64) {
        CHARGED.set(CHARGED.get().saturating_sub(bytes));
    }

    pub(crate) fn finish_starts() {
        STAGE.set(Stage::Finish);
        raise_peak();
    }

    pub(crate) fn encode_starts() {
        STAGE.set(Stage::Encode);
        raise_peak();
    }

    pub(crate) fn file_starts() {
        let peaks = PEAKS.get();
        PEAKS.set(StageBytes { before_file: CHARGED.get().max(peaks.before_file), ..peaks });
    }

    fn raise_peak() {
        let mut peaks = PEAKS.get();
        let peak = match STAGE.get() {
            Stage::Decode => &mut peaks.decode,
            Stage::Finish => &mut peaks.finish,
            Stage::Encode => &mut peaks.encode,
        };
        *peak = CHARGED.get().max(*peak);
        PEAKS.set(peaks);
    }
}
