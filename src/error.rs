//! What went wrong, by who must act.

use core::fmt;

use crate::format::{Container, Format};
use crate::limits::{Limit, OverLimit};

/// Why there is no picture.
///
/// The variants tell who must act: the person who uploaded ([`Malformed`](Self::Malformed),
/// [`Truncated`](Self::Truncated), [`Unsupported`](Self::Unsupported), [`OverLimit`](Self::OverLimit),
/// [`NotCredible`](Self::NotCredible)), the program that calls ([`BadRequest`](Self::BadRequest)), the
/// operator of the service ([`Interrupted`](Self::Interrupted), [`Busy`](Self::Busy),
/// [`OutOfMemory`](Self::OutOfMemory), [`Io`](Self::Io)) or the maintainers ([`Bug`](Self::Bug)).
///
/// `Display` is for the log and carries numbers; [`user_message`](Self::user_message) is a fixed
/// sentence for the person who uploaded. Neither repeats a byte of the upload.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is of a kind that is not decoded here.
    #[error("unsupported: {0}")]
    Unsupported(#[source] Unsupported),

    /// The file breaks a rule of its own format.
    #[error("malformed {}: {}", .0.format, .0.what)]
    Malformed(#[source] Malformed),

    /// The file ends, or its data ends, before the picture does.
    #[error("truncated {}", .0)]
    Truncated(Truncated),

    /// A number in the file, or in the request, is over a limit of the caller.
    #[error("{} is {found}, over the limit of {allowed} ({})", .limit.subject(), .limit.name())]
    OverLimit {
        /// Which limit.
        limit: Limit,
        /// What was found, in the unit of the limit.
        found: u64,
        /// What the limit allows, in the same unit.
        allowed: u64,
    },

    /// The header declares more pixels than the bytes of the file can encode, or, for lossless WebP,
    /// whose pixels may take no bytes at all, than they are trusted to.
    #[error(
        "{declared_pixels} pixels declared, but the data can hold {possible_pixels} at the most"
    )]
    NotCredible {
        /// Width × height of the header.
        declared_pixels: u64,
        /// An upper bound of the pixels that the coded data can hold, derived from the rules of the
        /// format. Lossless WebP has no such bound: 16,777,216 pixels and 2,978 a byte.
        possible_pixels: u64,
    },

    /// The call makes no sense for any file, or not for this one.
    #[error("bad request: {0}")]
    BadRequest(BadRequest),

    /// The deadline passed or the job was cancelled.
    #[error("interrupted: {0}")]
    Interrupted(Interrupted),

    /// The memory pool has no room for this job now.
    #[error("busy: {needed_bytes} bytes needed, {available_bytes} of the pool free")]
    Busy {
        /// The quote of the plan.
        needed_bytes: u64,
        /// What the pool had left when the wait ended.
        available_bytes: u64,
    },

    /// The allocator refused memory that the budget allowed.
    #[error("the allocator refused {bytes} bytes")]
    OutOfMemory {
        /// The size of the block that was asked for.
        bytes: u64,
    },

    /// Reading the upload failed.
    #[error("reading the upload failed: {0}")]
    Io(#[from] std::io::Error),

    /// A promise of this crate is broken. Please report it.
    #[error("a bug in bombproof: {0}")]
    Bug(&'static str),
}

impl Error {
    /// The variant as a word, for metrics and JSON: `"over_limit"`, `"truncated"` and so on.
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

    /// A sentence for the person who uploaded: fixed words, no number and no byte of the file.
    #[must_use]
    pub const fn user_message(&self) -> &'static str {
        match self {
            Self::Unsupported(Unsupported::Container(_) | Unsupported::NotAllowed(_)) => {
                "This kind of file cannot be used. Please choose a JPEG, PNG or WebP picture."
            }
            Self::Unsupported(Unsupported::Feature { .. }) => {
                "This picture uses a rare variant of its format. Please save it anew and try again."
            }
            Self::Malformed(_) => "This picture is damaged. Please choose another one.",
            Self::Truncated(_) => {
                "This picture is incomplete. Please check the file and upload it again."
            }
            Self::OverLimit { limit, .. } => limit.user_message(),
            Self::NotCredible { .. } => "This picture is damaged. Please choose another one.",
            Self::BadRequest(_) => "This picture cannot be cut to that size.",
            Self::Interrupted(_) => "This picture took too long. Please try again.",
            Self::Busy { .. } | Self::OutOfMemory { .. } => {
                "We are busy right now. Please try again in a moment."
            }
            Self::Io(_) => "The upload was interrupted. Please try again.",
            Self::Bug(_) => "Something went wrong on our side.",
        }
    }

    /// The HTTP status that says whose turn it is.
    ///
    /// 413 too large, 415 a kind that is not taken, 422 a file that cannot be used, 400 a bad
    /// request, 503 try again later, 500 our fault.
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

    /// True when the same call may succeed later: the pool or the memory was full, the deadline
    /// passed, or reading failed. A refused file stays refused.
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

    /// The limit that was passed, where one was.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        match self {
            Self::OverLimit { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    /// The bytes are not those that the plan was made from.
    pub(crate) const OTHER_BYTES: Self = Self::BadRequest(BadRequest::OtherBytes);

    pub(crate) const fn malformed(format: Format, what: &'static str) -> Self {
        Self::Malformed(Malformed { format, what })
    }

    pub(crate) const fn unsupported(format: Format, what: &'static str) -> Self {
        Self::Unsupported(Unsupported::Feature { format, what })
    }

    /// The headers end early: no row was reached.
    pub(crate) const fn truncated_header(format: Format) -> Self {
        Self::Truncated(Truncated { format, rows: None })
    }

    /// The data ends at row `reached` of `expected`.
    pub(crate) const fn truncated_at(format: Format, reached: u32, expected: u32) -> Self {
        Self::Truncated(Truncated { format, rows: Some((reached, expected)) })
    }
}

impl From<OverLimit> for Error {
    fn from(OverLimit { limit, found, allowed }: OverLimit) -> Self {
        Self::OverLimit { limit, found, allowed }
    }
}

/// A kind of file that is not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// Not a JPEG, PNG or WebP; the container was recognised by its first bytes, or not at all.
    #[error("{0} is not decoded here")]
    Container(Container),
    /// A format that [`Limits::formats`](crate::Limits::formats) leaves out.
    #[error("{0} is not among the allowed formats")]
    NotAllowed(Format),
    /// A variant of a supported format.
    #[error("{format} with {what}")]
    Feature {
        /// The format.
        format: Format,
        /// The variant, in the words of the format's specification.
        what: &'static str,
    },
}

