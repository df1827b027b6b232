//! The bytes of an upload.

use bombproof::{Error, Limit, Limits};
use napi::bindgen_prelude::{Either, Object, Uint8ArraySlice, Unknown};

use crate::failure::Refusal;

/// The property `input` of a call, a Uint8Array.
///
/// It has to be read after the options: a getter of theirs could detach the array, which frees what
/// the slice refers to. From here to the end of the call no script runs, so nobody writes to it.
pub(crate) fn input<'a>(call: &Object<'a>) -> Result<Uint8ArraySlice<'a>, Refusal> {
    match call.get::<Either<Uint8ArraySlice<'a>, Unknown<'_>>>("input")? {
        Some(Either::A(input)) => Ok(input),
        _ => Err(Refusal::Argument("the input must be a Uint8Array".to_owned())),
    }
}

/// Refuses an input that is too long.
pub(crate) fn check_length(input: &[u8], limits: &Limits) -> Result<(), Error> {
    let (found, allowed) = (input.len() as u64, limits.max_input_bytes);
    if found > allowed {
        return Err(Error::over_limit(Limit::InputBytes, found, allowed));
    }
    Ok(())
}

/// A copy that JavaScript cannot write to.
pub(crate) fn copy(input: &[u8]) -> Result<Vec<u8>, Error> {
    let mut copy = Vec::new();
    let reserved = copy.try_reserve_exact(input.len());
    reserved.map_err(|_| Error::out_of_memory(input.len() as u64))?;
    copy.extend_from_slice(input);
    Ok(copy)
}
