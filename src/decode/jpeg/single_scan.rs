//! Decodes a frame with a single sequential scan. Each row of MCUs goes to the sink as soon as it
//! is decoded.

use super::ac_skip;
use super::band::{self, Band};
use super::bit_reader::{BitReader, EntropyData, Fault, PASSED_BYTE_PS, coded_bytes};
use super::block::{BlockTables, decode_coefficients, decode_dc_only, steps_at};
use super::order::Order;
use super::restart::{RESTART_PS, RestartCounter};
use super::tables::{LookupTables, Slots, Tables};
use super::zigzag::zigzag_order;
use crate::budget::Budget;
use crate::dct::{Block, mean};
use crate::error::Error;
use crate::job::Job;
use crate::price::sum_ps;
use crate::probe::jpeg::{Scale, Scan};
use crate::shrink::RowSink;
use crate::{simd, work};

/// The scan and the tables that it uses.
pub(super) struct SingleScan<'s, 'b> {
    pub(super) order: &'s Order<'s>,
    pub(super) scan: &'s Scan,
    pub(super) tables: &'s Tables<'s>,
    pub(super) lookups: &'s LookupTables<'b>,
    pub(super) slots: [Slots; 4],
}

impl SingleScan<'_, '_> {
    /// Decodes the scan. `entropy` must have been started with its data.
    pub(super) fn decode<S: RowSink>(
        &self,
        entropy: &mut EntropyData<'_, '_>,
        job: Job<'_>,
        sink: &mut S,
    ) -> Result<(), Error> {
        let Self { order, tables, .. } = *self;
        let frame = order.frame;
        let mut steps = [[[0; 8]; 8]; 4];
        for (i, steps) in steps.iter_mut().enumerate().take(frame.components().len()) {
            let (scale, _) = order.scale_and_window(i);
            *steps = steps_at(scale, &tables.quantization_steps(frame, i)?);
        }
        let mut bands = bands(order, job.budget)?;
        let mcu = self.mcu_blocks(&steps)?;
        let mcus = frame.mcus();
        let mut restarts = RestartCounter::new(tables.restart_interval);
        let mut predicted = [0; 4];
        let rows_per_mcu = 8 * frame.max_factors().1;
        let blocks_per_mcu = frame.blocks_per_mcu();
        for row in 0..mcus.height {
            job.interrupt.check()?;
            work::visited(u64::from(mcus.width) * blocks_per_mcu);
            simd::vectorize(
                #[inline(always)]
                || {
                    decode_mcu_row(
                        &mcu,
                        mcus.width as usize,
                        &mut bands,
                        &mut predicted,
                        entropy,
                        &mut restarts,
                    )
                },
            )
            .map_err(|fault| fault.into_error(row * rows_per_mcu, frame.size.height))?;
            for (i, band) in bands.iter().flatten().enumerate() {
                band.send_rows(row, i, sink)?;
            }
        }
        entropy.end_scan().map_err(|fault| fault.into_error(frame.size.height, frame.size.height))
    }

    /// The blocks of an MCU in coding order. `steps` are the quantization steps of each component.
    fn mcu_blocks<'t>(
        &'t self,
        steps: &'t [Block; 4],
    ) -> Result<[Option<McuBlock<'t>>; MAX_BLOCKS_PER_MCU], Error> {
        let components = self.order.frame.components();
        if self.scan.components().len() != components.len() {
            return Err(Error::Bug("a scan other than the one of the header"));
        }
        let mut mcu = [None; MAX_BLOCKS_PER_MCU];
        let mut blocks = mcu.iter_mut();
        for (i, (component, slots)) in components.iter().zip(self.slots).enumerate() {
            let (scale, _) = self.order.scale_and_window(i);
            let (tables, steps) = (self.lookups.block_tables(slots)?, &steps[i & 3]);
            let (h, v) = (usize::from(component.h), usize::from(component.v));
            for (y, x) in (0..v).flat_map(|y| (0..h).map(move |x| (y, x))) {
                let block = blocks
                    .next()
                    .ok_or(Error::Bug("an MCU with more blocks than a scan allows"))?;
                *block = Some(McuBlock { component: i, tables, steps, scale, x, y, columns: h });
            }
        }
        Ok(mcu)
    }
}

/// A band of each component, as high as a row of MCUs.
pub(super) fn bands<'b>(
    order: &Order<'_>,
    budget: &'b Budget,
) -> Result<[Option<Band<'b>>; 4], Error> {
    let mut bands = [None, None, None, None];
    for (i, (component, band)) in order.frame.components().iter().zip(&mut bands).enumerate() {
        let (scale, window) = order.scale_and_window(i);
        let columns = order.frame.mcus().width * u32::from(component.h);
        *band = Some(Band::new(budget, scale, window, 0..columns, component.v.into())?);
    }
    Ok(bands)
}

