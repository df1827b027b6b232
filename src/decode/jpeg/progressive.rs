//! Blocks of the four kinds of progressive scan (T.81, annex G).
//!
//! At a reduced scale only the low coefficients are kept, and those of blocks in the window only. A
//! refinement scan codes a bit for every coefficient that is not 0 yet, kept or not, so that one bit
//! of history for each is kept as well: the kept values are exact.

use super::bit_reader::{BitReader, Fault};
use super::block::dc;
use super::block_decoder::BlockDecoder;
use super::block_window::Place;
use super::coefficients::Coefficients;
use super::huffman::{Coded, HuffmanLookup};
use super::zigzag::{ZigzagOrder, places};
use crate::probe::jpeg::Scan;

/// The first bits of DC coefficients.
pub(super) struct DcFirst<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    codes: &'p HuffmanLookup,
    low: u8,
    predicted: i16,
}

impl<'p, 'b> DcFirst<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        codes: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self { plane, codes, low: scan.low, predicted: 0 }
    }
}

impl BlockDecoder for DcFirst<'_, '_> {
    #[inline(always)]
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let value = dc(self.codes, &mut self.predicted, bits)?;
        if let Some(dc) = self.plane.values.get_mut(place.values) {
            *dc = value << self.low;
        }
        Ok(())
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.predicted = 0;
        Ok(())
    }
}

/// One more bit of DC coefficients.
pub(super) struct DcRefinement<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    bit: i16,
}

impl<'p, 'b> DcRefinement<'p, 'b> {
    pub(super) fn new(plane: &'p mut Coefficients<'b>, scan: &Scan) -> Self {
        Self { plane, bit: 1 << scan.low }
    }
}

impl BlockDecoder for DcRefinement<'_, '_> {
    #[inline(always)]
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let bit = bits.bit();
        if let Some(dc) = self.plane.values.get_mut(place.values)
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

/// What both kinds of AC scan share.
struct Band<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    places: &'static ZigzagOrder,
    codes: &'p HuffmanLookup,
    first: u32,
    last: u32,
    low: u8,
    /// Blocks to come that have no further code (T.81, G.1.2.2, EOBRUN).
    ended_blocks: u32,
}

impl<'p, 'b> Band<'p, 'b> {
    fn new(plane: &'p mut Coefficients<'b>, codes: &'p HuffmanLookup, scan: &Scan) -> Self {
        Self {
            places: places(plane.scale),
            plane,
            codes,
            first: u32::from(scan.first),
            last: u32::from(scan.last),
            low: scan.low,
            ended_blocks: 0,
        }
    }

    /// The value of coefficient `k` of a block, where it is kept.
    #[inline(always)]
    fn value(&mut self, block: Place, k: u32) -> Option<&mut i16> {
        let place = usize::from(self.places[k as usize & 63]);
        let is_kept = place < self.plane.blocks.values_each;
        if is_kept { self.plane.values.get_mut(block.values + place) } else { None }
    }

    /// Sets coefficient `k`, which was 0.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
    fn set(&mut self, block: Place, k: u32, value: i32) {
        let value = (value << self.low) as i16;
        if let Some(place) = self.value(block, k) {
            *place = value;
        }
    }

    /// A run is not coded past the last block of an interval.
    fn end_interval(&mut self) -> Result<(), Fault> {
        if self.ended_blocks > 0 { Err(Fault::Run) } else { Ok(()) }
    }
}

/// The first bits of a band of AC coefficients.
pub(super) struct AcFirst<'p, 'b>(Band<'p, 'b>);

impl<'p, 'b> AcFirst<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        codes: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self(Band::new(plane, codes, scan))
    }
}

impl BlockDecoder for AcFirst<'_, '_> {
    #[inline(always)]
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let band = &mut self.0;
        let mut history = 0;
        let mut k = band.first;
        while k <= band.last {
            let Coded { symbol, value } = band.codes.value(bits)?;
            let run = u32::from(symbol >> 4);
            if value != 0 {
                k += run;
                if k > band.last {
                    return Err(Fault::Run);
                }
                band.set(place, k, value);
                history |= 1 << k;
                k += 1;
            } else if run < 15 {
                band.ended_blocks = (1 << run) + bits.number(run) - 1;
                break;
            } else {
                k += 16;
                if k > band.last + 1 {
                    return Err(Fault::Run);
                }
            }
        }
        if let Some(before) = band.plane.history.get_mut(place.number) {
            *before |= history;
        }
        Ok(())
    }

    #[inline(always)]
    fn pass(&mut self, _place: Place) -> bool {
        let is_ended = self.0.ended_blocks > 0;
        self.0.ended_blocks -= u32::from(is_ended);
        is_ended
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.0.end_interval()
    }
}

