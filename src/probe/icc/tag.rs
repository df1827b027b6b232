//! Where the data of a tag lies (ICC.1:2022, 7.3).

/// A tag: where its data begins, and how many bytes of it there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}
