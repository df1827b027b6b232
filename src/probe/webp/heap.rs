//! What a codec would have on the heap: a dry run of its allocations.

/// Live bytes and their peak, while a decoder is followed through its allocations.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heap {
    live: u64,
    peak: u64,
}

impl Heap {
    pub(super) fn take(&mut self, bytes: u64) {
        self.live += bytes;
        self.peak = self.peak.max(self.live);
    }

    pub(super) const fn give(&mut self, bytes: u64) {
        self.live -= bytes;
    }

    /// A block moves into a larger one: both live for a moment.
    pub(super) fn grow(&mut self, from: u64, to: u64) {
        self.take(to);
        self.give(from);
    }

    pub(super) const fn live(&self) -> u64 {
        self.live
    }

    pub(super) const fn peak(&self) -> u64 {
        self.peak
    }
}
