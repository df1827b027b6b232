//! Error constructors for WebP.

use crate::error::Error;
use crate::format::Format;

pub(super) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::WebP, what)
}

pub(super) const TRUNCATED: Error = Error::truncated_header(Format::WebP);
