//! An error as plain data: the same form for logs, command lines, HTTP responses and other
//! languages.

use crate::error::Error;

/// An [`Error`] as plain fields.
///
/// With the feature `serde` it serialises to an object with these field names, and so does
/// [`Error`] itself.
///
/// ```
/// let refused = bombproof::probe(b"GIF89a...").unwrap_err().report();
/// assert_eq!((refused.kind, refused.http_status), ("unsupported", 415));
/// assert_eq!(refused.message, "unsupported: GIF is not decoded here");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ErrorReport {
    /// The kind of error, as [`Error::kind`] returns it.
    pub kind: &'static str,
    /// The name of the exceeded limit, as [`Limit::name`](crate::Limit::name) returns it.
    pub limit: Option<&'static str>,
    /// The value that was found: in the unit of the limit for [`Error::OverLimit`], in pixels for
    /// [`Error::NotCredible`], in bytes for [`Error::Busy`].
    pub found: Option<u64>,
    /// The allowed or available value, in the same unit.
    pub allowed: Option<u64>,
    /// What went wrong, with numbers, for the log: the error's `Display`.
    pub message: String,
    /// A fixed sentence for the person who uploaded, as [`Error::user_message`] returns it.
    pub user_message: &'static str,
    /// The HTTP status to answer with.
    pub http_status: u16,
    /// True when the same call may succeed later.
    pub retryable: bool,
}

impl ErrorReport {
    /// A report of a failure outside this crate, so that a service can report all failures in the
    /// same form. It names no limit and is not retryable. Assign the fields where that is wrong.
    #[must_use]
    pub const fn new(
        kind: &'static str,
        message: String,
        user_message: &'static str,
        http_status: u16,
    ) -> Self {
        let (limit, found, allowed) = (None, None, None);
        Self { kind, limit, found, allowed, message, user_message, http_status, retryable: false }
    }
}

impl Error {
    /// This error as data.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        let (found, allowed) = match *self {
            Self::OverLimit { found, allowed, .. } => (Some(found), Some(allowed)),
            Self::NotCredible { declared_pixels, possible_pixels } => {
                (Some(declared_pixels), Some(possible_pixels))
            }
            Self::Busy { needed_bytes, available_bytes } => {
                (Some(needed_bytes), Some(available_bytes))
            }
            _ => (None, None),
        };
        ErrorReport {
            kind: self.kind(),
            limit: self.limit().map(|limit| limit.name()),
            found,
            allowed,
            message: self.to_string(),
            user_message: self.user_message(),
            http_status: self.http_status(),
            retryable: self.is_retryable(),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Error {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limit;

    #[test]
    fn all_errors_report_their_numbers_in_the_same_fields() {
        let over = Error::OverLimit { limit: Limit::Pixels, found: 9, allowed: 8 };
        let doubtful = Error::NotCredible { declared_pixels: 9, possible_pixels: 8 };
        let busy = Error::Busy { needed_bytes: 9, available_bytes: 8 };
        for (error, limit, retryable) in
            [(over, Some("max_pixels"), false), (doubtful, None, false), (busy, None, true)]
        {
            let report = error.report();
            assert_eq!((report.found, report.allowed), (Some(9), Some(8)));
            assert_eq!((report.limit, report.retryable), (limit, retryable));
            assert_eq!(report.message, error.to_string());
        }
        let bug = Error::Bug("x").report();
        assert_eq!((bug.found, bug.allowed, bug.http_status), (None, None, 500));
    }
}
