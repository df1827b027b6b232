//! The position of a tag's data (ICC.1:2022, 7.3).

/// The offset and length of a tag's data, in bytes from the start of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}
