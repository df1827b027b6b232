//! Counts the MCUs until the next restart marker (T.81, E.2.4).

use super::bit_reader::{EntropyData, Fault};

/// The picoseconds that a restart marker takes.
pub(super) const RESTART_PS: u64 = 60_000;

#[derive(Clone, Copy, Debug)]
pub(super) struct RestartCounter {
    /// MCUs between restart markers, or 0 for a scan without them.
    interval: u32,
    mcus_left: u32,
    next_number: u8,
}

impl RestartCounter {
    pub(super) fn new(interval: u16) -> Self {
        let interval = u32::from(interval);
        Self { interval, mcus_left: interval, next_number: 0 }
    }

    /// True when a restart marker precedes the next MCU. Call this before each MCU.
    #[inline(always)]
    pub(super) const fn is_due(&mut self) -> bool {
        if self.interval == 0 {
            return false;
        }
        let due = self.mcus_left == 0;
        self.mcus_left = if due { self.interval - 1 } else { self.mcus_left - 1 };
        due
    }

    /// Consumes the marker that is due.
    pub(super) fn consume_marker(
        &mut self,
        entropy: &mut EntropyData<'_, '_>,
    ) -> Result<(), Fault> {
        entropy.consume_restart_marker(self.next_number)?;
        self.next_number = (self.next_number + 1) & 7;
        Ok(())
    }
}
