//! What the scans so far have sent of every coefficient (T.81, G.1.1).

use super::errors::malformed;
use super::frame::{Frame, Scale};
use super::scan::Scan;
use crate::error::Error;

/// The bit position down to which each coefficient of each component is known.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    known: [[u8; 64]; 4],
    /// For each first coefficient, the last one of any refinement scan that starts there.
    refined_to: [[u8; 64]; 4],
}

impl Script {
    pub(crate) const fn new() -> Self {
        Self { known: [[NOTHING; 64]; 4], refined_to: [[0; 64]; 4] }
    }

    /// Notes a scan, or refuses one that sends what is known or refines what is not. So the number
    /// of scans that a component can have is bounded by its coefficients and their bits.
    pub(crate) fn admit(&mut self, scan: &Scan) -> Result<(), Error> {
        let before = if scan.refines() { scan.high } else { NOTHING };
        for component in scan.components() {
            let Some(known) = self.known.get_mut(component.index) else { continue };
            if scan.first > 0 && known[0] == NOTHING {
                return Err(malformed("a scan of AC coefficients before the first of DC"));
            }
            let band = usize::from(scan.first)..=usize::from(scan.last);
            for bit in known.get_mut(band).unwrap_or_default() {
                if *bit != before {
                    return Err(malformed("a scan out of the order of successive approximation"));
                }
                *bit = scan.low;
            }
            if scan.refines()
                && let Some(reach) = self
                    .refined_to
                    .get_mut(component.index)
                    .and_then(|reaches| reaches.get_mut(usize::from(scan.first)))
            {
                *reach = scan.last.max(*reach);
            }
        }
        Ok(())
    }

    /// True when every component has got its DC coefficients.
    pub(crate) fn has_all_dc(&self, frame: &Frame) -> bool {
        self.known.iter().take(frame.components().len()).all(|known| known[0] != NOTHING)
    }

    /// True when nothing is left that a scan could send.
    pub(crate) fn is_complete(&self, frame: &Frame) -> bool {
        self.known.iter().take(frame.components().len()).flatten().all(|&bit| bit == 0)
    }

    /// The lowest AC coefficient of a component that a refinement scan starts with.
    pub(super) fn refined_from(&self, component: usize) -> Option<u8> {
        let reaches = self.refined_to.get(component)?;
        let refined = (0..).zip(reaches).find(|(_, last)| **last > 0)?;
        Some(refined.0)
    }

    /// How far scans of a component must be read so that refinement scans of the coefficients that
    /// `scale` keeps can be followed: those code a bit for every coefficient with a history.
    pub(super) fn history_end(&self, component: usize, scale: Scale) -> u8 {
        let mut end = scale.last_kept();
        // Each turn either moves the end or is the last.
        loop {
            let reaches = self.refined_to.get(component).map_or(&[][..], |reaches| &reaches[..]);
            let farther =
                reaches.iter().take(usize::from(end) + 1).fold(end, |far, &last| far.max(last));
            if farther == end {
                return end;
            }
            end = farther;
        }
    }
}

const NOTHING: u8 = u8::MAX;
