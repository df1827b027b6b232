//! Counts MCUs to the next restart marker (T.81, E.2.4).

use super::bit_reader::{EntropyData, Fault};

#[derive(Clone, Copy, Debug)]
pub(super) struct RestartCounter {
    /// 0 for none.
    interval: u32,
    left: u32,
    next: u8,
}

impl RestartCounter {
    pub(super) fn new(interval: u16) -> Self {
        let interval = u32::from(interval);
        Self { interval, left: interval, next: 0 }
    }

    /// To be called before each MCU: true when there is a restart marker before it.
    #[inline(always)]
    pub(super) const fn is_due(&mut self) -> bool {
        if self.interval == 0 {
            return false;
        }
        let due = self.left == 0;
        self.left = if due { self.interval - 1 } else { self.left - 1 };
        due
    }

    /// Passes the marker that is due.
    pub(super) fn pass(&mut self, entropy: &mut EntropyData<'_, '_>) -> Result<(), Fault> {
        entropy.restart(self.next)?;
        self.next = (self.next + 1) & 7;
        Ok(())
    }
}
