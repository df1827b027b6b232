//! The errors of this crate, grouped by who has to act.

use core::fmt;

use crate::format::{Container, Format};
use crate::limits::{Limit, OverLimit};

/// Why a call returned no picture.
///
/// The variant tells who has to act:
///
/// - the person who uploaded: [`Malformed`](Self::Malformed), [`Truncated`](Self::Truncated),
///   [`Unsupported`](Self::Unsupported), [`OverLimit`](Self::OverLimit),
///   [`NotCredible`](Self::NotCredible);
/// - the calling program: [`BadRequest`](Self::BadRequest);
/// - the operator of the service: [`Interrupted`](Self::Interrupted), [`Busy`](Self::Busy),
///   [`OutOfMemory`](Self::OutOfMemory), [`Io`](Self::Io);
/// - the maintainers of this crate: [`Bug`](Self::Bug).
///
/// `Display` is for the log and contains numbers. [`user_message`](Self::user_message) is a fixed
/// sentence for the person who uploaded. Neither repeats a byte of the upload.
///
/// `Display` is complete, so [`source`](std::error::Error::source) returns only what it does not
/// contain: the cause of a failed read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file is of a kind that this crate does not decode.
    Unsupported(Unsupported),

    /// The file breaks a rule of its own format.
    Malformed(Malformed),

    /// The file, or the data in it, ends before the picture is complete.
    Truncated(Truncated),

    /// The file or the request exceeds a limit that the caller has set.
    /// [`over_limit`](Self::over_limit) makes one.
    #[non_exhaustive]
    OverLimit {
        /// The exceeded limit.
        limit: Limit,
        /// The value that was found, in the unit of the limit.
        found: u64,
        /// The largest allowed value, in the same unit.
        allowed: u64,
    },

    /// The header declares more pixels than the data of the file can encode.
    ///
    /// The pixels of a lossless WebP can take no bytes at all, so the format has no such bound.
    /// This crate sets one.
    #[non_exhaustive]
    NotCredible {
        /// The declared width × height.
        declared_pixels: u64,
        /// The largest number of pixels that the coded data can hold, by the rules of the format.
        /// For lossless WebP it is 16,777,216 pixels and 2,978 more for each byte.
        possible_pixels: u64,
    },

    /// The request is invalid, for any file or for this one.
    BadRequest(BadRequest),

    /// The deadline passed or the job was cancelled.
    Interrupted(Interrupted),

    /// The memory pool has too little free memory for this job now.
    #[non_exhaustive]
    Busy {
        /// The memory that was to be reserved, in bytes: usually the quote of a plan.
        needed_bytes: u64,
        /// The free memory of the pool when the wait ended, in bytes.
        available_bytes: u64,
    },

    /// The allocator refused memory that the budget allowed. [`out_of_memory`](Self::out_of_memory)
    /// makes one.
    #[non_exhaustive]
    OutOfMemory {
        /// The size of the refused block in bytes.
        bytes: u64,
    },

    /// Reading the upload failed. Of this crate, only [`read_upload`](crate::read_upload) returns
    /// it.
    ///
    /// There is no conversion from [`std::io::Error`], because most of them are not failed uploads:
    /// a file that the service cannot open is not the fault of a client.
    Io(std::io::Error),

    /// This crate broke one of its promises. Please report it.
    Bug(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(unsupported) => write!(f, "unsupported: {unsupported}"),
            Self::Malformed(Malformed { format, what }) => {
                write!(f, "malformed {format}: {what}")
            }
            Self::Truncated(truncated) => write!(f, "truncated {truncated}"),
            Self::OverLimit { limit, found, allowed } => {
                let (subject, name) = (limit.subject(), limit.name());
                write!(f, "{subject} is {found}, over the limit of {allowed} ({name})")
            }
            Self::NotCredible { declared_pixels, possible_pixels } => write!(
                f,
                "{declared_pixels} pixels declared, but the data can hold {possible_pixels} at most"
            ),
            Self::BadRequest(request) => write!(f, "bad request: {request}"),
            Self::Interrupted(interrupted) => write!(f, "interrupted: {interrupted}"),
            Self::Busy { needed_bytes, available_bytes } => {
                write!(f, "busy: {needed_bytes} bytes needed, {available_bytes} of the pool free")
            }
            Self::OutOfMemory { bytes } => write!(f, "the allocator refused {bytes} bytes"),
            Self::Io(error) => write!(f, "reading the upload failed: {error}"),
            Self::Bug(what) => write!(f, "a bug in bombproof: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // `Display` contains the error itself, but not its cause.
            Self::Io(error) => error.source(),
            _ => None,
        }
    }
}