/// One more bit of a band of AC coefficients.
pub(super) struct AcRefinement<'p, 'b>(Band<'p, 'b>);

impl<'p, 'b> AcRefinement<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        codes: &'p HuffmanLookup,
        scan: &Scan,
    ) -> Self {
        Self(Band::new(plane, codes, scan))
    }
}

impl BlockDecoder for AcRefinement<'_, '_> {
    #[inline(always)]
    fn block(&mut self, place: Place, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let band = &mut self.0;
        let mut history = band.plane.history.get(place.number).copied().unwrap_or_default();
        let mut k = band.first;
        if band.ended_blocks == 0 {
            while k <= band.last {
                let symbol = band.codes.symbol(bits)?;
                let run = u32::from(symbol >> 4);
                let value = match symbol & 15 {
                    0 if run < 15 => {
                        band.ended_blocks = (1 << run) + bits.number(run);
                        break;
                    }
                    0 => 0,
                    1 => bits.number(1).cast_signed() * 2 - 1,
                    _ => return Err(Fault::Symbol),
                };
                k = band.pass(place, k, run, history, bits)?;
                if value != 0 {
                    band.set(place, k, value);
                    history |= 1 << k;
                }
                k += 1;
            }
            if let Some(before) = band.plane.history.get_mut(place.number) {
                *before = history;
            }
        }
        if band.ended_blocks > 0 {
            band.ended_blocks -= 1;
            let rest = history & band.from(k);
            band.correct(place, rest, bits);
        }
        Ok(())
    }

    #[inline(always)]
    fn pass(&mut self, place: Place) -> bool {
        let band = &mut self.0;
        if band.ended_blocks == 0 {
            return false;
        }
        let history = band.plane.history.get(place.number).copied();
        let is_empty = history.unwrap_or_default() & band.from(band.first) == 0;
        band.ended_blocks -= u32::from(is_empty);
        is_empty
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.0.end_interval()
    }
}

impl Band<'_, '_> {
    /// Passes `run` coefficients that are 0, from `k` on, and all others among them, which get
    /// their bit; returns the next one that is 0.
    #[inline(always)]
    fn pass(
        &mut self,
        block: Place,
        k: u32,
        run: u32,
        history: u64,
        bits: &mut BitReader<'_>,
    ) -> Result<u32, Fault> {
        let mut zeros = !history & self.from(k);
        for _ in 0..run {
            zeros &= zeros.wrapping_sub(1);
        }
        if zeros == 0 {
            return Err(Fault::Run);
        }
        let next = zeros.trailing_zeros();
        self.correct(block, history & (u64::MAX << k) & !(u64::MAX << next), bits);
        Ok(next)
    }

    /// Takes a bit for each coefficient of the set, in rising order.
    #[inline(always)]
    fn correct(&mut self, block: Place, set: u64, bits: &mut BitReader<'_>) {
        let bit = 1_i16 << self.low;
        let mut kept = set & (u64::MAX >> (63 - self.plane.scale.last_kept()));
        let mut passed = (set ^ kept).count_ones();
        while kept != 0 {
            let k = kept.trailing_zeros();
            kept &= kept - 1;
            if bits.bit()
                && let Some(value) = self.value(block, k)
            {
                *value = if *value < 0 { value.wrapping_sub(bit) } else { value.wrapping_add(bit) };
            }
        }
        while passed > 0 {
            bits.refill();
            let some = passed.min(56);
            bits.take(some);
            passed -= some;
        }
    }

    /// A bit for each coefficient of the band from `k` on.
    #[inline(always)]
    const fn from(&self, k: u32) -> u64 {
        (u64::MAX << k) & (u64::MAX >> (63 - self.last))
    }
}
