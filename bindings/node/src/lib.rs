//! The native part of the npm package `bombproof`.
//!
//! Only `lib/` of the package calls it. Its functions return either a value or a [`Failure`] as an
//! object, of which `lib/errors.js` makes the exception: errors that are made in JavaScript have a
//! stack trace that leads to the caller.

pub mod failure;
pub mod header;
pub mod input;
pub mod job;
pub mod limits;
pub mod options;
pub mod output;
pub mod plan;
pub mod pool;
pub mod request;
