//! The bytes of avatars at equal similarity: every encoder writes the same small pictures at several qualities.

pub(crate) mod encoders;
pub(crate) mod equal_similarity;
pub(crate) mod measure;
pub(crate) mod points;
