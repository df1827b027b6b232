//! What the crate `parquet` says of a broken file: an error, or, of some, a panic. Here both are errors.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use anyhow::anyhow;

/// Runs `read`, which must leave nothing behind that is used after a panic.
pub(super) fn panic_is_error<T>(read: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    SILENCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IS_READING.get() {
                hook(panic);
            }
        }));
    });
    IS_READING.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(read));
    IS_READING.set(false);
    result.unwrap_or_else(|_| Err(anyhow!("the file is broken")))
}

/// The message of a panic would look like a bug of this program.
static SILENCE: Once = Once::new();

thread_local! {
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}
