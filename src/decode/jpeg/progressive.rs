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
use super::spectral_band::{BandTables, SpectralBand};
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
    /// The bit that the scan codes (T.81, G.1.1.1.2, Al).
    low_bit: u8,
}

impl<'p, 'b> DcRefinement<'p, 'b> {
    pub(super) fn new(plane: &'p mut Coefficients<'b>, scan: &Scan) -> Self {
        Self { plane, low_bit: scan.low }
    }
}

impl BlockDecoder for DcRefinement<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        // Without a branch on the bit, which is hard to predict.
        let bit = i16::from(bits.read_bit()) << self.low_bit;
        if let Some(dc) = self.plane.values.get_mut(position.first_value) {
            *dc |= bit;
        }
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

/// Decodes the first scan of a band of AC coefficients.
pub(super) struct AcFirst<'p, 'b>(SpectralBand<'p, 'b>);

impl<'p, 'b> AcFirst<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        tables: BandTables<'p>,
        scan: &Scan,
    ) -> Self {
        Self(SpectralBand::new(plane, tables, scan))
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
        let history = band.history(position);
        band.load(position);
        let outcome = band.decode_first(history, bits);
        // Also after a fault, because the rows of a truncated frame may be shown.
        band.store(position, outcome.unwrap_or(history));
        outcome.map(drop)
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

impl SpectralBand<'_, '_> {
    /// Decodes the codes of a block in a first scan. Returns its new history.
    #[inline(always)]
    fn decode_first(&mut self, mut history: u64, bits: &mut BitReader<'_>) -> Result<u64, Fault> {
        let mut k = self.first;
        while k <= self.last {
            if k > self.last_kept {
                k = self.tables.not_kept.pass(k, self.last, &mut history, bits);
                if k > self.last {
                    break;
                }
            }
            let DecodedSymbol { symbol, value } = self.tables.codes.decode_value(bits)?;
            let run = u32::from(symbol >> 4);
            if value != 0 {
                k += run;
                if k > self.last {
                    return Err(Fault::RunTooLong);
                }
                self.set(k, value);
                history |= 1 << k;
                k += 1;
            } else if run < 15 {
                self.eob_run = (1 << run) + bits.read(run) - 1;
                break;
            } else {
                // May pass the end of the band: there is no coefficient to lose.
                k += 16;
            }
        }
        Ok(history)
    }
}
