//! Decodes one block of a sequential scan (T.81, F.2.2).

use super::ac_skip::{LOOKUPS_AFTER_CODE, LOOKUPS_AFTER_START, SkipTable, StartTable};
use super::bit_reader::{BitReader, Fault};
use super::huffman::{DecodedSymbol, END_OF_BLOCK, HuffmanLookup, ZERO_RUN};
use super::zigzag::{ZigzagOrder, zigzag_order};
use crate::dct::Block;
use crate::probe::jpeg::Scale;

/// The tables that decode the blocks of a component.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockTables<'t> {
    pub(super) dc: &'t HuffmanLookup,
    pub(super) ac: &'t HuffmanLookup,
    pub(super) skip: &'t SkipTable,
    pub(super) start: &'t StartTable,
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

/// Decodes a block into `block`, which must be all zeros, without dequantizing it. Returns false if
/// no coefficient follows DC. Skips the coefficients after `LAST`.
#[inline(always)]
pub(super) fn decode_coefficients<const LAST: u32>(
    tables: &BlockTables<'_>,
    zigzag: &ZigzagOrder,
    predicted: &mut i16,
    bits: &mut BitReader<'_>,
    block: &mut Block,
) -> Result<bool, Fault> {
    block[0][0] = decode_dc(tables.dc, predicted, bits)?;
    let mut k = 1;
    while k <= LAST {
        bits.refill();
        let DecodedSymbol { symbol, value } = match tables.ac.decode_short(bits) {
            // After a short code there are enough bits for any other one.
            Some(first) => {
                if !place(first, &mut k, zigzag, block)? {
                    return Ok(k > 1);
                }
                if k > LAST {
                    break;
                }
                tables.ac.decode_any(bits)?
            }
            None => tables.ac.decode_long(bits)?,
        };
        if !place(DecodedSymbol { symbol, value }, &mut k, zigzag, block)? {
            return Ok(k > 1);
        }
    }
    if LAST < 63 {
        tables.skip.skip(k, LOOKUPS_AFTER_CODE, tables.ac, bits)?;
    }
    Ok(true)
}

/// Writes an AC coefficient after the zeros before it, and moves `k` behind it. Returns false at the
/// end of the block.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "extra bits are at most 15")]
fn place(
    DecodedSymbol { symbol, value }: DecodedSymbol,
    k: &mut u32,
    zigzag: &ZigzagOrder,
    block: &mut Block,
) -> Result<bool, Fault> {
    if value == 0 {
        return match symbol {
            END_OF_BLOCK => Ok(false),
            // May pass the end of the block: there is no coefficient to lose.
            ZERO_RUN => {
                *k += 16;
                Ok(true)
            }
            _ => Err(Fault::InvalidSymbol),
        };
    }
    *k += u32::from(symbol >> 4);
    if *k > 63 {
        return Err(Fault::RunTooLong);
    }
    let index = usize::from(zigzag[*k as usize & 63]);
    block[(index >> 3) & 7][index & 7] = value as i16;
    *k += 1;
    Ok(true)
}

/// `block` × `steps`. Wraps: the products of a real picture fit in 12 bits.
#[inline(always)]
pub(super) fn dequantize(block: &mut Block, steps: &Block) {
    let steps = steps.as_flattened();
    for (coefficient, step) in block.as_flattened_mut().iter_mut().zip(steps) {
        *coefficient = coefficient.wrapping_mul(*step);
    }
}

/// Quantization steps in the order in which a block is stored at `scale`.
pub(super) fn steps_at(scale: Scale, zigzag_steps: &[i16; 64]) -> Block {
    let mut steps = [[0; 8]; 8];
    for (&index, &step) in zigzag_order(scale).iter().zip(zigzag_steps) {
        steps[usize::from(index >> 3) & 7][usize::from(index) & 7] = step;
    }
    steps
}
