//! Pixels → WebP (RFC 9649), lossless and lossy.

mod container;
pub(crate) mod lossless;
pub(crate) mod lossy;
