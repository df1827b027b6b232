//! An untrusted JPEG, PNG or WebP becomes an avatar inside a memory budget that is known before the
//! first pixel is decoded.
#![forbid(unsafe_code)]

mod size;
mod limits;
mod request;
mod error;
mod picture;
mod budget;
mod interrupt;
mod probe;
mod plan;
mod pool;
mod upload;
mod decode;
mod shrink;
mod finish;
mod encode;
mod thumbnail;

pub use error::{BadRequest, Error, Interrupted, Malformed, Truncated, Unsupported};
pub use finish::ColorConversion;
pub use interrupt::Interrupt;
pub use limits::{Formats, Limit, Limits};
pub use picture::{Layout, Picture};
pub use plan::Plan;
pub use pool::{MemoryPool, Permit};
pub use probe::{ColorKind, Container, Format, Header, IccKind, Orientation, probe};
pub use request::Request;
pub use size::{Rect, Size};
pub use thumbnail::{Thumbnail, decode, thumbnail, thumbnails};
pub use upload::read_upload;
