//! bombproof turns an untrusted JPEG, PNG or WebP into an avatar, inside a memory budget that is known
//! before the first pixel is decoded.
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
//! # The pipeline
//!
//! ```text
//!  &[u8] ─▶ probe ─▶ plan ─▶ decode ─▶ shrink ─▶ finish ─▶ encode ─▶ Vec<u8>
//!           header    every    approved   rows into  resize,   new file,
//!           only,     size     bytes to   the small  colour,   no metadata
//!           no heap   decision rows       picture    upright
//! ```
//!
//! The small picture is the only whole picture that is ever in memory: rows stream out of the decoder
//! straight into it. Where a format does not allow that, the quote includes what it costs instead.
//!
//! [`thumbnail`] runs the whole pipeline. A service that queues jobs by cost runs it step by step:
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
//! This crate assumes that an attacker chose every byte of an upload, and that the request may come from
//! an attacker too: a target size is often part of a URL. A file that breaks one of the promises below is
//! a security bug.
//!
//! ## Panics
//!
//! No input makes this crate panic or abort, in debug or in release, and the crate contains no `unsafe`
//! code. Its own buffers are allocated fallibly; an allocator that refuses one causes
//! [`Error::OutOfMemory`]. The encoder of PNG below it allocates infallibly, but never more than the plan has
//! quoted.
//!
//! ## Memory
//!
//! [`probe`] and [`Plan::new`] allocate nothing. From there to the returned bytes, the live heap is at most
//! [`Plan::memory_bytes`], which is at most [`Limits::max_memory_bytes`]. This counts the allocations of
//! this crate and of the codecs below it, both blocks while one is moved, and the output. It does not count
//! your input slice, the stack, and what the allocator rounds up. **Reserve the plan from a
//! [`MemoryPool`] before you run it**, so that the sum of all jobs is bounded too.
//!
//! A job needs less than 256 KiB of stack, also in a debug build of this crate, if the codecs below it are
//! compiled with `opt-level` 1 or more. Without optimisation, `miniz_oxide` (PNG output)
//! builds its state on the stack, and a job needs up to 384 KiB. The threads of the standard library have 2
//! MiB. For smaller ones, have the codecs optimised in a debug build too:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 1
//! ```
//!
//! ## Time
//!
//! Time is linear in the bytes of the input and in its pixels. [`Plan::work`] bounds it before the first pixel
//! is decoded: the most nanoseconds that the job takes on one core of the machine that this crate is
//! measured on. [`Limits::max_work`] refuses what is over three seconds there. On a slower machine, lower the
//! limit by as much. An [`Interrupt`] stops a job at a deadline or when a flag is set; decoders and encoders
//! poll it for each row or band of rows. **Run jobs on threads that may block**, not on those of an async executor.
//!
//! ## In practice
//!
//! - Read uploads with [`read_upload`], which stops at the first byte too many.
//! - Keep [`Limits::default`] unless you know better: it is the safe preset for avatars.
//! - Never store or serve an upload that this crate refused. No function here returns the original.
//! - Show [`Error::user_message`] to people, log the `Display` text, and answer with
//!   [`Error::http_status`]. [`Error::report`] has all of them as data.
//! - Data that ends early is an error, never grey pixels, unless [`Request::accept_truncated`] asks for the
//!   rows that are there. No output contains a byte of the input.
//! - The same bytes in give the same bytes out, so avatars can be named by their content.
//!
//! # Features
//!
//! `simd` is on by default, the others are not. Features add to the interface; they change no result.
//!
//! - `serde` serialises [`Header`], [`Limits`] and [`Error`], deserialises [`Limits`], and has `HeaderParts`, with which
//!   another process can plan.
//! - `simd` compiles loops for AVX2 as well and chooses at run time, and writes others in vectors (x86-64, aarch64).
//! - `image` converts [`Picture`] to and from `image::DynamicImage`.
//!
//! # Targets
//!
//! The bytes of the outputs, the errors and the quotes are the same on machines of 32 and 64 bits, of both byte orders,
//! with and without vectors: `scripts/test-targets` compares x86-64 with i686, aarch64, s390x and wasm32.
//!
//! `wasm32-unknown-unknown` has neither threads nor a clock. There [`Interrupt::after_by_clock`] takes the clock of the
//! host, and `Interrupt::after` and `Interrupt::at` do not exist; [`MemoryPool::reserve`] does not wait, because nobody
//! could free memory meanwhile. All else is there.

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
mod price;
mod vp8;
mod work;
mod charges;
mod simd;
mod sync;
mod dct;
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
mod attention;
mod canvas;
mod placeholder;
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
pub use picture::{Gamut, Layout, Picture};
pub use placeholder::{Placeholder, ThumbHash};
pub use plan::Plan;
pub use pool::{MemoryPool, Permit};
#[cfg(feature = "serde")]
pub use probe::HeaderParts;
pub use probe::{ColorKind, Header, IccKind, Orientation, ProfileProblem, probe};
pub use report::ErrorReport;
pub use request::{JpegDetail, JpegEffort, Request};
pub use size::{Rect, Size};
pub use thumbnail::{decode, thumbnail, thumbnails};
pub use upload::read_upload;
