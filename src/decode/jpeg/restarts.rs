//! Counts MCUs to the next restart marker (T.81, E.2.4).

use super::bits::{Entropy, Fault};

#[derive(Clone, Copy, Debug)]
pub(super) struct Restarts {
    /// 0 for none.
    interval: u32,
    left: u32,
    next: u8,
}

impl Restarts {
    pub(super) fn new(interval: u16) -> Self {
        let interval = u32::from(interval);
        Self { interval, left: interval, next: 0 }
    }

    /// To be called before each MCU: passes a restart marker when it is due, and tells so.
    #[inline(always)]
    pub(super) fn before_mcu(&mut self, entropy: &mut Entropy<'_, '_>) -> Result<bool, Fault> {
        if self.interval == 0 {
            return Ok(false);
        }
        let due = self.left == 0;
        if due {
            entropy.restart(self.next)?;
            self.next = (self.next + 1) & 7;
            self.left = self.interval;
        }
        self.left -= 1;
        Ok(due)
    }
}
