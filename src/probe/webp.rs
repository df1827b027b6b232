//! The container reader of WebP (RFC 9649, section 2).
use super::Header;
use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Still {}

pub(crate) fn header(_bytes: &[u8]) -> Result<Header, Error> {
    Err(Error::Bug("not written"))
}
