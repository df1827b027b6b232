//! The tables in force at a scan, and their look-ups.

use super::block::Coding;
use super::huffman::{Codes, Skips};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::jpeg::{
    Frame, HuffmanTable, STANDARD_AC, STANDARD_DC, Scale, Scan, Segment, huffman_tables, malformed,
    quantization_tables,
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
    pub(super) const fn new() -> Self {
        let [dc_luminance, dc_chrominance] = STANDARD_DC;
        let [ac_luminance, ac_chrominance] = STANDARD_AC;
        Self {
            dc: [Some(dc_luminance), Some(dc_chrominance), None, None],
            ac: [Some(ac_luminance), Some(ac_chrominance), None, None],
            quantization: [None; 4],
            restart_interval: 0,
        }
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
pub(super) struct LookUps<'b> {
    dc: Buffer<'b, Codes>,
    ac: Buffer<'b, Codes>,
    skips: Buffer<'b, Skips>,
}

/// Which look-ups a component of the scan uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slots {
    dc: usize,
    ac: usize,
}

impl<'b> LookUps<'b> {
    pub(super) fn new(budget: &'b Budget, frame: &Frame) -> Result<Self, Error> {
        let count = frame.components().len();
        Ok(Self {
            dc: budget.buffer(count, Codes::EMPTY)?,
            ac: budget.buffer(count, Codes::EMPTY)?,
            skips: budget.buffer(count, Skips::EMPTY)?,
        })
    }

    /// What [`new`](Self::new) takes.
    pub(super) fn memory_bytes(frame: &Frame) -> u64 {
        let each = 2 * size_of::<Codes>() + size_of::<Skips>();
        frame.components().len() as u64 * each as u64
    }

    /// Makes the tables ready that `scan` needs: for each of its components, the slots.
    pub(super) fn set(
        &mut self,
        scan: &Scan,
        tables: &Tables<'_>,
        scales: [Scale; 4],
    ) -> Result<[Slots; 4], Error> {
        let mut slots = [Slots::default(); 4];
        let (needs_dc, needs_ac) = (scan.first == 0 && !scan.refines(), scan.last > 0);
        for (i, component) in scan.components().iter().enumerate() {
            let earlier = scan.components().get(..i).unwrap_or_default();
            let (own_dc, own_ac) = (component.dc_table, component.ac_table);
            let shared_dc = earlier.iter().position(|other| other.dc_table == own_dc);
            let shared_ac = earlier.iter().position(|other| other.ac_table == own_ac);
            let slot = Slots { dc: shared_dc.unwrap_or(i), ac: shared_ac.unwrap_or(i) };
            if needs_dc && shared_dc.is_none() {
                set(&mut self.dc, i, tables.dc.get(usize::from(own_dc)))?;
            }
            if needs_ac {
                if shared_ac.is_none() {
                    set(&mut self.ac, i, tables.ac.get(usize::from(own_ac)))?;
                }
                let reduced = |index: usize| scales.get(index) != Some(&Scale::Full);
                // Set again for every component that shares it only while all before were full.
                let set_before =
                    earlier.iter().any(|other| other.ac_table == own_ac && reduced(other.index));
                if scan.first == 0
                    && reduced(component.index)
                    && !set_before
                    && let (Some(skips), Some(codes)) =
                        (self.skips.get_mut(slot.ac), self.ac.get(slot.ac))
                {
                    skips.set(codes);
                }
            }
            if let Some(place) = slots.get_mut(i) {
                *place = slot;
            }
        }
        Ok(slots)
    }

    pub(super) fn coding<'t>(
        &'t self,
        slots: Slots,
        steps: &'t [i32; 64],
    ) -> Result<Coding<'t>, Error> {
        match (self.dc.get(slots.dc), self.ac.get(slots.ac), self.skips.get(slots.ac)) {
            (Some(dc), Some(ac), Some(skips)) => Ok(Coding { dc, ac, skips, steps }),
            _ => Err(Error::Bug("a scan with more tables than its frame has components")),
        }
    }
}

fn set(
    codes: &mut [Codes],
    slot: usize,
    table: Option<&Option<HuffmanTable<'_>>>,
) -> Result<(), Error> {
    let (Some(codes), Some(Some(table))) = (codes.get_mut(slot), table) else {
        return Err(malformed("a scan without its Huffman table"));
    };
    codes.set(table);
    Ok(())
}
