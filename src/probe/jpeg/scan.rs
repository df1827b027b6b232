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
            let found = frame.components().iter().enumerate().find(|(_, c)| c.id == *id);
            let Some((index, component)) = found else {
                return Err(malformed("a scan of a component that the frame does not have"));
            };
            let (dc_table, ac_table) = (tables >> 4, tables & 15);
            if dc_table > 3 || ac_table > 3 {
                return Err(malformed("a scan with a Huffman table destination over 3"));
            }
            let (earlier, rest) = components.split_at_mut(i);
            // Components are in the order of the frame (T.81, B.2.3), which rules out repeated
            // ones.
            if earlier.last().is_some_and(|previous| previous.index >= index) {
                return Err(malformed("a scan with its components twice or out of order"));
            }
            if let Some(slot) = rest.first_mut() {
                *slot = ScanComponent { index, dc_table, ac_table };
            }
            blocks += u32::from(component.h) * u32::from(component.v);
        }
        if count > 1 && blocks > 10 {
            return Err(malformed("an MCU of more than 10 blocks"));
        }
        let scan = Self {
            count,
            components,
            first,
            last,
            high: approximation >> 4,
            low: approximation & 15,
        };
        scan.check_band(frame.progressive)?;
        Ok(scan)
    }

    pub(crate) fn components(&self) -> &[ScanComponent] {
        self.components.get(..self.count).unwrap_or_default()
    }

    /// Returns true for a refinement scan, which adds bits to coefficients of an earlier scan.
    pub(crate) const fn refines(&self) -> bool {
        self.high > 0
    }

    /// Checks the spectral selection and the successive approximation (T.81, B.2.3 and table G.1).
    fn check_band(&self, progressive: bool) -> Result<(), Error> {
        if !progressive {
            if (self.first, self.last, self.high, self.low) != (0, 63, 0, 0) {
                return Err(malformed("a sequential scan of a part of the coefficients"));
            }
            return Ok(());
        }
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
