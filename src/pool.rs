//! A memory budget that all jobs of a process share.

use core::fmt;
use std::collections::VecDeque;
use std::time::Duration;

use crate::error::{BadRequest, Error};
use crate::plan::Plan;
use crate::sync::{Arc, CAN_WAIT, Condvar, Instant, Mutex, MutexGuard, PoisonError};
use crate::work;

/// A fixed number of bytes that many threads reserve from, so that the quotes of all running jobs
/// together never exceed it.
///
/// Clones share the same pool. Waiting is first in, first out: a small job does not overtake a
/// large one that waits.
///
/// There is no pool of work. Memory is held until a job ends and must not run out, but time cannot:
/// the number of threads that run jobs bounds how much of it is spent at once. What a queue needs is
/// the sum of [`Plan::work`] of the jobs that wait or run. Divided by the number of threads, it is
/// the longest time until a job that comes now starts.
///
/// ```
/// use std::time::Duration;
/// use bombproof::{Interrupt, Limits, MemoryPool, Plan, Request};
///
/// let pool = MemoryPool::new(256 << 20);
/// # let upload = bombproof::Picture::new(
/// #     bombproof::Size::new(4, 4), bombproof::Layout::Gray, vec![7; 16])?.to_png()?;
/// let header = bombproof::probe(&upload)?;
/// let plan = Plan::new(&header, &Request::cover(2, 2), &Limits::default())?;
/// let permit = pool.reserve(&plan, Duration::from_millis(50))?;
/// let avatar = plan.run(&upload, &Interrupt::never())?;
/// drop(permit);
/// assert_eq!(pool.in_use(), 0);
/// # Ok::<(), bombproof::Error>(())
/// ```
#[derive(Clone)]
pub struct MemoryPool {
    shared: Arc<Shared>,
}

struct Shared {
    capacity_bytes: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    in_use_bytes: u64,
    next_ticket: u64,
    /// The tickets of the waiting jobs, the oldest first.
    waiting: VecDeque<u64>,
}

impl MemoryPool {
    /// A pool of `capacity_bytes` bytes. They are only counted: the pool does not allocate them.
    #[must_use]
    pub fn new(capacity_bytes: u64) -> Self {
        Self {
            shared: Arc::new(Shared {
                capacity_bytes,
                state: Mutex::new(State::default()),
                changed: Condvar::new(),
            }),
        }
    }

    /// Reserves the quote of `plan` without waiting.
    ///
    /// # Errors
    /// [`Error::Busy`] when too little memory is free or other jobs wait already,
    /// [`BadRequest::OverPool`] when the quote exceeds the capacity of the pool.
    pub fn try_reserve(&self, plan: &Plan) -> Result<Permit, Error> {
        self.reserve(plan, Duration::ZERO)
    }

    /// Reserves the quote of `plan`, and waits for at most `timeout` until enough memory is free.
    /// On a target without threads, `wasm32-unknown-unknown`, nobody could free any meanwhile, so
    /// that the time is up at once.
    ///
    /// # Errors
    /// [`Error::Busy`] when the time is up, [`BadRequest::OverPool`] when the quote exceeds the
    /// capacity of the pool, [`Error::OutOfMemory`] when the queue cannot grow.
    pub fn reserve(&self, plan: &Plan, timeout: Duration) -> Result<Permit, Error> {
        self.reserve_bytes(plan.memory_bytes(), timeout)
    }

    /// Reserves `bytes` bytes, for memory that a service wants to count besides the plan's, such as
    /// the upload itself.
    ///
    /// # Errors
    /// Those of [`reserve`](Self::reserve).
    pub fn reserve_bytes(&self, bytes: u64, timeout: Duration) -> Result<Permit, Error> {
        if bytes > self.shared.capacity_bytes {
            return Err(Error::BadRequest(BadRequest::OverPool));
        }
        let mut state = self.shared.lock();
        if state.waiting.is_empty() && self.shared.fits(&state, bytes) {
            return Ok(self.permit(&mut state, bytes));
        }
        if timeout.is_zero() || !CAN_WAIT {
            return Err(self.shared.busy(&state, bytes));
        }
        let deadline = Instant::now().checked_add(timeout);
        let ticket_bytes = size_of::<u64>() as u64;
        work::own_allocation(|| state.waiting.try_reserve(1))
            .map_err(|_| Error::OutOfMemory { bytes: ticket_bytes })?;
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push_back(ticket);
        loop {
            if state.waiting.front() == Some(&ticket) && self.shared.fits(&state, bytes) {
                state.waiting.pop_front();
                self.shared.changed.notify_all();
                return Ok(self.permit(&mut state, bytes));
            }
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            if left.is_zero() {
                state.waiting.retain(|&waiting| waiting != ticket);
                self.shared.changed.notify_all();
                return Err(self.shared.busy(&state, bytes));
            }
            let woken = self.shared.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The currently reserved bytes, as a gauge for monitoring.
    #[must_use]
    pub fn in_use(&self) -> u64 {
        self.shared.lock().in_use_bytes
    }

    /// The number of currently waiting jobs, as a gauge for monitoring.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.lock().waiting.len()
    }

    /// The capacity of the pool in bytes.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.shared.capacity_bytes
    }

