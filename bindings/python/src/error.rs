//! The exceptions, and how an error of the library becomes one.

use bombproof::{Error as CoreError, ErrorReport};
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(
    bombproof,
    Error,
    PyException,
    "Why a call returned no picture. Each kind has a class of its own.\n\n\
     Every exception has the attributes kind, limit, found, allowed, message, user_message,\n\
     http_status and retryable. vars(error) is a dictionary of them."
);
create_exception!(bombproof, Unsupported, Error, "The file is of a kind that is not decoded.");
create_exception!(bombproof, Malformed, Error, "The file breaks a rule of its own format.");
create_exception!(bombproof, Truncated, Error, "The file ends before the picture is complete.");
create_exception!(
    bombproof,
    OverLimit,
    Error,
    "The file or the request exceeds a limit. The attributes limit, found and allowed tell which."
);
create_exception!(
    bombproof,
    NotCredible,
    Error,
    "The header declares more pixels than the data of the file can encode."
);
create_exception!(
    bombproof,
    BadRequest,
    Error,
    "The request is invalid, for any file or for this one."
);
create_exception!(bombproof, Interrupted, Error, "The time was up, or the job was cancelled.");
create_exception!(
    bombproof,
    Busy,
    Error,
    "The memory pool has too little free memory for this job now."
);
create_exception!(
    bombproof,
    OutOfMemory,
    Error,
    "The machine has no memory that the limits allow."
);
create_exception!(
    bombproof,
    Io,
    Error,
    "Reading the upload failed. __cause__ is the OSError of the file."
);
create_exception!(bombproof, Bug, Error, "bombproof broke one of its promises. Please report it.");

/// The exception for an error of the library.
pub(crate) fn exception(py: Python<'_>, error: CoreError) -> PyErr {
    let report = error.report();
    let message = report.message.clone();
    let exception = match &error {
        CoreError::Unsupported(_) => Unsupported::new_err(message),
        CoreError::Malformed(_) => Malformed::new_err(message),
        CoreError::Truncated(_) => Truncated::new_err(message),
        CoreError::OverLimit { .. } => OverLimit::new_err(message),
        CoreError::NotCredible { .. } => NotCredible::new_err(message),
        CoreError::BadRequest(_) => BadRequest::new_err(message),
        CoreError::Interrupted(_) => Interrupted::new_err(message),
        CoreError::Busy { .. } => Busy::new_err(message),
        CoreError::OutOfMemory { .. } => OutOfMemory::new_err(message),
        CoreError::Io(_) => Io::new_err(message),
        CoreError::Bug(_) => Bug::new_err(message),
        _ => Error::new_err(message),
    };
    if let CoreError::Io(error) = error {
        exception.set_cause(py, Some(error.into()));
    }
    with_fields(py, exception, report)
}

/// A request that the library could not even be told: `what` is wrong with it.
pub(crate) fn bad_request(py: Python<'_>, what: &str) -> PyErr {
    // Any of them: kind, status and the sentence for people are those of all.
    let like = CoreError::BadRequest(bombproof::BadRequest::EmptySize).report();
    let message = format!("bad request: {what}");
    let exception = BadRequest::new_err(message.clone());
    with_fields(
        py,
        exception,
        ErrorReport::new(like.kind, message, like.user_message, like.http_status),
    )
}

fn with_fields(py: Python<'_>, exception: PyErr, report: ErrorReport) -> PyErr {
    match set_fields(exception.value(py), report) {
        Ok(()) => exception,
        Err(failure) => failure,
    }
}

fn set_fields(exception: &Bound<'_, PyAny>, report: ErrorReport) -> PyResult<()> {
    exception.setattr("kind", report.kind)?;
    exception.setattr("limit", report.limit)?;
    exception.setattr("found", report.found)?;
    exception.setattr("allowed", report.allowed)?;
    exception.setattr("message", report.message)?;
    exception.setattr("user_message", report.user_message)?;
    exception.setattr("http_status", report.http_status)?;
    exception.setattr("retryable", report.retryable)
}
