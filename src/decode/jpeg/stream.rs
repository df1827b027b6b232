//! A frame in one sequential scan: rows go out as they are read.

use super::Job;
use super::bits::{Bits, Entropy, Fault};
use super::block::{Coding, dc, places, sequential};
use super::idct::mean;
use super::planes::Band;
use super::restarts::Restarts;
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
    let Job { frame, scales, budget, interrupt } = *job;
    if scan.components().len() != frame.components().len() {
        return Err(Error::Bug("a scan that is not the one of the header"));
    }
    let slots = look_ups.set(scan, tables, scales)?;
    let mcus = frame.mcus();
    let mut steps = [[0; 64]; 4];
    for (i, steps) in steps.iter_mut().enumerate().take(frame.components().len()) {
        *steps = tables.steps(frame, i)?;
    }
    let mut planes: [Option<Plane<'_, '_>>; 4] = [None, None, None, None];
    let settings = scales.into_iter().zip(slots).zip(&steps);
    let places = frame.components().iter().zip(&mut planes);
    for (i, ((component, place), ((scale, slots), steps))) in places.zip(settings).enumerate() {
        let band = Band::new(budget, frame, i, scale, band_blocks(frame, component))?;
        *place = Some(Plane {
            band,
            coding: look_ups.coding(slots, steps)?,
            scale,
            h: usize::from(component.h),
            v: usize::from(component.v),
            predicted: 0,
        });
    }
    let mut restarts = Restarts::new(tables.restart_interval);
    let rows_per_mcu = 8 * frame.max_factors().1;
    let blocks_per_mcu = frame.blocks_per_mcu();
    for row in 0..mcus.height {
        interrupt.check()?;
        work::visited(u64::from(mcus.width) * blocks_per_mcu);
        mcu_row(&mut planes, mcus.width as usize, entropy, &mut restarts)
            .map_err(|fault| fault.at(row * rows_per_mcu, frame.size.height))?;
        for (i, plane) in planes.iter().flatten().enumerate() {
            plane.band.emit(row, i, sink)?;
        }
    }
    Ok(())
}

/// What the planes of [`decode`] take.
pub(super) fn memory_bytes(frame: &Frame, scales: [Scale; 4]) -> u64 {
    let components = frame.components().iter().zip(scales);
    components.map(|(c, scale)| Band::memory_bytes(scale, band_blocks(frame, c))).sum()
}

fn band_blocks(frame: &Frame, component: &Component) -> (u32, u32) {
    (frame.mcus().width * u32::from(component.h), u32::from(component.v))
}

struct Plane<'t, 'b> {
    band: Band<'b>,
    coding: Coding<'t>,
    scale: Scale,
    h: usize,
    v: usize,
    predicted: i16,
}

fn mcu_row(
    planes: &mut [Option<Plane<'_, '_>>; 4],
    mcus: usize,
    entropy: &mut Entropy<'_, '_>,
    restarts: &mut Restarts,
) -> Result<(), Fault> {
    for mcu in 0..mcus {
        if restarts.before_mcu(entropy)? {
            planes.iter_mut().flatten().for_each(|plane| plane.predicted = 0);
        }
        let mut bits = entropy.bits();
        let outcome = planes.iter_mut().flatten().try_for_each(|plane| match plane.scale {
            Scale::Full => blocks::<63, 8>(plane, mcu, &mut bits),
            Scale::Half => blocks::<24, 4>(plane, mcu, &mut bits),
            Scale::Quarter => blocks::<4, 2>(plane, mcu, &mut bits),
            Scale::Eighth => means(plane, mcu, &mut bits),
        });
        let taken = bits.taken();
        entropy.settle(taken, outcome)?;
    }
    Ok(())
}

/// The blocks of one component in one MCU, each as its mean: the DC coefficient.
#[inline(always)]
fn means(plane: &mut Plane<'_, '_>, mcu: usize, bits: &mut Bits<'_>) -> Result<(), Fault> {
    let Coding { dc: codes, ac, skips, steps } = plane.coding;
    for y in 0..plane.v {
        for sample in plane.band.samples_of_mcu(mcu, plane.h, y) {
            let value = dc(codes, &mut plane.predicted, bits)?;
            skips.skip(1, ac, bits)?;
            *sample = mean(i32::from(value) * steps[0]);
        }
    }
    Ok(())
}

/// The blocks of one component in one MCU.
#[inline(always)]
fn blocks<const LAST: u32, const SIDE: usize>(
    plane: &mut Plane<'_, '_>,
    mcu: usize,
    bits: &mut Bits<'_>,
) -> Result<(), Fault> {
    for y in 0..plane.v {
        for x in 0..plane.h {
            let mut block = [0; 64];
            let predicted = &mut plane.predicted;
            let last = sequential::<LAST>(
                &plane.coding,
                places(plane.scale),
                predicted,
                bits,
                &mut block,
            )?;
            plane.band.put::<SIDE>(mcu * plane.h + x, y, &block, last);
        }
    }
    Ok(())
}
