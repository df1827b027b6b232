//! One block of a sequential scan (T.81, F.2.2).

use super::bits::{Bits, Fault};
use super::huffman::{Coded, Codes, END_OF_BLOCK, ZERO_RUN};
use super::idct::Block;
use super::skips::{STEPS_AFTER_CODE, STEPS_AFTER_START, Skips, Starts};
use crate::probe::jpeg::Scale;

/// Where coefficients in zigzag order lie in a square of `N` × `N`; [`TRASH`] where they do not.
pub(super) type Places = [u8; 64];

/// The places of `scale`.
pub(super) const fn places(scale: Scale) -> &'static Places {
    match scale {
        Scale::Full => &FULL,
        Scale::Half => &HALF,
        Scale::Quarter => &QUARTER,
        Scale::Eighth => &EIGHTH,
    }
}

/// What the blocks of a component are decoded with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coding<'t> {
    pub(super) dc: &'t Codes,
    pub(super) ac: &'t Codes,
    pub(super) skips: &'t Skips,
    pub(super) starts: &'t Starts,
    /// In zigzag order.
    pub(super) steps: &'t [i32; 64],
}

/// Takes the DC coefficient, as the change from `predicted`.
#[inline(always)]
pub(super) fn dc(codes: &Codes, predicted: &mut i16, bits: &mut Bits<'_>) -> Result<i16, Fault> {
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
    coding: &Coding<'_>,
    predicted: &mut i16,
    bits: &mut Bits<'_>,
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
    coding: &Coding<'_>,
    places: &Places,
    predicted: &mut i16,
    bits: &mut Bits<'_>,
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

/// Zigzag order → natural order (T.81, figure A.6).
#[rustfmt::skip]
const FULL: Places = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
const HALF: Places = corner(4);
const QUARTER: Places = corner(2);
const EIGHTH: Places = corner(1);

/// Outside all squares but the whole block.
pub(super) const TRASH: u8 = 63;

#[allow(clippy::cast_possible_truncation, reason = "at most 15")]
const fn corner(side: usize) -> Places {
    let mut places = [TRASH; 64];
    let mut k = 0;
    while k < 64 {
        let (x, y) = (FULL[k] as usize % 8, FULL[k] as usize / 8);
        if x < side && y < side {
            places[k] = (y * side + x) as u8;
        }
        k += 1;
    }
    places
}
