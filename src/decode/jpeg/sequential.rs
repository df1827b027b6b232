//! Decodes the blocks of a sequential scan in a frame with several scans (T.81, F.2.2).

use super::bit_reader::{BitReader, Fault};
use super::block::{BlockTables, decode_coefficients, decode_dc_only};
use super::block_decoder::BlockDecoder;
use super::block_window::BlockPosition;
use super::coefficients::Coefficients;
use super::tables::{LookupTables, Slots};
use super::zigzag::zigzag_order;
use crate::error::Error;
use crate::probe::jpeg::Scale;

pub(super) struct Sequential<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    tables: BlockTables<'p>,
    predicted: i16,
}

impl<'p, 'b> Sequential<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        slots: Slots,
        lookups: &'p LookupTables<'_>,
    ) -> Result<Self, Error> {
        Ok(Self { plane, tables: lookups.block_tables(slots)?, predicted: 0 })
    }
}

impl BlockDecoder for Sequential<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let mut block = [[0; 8]; 8];
        let (tables, predicted, scale) = (&self.tables, &mut self.predicted, self.plane.scale);
        match scale {
            Scale::Full => {
                decode_coefficients::<63>(tables, zigzag_order(scale), predicted, bits, &mut block)
            }
            Scale::Half => {
                decode_coefficients::<24>(tables, zigzag_order(scale), predicted, bits, &mut block)
            }
            Scale::Quarter => {
                decode_coefficients::<4>(tables, zigzag_order(scale), predicted, bits, &mut block)
            }
            Scale::Eighth => decode_dc_only(tables, predicted, bits).map(|dc| {
                block[0][0] = dc;
                false
            }),
        }?;
        let range = position.first_value..position.first_value + self.plane.blocks.values_per_block;
        let values = self.plane.values.get_mut(range);
        values.unwrap_or_default().iter_mut().zip(block.as_flattened()).for_each(|(v, c)| *v = *c);
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.predicted = 0;
        Ok(())
    }
}
