//! Decodes the scans of a frame that has several, sequential or progressive. Visits the blocks of a
//! scan in coding order.

use super::ac_skip;
use super::bit_reader::{BitReader, EntropyData, Fault, PASSED_BYTE_PS, coded_bytes};

use super::block_decoder::BlockDecoder;
use super::block_window::BlockWindow;
use super::coefficients::Coefficients;
use super::order::Order;
use super::progressive::{AcFirst, AcRefinement, DcFirst, DcRefinement};
use super::restart::{RESTART_PS, RestartCounter};
use super::sequential::Sequential;
use super::single_scan;
use super::tables::{LookupTables, Slots};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::jpeg::{AcScans, Frame, Scan, ScanComponent};
use crate::work;

/// A scan and the tables that it uses.
pub(super) struct ScanDecoder<'s, 'b> {
    pub(super) frame: &'s Frame,
    pub(super) scan: &'s Scan,
    pub(super) lookups: &'s LookupTables<'b>,
    pub(super) slots: [Slots; 4],
    pub(super) restart_interval: u16,
    pub(super) interrupt: &'s Interrupt,
}

/// The decoder of one component of the scan.
struct ComponentDecoder<D> {
    decoder: D,
    blocks: BlockWindow,
    h: u32,
    v: u32,
}

impl ScanDecoder<'_, '_> {
    /// Decodes the scan into `planes`. `entropy` must have been started with its data.
    pub(super) fn decode(
        &self,
        entropy: &mut EntropyData<'_, '_>,
        planes: &mut [Option<Coefficients<'_>>; 4],
    ) -> Result<(), Error> {
        let Self { frame, scan, lookups, .. } = *self;
        match (frame.progressive, scan.first, scan.refines()) {
            (false, ..) => self.decode_with(planes, entropy, |plane, slots| {
                Sequential::new(plane, slots, lookups)
            }),
            (true, 0, false) => self.decode_with(planes, entropy, |plane, slots| {
                Ok(DcFirst::new(plane, lookups.dc(slots)?, scan))
            }),
            (true, 0, true) => {
                self.decode_with(planes, entropy, |plane, _| Ok(DcRefinement::new(plane, scan)))
            }
            (true, _, false) => self.decode_with(planes, entropy, |plane, slots| {
                Ok(AcFirst::new(plane, lookups.ac(slots)?, scan))
            }),
            (true, _, true) => self.decode_with(planes, entropy, |plane, slots| {
                Ok(AcRefinement::new(plane, lookups.ac(slots)?, scan))
            }),
        }
    }

    /// Decodes all blocks of the scan. `new_decoder` makes the decoder of each component.
    fn decode_with<'p, 'b: 'p, D: BlockDecoder>(
        &self,
        planes: &'p mut [Option<Coefficients<'b>>; 4],
        entropy: &mut EntropyData<'_, '_>,
        mut new_decoder: impl FnMut(&'p mut Coefficients<'b>, Slots) -> Result<D, Error>,
    ) -> Result<(), Error> {
        let mut components: [Option<ComponentDecoder<D>>; 4] = [None, None, None, None];
        // The components of a scan are in the order of the frame.
        let mut planes = planes.iter_mut().enumerate();
        let scan_components = self.scan.components().iter().zip(self.slots);
        for (entry, (&ScanComponent { index, .. }, slots)) in
            components.iter_mut().zip(scan_components)
        {
            let plane = planes.find(|(i, _)| *i == index).and_then(|(_, plane)| plane.as_mut());
            let component = self.frame.components().get(index);
            let (Some(plane), Some(component)) = (plane, component) else {
                return Err(Error::Bug("a scan of a component without a plane"));
            };
            let blocks = plane.blocks;
            let (h, v) = (u32::from(component.h), u32::from(component.v));
            *entry = Some(ComponentDecoder { decoder: new_decoder(plane, slots)?, blocks, h, v });
        }
        let (_, v_max) = self.frame.max_factors();
        let mut restarts = RestartCounter::new(self.restart_interval);
        // A single component is not interleaved: its MCU is a block (T.81, A.2.2).
        let (mcus, rows_per_mcu) = match &mut components {
            [Some(component), None, ..] => {
                let rows = 8 * v_max / component.v;
                (component.h, component.v) = (1, 1);
                (component.blocks.all_blocks, rows)
            }
            _ => (self.frame.mcus(), 8 * v_max),
        };
        let blocks_per_mcu: u32 =
            components.iter().flatten().map(|component| component.h * component.v).sum();
        for y in 0..mcus.height {
            self.interrupt.check()?;
            work::visited(u64::from(mcus.width) * u64::from(blocks_per_mcu));
            decode_mcu_row(&mut components, mcus.width, y, entropy, &mut restarts)
                .map_err(|fault| fault.into_error(y * rows_per_mcu, self.frame.size.height))?;
        }
        let end = |fault: Fault| fault.into_error(self.frame.size.height, self.frame.size.height);
        components
            .iter_mut()
            .flatten()
            .try_for_each(|component| component.decoder.end_interval())
            .and_then(|()| entropy.end_scan())
            .map_err(end)
    }
}

