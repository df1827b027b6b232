//! The tables in force at a scan, and the lookup tables built from them.

use super::ac_skip::{SkipTable, StartTable};
use super::block::BlockTables;
use super::history_table::HistoryTable;
use super::huffman::HuffmanLookup;
use super::spectral_band::BandTables;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::jpeg::{
    Frame, HuffmanTable, MISSING_HUFFMAN_TABLE, STANDARD_AC, STANDARD_DC, Scale, Scan,
    ScanComponent, Segment, huffman_tables, malformed, quantization_tables,
};

/// The state set by the DQT, DHT and DRI segments so far.
#[derive(Clone, Debug)]
pub(super) struct Tables<'a> {
    dc: [Option<HuffmanTable<'a>>; 4],
    ac: [Option<HuffmanTable<'a>>; 4],
    quantization: [Option<[u16; 64]>; 4],
    /// MCUs between restart markers, or 0 for none.
    pub(super) restart_interval: u16,
}

impl<'a> Tables<'a> {
    /// Starts without tables. Only a sequential frame starts with the Huffman tables of T.81, K.3,
    /// because frames of Motion JPEG leave them out.
    pub(super) fn new(frame: &Frame) -> Self {
        let mut tables =
            Self { dc: [None; 4], ac: [None; 4], quantization: [None; 4], restart_interval: 0 };
        if !frame.progressive {
            let [dc_luminance, dc_chrominance] = STANDARD_DC;
            let [ac_luminance, ac_chrominance] = STANDARD_AC;
            tables.dc[..2].copy_from_slice(&[Some(dc_luminance), Some(dc_chrominance)]);
            tables.ac[..2].copy_from_slice(&[Some(ac_luminance), Some(ac_chrominance)]);
        }
        tables
    }

    /// Updates the tables with those that `segment` defines.
    pub(super) fn read_segment(&mut self, segment: &Segment<'a>) -> Result<(), Error> {
        match *segment {
            Segment::HuffmanTables(body) => {
                for item in huffman_tables(body) {
                    let (destination, table) = item?;
                    let class = if destination.is_ac { &mut self.ac } else { &mut self.dc };
                    if let Some(slot) = class.get_mut(usize::from(destination.id)) {
                        *slot = Some(table);
                    }
                }
            }
            Segment::QuantizationTables(body) => {
                for item in quantization_tables(body) {
                    let (id, steps) = item?;
                    if let Some(slot) = self.quantization.get_mut(usize::from(id)) {
                        *slot = Some(steps);
                    }
                }
            }
            Segment::RestartInterval(interval) => self.restart_interval = interval,
            Segment::Frame { .. } | Segment::Scan { .. } | Segment::Application { .. } => {}
        }
        Ok(())
    }

    /// The current quantization steps of a component, in zigzag order. They have 16 bits without a
    /// sign: a product with a coefficient is the same modulo 2¹⁶.
    pub(super) fn quantization_steps(
        &self,
        frame: &Frame,
        component: usize,
    ) -> Result<[i16; 64], Error> {
        let id = frame.components().get(component).map_or(0, |c| c.quantization_table);
        match self.quantization.get(usize::from(id)) {
            Some(Some(steps)) => Ok(steps.map(u16::cast_signed)),
            _ => Err(malformed("a scan without its quantization table")),
        }
    }
}

/// The lookup tables of one scan. Their memory is reserved once for all scans. Components that use
/// the same table share its lookup.
pub(super) struct LookupTables<'b> {
    /// Those of DC codes, then those of AC codes. No scan of a progressive frame has both, nor AC
    /// codes of several components.
    codes: Buffer<'b, HuffmanLookup>,
    /// The index of the first lookup of AC codes.
    first_ac: usize,
    skip: Buffer<'b, SkipTable>,
    start: Buffer<'b, StartTable>,
    /// Only in a progressive frame.
    history: Buffer<'b, HistoryTable>,
}

/// The indices of the lookup tables that a component of the scan uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots {
    dc: usize,
    ac: usize,
    skip: usize,
    start: usize,
}

impl<'b> LookupTables<'b> {
    pub(super) fn new(budget: &'b Budget, frame: &Frame) -> Result<Self, Error> {
        let [codes, skip, start, history] = Self::counts(frame);
        Ok(Self {
            codes: budget.buffer(codes, HuffmanLookup::EMPTY)?,
            first_ac: if frame.progressive { 0 } else { frame.components().len() },
            skip: budget.buffer(skip, SkipTable::EMPTY)?,
            start: budget.buffer(start, StartTable::EMPTY)?,
            history: budget.buffer(history, HistoryTable::EMPTY)?,
        })
    }

    /// How many tables there are of each kind.
    fn counts(frame: &Frame) -> [u64; 4] {
        let count = frame.components().len() as u64;
        if frame.progressive { [count, 0, 0, 1] } else { [2 * count, count, count, 0] }
    }

