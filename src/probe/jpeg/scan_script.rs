//! [`ScanScript`]: what the scans so far have sent of every coefficient (T.81, G.1.1).

use super::errors::malformed;
use super::frame::{Frame, Scale};
use super::scan::Scan;
use crate::error::Error;

/// The scans so far: for each coefficient of each component, the bits that are known.
///
/// Scans may repeat, and refinements may be left out: the decoder overlays the coefficients as
/// libjpeg does. The number of scans and their work are bounded by the limits alone.
#[derive(Clone, Debug)]
pub(crate) struct ScanScript {
    /// The lowest bit that the last scan of the coefficient sent.
    known: [[u8; 64]; 4],
    /// The lowest bit that any scan sent.
    lowest: [[u8; 64]; 4],
    /// For each coefficient, the last one of any refinement scan that starts at it.
    refined_to: [[u8; 64]; 4],
    has_ac_gap: bool,
}

impl ScanScript {
    pub(crate) const fn new() -> Self {
        Self {
            known: [[NOTHING; 64]; 4],
            lowest: [[NOTHING; 64]; 4],
            refined_to: [[0; 64]; 4],
            has_ac_gap: false,
        }
    }

    /// Adds a scan. Refuses one whose data cannot be read after those before it.
    pub(crate) fn add(&mut self, scan: &Scan, frame: &Frame) -> Result<Sent, Error> {
        if frame.progressive && self.is_complete(frame) {
            return Ok(Sent::AfterTheLastBit);
        }
        for component in scan.components() {
            let index = component.index;
            let (Some(known), Some(lowest)) =
                (self.known.get_mut(index), self.lowest.get_mut(index))
            else {
                continue;
            };
            if scan.first > 0 && known[0] == NOTHING {
                return Err(malformed("a scan of AC coefficients before the first of DC"));
            }
            let band = usize::from(scan.first)..=usize::from(scan.last);
            let known = known.get_mut(band.clone()).unwrap_or_default();
            let lowest = lowest.get_mut(band).unwrap_or_default();
            for (known, lowest) in known.iter_mut().zip(lowest) {
                if scan.refines() {
                    if *lowest == NOTHING {
                        return Err(malformed("a refinement of coefficients that were not sent"));
                    }
                    // A bit of DC is read whatever is known. A refinement of AC codes a bit for
                    // each coefficient that is nonzero before it (T.81, G.1.2.3): where later bits
                    // are known already, more are nonzero, and the data would be misread.
                    if scan.first > 0 && *lowest < scan.high {
                        return Err(malformed("a refinement of bits that are known"));
                    }
                    self.has_ac_gap |= scan.first > 0 && *lowest > scan.high;
                } else if scan.is_sequential() && *lowest != NOTHING {
                    return Err(malformed("a second sequential scan of a component"));
                }
                *known = scan.low;
                *lowest = scan.low.min(*lowest);
            }
            if scan.refines()
                && let Some(refined_to) = self
                    .refined_to
                    .get_mut(index)
                    .and_then(|ends| ends.get_mut(usize::from(scan.first)))
            {
                *refined_to = scan.last.max(*refined_to);
            }
        }
        Ok(Sent::Needed)
    }

    /// True when a refinement scan of AC coefficients was left out. Then the next one of the same
    /// coefficients can be read only if none became nonzero in between. Reading all data shows it.
    pub(super) const fn has_ac_gap(&self) -> bool {
        self.has_ac_gap
    }

    /// Returns true once the scans have sent the DC coefficients of every component.
    pub(crate) fn has_all_dc(&self, frame: &Frame) -> bool {
        self.known.iter().take(frame.components().len()).all(|known| known[0] != NOTHING)
    }

    /// Returns true once the last bit of every coefficient is known.
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
    pub(super) fn read_to(&self, component: usize, scale: Scale) -> u8 {
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

/// What a scan is to the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Needed,
    /// The scans before it have sent every bit. It is passed over: the file may end before it and
    /// would be shown, so it must not make another picture.
    AfterTheLastBit,
}

/// No bit of the coefficient is known.
const NOTHING: u8 = u8::MAX;
