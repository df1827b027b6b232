//! The Python binding of `bombproof`: the module `bombproof._bombproof`, which the package in
//! `python/bombproof` completes.
//!
//! What a caller sets or gets as plain values (`Request`, `Limits`, `Thumbnail`) is a data class of the
//! package. What stands for something of the library (`Header`, `Plan`, `MemoryPool`, `Permit`,
//! `Interrupt`) is a class of this module, and so are the exceptions.

#![forbid(unsafe_code)]

use pyo3::prelude::*;

mod error;
mod guard;
mod field;
mod limits;
mod request;
mod number;
mod upload;
mod header;
mod interrupt;
mod outcome;
mod plan;
mod pool;
mod thumbnail;

/// The compiled part of `bombproof`.
#[pymodule(name = "_bombproof")]
mod module {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::error::{
        BadRequest, Bug, Busy, Error, Interrupted, Io, Malformed, NotCredible, OutOfMemory,
        OverLimit, Truncated, Unsupported,
    };
    #[pymodule_export]
    use crate::guard::panic;
    #[pymodule_export]
    use crate::header::{Header, probe};
    #[pymodule_export]
    use crate::interrupt::Interrupt;
    #[pymodule_export]
    use crate::limits::{check_limits, default_limits};
    #[pymodule_export]
    use crate::plan::Plan;
    #[pymodule_export]
    use crate::pool::{MemoryPool, Permit};
    #[pymodule_export]
    use crate::request::check_request;
    #[pymodule_export]
    use crate::thumbnail::{thumbnail, thumbnails};
    #[pymodule_export]
    use crate::upload::read_upload;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