    fn permit(&self, state: &mut State, bytes: u64) -> Permit {
        state.in_use_bytes += bytes;
        Permit { shared: Arc::clone(&self.shared), bytes }
    }
}

impl Shared {
    /// Ignores poison: a thread that panics cannot leave the numbers half updated.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    const fn fits(&self, state: &State, bytes: u64) -> bool {
        bytes <= self.capacity_bytes - state.in_use_bytes
    }

    const fn busy(&self, state: &State, bytes: u64) -> Error {
        Error::Busy {
            needed_bytes: bytes,
            available_bytes: self.capacity_bytes - state.in_use_bytes,
        }
    }
}

impl fmt::Debug for MemoryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryPool({} of {} bytes in use)", self.in_use(), self.capacity())
    }
}

/// Reserved bytes of a [`MemoryPool`]. Dropping the permit returns them to the pool.
#[must_use = "dropping the permit returns the memory to the pool"]
pub struct Permit {
    shared: Arc<Shared>,
    bytes: u64,
}

impl Permit {
    /// The number of reserved bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.lock().in_use_bytes -= self.bytes;
        self.shared.changed.notify_all();
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({} bytes)", self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn the_last_byte_can_be_reserved_and_the_next_is_busy() {
        let pool = MemoryPool::new(100);
        let all = pool.reserve_bytes(100, Duration::ZERO).unwrap();
        let refused = pool.reserve_bytes(1, Duration::from_millis(5));
        assert!(matches!(refused, Err(Error::Busy { needed_bytes: 1, available_bytes: 0 })));
        assert_eq!((pool.in_use(), pool.waiting()), (100, 0));
        drop(all);
        assert_eq!(pool.in_use(), 0);
    }

    #[test]
    fn a_job_that_can_never_fit_does_not_wait() {
        let pool = MemoryPool::new(100);
        let refused = pool.reserve_bytes(101, LONG);
        assert!(matches!(refused, Err(Error::BadRequest(BadRequest::OverPool))));
    }

    #[test]
    fn a_small_job_does_not_overtake_a_large_one() {
        let pool = MemoryPool::new(100);
        let first = pool.reserve_bytes(50, LONG).unwrap();
        thread::scope(|scope| {
            let large = scope.spawn(|| pool.reserve_bytes(100, LONG).map(|permit| permit.bytes()));
            while pool.waiting() == 0 {
                thread::yield_now();
            }
            // 10 bytes are free, but the large job came first.
            assert!(matches!(pool.reserve_bytes(10, Duration::ZERO), Err(Error::Busy { .. })));
            drop(first);
            assert_eq!(large.join().unwrap().unwrap(), 100);
        });
        assert_eq!(pool.in_use(), 0);
    }

    #[test]
    fn many_threads_never_reserve_more_than_the_capacity() {
        let pool = MemoryPool::new(1_000);
        let held = AtomicU64::new(0);
        let served = AtomicU64::new(0);
        thread::scope(|scope| {
            for thread in 0..16u64 {
                let (pool, held, served) = (&pool, &held, &served);
                scope.spawn(move || {
                    for round in 0..200u64 {
                        let bytes = 1 + (thread * 131 + round * 17) % 400;
                        let permit = pool.reserve_bytes(bytes, LONG).unwrap();
                        let now = held.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        assert!(now <= 1_000, "{now} bytes held");
                        held.fetch_sub(bytes, Ordering::SeqCst);
                        drop(permit);
                        served.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(served.into_inner(), 16 * 200);
        assert_eq!((pool.in_use(), pool.waiting()), (0, 0));
    }

    #[test]
    fn a_thread_that_panics_returns_its_memory() {
        let pool = MemoryPool::new(10);
        let clone = pool.clone();
        let panicked = thread::spawn(move || {
            let _permit = clone.reserve_bytes(10, LONG).unwrap();
            panic!("on purpose");
        });
        assert!(panicked.join().is_err());
        assert!(pool.reserve_bytes(10, Duration::ZERO).is_ok());
    }
}
