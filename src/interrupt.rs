//! The deadline and the cancel flag of one job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Interrupted};
use crate::work;

/// When to stop a job: at a deadline, when a flag is set, or never.
///
/// Decoders poll it for each band of rows. Resizing and encoding are bounded by the size of the
/// output, not of the upload, so it is polled only before each of them. A stopped job returns
/// [`Error::Interrupted`]. How fast it stops is best effort.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    deadline: Option<Instant>,
    cancel: Option<Arc<AtomicBool>>,
}

impl Interrupt {
    /// Never stops the job.
    #[must_use]
    pub const fn never() -> Self {
        Self { deadline: None, cancel: None }
    }

    /// Stops the job when `timeout` has passed from now. A timeout that is too long for the clock
    /// never stops it.
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(timeout), cancel: None }
    }

    /// Stops the job at `deadline`.
    #[must_use]
    pub const fn at(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), cancel: None }
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
        if let Some(deadline) = self.deadline
            && Instant::now() >= deadline
        {
            return Err(Error::Interrupted(Interrupted::Deadline));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
}
