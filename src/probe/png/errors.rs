//! Error constructors for PNG.

use crate::error::Error;
use crate::format::Format;

pub(super) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::Png, what)
}
