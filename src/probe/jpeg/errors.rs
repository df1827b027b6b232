//! Error constructors for JPEG.

use crate::error::Error;
use crate::format::Format;

pub(crate) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::Jpeg, what)
}

pub(super) const fn unsupported(what: &'static str) -> Error {
    Error::unsupported(Format::Jpeg, what)
}