/// The most work of decoding the scans that `order` needs, in picoseconds.
pub(super) fn work_ps(order: &Order<'_>) -> u64 {
    let frame = order.frame;
    let mcus = frame.mcus().pixels();
    let (mut work, mut dc_visits) = (0u64, 0u64);
    for (i, component) in frame.components().iter().enumerate() {
        let (scale, _) = order.scale_and_window(i);
        let blocks = mcus.saturating_mul(u64::from(component.h) * u64::from(component.v));
        dc_visits = dc_visits.saturating_add(blocks.saturating_mul(component.dc_scans.into()));
        let AcScans { first, refinements } = component.ac_scans(scale);
        let blocks = frame.component_blocks(i).pixels();
        for (scans, byte_ps) in [(first, AC_BYTE_PS), (refinements, REFINEMENT_BYTE_PS)] {
            let visits = blocks.saturating_mul(scans.count.into());
            let bytes = coded_bytes(scans.bytes, visits);
            work = work.saturating_add(sum_ps([
                (visits, AC_BLOCK_PS),
                (bytes, byte_ps),
                (scans.bytes - bytes, PASSED_BYTE_PS),
            ]));
        }
    }
    let dc_bytes = coded_bytes(frame.dc_bytes, dc_visits);
    let dc_byte_ps = if frame.progressive {
        DC_BYTE_PS
    } else if order.skips_ac() {
        ac_skip::byte_ps(frame.ac_code_bits)
    } else {
        single_scan::BYTE_PS
    };
    work.saturating_add(sum_ps([
        (dc_visits, DC_BLOCK_PS),
        (dc_bytes, dc_byte_ps),
        (frame.dc_bytes - dc_bytes, PASSED_BYTE_PS),
        (frame.restarts, RESTART_PS),
    ]))
}

/// A block of a scan that starts with the DC coefficient.
const DC_BLOCK_PS: u64 = 13_500;
/// A byte of a progressive scan of DC coefficients.
const DC_BYTE_PS: u64 = 4_000;
/// A block of a scan of AC coefficients.
const AC_BLOCK_PS: u64 = 19_000;
/// A byte of the first scan of AC coefficients.
const AC_BYTE_PS: u64 = 16_000;
/// A byte of a refinement of AC coefficients: most of it correction bits.
const REFINEMENT_BYTE_PS: u64 = 43_000;

/// Decodes row `mcu_y` of the MCUs.
fn decode_mcu_row<D: BlockDecoder>(
    components: &mut [Option<ComponentDecoder<D>>; 4],
    mcus: u32,
    mcu_y: u32,
    entropy: &mut EntropyData<'_, '_>,
    restarts: &mut RestartCounter,
) -> Result<(), Fault> {
    for mcu_x in 0..mcus {
        if restarts.is_due() {
            restarts.consume_marker(entropy)?;
            components
                .iter_mut()
                .flatten()
                .try_for_each(|component| component.decoder.end_interval())?;
        }
        // Most blocks of later scans are covered by an EOB run.
        if let [Some(component), None, ..] = components
            && component.decoder.skip_ended_block(component.blocks.position(mcu_x, mcu_y))
        {
            continue;
        }
        let mut bits = entropy.reader();
        let outcome = components
            .iter_mut()
            .flatten()
            .try_for_each(|component| component.decode_mcu(mcu_x, mcu_y, &mut bits));
        let position = bits.position();
        entropy.commit(position, outcome)?;
    }
    Ok(())
}

impl<D: BlockDecoder> ComponentDecoder<D> {
    #[inline(always)]
    fn decode_mcu(
        &mut self,
        mcu_x: u32,
        mcu_y: u32,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        for y in mcu_y * self.v..(mcu_y + 1) * self.v {
            for x in mcu_x * self.h..(mcu_x + 1) * self.h {
                self.decoder.decode_block(self.blocks.position(x, y), bits)?;
            }
        }
        Ok(())
    }
}
