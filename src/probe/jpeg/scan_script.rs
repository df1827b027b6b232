//! [`ScanScript`]: what the scans so far have sent of every coefficient (T.81, G.1.1).

use super::errors::malformed;
use super::frame::{Frame, Scale};
use super::scan::Scan;
use crate::error::Error;

/// The scans so far: for each coefficient of each component, the lowest bit that is known.
#[derive(Clone, Debug)]
pub(crate) struct ScanScript {
    known: [[u8; 64]; 4],
    /// For each coefficient, the last one of any refinement scan that starts at it.
    refined_to: [[u8; 64]; 4],
}

impl ScanScript {
    pub(crate) const fn new() -> Self {
        Self { known: [[NOTHING; 64]; 4], refined_to: [[0; 64]; 4] }
    }

    /// Adds a scan. Refuses one that sends known bits again or refines unknown coefficients.
    ///
    /// This bounds the number of scans per component by its coefficients and their bits.
    pub(crate) fn add(&mut self, scan: &Scan) -> Result<(), Error> {
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
                && let Some(refined_to) = self
                    .refined_to
                    .get_mut(component.index)
                    .and_then(|ends| ends.get_mut(usize::from(scan.first)))
            {
                *refined_to = scan.last.max(*refined_to);
            }
        }
        Ok(())
    }

    /// Returns true once the scans have sent the DC coefficients of every component.
    pub(crate) fn has_all_dc(&self, frame: &Frame) -> bool {
        self.known.iter().take(frame.components().len()).all(|known| known[0] != NOTHING)
    }

    /// Returns true once every bit of every coefficient is known.
    pub(crate) fn is_complete(&self, frame: &Frame) -> bool {
        self.known.iter().take(frame.components().len()).flatten().all(|&bit| bit == 0)
    }

    /// The lowest AC coefficient of a component at which a refinement scan starts.
    pub(super) fn refined_from(&self, component: usize) -> Option<u8> {
        let ends = self.refined_to.get(component)?;
        let refined = (0..).zip(ends).find(|(_, last)| **last > 0)?;
        Some(refined.0)
    }

    /// The last coefficient of a component that the decoder must read, so that it can read the
    /// refinement scans of the coefficients that `scale` keeps. A refinement scan codes a bit for
    /// every coefficient with a nonzero history, so the decoder must know those up to the end of
    /// its band.
    pub(super) fn history_end(&self, component: usize, scale: Scale) -> u8 {
        let mut end = scale.last_kept();
        // Each iteration either moves the end or is the last one.
        loop {
            let ends = self.refined_to.get(component).map_or(&[][..], |ends| &ends[..]);
            let farther =
                ends.iter().take(usize::from(end) + 1).fold(end, |far, &last| far.max(last));
            if farther == end {
                return end;
            }
            end = farther;
        }
    }
}

/// No bit of the coefficient is known.
const NOTHING: u8 = u8::MAX;
