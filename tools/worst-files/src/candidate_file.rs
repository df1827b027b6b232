//! A file that is meant to be slow, and the largest size of one.

#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) name: &'static str,
    pub(crate) make: fn() -> Vec<u8>,
}

impl Candidate {
    pub(crate) const fn new(name: &'static str, make: fn() -> Vec<u8>) -> Self {
        Self { name, make }
    }
}

/// The largest input that the default limits accept.
pub(crate) const MAX_BYTES: usize = 32 << 20;