    /// Builds the lookup tables that `scan` needs. Returns the slots of each of its components.
    pub(super) fn build(
        &mut self,
        scan: &Scan,
        tables: &Tables<'_>,
        scales: [Scale; 4],
    ) -> Result<[Slots; 4], Error> {
        let mut slots = [Slots::default(); 4];
        let (has_dc, has_ac) = (scan.has_dc_codes(), scan.has_ac_codes());
        let scale = |component: &ScanComponent| scales.get(component.index).copied();
        for (i, own) in scan.components().iter().enumerate() {
            // Shares the lookup of the first component that needs the same one.
            let first = |is_same: &dyn Fn(&ScanComponent) -> bool| {
                scan.components().iter().position(is_same).unwrap_or(i)
            };
            let has_same_ac = |other: &ScanComponent| other.ac_table == own.ac_table;
            let has_same_tables =
                |other: &ScanComponent| has_same_ac(other) && other.dc_table == own.dc_table;
            let slot = Slots {
                dc: first(&|other| other.dc_table == own.dc_table),
                ac: first(&has_same_ac),
                skip: first(&|other| has_same_ac(other) && scale(other) != Some(Scale::Full)),
                start: first(&|other| {
                    has_same_tables(other) && scale(other) == Some(Scale::Eighth)
                }),
            };
            let dc = tables.dc.get(usize::from(own.dc_table)).and_then(Option::as_ref);
            let ac = tables.ac.get(usize::from(own.ac_table)).and_then(Option::as_ref);
            if has_dc
                && slot.dc == i
                && let Some(lookup) = self.codes.get_mut(i)
            {
                let table = dc.ok_or(malformed(MISSING_HUFFMAN_TABLE))?;
                check(table, false)?;
                lookup.build(table);
            }
            if has_ac
                && slot.ac == i
                && let Some(lookup) = self.codes.get_mut(self.first_ac + i)
            {
                let table = ac.ok_or(malformed(MISSING_HUFFMAN_TABLE))?;
                check(table, true)?;
                lookup.build(table);
            }
            // At full size all coefficients are kept.
            if let (false, true, Some(ac)) = (has_dc, has_ac, ac)
                && scale(own) != Some(Scale::Full)
                && let Some(table) = self.history.first_mut()
            {
                table.build(ac, scan.refines());
            }
            // Only the scans of a sequential frame have both.
            if let (true, true, Some(dc), Some(ac)) = (has_dc, has_ac, dc, ac) {
                if slot.skip == i
                    && scale(own) != Some(Scale::Full)
                    && let Some(table) = self.skip.get_mut(i)
                {
                    table.build(ac);
                }
                if slot.start == i
                    && scale(own) == Some(Scale::Eighth)
                    && let Some(table) = self.start.get_mut(i)
                {
                    table.build(dc, ac);
                }
            }
            if let Some(to) = slots.get_mut(i) {
                *to = slot;
            }
        }
        Ok(slots)
    }

    /// The tables that decode the blocks of a sequential scan.
    pub(super) fn block_tables(&self, slots: Slots) -> Result<BlockTables<'_>, Error> {
        let (dc, ac) = (self.dc(slots)?, self.ac(slots)?);
        let skip = self.skip.get(slots.skip).ok_or(MISSING_SLOT)?;
        let start = self.start.get(slots.start).ok_or(MISSING_SLOT)?;
        Ok(BlockTables { dc, ac, skip, start })
    }

    pub(super) fn dc(&self, slots: Slots) -> Result<&HuffmanLookup, Error> {
        self.codes.get(slots.dc).ok_or(MISSING_SLOT)
    }

    fn ac(&self, slots: Slots) -> Result<&HuffmanLookup, Error> {
        self.codes.get(self.first_ac + slots.ac).ok_or(MISSING_SLOT)
    }

    /// The tables that decode the blocks of a progressive scan of AC coefficients.
    pub(super) fn band_tables(&self, slots: Slots) -> Result<BandTables<'_>, Error> {
        let not_kept = self.history.first().ok_or(MISSING_SLOT)?;
        Ok(BandTables { codes: self.ac(slots)?, not_kept })
    }
}

fn check(table: &HuffmanTable<'_>, is_ac: bool) -> Result<(), Error> {
    table.defect(is_ac).map_or(Ok(()), |what| Err(malformed(what)))
}

const MISSING_SLOT: Error = Error::Bug("a scan with more tables than its frame has components");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::jpeg::header;

    /// The header of a scan of four components with these tables, that of DC in the high four bits.
    const fn scan_header([a, b, c, d]: [u8; 4]) -> [u8; 12] {
        [4, 1, a, 2, b, 3, c, 4, d, 0, 63, 0]
    }

    #[test]
    fn components_share_the_lookups_of_the_tables_they_have_in_common() {
        let components = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0];
        let file = [
            &[0xFF, 0xD8, 0xFF, 0xC0, 0, 20, 8, 0, 16, 0, 16, 4][..],
            &components,
            &[0xFF, 0xDA, 0, 14],
            &scan_header([0; 4]),
            b"data\xFF\xD9",
        ]
        .concat();
        let (_, frame) = header(&file).unwrap();
        let tables = Tables::new(&frame);
        let slots = |selectors: [u8; 4], scales: [Scale; 4]| {
            let budget = Budget::new(1 << 20);
            let scan = Scan::parse(&scan_header(selectors), &frame).unwrap();
            let mut lookups = LookupTables::new(&budget, &frame).unwrap();
            let slots = lookups.build(&scan, &tables, scales).unwrap();
            slots.map(|Slots { dc, ac, skip, start }| [dc, ac, skip, start])
        };
        let eighth = [Scale::Eighth; 4];
        assert_eq!(
            slots([0x00, 0x01, 0x10, 0x11], eighth),
            [[0, 0, 0, 0], [0, 1, 1, 1], [2, 0, 0, 2], [2, 1, 1, 3]]
        );
        assert_eq!(
            slots([0x00, 0x11, 0x11, 0x00], eighth),
            [[0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]]
        );
        // At full size nothing is skipped.
        let mixed = [Scale::Full, Scale::Eighth, Scale::Quarter, Scale::Eighth];
        assert_eq!(slots([0; 4], mixed), [[0, 0, 1, 1]; 4]);
    }
}
