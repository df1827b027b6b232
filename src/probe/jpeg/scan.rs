//! The scan header (T.81, B.2.3).

use super::errors::malformed;
use super::frame::Frame;
use crate::error::Error;

/// A scan header, checked against the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    count: usize,
    components: [ScanComponent; 4],
    /// Ss and Se: the band of coefficients, in zigzag order.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// Ah and Al: the bit positions before and after this scan.
    pub(crate) high: u8,
    pub(crate) low: u8,
}

/// One component of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScanComponent {
    /// Its index in the frame.
    pub(crate) index: usize,
    /// The destination of its DC table and of its AC table, 0 to 3.
    pub(crate) dc_table: u8,
    pub(crate) ac_table: u8,
}

impl Scan {
    /// Reads the segment of a SOS marker.
    pub(crate) fn parse(body: &[u8], frame: &Frame) -> Result<Self, Error> {
        let Some((&count, rest)) = body.split_first() else {
            return Err(malformed("an empty scan header"));
        };
        let count = usize::from(count);
        let Some((selectors, &[first, last, approximation])) = rest.split_at_checked(count * 2)
        else {
            return Err(malformed("a scan header whose length is not that of its components"));
        };
        if count == 0 || count > frame.components().len() {
            return Err(malformed("a scan of no components or more than the frame has"));
        }
        let mut components = [ScanComponent::default(); 4];
        let mut blocks = 0;
        for (i, [id, tables]) in selectors.as_chunks::<2>().0.iter().enumerate() {
            let (earlier, rest) = components.split_at_mut(i);
            // Components may share an identifier. Each entry then selects the next of them, as in
            // libjpeg-turbo.
            let found = frame.components().iter().enumerate().find(|&(index, component)| {
                component.id == *id && earlier.iter().all(|other| other.index != index)
            });
            let Some((index, component)) = found else {
                return Err(malformed("a scan of a component that the frame does not have"));
            };
            let (dc_table, ac_table) = (tables >> 4, tables & 15);
            if dc_table > 3 || ac_table > 3 {
                return Err(malformed("a scan with a Huffman table destination over 3"));
            }
            // T.81, B.2.3.
            if earlier.last().is_some_and(|previous| previous.index > index) {
                return Err(malformed("a scan with its components out of order"));
            }
            if let Some(slot) = rest.first_mut() {
                *slot = ScanComponent { index, dc_table, ac_table };
            }
            blocks += u32::from(component.h) * u32::from(component.v);
        }
        if count > 1 && blocks > 10 {
            return Err(malformed("an MCU of more than 10 blocks"));
        }
        if !frame.progressive {
            // T.81 fixes the band and the bits of a sequential scan (B.2.3), so nothing depends on
            // what the header declares. Some phones write zeros.
            return Ok(Self { count, components, first: 0, last: 63, high: 0, low: 0 });
        }
        let (high, low) = (approximation >> 4, approximation & 15);
        let scan = Self { count, components, first, last, high, low };
        scan.check_band()?;
        Ok(scan)
    }

    pub(crate) fn components(&self) -> &[ScanComponent] {
        self.components.get(..self.count).unwrap_or_default()
    }

    /// Returns true for a refinement scan, which adds bits to coefficients of an earlier scan.
    pub(crate) const fn refines(&self) -> bool {
        self.high > 0
    }

    /// True for a scan of a sequential frame. No progressive scan has DC and AC coefficients.
    pub(super) const fn is_sequential(&self) -> bool {
        self.first == 0 && self.last > 0
    }

    /// True for a scan that decodes with DC tables.
    pub(crate) const fn has_dc_codes(&self) -> bool {
        self.first == 0 && !self.refines()
    }

    /// True for a scan that decodes with AC tables.
    pub(crate) const fn has_ac_codes(&self) -> bool {
        self.last > 0
    }

    /// Checks the spectral selection and the successive approximation of a progressive scan (T.81,
    /// B.2.3 and table G.1).
    fn check_band(&self) -> Result<(), Error> {
        let is_valid_band = match self.first {
            0 => self.last == 0,
            first => first <= self.last && self.last <= 63 && self.count == 1,
        };
        if !is_valid_band {
            return Err(malformed("a bad spectral selection"));
        }
        if self.low > 13 || (self.high > 0 && self.high != self.low + 1) {
            return Err(malformed("a bad successive approximation"));
        }
        Ok(())
    }
}
