//! The locks and the clock of the pool. `tools/pool-model` replaces them, to run the pool through
//! every order of its threads.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
pub(crate) use std::time::Instant;

/// Whether a thread can wait for another one. `wasm32-unknown-unknown` has neither threads nor a
/// clock.
pub(crate) const CAN_WAIT: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));
