//! An untrusted JPEG, PNG or WebP becomes an avatar inside a memory budget that is known before the
//! first pixel is decoded.
//!
//! ```
//! use bombproof::{Limits, Request};
//! # let upload = bombproof::Picture::new(
//! #     bombproof::Size::new(640, 480), bombproof::Layout::Rgb, vec![90; 640 * 480 * 3])?.to_jpeg(90)?;
//!
//! // 256×256, centre-cropped, upright, sRGB, no metadata.
//! let request = Request::cover(256, 256).jpeg(80);
//! let avatar = bombproof::thumbnail(&upload, &request, &Limits::default())?;
//! assert_eq!(avatar.media_type(), "image/jpeg");
//! # Ok::<(), bombproof::Error>(())
//! ```
//!
//! # The walk
//!
//! ```text
//!  &[u8] ─▶ probe ─▶ Plan::new ─▶ decode ─▶ shrink ─▶ finish ─▶ encode ─▶ Vec<u8>
//!           header    every       approved   rows into  resize,   new file,
//!           only,     size        bytes to   the small  colour,   no metadata
//!           no heap   decision    rows       picture    upright
//! ```
//!
//! The only whole picture that is ever in memory is the small one: rows stream out of the decoder
//! straight into it. Where a format does not allow that, the plan says what it costs instead.
//!
//! A service that queues by cost takes the walk step by step:
//!
//! ```
//! use std::time::Duration;
//! use bombproof::{Interrupt, Limits, MemoryPool, Plan, Request};
//! # let upload = bombproof::Picture::new(
//! #     bombproof::Size::new(64, 48), bombproof::Layout::Rgb, vec![90; 64 * 48 * 3])?.to_png()?;
//!
//! let pool = MemoryPool::new(512 << 20); // one number for the whole process
//!
//! let header = bombproof::probe(&upload)?; // no heap
//! let plan = Plan::new(&header, &Request::cover(32, 32), &Limits::default())?; // no heap
//! let permit = pool.reserve(&plan, Duration::from_millis(200))?; // or Error::Busy
//! let avatar = plan.run(&upload, &Interrupt::after(Duration::from_secs(2)))?;
//! # drop((permit, avatar));
//! # Ok::<(), bombproof::Error>(())
//! ```
//!
//! # Untrusted images
//!
//! Every byte of an upload is taken to be chosen by an attacker, and so may be the request: a target
//! size often comes from a URL. A file that breaks one of these promises is a security bug.
//!
//! ## Panics
//!
//! None, in debug and in release: no input makes this crate panic or abort, and the crate holds no
//! `unsafe` code. Buffers are allocated fallibly; a refusing allocator is [`Error::OutOfMemory`].
//! The codecs below allocate infallibly, but only what the plan has quoted.
//!
//! ## Memory
//!
//! [`probe`] and [`Plan::new`] allocate nothing. From then to the returned bytes the live heap stays
//! at or below [`Plan::memory_bytes`], which is at or below [`Limits::max_memory_bytes`]. Counted are
//! the allocations of this crate and of the codecs below it, both blocks while one is moved, and the
//! output. Not counted are your input slice, the stack (less than 256 KiB), and what the allocator
//! rounds up. **Reserve the plan from a [`MemoryPool`] before you run it**, so that the sum of all
//! jobs is bounded as well.
//!
//! ## Time
//!
//! Time is linear in the bytes of the input and in its pixels; scans, segments and chunks, which
//! could multiply it, are capped. An [`Interrupt`] stops a job at a deadline or when a flag is set;
//! it is polled for each band of rows. **Run jobs on threads that may block**, not on those of an async
//! executor.
//!
//! ## In practice
//!
//! - Read uploads with [`read_upload`], which stops at the first byte too many.
//! - Keep [`Limits::default`] unless you know better: it is the safe preset for avatars.
//! - Never store or serve the original when this crate refuses it. No function here hands it back.
//! - Show [`Error::user_message`] to people, log `Display`, answer with [`Error::http_status`].
//! - Data that ends early is an error, never grey pixels, unless [`Request::accept_truncated`] asks for
//!   the rows that are there; no output holds a byte of the input.
//! - The same bytes in give the same bytes out, so that avatars can be named by their content.
//!
//! # Features
//!
//! None is on by default. `serde` serialises [`Header`] and [`Limits`]. `image` converts
//! [`Picture`] to and from `image::DynamicImage`. Features add; they change no result.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::disallowed_macros,
        clippy::disallowed_methods,
        reason = "tests choose their own numbers and need no budget"
    )
)]

// From the bottom of the ladder up: a module imports only modules above it in this list.
mod format;
mod size;
mod limits;
mod error;
mod report;
mod request;
mod work;
mod budget;
mod interrupt;
mod job;
mod upload;
mod picture;
mod shrink;
mod probe;
mod decode;
mod encode;
mod finish;
mod output;
mod plan;
mod pool;
mod thumbnail;
#[cfg(feature = "instrument")]
#[doc(hidden)]
pub mod instrument;

// The public interface is:
pub use error::{BadRequest, Error, Interrupted, Malformed, Truncated, Unsupported};
pub use finish::ColorConversion;
pub use format::{Container, Format};
pub use interrupt::Interrupt;
pub use limits::{Formats, Limit, Limits};
pub use output::Thumbnail;
pub use picture::{Layout, Picture};
pub use plan::Plan;
pub use pool::{MemoryPool, Permit};
pub use probe::{ColorKind, Header, IccKind, Orientation, ProfileProblem, probe};
pub use report::ErrorReport;
pub use request::{JpegDetail, Request};
pub use size::{Rect, Size};
pub use thumbnail::{decode, thumbnail, thumbnails};
pub use upload::read_upload;
