//! Error constructors for PNG.

use crate::error::Error;
use crate::format::Format;

pub(super) const fn malformed(what: &'static str) -> Error {
    Error::malformed(Format::Png, what)
}

/// A picture of high dynamic range: SMPTE ST 2084 or ARIB STD-B67 (11.3.2.6).
pub(super) const UNSUPPORTED_HDR: Error = Error::unsupported(Format::Png, "PQ or HLG (cICP)");
