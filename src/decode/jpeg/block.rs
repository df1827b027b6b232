//! One block of a sequential scan (T.81, F.2.2).

use super::ac_skip::{STEPS_AFTER_CODE, STEPS_AFTER_START, SkipTable, StartTable};
use super::bit_reader::{BitReader, Fault};
use super::huffman::{Coded, END_OF_BLOCK, HuffmanLookup, ZERO_RUN};
use super::idct::Block;
use super::zigzag::ZigzagOrder;

/// What the blocks of a component are decoded with.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTables<'t> {
    pub(super) dc: &'t HuffmanLookup,
    pub(super) ac: &'t HuffmanLookup,
    pub(super) skips: &'t SkipTable,
    pub(super) starts: &'t StartTable,
    /// In zigzag order.
    pub(super) steps: &'t [i32; 64],
}

/// Takes the DC coefficient, as the change from `predicted`.
#[inline(always)]
pub(super) fn dc(
    codes: &HuffmanLookup,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
) -> Result<i16, Fault> {
    let Coded { value, .. } = codes.value(bits)?;
    change(predicted, value);
    Ok(*predicted)
}

/// A real picture does not leave 12 bits; what another one does is all the same.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
const fn change(predicted: &mut i16, by: i32) {
    *predicted = predicted.wrapping_add(by as i16);
}

/// Takes a block of which only the DC coefficient is needed, and returns that.
#[inline(always)]
pub(super) fn dc_alone(
    coding: &BlockTables<'_>,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
) -> Result<i16, Fault> {
    bits.refill();
    let (k, steps) = if let Some((value, k)) = coding.starts.take(bits) {
        change(predicted, value);
        (k, STEPS_AFTER_START)
    } else {
        dc(coding.dc, predicted, bits)?;
        (1, STEPS_AFTER_CODE)
    };
    coding.skips.skip(k, steps, coding.ac, bits)?;
    Ok(*predicted)
}

/// Takes a block into `block`, which is 0, dequantized, and returns the last coefficient, in zigzag
/// order, that is not 0. Those behind `LAST` are passed over.
#[inline(always)]
pub(super) fn sequential<const LAST: u32>(
    coding: &BlockTables<'_>,
    places: &ZigzagOrder,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
    block: &mut Block,
) -> Result<u32, Fault> {
    block[0] = i32::from(dc(coding.dc, predicted, bits)?) * coding.steps[0];
    let mut k = 1;
    let mut last = 0;
    while k <= LAST {
        let Coded { symbol, value } = coding.ac.value(bits)?;
        if value == 0 {
            match symbol {
                END_OF_BLOCK => return Ok(last),
                ZERO_RUN => k += 16,
                _ => return Err(Fault::Symbol),
            }
            if k > 64 {
                return Err(Fault::Run);
            }
            continue;
        }
        k += u32::from(symbol >> 4);
        if k > 63 {
            return Err(Fault::Run);
        }
        let place = places[k as usize & 63];
        block[usize::from(place & 63)] = value * coding.steps[k as usize & 63];
        last = k;
        k += 1;
    }
    if LAST < 63 {
        coding.skips.skip(k, STEPS_AFTER_CODE, coding.ac, bits)?;
    }
    Ok(last)
}
