//! The locks and the clock of `src/sync.rs`, under loom, with a condition variable that times out.
//!
//! That of loom never does. Here the clock ticks once, at any moment, when a model calls [`tick`]:
//! this wakes those that wait for it and nobody else. Between two operations of loom no other thread
//! runs, so the lists of those that wait need no lock of loom.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{LockResult, Mutex as List};
use std::time::Duration;

use loom::sync::Notify;
/// Counting references changes no order.
pub(crate) use std::sync::{Arc, PoisonError};

pub(crate) const CAN_WAIT: bool = true;

static NOW: AtomicU64 = AtomicU64::new(0);
static TIMED_WAITERS: List<Vec<Arc<Waiter>>> = List::new(Vec::new());

/// Starts an execution.
pub(crate) fn reset_clock() {
    NOW.store(0, Ordering::SeqCst);
    take(&TIMED_WAITERS);
}

/// Lets one nanosecond pass.
pub(crate) fn tick() {
    NOW.fetch_add(1, Ordering::SeqCst);
    wake(&TIMED_WAITERS);
}

fn wake(waiters: &List<Vec<Arc<Waiter>>>) {
    for waiter in take(waiters) {
        waiter.is_woken.store(true, Ordering::SeqCst);
        waiter.notify.notify();
    }
}

fn take(waiters: &List<Vec<Arc<Waiter>>>) -> Vec<Arc<Waiter>> {
    std::mem::take(&mut *waiters.lock().unwrap_or_else(PoisonError::into_inner))
}

fn add(waiters: &List<Vec<Arc<Waiter>>>, waiter: &Arc<Waiter>) {
    waiters.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(waiter));
}

/// A thread that waits.
struct Waiter {
    is_woken: AtomicBool,
    notify: Notify,
}

/// A moment in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Instant(u64);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(NOW.load(Ordering::SeqCst))
    }

    /// Counts from the start of the execution: the tick is then after every deadline of a nanosecond,
    /// at whatever moment it comes.
    pub(crate) fn checked_add(self, duration: Duration) -> Option<Self> {
        u64::try_from(duration.as_nanos()).ok().map(Self)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(MutexGuard { guard, mutex: self })
    }
}

pub(crate) struct MutexGuard<'m, T> {
    guard: loom::sync::MutexGuard<'m, T>,
    mutex: &'m Mutex<T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

pub(crate) struct Condvar {
    waiters: List<Vec<Arc<Waiter>>>,
}

impl Condvar {
    pub(crate) fn new() -> Self {
        Self { waiters: List::new(Vec::new()) }
    }

    pub(crate) fn notify_all(&self) {
        wake(&self.waiters);
    }

    /// A wait of `Duration::MAX` does not end by itself.
    pub(crate) fn wait_timeout<'m, T>(
        &self,
        guard: MutexGuard<'m, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'m, T>, ())> {
        let waiter = Arc::new(Waiter { is_woken: AtomicBool::new(false), notify: Notify::new() });
        add(&self.waiters, &waiter);
        if timeout < Duration::MAX {
            add(&TIMED_WAITERS, &waiter);
        }
        let mutex = guard.mutex;
        drop(guard);
        // Once, loom also wakes it for no reason.
        while !waiter.is_woken.load(Ordering::SeqCst) {
            waiter.notify.wait();
        }
        Ok((mutex.lock().unwrap_or_else(PoisonError::into_inner), ()))
    }
}
