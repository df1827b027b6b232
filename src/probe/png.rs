//! The container reader of PNG.
use super::Header;
use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {}

pub(crate) fn header(_bytes: &[u8]) -> Result<Header, Error> {
    Err(Error::Bug("not written"))
}
