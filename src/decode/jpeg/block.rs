//! Decodes one block of a sequential scan (T.81, F.2.2).

use super::ac_skip::{LOOKUPS_AFTER_CODE, LOOKUPS_AFTER_START, SkipTable, StartTable};
use super::bit_reader::{BitReader, Fault};
use super::huffman::{DecodedSymbol, END_OF_BLOCK, HuffmanLookup, ZERO_RUN};
use super::zigzag::ZigzagOrder;
use crate::dct::Block;

/// The tables that decode the blocks of a component.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTables<'t> {
    pub(super) dc: &'t HuffmanLookup,
    pub(super) ac: &'t HuffmanLookup,
    pub(super) skip: &'t SkipTable,
    pub(super) start: &'t StartTable,
    /// In zigzag order.
    pub(super) quantization_steps: &'t [i16; 64],
}

/// `coefficient` × `step`. Wraps: the products of a real picture fit in 12 bits.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
pub(super) const fn dequantized(coefficient: i32, step: i16) -> i16 {
    (coefficient as i16).wrapping_mul(step)
}

/// Decodes the DC coefficient, which is coded as its difference from `predicted`, and updates the
/// prediction.
#[inline(always)]
pub(super) fn decode_dc(
    table: &HuffmanLookup,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
) -> Result<i16, Fault> {
    let DecodedSymbol { value, .. } = table.decode_value(bits)?;
    add_difference(predicted, value);
    Ok(*predicted)
}

/// Wraps. The coefficients of a real picture fit in 12 bits. For any other, the result is
/// arbitrary.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
const fn add_difference(predicted: &mut i16, difference: i32) {
    *predicted = predicted.wrapping_add(difference as i16);
}

/// Decodes a block, skipping its AC coefficients, and returns the DC coefficient.
#[inline(always)]
pub(super) fn decode_dc_only(
    tables: &BlockTables<'_>,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
) -> Result<i16, Fault> {
    bits.refill();
    let (k, lookups) = if let Some((value, k)) = tables.start.decode(bits) {
        add_difference(predicted, value);
        (k, LOOKUPS_AFTER_START)
    } else {
        decode_dc(tables.dc, predicted, bits)?;
        (1, LOOKUPS_AFTER_CODE)
    };
    tables.skip.skip(k, lookups, tables.ac, bits)?;
    Ok(*predicted)
}

/// Decodes and dequantizes a block into `block`, which must be all zeros. Returns the index, in
/// zigzag order, of the last nonzero coefficient. Skips the coefficients after `LAST`.
#[inline(always)]
pub(super) fn decode_coefficients<const LAST: u32>(
    tables: &BlockTables<'_>,
    zigzag: &ZigzagOrder,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
    block: &mut Block,
) -> Result<u32, Fault> {
    let dc = decode_dc(tables.dc, predicted, bits)?;
    block[0][0] = dequantized(dc.into(), tables.quantization_steps[0]);
    let mut k = 1;
    let mut last = 0;
    while k <= LAST {
        let DecodedSymbol { symbol, value } = tables.ac.decode_value(bits)?;
        if value == 0 {
            match symbol {
                END_OF_BLOCK => return Ok(last),
                // May pass the end of the block: there is no coefficient to lose.
                ZERO_RUN => k += 16,
                _ => return Err(Fault::InvalidSymbol),
            }
            continue;
        }
        k += u32::from(symbol >> 4);
        if k > 63 {
            return Err(Fault::RunTooLong);
        }
        let index = zigzag[k as usize & 63];
        let step = tables.quantization_steps[k as usize & 63];
        block[usize::from(index >> 3) & 7][usize::from(index) & 7] = dequantized(value, step);
        last = k;
        k += 1;
    }
    if LAST < 63 {
        tables.skip.skip(k, LOOKUPS_AFTER_CODE, tables.ac, bits)?;
    }
    Ok(last)
}