/// The most work of [`SingleScan::decode`] in picoseconds.
pub(super) fn work_ps(order: &Order<'_>) -> u64 {
    let frame = order.frame;
    let mcus = frame.mcus().pixels();
    let blocks = mcus.saturating_mul(frame.blocks_per_mcu());
    let bytes = coded_bytes(frame.entropy_bytes, blocks);
    // A block takes two bits, and two more if it has an AC coefficient.
    let blocks_with_ac = blocks.min((bytes * 8).saturating_sub(blocks * 2) / 2);
    let components = || order.scales.into_iter().zip(frame.components());
    let decoding_ps = if order.skips_ac() {
        let byte_ps = ac_skip::byte_ps(frame.ac_code_bits);
        sum_ps([(blocks, MEAN_PS), (blocks_with_ac, BLOCK_END_PS), (bytes, byte_ps)])
    } else {
        sum_ps([(blocks, BLOCK_PS), (bytes, BYTE_PS)])
    };
    let transforms = components().map(|(scale, component)| {
        let blocks = mcus.saturating_mul(u64::from(component.h) * u64::from(component.v));
        sum_ps([(blocks.min(blocks_with_ac), band::block_ps(scale))])
    });
    let other_ps =
        sum_ps([(frame.restarts, RESTART_PS), (frame.entropy_bytes - bytes, PASSED_BYTE_PS)]);
    transforms.fold(decoding_ps.saturating_add(other_ps), u64::saturating_add)
}

/// A block of which only the mean is decoded.
const MEAN_PS: u64 = 9_500;
/// The end of such a block, where a lookup may not tell it.
const BLOCK_END_PS: u64 = 7_500;
/// A block without AC coefficients at a larger scale.
const BLOCK_PS: u64 = 30_000;
/// A byte of entropy-coded data whose coefficients are decoded.
pub(super) const BYTE_PS: u64 = 14_500;

/// The limit of T.81, B.2.3.
const MAX_BLOCKS_PER_MCU: usize = 10;

/// One of the blocks of an MCU: how it is coded, and where it lies in the part of the band that
/// belongs to the MCU.
#[derive(Clone, Copy)]
struct McuBlock<'t> {
    component: usize,
    tables: BlockTables<'t>,
    /// In the order of the block.
    steps: &'t Block,
    scale: Scale,
    x: usize,
    y: usize,
    /// The number of block columns that an MCU has of the component.
    columns: usize,
}

/// Decodes a row of MCUs into the bands.
#[inline(always)]
fn decode_mcu_row(
    mcu: &[Option<McuBlock<'_>>; MAX_BLOCKS_PER_MCU],
    mcus: usize,
    bands: &mut [Option<Band<'_>>; 4],
    predicted: &mut [i16; 4],
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
                *predicted = [0; 4];
            }
            bits = entropy.reader();
        }
        // A single loop over the blocks of all components, because its branches are predicted best.
        for block in mcu.iter().map_while(Option::as_ref) {
            let Some(band) = &mut bands[block.component & 3] else { break };
            let predicted = &mut predicted[block.component & 3];
            let x = mcu_x * block.columns + block.x;
            let outcome = match block.scale {
                Scale::Full => decode_into_band::<63, 8>(block, predicted, &mut bits, band, x),
                Scale::Half => decode_into_band::<24, 4>(block, predicted, &mut bits, band, x),
                Scale::Quarter => decode_into_band::<4, 2>(block, predicted, &mut bits, band, x),
                Scale::Eighth => decode_mean_into_band(block, predicted, &mut bits, band, x),
            };
            if outcome.is_err() {
                let position = bits.position();
                return entropy.commit(position, outcome);
            }
        }
    }
    let position = bits.position();
    entropy.commit(position, Ok(()))
}

/// Decodes a block into `band`, at column `x`.
#[inline(always)]
fn decode_into_band<const LAST: u32, const SIDE: usize>(
    block: &McuBlock<'_>,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
    band: &mut Band<'_>,
    x: usize,
) -> Result<(), Fault> {
    let mut coefficients = [[0; 8]; 8];
    let zigzag = zigzag_order(block.scale);
    let has_ac =
        decode_coefficients::<LAST>(&block.tables, zigzag, predicted, bits, &mut coefficients)?;
    band.write_block::<SIDE>(x, block.y, &mut coefficients, block.steps, has_ac);
    Ok(())
}

/// Decodes a block into `band` at a scale of 1/8, where a block is one sample, its mean.
#[inline(always)]
fn decode_mean_into_band(
    block: &McuBlock<'_>,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
    band: &mut Band<'_>,
    x: usize,
) -> Result<(), Fault> {
    let dc = decode_dc_only(&block.tables, predicted, bits)?;
    band.write_mean(x, block.y, mean(dc.wrapping_mul(block.steps[0][0])));
    Ok(())
}
