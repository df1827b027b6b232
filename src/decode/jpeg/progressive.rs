//! Decodes the blocks of the four kinds of progressive scan (T.81, annex G).
//!
//! Only the blocks in the window are kept, and of these only the coefficients that the scale needs.
//! But a refinement scan codes a bit for every coefficient that is already nonzero, kept or not. So
//! the history has a bit for each of them, and the kept values are exact.

use super::bit_reader::{BitReader, Fault};
use super::block::decode_dc;
use super::block_decoder::BlockDecoder;
use super::block_window::BlockPosition;
use super::coefficients::Coefficients;
use super::huffman::{DecodedSymbol, HuffmanLookup};
use super::zigzag::{ZigzagOrder, zigzag_order};
use crate::probe::jpeg::Scan;

/// Decodes the first scan of DC coefficients.
pub(super) struct DcFirst<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    table: &'p HuffmanLookup,
    /// The lowest bit that the scan codes (T.81, G.1.1.1.2, Al).
    low_bit: u8,
    predicted: i16,
}

impl<'p, 'b> DcFirst<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        table: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self { plane, table, low_bit: scan.low, predicted: 0 }
    }
}

impl BlockDecoder for DcFirst<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let value = decode_dc(self.table, &mut self.predicted, bits)?;
        if let Some(dc) = self.plane.values.get_mut(position.first_value) {
            *dc = value << self.low_bit;
        }
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.predicted = 0;
        Ok(())
    }
}

/// Decodes a refinement scan of DC coefficients.
pub(super) struct DcRefinement<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    /// The value of the bit that the scan codes.
    bit: i16,
}

impl<'p, 'b> DcRefinement<'p, 'b> {
    pub(super) fn new(plane: &'p mut Coefficients<'b>, scan: &Scan) -> Self {
        Self { plane, bit: 1 << scan.low }
    }
}

impl BlockDecoder for DcRefinement<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let bit = bits.read_bit();
        if let Some(dc) = self.plane.values.get_mut(position.first_value)
            && bit
        {
            *dc |= self.bit;
        }
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

/// The state that both kinds of AC scan share.
struct SpectralBand<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    zigzag: &'static ZigzagOrder,
    table: &'p HuffmanLookup,
    first: u32,
    last: u32,
    /// The lowest bit that the scan codes (T.81, G.1.1.1.2, Al).
    low_bit: u8,
    /// The number of following blocks that have no further code (T.81, G.1.2.2, EOBRUN).
    eob_run: u32,
}

impl<'p, 'b> SpectralBand<'p, 'b> {
    fn new(plane: &'p mut Coefficients<'b>, table: &'p HuffmanLookup, scan: &Scan) -> Self {
        Self {
            zigzag: zigzag_order(plane.scale),
            plane,
            table,
            first: u32::from(scan.first),
            last: u32::from(scan.last),
            low_bit: scan.low,
            eob_run: 0,
        }
    }

    /// The value of coefficient `k` of a block, if it is kept.
    #[inline(always)]
    fn kept_value(&mut self, block: BlockPosition, k: u32) -> Option<&mut i16> {
        let index = usize::from(self.zigzag[k as usize & 63]);
        let is_kept = index < self.plane.blocks.values_per_block;
        if is_kept { self.plane.values.get_mut(block.first_value + index) } else { None }
    }

    /// Sets coefficient `k`, which was 0, to `value`, in units of the lowest coded bit.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
    fn set(&mut self, block: BlockPosition, k: u32, value: i32) {
        let value = (value << self.low_bit) as i16;
        if let Some(kept) = self.kept_value(block, k) {
            *kept = value;
        }
    }

    /// Fails if an EOB run exceeds the restart interval.
    fn end_interval(&mut self) -> Result<(), Fault> {
        if self.eob_run > 0 { Err(Fault::RunTooLong) } else { Ok(()) }
    }
}

/// Decodes the first scan of a band of AC coefficients.
pub(super) struct AcFirst<'p, 'b>(SpectralBand<'p, 'b>);

impl<'p, 'b> AcFirst<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        table: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self(SpectralBand::new(plane, table, scan))
    }
}

