//! Why a call gave no value.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bombproof::{Error, Interrupted};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

/// What stops a call.
#[derive(Debug)]
pub enum Refusal {
    /// An argument is not what the function takes: a mistake of the calling program.
    Argument(String),
    /// An error of the core.
    Core(Error),
    /// JavaScript code that was called threw, for example a getter.
    Script(napi::Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<napi::Error> for Refusal {
    fn from(error: napi::Error) -> Self {
        Self::Script(error)
    }
}

/// A failure as an object. Its field `failure` tells it from a value.
#[derive(Debug)]
#[napi(object, object_from_js = false)]
pub struct Failure {
    /// The kind of the error, or `argument`.
    pub failure: &'static str,
    /// The sentence for the log.
    pub message: String,
    /// The sentence for the person who uploaded.
    pub user_message: &'static str,
    /// The HTTP status to answer with.
    pub status: u16,
    /// The name of the exceeded limit.
    pub limit: Option<&'static str>,
    /// The value that was found.
    pub found: Option<f64>,
    /// The allowed or available value.
    pub allowed: Option<f64>,
    /// True when the same call may succeed later.
    pub retryable: bool,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let report = error.report();
        Self {
            failure: report.kind,
            message: report.message,
            user_message: report.user_message,
            status: report.http_status,
            limit: report.limit,
            found: report.found.map(number),
            allowed: report.allowed.map(number),
            retryable: report.retryable,
        }
    }
}

impl Failure {
    fn of_argument(message: String) -> Self {
        let (limit, found, allowed) = (None, None, None);
        let (user_message, status, retryable) = ("", 500, false);
        let failure = "argument";
        Self { failure, message, user_message, status, limit, found, allowed, retryable }
    }
}

/// The nearest number of JavaScript. Up to 2^53 it is exact.
#[allow(clippy::cast_precision_loss, reason = "the nearest is what is wanted")]
pub(crate) const fn number(value: u64) -> f64 {
    value as f64
}

/// Runs `body`. A panic, which would be a bug, becomes an error of that kind.
pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    // What a panic left half done is dropped with the body, and nothing else refers to it.
    let outcome = catch_unwind(AssertUnwindSafe(body));
    outcome.unwrap_or(Err(Refusal::Core(Error::Bug("a panic"))))
}

/// The value of `body`, or its failure as an object.
///
/// # Errors
/// Only what a script threw.
pub(crate) fn reply<T>(
    body: impl FnOnce() -> Result<T, Refusal>,
) -> napi::Result<Either<T, Failure>> {
    match caught(body) {
        Ok(value) => Ok(Either::A(value)),
        Err(Refusal::Argument(message)) => Ok(Either::B(Failure::of_argument(message))),
        Err(Refusal::Core(error)) => Ok(Either::B(Failure::from(&error))),
        Err(Refusal::Script(error)) => Err(error),
    }
}

/// The failure of a job whose time is up before a thread has seen it.
#[napi]
pub fn deadline_passed() -> Failure {
    Failure::from(&Error::Interrupted(Interrupted::Deadline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug() {
        let failure = reply::<()>(|| panic!("on purpose"));
        let Ok(Either::B(failure)) = failure else { panic!("a value") };
        assert_eq!((failure.failure, failure.status), ("bug", 500));
    }
}
