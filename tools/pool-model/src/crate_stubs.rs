//! The little that the pool uses of the rest of the crate.

/// `src/error.rs`
pub(crate) mod error {
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Error {
        BadRequest(BadRequest),
        Busy { needed_bytes: u64, available_bytes: u64 },
        OutOfMemory { bytes: u64 },
    }

    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum BadRequest {
        OverPool,
    }
}

/// `src/plan/`
pub(crate) mod plan {
    pub(crate) struct Plan;

    impl Plan {
        pub(crate) fn memory_bytes(&self) -> u64 {
            0
        }
    }
}

/// `src/work.rs`
pub(crate) mod work {
    pub(crate) fn own_allocation<T>(allocate: impl FnOnce() -> T) -> T {
        allocate()
    }
}
