//! The deadline and the cancel flag of one job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::time::Instant;

use crate::error::{Error, Interrupted};
use crate::work;

/// When to stop a job: at a deadline, when a flag is set, or never.
///
/// It is polled for each row or band of rows that is decoded, resized, converted or encoded, and
/// before each stage. Making a picture upright, which only moves its pixels, is not interrupted. A
/// stopped job returns [`Error::Interrupted`]. How fast it stops is best effort.
///
/// The target `wasm32-unknown-unknown` has no clock, so there `after` and `at` are missing, and
/// [`after_by_clock`](Self::after_by_clock) takes one of the host:
///
/// ```
/// use std::time::Duration;
/// use bombproof::Interrupt;
///
/// fn now() -> Duration {
///     // In a browser: Duration::from_secs_f64(performance.now() / 1_000.0)
/// #   Duration::ZERO
/// }
/// let interrupt = Interrupt::after_by_clock(Duration::from_secs(2), now);
/// # let _ = interrupt;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    deadline: Option<Deadline>,
    cancel: Option<Arc<AtomicBool>>,
}

#[derive(Clone, Copy, Debug)]
enum Deadline {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    At(Instant),
    ByClock {
        now: fn() -> Duration,
        at: Duration,
    },
}

impl Interrupt {
    /// Never stops the job.
    #[must_use]
    pub const fn never() -> Self {
        Self { deadline: None, cancel: None }
    }

    /// Stops the job when `timeout` has passed from now. A timeout that is too long for the clock
    /// never stops it.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(timeout).map(Deadline::At), cancel: None }
    }

    /// Stops the job at `deadline`.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub const fn at(deadline: Instant) -> Self {
        Self { deadline: Some(Deadline::At(deadline)), cancel: None }
    }

    /// Stops the job when `timeout` has passed from now on the clock of the caller. It tells the
    /// time since any moment that stays the same, and is read once here and at each poll. A timeout
    /// that is too long for a [`Duration`] never stops the job.
    #[must_use]
    pub fn after_by_clock(timeout: Duration, now: fn() -> Duration) -> Self {
        let at = now().checked_add(timeout);
        Self { deadline: at.map(|at| Deadline::ByClock { now, at }), cancel: None }
    }

    /// Also stops the job when `flag` becomes true.
    #[must_use]
    pub fn or_when(mut self, flag: Arc<AtomicBool>) -> Self {
        self.cancel = Some(flag);
        self
    }

    /// Polls the flag and the deadline.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the job has to stop.
    pub(crate) fn check(&self) -> Result<(), Error> {
        work::polled()?;
        if let Some(flag) = &self.cancel
            && flag.load(Ordering::Relaxed)
        {
            return Err(Error::Interrupted(Interrupted::Cancelled));
        }
        if self.deadline.is_some_and(Deadline::has_passed) {
            return Err(Error::Interrupted(Interrupted::Deadline));
        }
        Ok(())
    }
}

impl Deadline {
    fn has_passed(self) -> bool {
        match self {
            #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
            Self::At(deadline) => Instant::now() >= deadline,
            Self::ByClock { now, at } => now() >= at,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn a_flag_that_is_set_through_another_handle_stops_the_job() {
        let flag = Arc::new(AtomicBool::new(false));
        let interrupt = Interrupt::never().or_when(Arc::clone(&flag));
        assert!(interrupt.check().is_ok());
        flag.store(true, Ordering::Relaxed);
        assert!(matches!(interrupt.check(), Err(Error::Interrupted(Interrupted::Cancelled))));
    }

    #[test]
    fn a_deadline_in_the_past_stops_the_job_and_the_longest_timeout_does_not() {
        assert!(matches!(
            Interrupt::after(Duration::ZERO).check(),
            Err(Error::Interrupted(Interrupted::Deadline))
        ));
        assert!(Interrupt::after(Duration::MAX).check().is_ok());
        assert!(Interrupt::never().check().is_ok());
    }
    #[test]
    fn the_clock_of_the_caller_stops_the_job() {
        static SECONDS: AtomicU64 = AtomicU64::new(100);
        fn now() -> Duration {
            Duration::from_secs(SECONDS.load(Ordering::Relaxed))
        }
        let interrupt = Interrupt::after_by_clock(Duration::from_secs(2), now);
        let endless = Interrupt::after_by_clock(Duration::MAX, now);
        SECONDS.store(101, Ordering::Relaxed);
        assert!(interrupt.check().is_ok());
        SECONDS.store(102, Ordering::Relaxed);
        assert!(matches!(interrupt.check(), Err(Error::Interrupted(Interrupted::Deadline))));
        assert!(endless.check().is_ok());
    }
}
