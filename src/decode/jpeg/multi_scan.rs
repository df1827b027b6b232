//! Decodes the scans of a frame that has several, sequential or progressive. Visits the blocks of a
//! scan in coding order.

use super::ac_refinement::AcRefinement;
use super::ac_skip;
use super::bit_reader::{EntropyData, Fault, PASSED_BYTE_PS, coded_bytes};

use super::block_decoder::BlockDecoder;
use super::block_window::BlockWindow;
use super::coefficients::Coefficients;
use super::history_table;
use super::order::Order;
use super::progressive::{AcFirst, DcFirst, DcRefinement};
use super::restart::{RESTART_PS, RestartCounter};
use super::sequential::Sequential;
use super::single_scan;
use super::tables::{LookupTables, Slots};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::jpeg::{AcScans, Frame, Scan, ScanComponent};
use crate::{simd, work};

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
                Ok(AcFirst::new(plane, lookups.band_tables(slots)?, scan))
            }),
            (true, _, true) => self.decode_with(planes, entropy, |plane, slots| {
                Ok(AcRefinement::new(plane, lookups.band_tables(slots)?, scan))
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
        let (mcus, blocks_per_mcu, rows_per_mcu): (_, u32, _) = match &components {
            [Some(component), None, ..] => {
                (component.blocks.all_blocks, 1, 8 * v_max / component.v)
            }
            _ => {
                let blocks = components.iter().flatten().map(|component| component.h * component.v);
                (self.frame.mcus(), blocks.sum(), 8 * v_max)
            }
        };
        for y in 0..mcus.height {
            self.interrupt.check()?;
            work::visited(u64::from(mcus.width) * u64::from(blocks_per_mcu));
            simd::vectorize(
                #[inline(always)]
                || match &mut components {
                    [Some(component), None, ..] => {
                        decode_block_row(component, y, entropy, &mut restarts)
                    }
                    _ => decode_mcu_row(&mut components, mcus.width, y, entropy, &mut restarts),
                },
            )
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
                (scans.count.into(), history_table::BUILD_PS),
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
const DC_BLOCK_PS: u64 = 5_500;
/// A byte of a progressive scan of DC coefficients.
const DC_BYTE_PS: u64 = 4_000;
/// A block of a scan of AC coefficients.
const AC_BLOCK_PS: u64 = 19_000;
/// A byte of the first scan of AC coefficients.
const AC_BYTE_PS: u64 = 16_000;
/// A byte of a refinement of AC coefficients: most of it correction bits.
const REFINEMENT_BYTE_PS: u64 = 34_000;

/// Decodes row `mcu_y` of the MCUs of an interleaved scan.
#[inline(always)]
fn decode_mcu_row<D: BlockDecoder>(
    components: &mut [Option<ComponentDecoder<D>>; 4],
    mcus: u32,
    mcu_y: u32,
    entropy: &mut EntropyData<'_, '_>,
    restarts: &mut RestartCounter,
) -> Result<(), Fault> {
    let mut bits = entropy.reader();
    for mcu_x in 0..mcus {
        let restart = restarts.is_due();
        if restart || bits.is_low() {
            let position = bits.position();
            entropy.commit(position, Ok(()))?;
            if restart {
                restarts.consume_marker(entropy)?;
                for component in components.iter_mut().map_while(Option::as_mut) {
                    component.decoder.end_interval()?;
                }
            }
            bits = entropy.reader();
        }
        for component in components.iter_mut().map_while(Option::as_mut) {
            let ComponentDecoder { decoder, blocks, h, v } = component;
            for y in mcu_y * *v..(mcu_y + 1) * *v {
                for x in mcu_x * *h..(mcu_x + 1) * *h {
                    let outcome = decoder.decode_block(blocks.position(x, y), &mut bits);
                    if outcome.is_err() {
                        let position = bits.position();
                        return entropy.commit(position, outcome);
                    }
                }
            }
        }
    }
    let position = bits.position();
    entropy.commit(position, Ok(()))
}

/// Decodes row `y` of the blocks of a scan with a single component.
#[inline(always)]
fn decode_block_row<D: BlockDecoder>(
    component: &mut ComponentDecoder<D>,
    y: u32,
    entropy: &mut EntropyData<'_, '_>,
    restarts: &mut RestartCounter,
) -> Result<(), Fault> {
    let ComponentDecoder { decoder, blocks, .. } = component;
    // A copy, so that the compiler knows that decoding a block does not change it.
    let blocks = *blocks;
    let mut bits = entropy.reader();
    for x in 0..blocks.all_blocks.width {
        if restarts.is_due() {
            let position = bits.position();
            entropy.commit(position, Ok(()))?;
            restarts.consume_marker(entropy)?;
            decoder.end_interval()?;
            bits = entropy.reader();
        }
        let block = blocks.position(x, y);
        // Most blocks of later scans are covered by an EOB run.
        if decoder.skip_ended_block(block) {
            continue;
        }
        if bits.is_low() {
            let position = bits.position();
            entropy.commit(position, Ok(()))?;
            bits = entropy.reader();
        }
        let outcome = decoder.decode_block(block, &mut bits);
        if outcome.is_err() {
            let position = bits.position();
            return entropy.commit(position, outcome);
        }
    }
    let position = bits.position();
    entropy.commit(position, Ok(()))
}