impl Error {
    /// The variant in snake case, for metrics and JSON: `"over_limit"`, `"truncated"` and so on.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unsupported(_) => "unsupported",
            Self::Malformed(_) => "malformed",
            Self::Truncated(_) => "truncated",
            Self::OverLimit { .. } => "over_limit",
            Self::NotCredible { .. } => "not_credible",
            Self::BadRequest(_) => "bad_request",
            Self::Interrupted(_) => "interrupted",
            Self::Busy { .. } => "busy",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::Io(_) => "io",
            Self::Bug(_) => "bug",
        }
    }

    /// A fixed sentence for the person who uploaded. It contains no number and no byte of the file.
    #[must_use]
    pub const fn user_message(&self) -> &'static str {
        match self {
            Self::Unsupported(Unsupported::Container(_) | Unsupported::NotAllowed(_)) => {
                "This kind of file cannot be used. Please choose a JPEG, PNG or WebP picture."
            }
            Self::Unsupported(Unsupported::Feature { .. }) => {
                "This picture uses a rare variant of its format. Please re-save it and try again."
            }
            Self::Malformed(_) => "This picture is damaged. Please choose another one.",
            Self::Truncated(_) => {
                "This picture is incomplete. Please check the file and upload it again."
            }
            Self::OverLimit { limit, .. } => limit.user_message(),
            Self::NotCredible { .. } => "This picture is damaged. Please choose another one.",
            Self::BadRequest(_) => "This picture cannot be cropped to that size.",
            Self::Interrupted(_) => "This picture took too long. Please try again.",
            Self::Busy { .. } | Self::OutOfMemory { .. } => {
                "We are busy right now. Please try again in a moment."
            }
            Self::Io(_) => "The upload was interrupted. Please try again.",
            Self::Bug(_) => "Something went wrong on our side.",
        }
    }

    /// The HTTP status to answer with.
    ///
    /// - 400: the request is bad, or reading the upload failed.
    /// - 413: the upload is too large.
    /// - 415: this kind of file is not accepted.
    /// - 422: the file cannot be used.
    /// - 500: a bug in this crate.
    /// - 503: try again later.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::OverLimit { limit, .. } => limit.http_status(),
            Self::Unsupported(_) => 415,
            Self::Malformed(_) | Self::Truncated(_) | Self::NotCredible { .. } => 422,
            Self::BadRequest(_) | Self::Io(_) => 400,
            Self::Interrupted(_) | Self::Busy { .. } | Self::OutOfMemory { .. } => 503,
            Self::Bug(_) => 500,
        }
    }

    /// True when the same call may succeed later: the pool was full, the allocator refused memory,
    /// the deadline passed, or reading failed. A refused file stays refused.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. }
                | Self::OutOfMemory { .. }
                | Self::Interrupted(Interrupted::Deadline)
                | Self::Io(_)
        )
    }

    /// The exceeded limit of [`Error::OverLimit`], `None` for all other errors.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        match self {
            Self::OverLimit { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    /// An [`OverLimit`](Self::OverLimit), for a service that reads uploads in its own way and
    /// compares them with [`Limits::max_input_bytes`](crate::Limits::max_input_bytes) itself.
    #[must_use]
    pub const fn over_limit(limit: Limit, found: u64, allowed: u64) -> Self {
        Self::OverLimit { limit, found, allowed }
    }

    /// An [`OutOfMemory`](Self::OutOfMemory), for a service that reads uploads in its own way.
    #[must_use]
    pub const fn out_of_memory(bytes: u64) -> Self {
        Self::OutOfMemory { bytes }
    }

    /// The bytes differ from those that the plan was made from.
    pub(crate) const OTHER_BYTES: Self = Self::BadRequest(BadRequest::OtherBytes);

    pub(crate) const fn malformed(format: Format, what: &'static str) -> Self {
        Self::Malformed(Malformed { format, what })
    }

    pub(crate) const fn unsupported(format: Format, what: &'static str) -> Self {
        Self::Unsupported(Unsupported::Feature { format, what })
    }

    /// The data ends in the headers, before the first row.
    pub(crate) const fn truncated_header(format: Format) -> Self {
        Self::Truncated(Truncated { format, rows: None })
    }

    /// The data ends after `reached` of `expected` rows.
    pub(crate) const fn truncated_at(format: Format, reached: u32, expected: u32) -> Self {
        Self::Truncated(Truncated { format, rows: Some((reached, expected)) })
    }
}

impl From<OverLimit> for Error {
    fn from(OverLimit { limit, found, allowed }: OverLimit) -> Self {
        Self::OverLimit { limit, found, allowed }
    }
}

/// A kind of file that this crate does not decode, or that the limits exclude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// Not a JPEG, PNG or WebP. The container is recognised by its first bytes, or is unknown.
    #[error("{0} is not decoded here")]
    Container(Container),
    /// A format that [`Limits::formats`](crate::Limits::formats) excludes.
    #[error("{0} is not among the allowed formats")]
    NotAllowed(Format),
    /// A variant of a supported format.
    #[error("{format} with {what}")]
    #[non_exhaustive]
    Feature {
        /// The format.
        format: Format,
        /// The variant, in the terms of the format's specification.
        what: &'static str,
    },
}

