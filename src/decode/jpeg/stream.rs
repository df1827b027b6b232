//! A frame in one sequential scan: rows go out as they are read.

use super::Job;
use super::bits::{Bits, Entropy, Fault};
use super::block::{Coding, dc_alone, places, sequential};
use super::idct::mean;
use super::planes::Band;
use super::restarts::Restarts;
use super::selection::Selection;
use super::tables::{LookUps, Tables};
use crate::decode::RowSink;
use crate::error::Error;
use crate::probe::jpeg::{Component, Frame, Scale, Scan};
use crate::work;

/// Decodes the scan, whose data `entropy` has been started with.
pub(super) fn decode<S: RowSink>(
    job: &Job<'_>,
    scan: &Scan,
    tables: &Tables<'_>,
    entropy: &mut Entropy<'_, '_>,
    look_ups: &mut LookUps<'_>,
    sink: &mut S,
) -> Result<(), Error> {
    let Job { frame, selection, budget, interrupt } = *job;
    if scan.components().len() != frame.components().len() {
        return Err(Error::Bug("a scan that is not the one of the header"));
    }
    let slots = look_ups.set(scan, tables, selection.scales)?;
    let mcus = frame.mcus();
    let mut steps = [[0; 64]; 4];
    for (i, steps) in steps.iter_mut().enumerate().take(frame.components().len()) {
        *steps = tables.steps(frame, i)?;
    }
    let mut bands: [Option<Band<'_>>; 4] = [None, None, None, None];
    let mut mcu = [None; MOST_BLOCKS];
    let mut places = mcu.iter_mut();
    let components = frame.components().iter().zip(&mut bands).enumerate();
    for ((i, (component, band)), (slots, steps)) in components.zip(slots.into_iter().zip(&steps)) {
        let (scale, window) = selection.plane(i);
        let (columns, rows) = band_blocks(frame, component);
        *band = Some(Band::new(budget, scale, window, 0..columns, rows)?);
        let coding = look_ups.coding(slots, steps)?;
        let (h, v) = (usize::from(component.h), usize::from(component.v));
        for (y, x) in (0..v).flat_map(|y| (0..h).map(move |x| (y, x))) {
            let place = places.next().ok_or(Error::Bug("an MCU that no scan can have"))?;
            *place = Some(McuBlock { component: i, coding, scale, x, y, columns: h });
        }
    }
    let mut restarts = Restarts::new(tables.restart_interval);
    let mut predicted = [0; 4];
    let rows_per_mcu = 8 * frame.max_factors().1;
    let blocks_per_mcu = frame.blocks_per_mcu();
    for row in 0..mcus.height {
        interrupt.check()?;
        work::visited(u64::from(mcus.width) * blocks_per_mcu);
        mcu_row(&mcu, mcus.width as usize, &mut bands, &mut predicted, entropy, &mut restarts)
            .map_err(|fault| fault.at(row * rows_per_mcu, frame.size.height))?;
        for (i, band) in bands.iter().flatten().enumerate() {
            band.emit(row, i, sink)?;
        }
    }
    Ok(())
}

/// What the planes of [`decode`] take.
pub(super) fn memory_bytes(frame: &Frame, selection: &Selection) -> u64 {
    let components = frame.components().iter().zip(selection.scales);
    components.map(|(c, scale)| Band::memory_bytes(scale, band_blocks(frame, c))).sum()
}

fn band_blocks(frame: &Frame, component: &Component) -> (u32, u32) {
    (frame.mcus().width * u32::from(component.h), u32::from(component.v))
}

/// T.81, B.2.3.
const MOST_BLOCKS: usize = 10;

/// A block of every MCU: how it is coded, and where it lies in the band of its component.
#[derive(Clone, Copy)]
struct McuBlock<'t> {
    component: usize,
    coding: Coding<'t>,
    scale: Scale,
    x: usize,
    y: usize,
    /// How many blocks of the component are beside each other in an MCU.
    columns: usize,
}

/// Takes a row of MCUs into the bands. A function of its own, which has all registers.
#[inline(never)]
fn mcu_row(
    mcu: &[Option<McuBlock<'_>>; MOST_BLOCKS],
    mcus: usize,
    bands: &mut [Option<Band<'_>>; 4],
    predicted: &mut [i16; 4],
    entropy: &mut Entropy<'_, '_>,
    restarts: &mut Restarts,
) -> Result<(), Fault> {
    let mut bits = entropy.bits();
    for mcu_x in 0..mcus {
        let restart = restarts.is_due();
        if restart || bits.is_low() {
            let taken = bits.taken();
            entropy.settle(taken, Ok(()))?;
            if restart {
                restarts.pass(entropy)?;
                *predicted = [0; 4];
            }
            bits = entropy.bits();
        }
        // One loop for the blocks of all components: the processor foretells its branches best.
        for block in mcu.iter().map_while(Option::as_ref) {
            let Some(band) = &mut bands[block.component & 3] else { break };
            let predicted = &mut predicted[block.component & 3];
            let x = mcu_x * block.columns + block.x;
            let outcome = match block.scale {
                Scale::Full => take::<63, 8>(block, predicted, &mut bits, band, x),
                Scale::Half => take::<24, 4>(block, predicted, &mut bits, band, x),
                Scale::Quarter => take::<4, 2>(block, predicted, &mut bits, band, x),
                Scale::Eighth => take_mean(block, predicted, &mut bits, band, x),
            };
            if outcome.is_err() {
                let taken = bits.taken();
                return entropy.settle(taken, outcome);
            }
        }
    }
    let taken = bits.taken();
    entropy.settle(taken, Ok(()))
}

#[inline(always)]
fn take<const LAST: u32, const SIDE: usize>(
    block: &McuBlock<'_>,
    predicted: &mut i16,
    bits: &mut Bits<'_>,
    band: &mut Band<'_>,
    x: usize,
) -> Result<(), Fault> {
    let mut values = [0; 64];
    let places = places(block.scale);
    let last = sequential::<LAST>(&block.coding, places, predicted, bits, &mut values)?;
    band.put::<SIDE>(x, block.y, &values, last);
    Ok(())
}

/// At 1/8 a block is one sample, its mean.
#[inline(always)]
fn take_mean(
    block: &McuBlock<'_>,
    predicted: &mut i16,
    bits: &mut Bits<'_>,
    band: &mut Band<'_>,
    x: usize,
) -> Result<(), Fault> {
    let dc = dc_alone(&block.coding, predicted, bits)?;
    band.put_mean(x, block.y, mean(i32::from(dc) * block.coding.steps[0]));
    Ok(())
}
