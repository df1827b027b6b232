//! An untrusted JPEG, PNG or WebP becomes an avatar inside a memory budget that is known before the
//! first pixel is decoded.
#![cfg_attr(not(test), allow(dead_code))]

mod budget;
mod decode;
mod encode;
mod error;
mod finish;
mod interrupt;
mod limits;
mod picture;
mod probe;
mod size;

pub use error::{BadRequest, Error, Interrupted, Malformed, Truncated, Unsupported};
pub use finish::{ColorConversion, ProfileProblem};
pub use interrupt::Interrupt;
pub use limits::{Formats, Limit, Limits};
pub use picture::{Layout, Picture};
pub use probe::{ColorKind, Container, Format, Header, IccKind, Orientation, probe};
pub use size::{Rect, Size};
