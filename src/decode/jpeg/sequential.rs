//! Blocks of a sequential scan of some of the components (T.81, F.2.2).

use super::bit_reader::{BitReader, Fault};
use super::block::{BlockTables, dc_alone, sequential};
use super::block_decoder::BlockDecoder;
use super::block_window::Place;
use super::coefficients::Coefficients;
use super::tables::{LookupTables, Slots};
use super::zigzag::places;
use crate::error::Error;
use crate::probe::jpeg::Scale;

pub(super) struct Sequential<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    coding: BlockTables<'p>,
    predicted: i16,
}

impl<'p, 'b> Sequential<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        slots: Slots,
        lookups: &'p LookupTables<'_>,
    ) -> Result<Self, Error> {
        // The values are dequantized when they are transformed.
        Ok(Self { plane, coding: lookups.coding(slots, &[1; 64])?, predicted: 0 })
    }
}

impl BlockDecoder for Sequential<'_, '_> {
    #[inline(always)]
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let mut taken = [0; 64];
        let (coding, predicted, scale) = (&self.coding, &mut self.predicted, self.plane.scale);
        match scale {
            Scale::Full => sequential::<63>(coding, places(scale), predicted, bits, &mut taken),
            Scale::Half => sequential::<24>(coding, places(scale), predicted, bits, &mut taken),
            Scale::Quarter => sequential::<4>(coding, places(scale), predicted, bits, &mut taken),
            Scale::Eighth => dc_alone(coding, predicted, bits).map(|dc| {
                taken[0] = i32::from(dc);
                0
            }),
        }?;
        let values = place.values..place.values + self.plane.blocks.values_each;
        let values = self.plane.values.get_mut(values);
        for (value, taken) in values.unwrap_or_default().iter_mut().zip(taken) {
            #[allow(clippy::cast_possible_truncation, reason = "at most 16 bits with steps of 1")]
            let taken = taken as i16;
            *value = taken;
        }
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.predicted = 0;
        Ok(())
    }
}
