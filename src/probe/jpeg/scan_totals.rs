//! [`ScanTotals`]: how many scans there are of each band, and how long their data are.

use core::num::NonZeroU64;

use super::frame::{AcScans, Frame, ScanTotal};
use super::scan::Scan;
use super::segments::EntropyLength;

/// The scans of a frame, counted by their first coefficient. At a reduced scale the decoder reads
/// only those that start low enough.
pub(super) struct ScanTotals {
    ac: [[AcScans; 64]; 4],
}

impl ScanTotals {
    pub(super) const fn new() -> Self {
        const NONE: ScanTotal = ScanTotal { count: 0, bytes: 0 };
        Self { ac: [[AcScans { first: NONE, refinements: NONE }; 64]; 4] }
    }

    /// Counts a scan with data of this length: its AC coefficients here, all else in `frame`.
    pub(super) fn add(
        &mut self,
        scan: &Scan,
        length: EntropyLength,
        restart_interval: u16,
        frame: &mut Frame,
    ) {
        frame.entropy_bytes = frame.entropy_bytes.saturating_add(length.bytes);
        frame.entropy_stops = frame.entropy_stops.saturating_add(length.stops);
        if let Some(interval) = NonZeroU64::new(restart_interval.into()) {
            // The MCU of a single component is a block (T.81, A.2.2).
            let mcus = match scan.components() {
                [component] => frame.component_blocks(component.index),
                _ => frame.mcus(),
            };
            frame.restarts = frame.restarts.saturating_add(mcus.pixels() / interval);
        }
        if scan.first == 0 {
            frame.dc_bytes = frame.dc_bytes.saturating_add(length.bytes);
        }
        for component in scan.components() {
            let index = component.index & 3;
            if scan.first == 0 {
                let dc_scans = &mut frame.components[index].dc_scans;
                *dc_scans = dc_scans.saturating_add(1);
            } else if let Some(totals) = self.ac[index].get_mut(usize::from(scan.first)) {
                let total =
                    if scan.refines() { &mut totals.refinements } else { &mut totals.first };
                total.add(ScanTotal { count: 1, bytes: length.bytes });
            }
        }
    }

    /// The AC scans of a component that start at `last_coefficient` or before it.
    pub(super) fn ac_scans(&self, component: usize, last_coefficient: u8) -> AcScans {
        let mut sum = AcScans::default();
        for scans in self.ac[component & 3].iter().take(usize::from(last_coefficient) + 1) {
            sum.first.add(scans.first);
            sum.refinements.add(scans.refinements);
        }
        sum
    }
}