/// A broken rule of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Malformed {
    format: Format,
    what: &'static str,
}

impl Malformed {
    /// The format whose rule is broken.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What is wrong, in the words of the format's specification.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }
}

/// How far the data reached.
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

    /// Rows of source pixels that were decoded before the data ended, and the rows that the header
    /// declares. In a JPEG of several scans, the rows that the last scan reached. `None` when the headers themselves end early, or the codec cannot tell.
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

/// A call that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// A target or crop with a side of 0.
    #[error("a side of 0 pixels was asked for")]
    EmptySize,
    /// The crop rectangle does not lie inside the upright picture.
    #[error("the crop rectangle is not inside the picture")]
    CropOutside,
    /// More sizes than [`Request::MAX_SIZES`](crate::Request::MAX_SIZES).
    #[error("more sizes were asked for than one request may hold")]
    TooManySizes,
    /// A JPEG quality outside 1–100.
    #[error("the JPEG quality is not between 1 and 100")]
    Quality,
    /// A share of rows outside 1–100 percent.
    #[error("the share of rows is not between 1 and 100 percent")]
    Percent,
    /// [`Plan::run`](crate::Plan::run) was given other bytes than the plan was made from.
    #[error("the bytes are not those that the plan was made from")]
    OtherBytes,
    /// Pixels that do not fit their size and layout.
    #[error("the pixels do not fit their size and layout")]
    PixelCount,
    /// The quote alone is over the whole memory pool: it could wait forever.
    #[error("the job needs more memory than the whole pool has")]
    OverPool,
}

/// Why a job was stopped.
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
