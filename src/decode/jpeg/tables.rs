//! The tables in force at a scan, and their look-ups.

use super::ac_skip::{SkipTable, StartTable};
use super::block::BlockTables;
use super::huffman::HuffmanLookup;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::jpeg::{
    Frame, HuffmanTable, STANDARD_AC, STANDARD_DC, Scale, Scan, ScanComponent, Segment,
    huffman_tables, malformed, quantization_tables,
};

/// What DQT, DHT and DRI segments have set so far.
#[derive(Clone, Debug)]
pub(super) struct Tables<'a> {
    dc: [Option<HuffmanTable<'a>>; 4],
    ac: [Option<HuffmanTable<'a>>; 4],
    quantization: [Option<[u16; 64]>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(super) restart_interval: u16,
}

impl<'a> Tables<'a> {
    /// Sequential files may leave out the tables of T.81, K.3, as the frames of Motion JPEG do.
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

    pub(super) fn note(&mut self, segment: &Segment<'a>) -> Result<(), Error> {
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

    /// The quantization steps of a component now, in zigzag order.
    pub(super) fn steps(&self, frame: &Frame, component: usize) -> Result<[i32; 64], Error> {
        let id = frame.components().get(component).map_or(0, |c| c.quantization_table);
        match self.quantization.get(usize::from(id)) {
            Some(Some(steps)) => Ok(steps.map(i32::from)),
            _ => Err(malformed("a scan without its quantization table")),
        }
    }
}

/// The look-ups of one scan, paid for once; a table that two components share is there once.
pub(super) struct LookupTables<'b> {
    dc: Buffer<'b, HuffmanLookup>,
    ac: Buffer<'b, HuffmanLookup>,
    skips: Buffer<'b, SkipTable>,
    starts: Buffer<'b, StartTable>,
}

/// Which look-ups a component of the scan uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots {
    dc: usize,
    ac: usize,
    skips: usize,
    starts: usize,
}

impl<'b> LookupTables<'b> {
    pub(super) fn new(budget: &'b Budget, frame: &Frame) -> Result<Self, Error> {
        let count = frame.components().len();
        // A progressive scan leaves nothing of a block out.
        let with_skips = if frame.progressive { 0 } else { count };
        Ok(Self {
            dc: budget.buffer(count, HuffmanLookup::EMPTY)?,
            ac: budget.buffer(count, HuffmanLookup::EMPTY)?,
            skips: budget.buffer(with_skips, SkipTable::EMPTY)?,
            starts: budget.buffer(with_skips, StartTable::EMPTY)?,
        })
    }

    /// What [`new`](Self::new) takes.
    pub(super) fn memory_bytes(frame: &Frame) -> u64 {
        let skips =
            if frame.progressive { 0 } else { size_of::<SkipTable>() + size_of::<StartTable>() };
        frame.components().len() as u64 * (2 * size_of::<HuffmanLookup>() + skips) as u64
    }

    /// Makes the tables ready that `scan` needs: for each of its components, the slots.
    pub(super) fn set(
        &mut self,
        scan: &Scan,
        tables: &Tables<'_>,
        scales: [Scale; 4],
    ) -> Result<[Slots; 4], Error> {
        let mut slots = [Slots::default(); 4];
        let (has_dc, has_ac) = (scan.first == 0 && !scan.refines(), scan.last > 0);
        let scale = |component: &ScanComponent| scales.get(component.index).copied();
        for (i, own) in scan.components().iter().enumerate() {
            // The first component that needs the same look-up has it.
            let first = |is_same: &dyn Fn(&ScanComponent) -> bool| {
                scan.components().iter().position(is_same).unwrap_or(i)
            };
            let same_ac = |other: &ScanComponent| other.ac_table == own.ac_table;
            let same = |other: &ScanComponent| same_ac(other) && other.dc_table == own.dc_table;
            let slot = Slots {
                dc: first(&|other| other.dc_table == own.dc_table),
                ac: first(&same_ac),
                skips: first(&|other| same_ac(other) && scale(other) != Some(Scale::Full)),
                starts: first(&|other| same(other) && scale(other) == Some(Scale::Eighth)),
            };
            let dc = tables.dc.get(usize::from(own.dc_table)).and_then(Option::as_ref);
            let ac = tables.ac.get(usize::from(own.ac_table)).and_then(Option::as_ref);
            if has_dc
                && slot.dc == i
                && let Some(codes) = self.dc.get_mut(i)
            {
                codes.set(dc.ok_or(malformed(NO_TABLE))?);
            }
            if has_ac
                && slot.ac == i
                && let Some(codes) = self.ac.get_mut(i)
            {
                codes.set(ac.ok_or(malformed(NO_TABLE))?);
            }
            // A scan of a sequential frame has both.
            if let (true, true, Some(dc), Some(ac)) = (has_dc, has_ac, dc, ac) {
                if slot.skips == i
                    && scale(own) != Some(Scale::Full)
                    && let Some(skips) = self.skips.get_mut(i)
                {
                    skips.set(ac);
                }
                if slot.starts == i
                    && scale(own) == Some(Scale::Eighth)
                    && let Some(starts) = self.starts.get_mut(i)
                {
                    starts.set(dc, ac);
                }
            }
            if let Some(place) = slots.get_mut(i) {
                *place = slot;
            }
        }
        Ok(slots)
    }

    /// What the blocks of a sequential scan are decoded with.
    pub(super) fn coding<'t>(
        &'t self,
        slots: Slots,
        steps: &'t [i32; 64],
    ) -> Result<BlockTables<'t>, Error> {
        let (dc, ac) = (self.dc(slots)?, self.ac(slots)?);
        let skips = self.skips.get(slots.skips).ok_or(UNKNOWN)?;
        let starts = self.starts.get(slots.starts).ok_or(UNKNOWN)?;
        Ok(BlockTables { dc, ac, skips, starts, steps })
    }

    pub(super) fn dc(&self, slots: Slots) -> Result<&HuffmanLookup, Error> {
        self.dc.get(slots.dc).ok_or(UNKNOWN)
    }

    pub(super) fn ac(&self, slots: Slots) -> Result<&HuffmanLookup, Error> {
        self.ac.get(slots.ac).ok_or(UNKNOWN)
    }
}

const UNKNOWN: Error = Error::Bug("a scan with more tables than its frame has components");
const NO_TABLE: &str = "a scan without its Huffman table";
