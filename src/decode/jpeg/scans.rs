//! A frame in several scans, sequential or progressive: the blocks that each scan visits.

use super::Job;
use super::bits::{Bits, Entropy, Fault};
use super::coefficients::Coefficients;
use super::progressive::{AcFirst, AcRefinement, DcFirst, DcRefinement};
use super::restarts::Restarts;
use super::sequential::Sequential;
use super::tables::{LookUps, Slots, Tables};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::jpeg::{Frame, Scale, Scan, ScanComponent};
use crate::work;

/// What one kind of scan does with the blocks of one component.
pub(super) trait BlockDecoder {
    /// Takes a block; `None` is one that pads the last MCU of a row or column.
    fn block(&mut self, block: Option<usize>, bits: &mut Bits<'_>) -> Result<(), Fault>;

    /// Passes a block that has no bits in the data, if this is one.
    #[inline(always)]
    fn pass(&mut self, _block: Option<usize>) -> bool {
        false
    }

    /// An interval is over, or the scan: predictions and runs end.
    fn end_interval(&mut self) -> Result<(), Fault>;
}

/// True when `scan` has something that the scales need.
pub(super) fn is_needed(scan: &Scan, frame: &Frame, scales: [Scale; 4]) -> bool {
    scan.components().iter().any(|component| {
        let scale = scales.get(component.index).copied().unwrap_or(Scale::Full);
        let found = frame.components().get(component.index);
        found.is_some_and(|component| scan.first <= component.last_coefficient(scale))
    })
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
    let Job { frame, scales, interrupt, .. } = *job;
    let slots = look_ups.set(scan, tables, scales)?;
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
    blocks: (u32, u32),
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
            let blocks = (plane.blocks.width, plane.blocks.height);
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
                (part.blocks, rows)
            }
            _ => ((self.frame.mcus().width, self.frame.mcus().height), 8 * v_max),
        };
        let blocks_per_mcu: u32 = parts.iter().flatten().map(|part| part.h * part.v).sum();
        for y in 0..mcus.1 {
            self.interrupt.check()?;
            work::visited(u64::from(mcus.0) * u64::from(blocks_per_mcu));
            row(&mut parts, mcus.0, y, entropy, &mut restarts)
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
            && part.decoder.pass(part.block(mcu_x, mcu_y))
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
                self.decoder.block(self.block(x, y), bits)?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn block(&self, x: u32, y: u32) -> Option<usize> {
        let (columns, rows) = self.blocks;
        (x < columns && y < rows).then(|| y as usize * columns as usize + x as usize)
    }
}
