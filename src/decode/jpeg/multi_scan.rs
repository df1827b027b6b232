//! A frame in several scans, sequential or progressive: the blocks that each scan visits.

use super::bit_reader::{BitReader, EntropyData, Fault};
use super::block_decoder::BlockDecoder;
use super::block_window::BlockWindow;
use super::coefficients::Coefficients;
use super::progressive::{AcFirst, AcRefinement, DcFirst, DcRefinement};
use super::restart::RestartCounter;
use super::sequential::Sequential;
use super::tables::{LookupTables, Slots};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::jpeg::{Frame, Scan, ScanComponent};
use crate::work;

/// A scan with the tables that it uses.
pub(super) struct ScanDecoder<'s, 'b> {
    pub(super) frame: &'s Frame,
    pub(super) scan: &'s Scan,
    pub(super) lookups: &'s LookupTables<'b>,
    pub(super) slots: [Slots; 4],
    pub(super) restart_interval: u16,
    pub(super) interrupt: &'s Interrupt,
}

/// One component of the scan.
struct ComponentDecoder<D> {
    decoder: D,
    blocks: BlockWindow,
    h: u32,
    v: u32,
}

impl ScanDecoder<'_, '_> {
    /// Decodes the scan into `planes`. `entropy` has been started with its data.
    pub(super) fn decode(
        &self,
        entropy: &mut EntropyData<'_, '_>,
        planes: &mut [Option<Coefficients<'_>>; 4],
    ) -> Result<(), Error> {
        let Self { frame, scan, lookups, .. } = *self;
        match (frame.progressive, scan.first, scan.refines()) {
            (false, ..) => {
                self.run(planes, entropy, |plane, slots| Sequential::new(plane, slots, lookups))
            }
            (true, 0, false) => self.run(planes, entropy, |plane, slots| {
                Ok(DcFirst::new(plane, lookups.dc(slots)?, scan))
            }),
            (true, 0, true) => {
                self.run(planes, entropy, |plane, _| Ok(DcRefinement::new(plane, scan)))
            }
            (true, _, false) => self.run(planes, entropy, |plane, slots| {
                Ok(AcFirst::new(plane, lookups.ac(slots)?, scan))
            }),
            (true, _, true) => self.run(planes, entropy, |plane, slots| {
                Ok(AcRefinement::new(plane, lookups.ac(slots)?, scan))
            }),
        }
    }

    /// Decodes all blocks of the scan with the decoder that `decoder` makes for each component.
    fn run<'p, 'b: 'p, D: BlockDecoder>(
        &self,
        planes: &'p mut [Option<Coefficients<'b>>; 4],
        entropy: &mut EntropyData<'_, '_>,
        mut decoder: impl FnMut(&'p mut Coefficients<'b>, Slots) -> Result<D, Error>,
    ) -> Result<(), Error> {
        let mut parts: [Option<ComponentDecoder<D>>; 4] = [None, None, None, None];
        // Both are in the order of the frame.
        let mut planes = planes.iter_mut().enumerate();
        let components = self.scan.components().iter().zip(self.slots);
        for (part, (&ScanComponent { index, .. }, slots)) in parts.iter_mut().zip(components) {
            let plane = planes.find(|(i, _)| *i == index).and_then(|(_, plane)| plane.as_mut());
            let component = self.frame.components().get(index);
            let (Some(plane), Some(component)) = (plane, component) else {
                return Err(Error::Bug("a scan of a component without a plane"));
            };
            let blocks = plane.blocks;
            let (h, v) = (u32::from(component.h), u32::from(component.v));
            *part = Some(ComponentDecoder { decoder: decoder(plane, slots)?, blocks, h, v });
        }
        let (_, v_max) = self.frame.max_factors();
        let mut restarts = RestartCounter::new(self.restart_interval);
        // A single component is not interleaved: its MCU is a block (T.81, A.2.2).
        let (mcus, rows_per_mcu) = match &mut parts {
            [Some(part), None, ..] => {
                let rows = 8 * v_max / part.v;
                (part.h, part.v) = (1, 1);
                (part.blocks.all, rows)
            }
            _ => (self.frame.mcus(), 8 * v_max),
        };
        let blocks_per_mcu: u32 = parts.iter().flatten().map(|part| part.h * part.v).sum();
        for y in 0..mcus.height {
            self.interrupt.check()?;
            work::visited(u64::from(mcus.width) * u64::from(blocks_per_mcu));
            row(&mut parts, mcus.width, y, entropy, &mut restarts)
                .map_err(|fault| fault.at(y * rows_per_mcu, self.frame.size.height))?;
        }
        let end = |fault: Fault| fault.at(self.frame.size.height, self.frame.size.height);
        parts.iter_mut().flatten().try_for_each(|p| p.decoder.end_interval()).map_err(end)
    }
}

fn row<D: BlockDecoder>(
    parts: &mut [Option<ComponentDecoder<D>>; 4],
    mcus: u32,
    mcu_y: u32,
    entropy: &mut EntropyData<'_, '_>,
    restarts: &mut RestartCounter,
) -> Result<(), Fault> {
    for mcu_x in 0..mcus {
        if restarts.is_due() {
            restarts.pass(entropy)?;
            parts.iter_mut().flatten().try_for_each(|part| part.decoder.end_interval())?;
        }
        // Most blocks of the later scans are in a run of blocks without a code.
        if let [Some(part), None, ..] = parts
            && part.decoder.pass(part.blocks.place(mcu_x, mcu_y))
        {
            continue;
        }
        let mut bits = entropy.bits();
        let outcome =
            parts.iter_mut().flatten().try_for_each(|part| part.mcu(mcu_x, mcu_y, &mut bits));
        let taken = bits.taken();
        entropy.settle(taken, outcome)?;
    }
    Ok(())
}

impl<D: BlockDecoder> ComponentDecoder<D> {
    #[inline(always)]
    fn mcu(&mut self, mcu_x: u32, mcu_y: u32, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        for y in mcu_y * self.v..(mcu_y + 1) * self.v {
            for x in mcu_x * self.h..(mcu_x + 1) * self.h {
                self.decoder.block(self.blocks.place(x, y), bits)?;
            }
        }
        Ok(())
    }
}