impl BlockDecoder for AcFirst<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let band = &mut self.0;
        let mut history = 0;
        let mut k = band.first;
        while k <= band.last {
            let DecodedSymbol { symbol, value } = band.table.decode_value(bits)?;
            let run = u32::from(symbol >> 4);
            if value != 0 {
                k += run;
                if k > band.last {
                    return Err(Fault::RunTooLong);
                }
                band.set(position, k, value);
                history |= 1 << k;
                k += 1;
            } else if run < 15 {
                band.eob_run = (1 << run) + bits.read(run) - 1;
                break;
            } else {
                // May pass the end of the band: there is no coefficient to lose.
                k += 16;
            }
        }
        if let Some(stored) = band.plane.history.get_mut(position.index) {
            *stored |= history;
        }
        Ok(())
    }

    #[inline(always)]
    fn skip_ended_block(&mut self, _position: BlockPosition) -> bool {
        let is_ended = self.0.eob_run > 0;
        self.0.eob_run -= u32::from(is_ended);
        is_ended
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.0.end_interval()
    }
}

/// Decodes a refinement scan of a band of AC coefficients.
pub(super) struct AcRefinement<'p, 'b>(SpectralBand<'p, 'b>);

impl<'p, 'b> AcRefinement<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        table: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self(SpectralBand::new(plane, table, scan))
    }
}

impl BlockDecoder for AcRefinement<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let band = &mut self.0;
        let mut history = band.plane.history.get(position.index).copied().unwrap_or_default();
        let mut k = band.first;
        if band.eob_run == 0 {
            while k <= band.last {
                let symbol = band.table.decode_symbol(bits)?;
                let run = u32::from(symbol >> 4);
                let value = match symbol & 15 {
                    0 if run < 15 => {
                        band.eob_run = (1 << run) + bits.read(run);
                        break;
                    }
                    0 => 0,
                    1 => bits.read(1).cast_signed() * 2 - 1,
                    _ => return Err(Fault::InvalidSymbol),
                };
                k = band.refine_to_zero(position, k, run, history, bits);
                if value != 0 {
                    if k > band.last {
                        return Err(Fault::RunTooLong);
                    }
                    band.set(position, k, value);
                    history |= 1 << k;
                }
                k += 1;
            }
            if let Some(stored) = band.plane.history.get_mut(position.index) {
                *stored = history;
            }
        }
        if band.eob_run > 0 {
            band.eob_run -= 1;
            let rest = history & band.mask_from(k);
            band.refine(position, rest, bits);
        }
        Ok(())
    }

    #[inline(always)]
    fn skip_ended_block(&mut self, position: BlockPosition) -> bool {
        let band = &mut self.0;
        if band.eob_run == 0 {
            return false;
        }
        let history = band.plane.history.get(position.index).copied();
        let is_empty = history.unwrap_or_default() & band.mask_from(band.first) == 0;
        band.eob_run -= u32::from(is_empty);
        is_empty
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.0.end_interval()
    }
}

impl SpectralBand<'_, '_> {
    /// Skips `run` zero coefficients, starting at `k`, and refines the nonzero ones among them.
    /// Returns the index of the next zero coefficient. Without another one, refines the rest of the
    /// band and returns the index after it.
    #[inline(always)]
    fn refine_to_zero(
        &mut self,
        block: BlockPosition,
        k: u32,
        run: u32,
        history: u64,
        bits: &mut BitReader<'_>,
    ) -> u32 {
        let mut zeros = !history & self.mask_from(k);
        for _ in 0..run {
            zeros &= zeros.wrapping_sub(1);
        }
        if zeros == 0 {
            self.refine(block, history & self.mask_from(k), bits);
            return self.last + 1;
        }
        let next = zeros.trailing_zeros();
        self.refine(block, history & (u64::MAX << k) & !(u64::MAX << next), bits);
        next
    }

    /// Reads a correction bit for each coefficient in the set, in ascending order. Applies those of
    /// kept coefficients.
    #[inline(always)]
    fn refine(&mut self, block: BlockPosition, coefficients: u64, bits: &mut BitReader<'_>) {
        let bit = 1_i16 << self.low_bit;
        let mut kept = coefficients & (u64::MAX >> (63 - self.plane.scale.last_kept()));
        let mut discarded = (coefficients ^ kept).count_ones();
        while kept != 0 {
            let k = kept.trailing_zeros();
            kept &= kept - 1;
            if bits.read_bit()
                && let Some(value) = self.kept_value(block, k)
            {
                *value = if *value < 0 { value.wrapping_sub(bit) } else { value.wrapping_add(bit) };
            }
        }
        while discarded > 0 {
            bits.refill();
            let count = discarded.min(56);
            bits.consume(count);
            discarded -= count;
        }
    }

    /// The set of the coefficients of the band from `k` on.
    #[inline(always)]
    const fn mask_from(&self, k: u32) -> u64 {
        (u64::MAX << k) & (u64::MAX >> (63 - self.last))
    }
}