/// A violated rule of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Malformed {
    format: Format,
    what: &'static str,
}

impl Malformed {
    /// The format of the file.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What is wrong, in the terms of the format's specification.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }
}

/// How many rows the data reached before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated {
    format: Format,
    rows: Option<(u32, u32)>,
}

impl Truncated {
    /// The format of the file.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The rows of source pixels that were decoded before the data ended, and the rows that the
    /// header declares. For a JPEG of several scans these are the rows that the last scan reached.
    /// `None` when the data ends in the headers, or when the decoder cannot tell.
    #[must_use]
    pub const fn rows(&self) -> Option<(u32, u32)> {
        self.rows
    }
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows {
            Some((reached, expected)) => {
                write!(f, "{}: the data ends at row {reached} of {expected}", self.format)
            }
            None => write!(f, "{}: the data ends early", self.format),
        }
    }
}

/// An invalid request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// A size or a crop rectangle has a side of 0 pixels.
    #[error("a size or the crop rectangle has a side of 0 pixels")]
    EmptySize,
    /// The crop rectangle is not completely inside the upright picture.
    #[error("the crop rectangle is not inside the picture")]
    CropOutside,
    /// The request has more than [`Request::MAX_SIZES`](crate::Request::MAX_SIZES) sizes.
    #[error("the request has too many sizes")]
    TooManySizes,
    /// A request for the full size has another size. No fit is named for it: it could be cropped
    /// or not.
    #[error("a request for the full size has no other sizes")]
    SizesBesideFullSize,
    /// A coordinate of the focal point is outside 0–1, or not a number.
    #[error("the focal point is not between 0 and 1")]
    Focus,
    /// The JPEG quality is outside 1–100.
    #[error("the JPEG quality is not between 1 and 100")]
    Quality,
    /// The percentage of rows is outside 1–100.
    #[error("the percentage of rows is not between 1 and 100")]
    Percent,
    /// [`Plan::run`](crate::Plan::run) got other bytes than those that the plan was made from.
    #[error("the bytes are not those that the plan was made from")]
    OtherBytes,
    /// The number of pixels does not match the size and layout.
    #[error("the pixels do not match their size and layout")]
    PixelCount,
    /// The job needs more than the capacity of the memory pool, so it would wait forever.
    #[error("the job needs more memory than the pool has in total")]
    OverPool,
}

/// What stopped a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Interrupted {
    /// The deadline passed.
    #[error("the deadline passed")]
    Deadline,
    /// The cancel flag was set.
    #[error("the job was cancelled")]
    Cancelled,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::io;
    use std::marker::PhantomData;

    /// The lines that a log of an error and its causes has.
    fn chain(error: &Error) -> Vec<String> {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect()
    }

    #[test]
    fn no_text_is_in_a_chain_of_causes_twice() {
        let errors = [
            Error::Unsupported(Unsupported::Container(Container::Gif)),
            Error::Unsupported(Unsupported::NotAllowed(Format::Png)),
            Error::unsupported(Format::Jpeg, "arithmetic coding"),
            Error::malformed(Format::Png, "no PLTE"),
            Error::truncated_header(Format::WebP),
            Error::truncated_at(Format::WebP, 1, 2),
            Error::over_limit(Limit::Pixels, 9, 8),
            Error::NotCredible { declared_pixels: 9, possible_pixels: 8 },
            Error::BadRequest(BadRequest::EmptySize),
            Error::Interrupted(Interrupted::Deadline),
            Error::Busy { needed_bytes: 9, available_bytes: 8 },
            Error::out_of_memory(9),
            Error::Io(io::ErrorKind::TimedOut.into()),
            Error::Io(io::Error::other("gone")),
            Error::Bug("x"),
        ];
        for error in errors {
            assert_eq!(chain(&error).len(), 1, "{error}");
        }
    }

    #[test]
    fn the_cause_of_a_failed_read_is_kept() {
        #[derive(Debug, thiserror::Error)]
        #[error("the connection was closed")]
        struct Closed(#[source] io::Error);

        let closed = Closed(io::Error::other("a reset by the peer"));
        let error = Error::Io(io::Error::other(closed));
        let lines = ["reading the upload failed: the connection was closed", "a reset by the peer"];
        assert_eq!(chain(&error), lines);
    }

    /// A type has the constant of the trait, unless it has the one of its own for `Into<Error>`.
    #[test]
    fn an_io_error_of_the_caller_is_not_taken_for_a_failed_upload() {
        trait NoConversion {
            const CONVERTS: bool = false;
        }
        struct Type<T>(PhantomData<T>);
        impl<T> NoConversion for Type<T> {}
        impl<T: Into<Error>> Type<T> {
            const CONVERTS: bool = true;
        }
        let _ = Type::<()>(PhantomData);
        let (from_over_limit, from_io) = (Type::<OverLimit>::CONVERTS, Type::<io::Error>::CONVERTS);
        assert_eq!((from_over_limit, from_io), (true, false));
    }
}
