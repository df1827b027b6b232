//! [`ProfileProblem`]: why a profile is not used.

use core::fmt;

/// Why an embedded ICC profile, or the cICP chunk of a PNG, was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProfileProblem {
    /// It exceeds [`Limits::max_icc_bytes`](crate::Limits::max_icc_bytes).
    TooLarge,
    /// A part of it is missing or occurs twice.
    Incomplete,
    /// It breaks the rules of its format.
    Malformed,
    /// It describes another colour space than that of the picture.
    WrongColorSpace,
    /// Using it would take too much memory.
    TooCostly,
    /// It is of a kind that this crate does not convert.
    Unsupported,
}

impl ProfileProblem {
    /// The name in snake case, for JSON and other languages: `"too_large"` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Incomplete => "incomplete",
            Self::Malformed => "malformed",
            Self::WrongColorSpace => "wrong_color_space",
            Self::TooCostly => "too_costly",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "too large",
            Self::Incomplete => "incomplete",
            Self::Malformed => "malformed",
            Self::WrongColorSpace => "for another color space",
            Self::TooCostly => "too costly",
            Self::Unsupported => "unsupported",
        })
    }
}
