//! The locks and the clock of the pool. `tools/pool-model` replaces them, to run the pool through
//! every order of its threads.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
pub(crate) use std::time::Instant;
