//! A frame in several scans, sequential or progressive: the blocks that each scan visits.

use super::Job;
use super::bits::{Bits, Entropy, Fault};
use super::coefficients::Coefficients;
use super::kept_blocks::{KeptBlocks, Place};
use super::progressive::{AcFirst, AcRefinement, DcFirst, DcRefinement};
use super::restarts::Restarts;
use super::sequential::Sequential;
use super::tables::{LookUps, Slots, Tables};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::jpeg::{Frame, Scan, ScanComponent};
use crate::work;

/// What one kind of scan does with the blocks of one component.
pub(super) trait BlockDecoder {
    /// Takes a block.
    fn block(&mut self, place: Place, bits: &mut Bits<'_>) -> Result<(), Fault>;

    /// Passes a block that has no bits in the data, if this is one.
    #[inline(always)]
    fn pass(&mut self, _place: Place) -> bool {
        false
    }

    /// An interval is over, or the scan: predictions and runs end.
    fn end_interval(&mut self) -> Result<(), Fault>;
}

/// Decodes the scan, whose data `entropy` has been started with, into `planes`.
pub(super) fn decode(
    job: &Job<'_>,
    scan: &Scan,
    tables: &Tables<'_>,
    look_ups: &mut LookUps<'_>,
    entropy: &mut Entropy<'_, '_>,
    planes: &mut [Option<Coefficients<'_>>; 4],
) -> Result<(), Error> {
    let Job { frame, selection, interrupt, .. } = *job;
    let slots = look_ups.set(scan, tables, selection.scales)?;
    let look_ups = &*look_ups;
    let walk = Walk { frame, scan, slots, interval: tables.restart_interval, interrupt };
    match (frame.progressive, scan.first, scan.refines()) {
        (false, ..) => {
            walk.run(planes, entropy, |plane, slots| Sequential::new(plane, slots, look_ups))
        }
        (true, 0, false) => walk.run(planes, entropy, |plane, slots| {
            Ok(DcFirst::new(plane, look_ups.dc(slots)?, scan))
        }),
        (true, 0, true) => walk.run(planes, entropy, |plane, _| Ok(DcRefinement::new(plane, scan))),
        (true, _, false) => walk.run(planes, entropy, |plane, slots| {
            Ok(AcFirst::new(plane, look_ups.ac(slots)?, scan))
        }),
        (true, _, true) => walk.run(planes, entropy, |plane, slots| {
            Ok(AcRefinement::new(plane, look_ups.ac(slots)?, scan))
        }),
    }
}

struct Walk<'w> {
    frame: &'w Frame,
    scan: &'w Scan,
    slots: [Slots; 4],
    interval: u16,
    interrupt: &'w Interrupt,
}

/// One component of the scan.
struct Part<D> {
    decoder: D,
    blocks: KeptBlocks,
    h: u32,
    v: u32,
}

impl Walk<'_> {
    fn run<'p, 'b: 'p, D: BlockDecoder>(
        &self,
        planes: &'p mut [Option<Coefficients<'b>>; 4],
        entropy: &mut Entropy<'_, '_>,
        mut decoder: impl FnMut(&'p mut Coefficients<'b>, Slots) -> Result<D, Error>,
    ) -> Result<(), Error> {
        let mut parts: [Option<Part<D>>; 4] = [None, None, None, None];
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
            *part = Some(Part { decoder: decoder(plane, slots)?, blocks, h, v });
        }
        let (_, v_max) = self.frame.max_factors();
        let mut restarts = Restarts::new(self.interval);
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
    parts: &mut [Option<Part<D>>; 4],
    mcus: u32,
    mcu_y: u32,
    entropy: &mut Entropy<'_, '_>,
    restarts: &mut Restarts,
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

impl<D: BlockDecoder> Part<D> {
    #[inline(always)]
    fn mcu(&mut self, mcu_x: u32, mcu_y: u32, bits: &mut Bits<'_>) -> Result<(), Fault> {
        for y in mcu_y * self.v..(mcu_y + 1) * self.v {
            for x in mcu_x * self.h..(mcu_x + 1) * self.h {
                self.decoder.block(self.blocks.place(x, y), bits)?;
            }
        }
        Ok(())
    }
}
