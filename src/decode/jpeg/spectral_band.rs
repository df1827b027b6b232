//! What both kinds of progressive AC scan share (T.81, G.1.2.2 and G.1.2.3).

use super::bit_reader::Fault;
use super::block_window::BlockPosition;
use super::coefficients::Coefficients;
use super::history_table::HistoryTable;
use super::huffman::HuffmanLookup;
use super::zigzag::{ZigzagOrder, zigzag_order};
use crate::probe::jpeg::Scan;

/// The tables that decode the AC codes of a progressive scan.
#[derive(Clone, Copy, Debug)]
pub(super) struct BandTables<'t> {
    pub(super) codes: &'t HuffmanLookup,
    /// For coefficients that are not kept. Not built at full size, which keeps all.
    pub(super) not_kept: &'t HistoryTable,
}

/// The coefficients of a component that a scan codes.
pub(super) struct SpectralBand<'p, 'b> {
    plane: &'p mut Coefficients<'b>,
    zigzag: &'static ZigzagOrder,
    pub(super) tables: BandTables<'p>,
    pub(super) first: u32,
    pub(super) last: u32,
    /// The last coefficient that the scale keeps.
    pub(super) last_kept: u32,
    /// The lowest bit that the scan codes (T.81, G.1.1.1.2, Al).
    pub(super) low_bit: u8,
    /// The number of following blocks that have no further code (T.81, G.1.2.2, EOBRUN).
    pub(super) eob_run: u32,
    /// The values of the block that is being decoded, where a value that is not kept has a place
    /// too: which ones are kept is hard to predict.
    values: [i16; 64],
}

impl<'p, 'b> SpectralBand<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        tables: BandTables<'p>,
        scan: &Scan,
    ) -> Self {
        Self {
            zigzag: zigzag_order(plane.scale),
            last_kept: plane.scale.last_kept().into(),
            plane,
            tables,
            first: scan.first.into(),
            last: scan.last.into(),
            low_bit: scan.low,
            eob_run: 0,
            values: [0; 64],
        }
    }

    /// Which coefficients of a block are nonzero.
    #[inline(always)]
    pub(super) fn history(&self, block: BlockPosition) -> u64 {
        self.plane.history.get(block.index).copied().unwrap_or_default()
    }

    /// Begins a block: loads its kept values.
    #[inline(always)]
    pub(super) fn load(&mut self, block: BlockPosition) {
        let kept = block.first_value..block.first_value + self.plane.blocks.values_per_block;
        let kept = self.plane.values.get(kept).unwrap_or_default();
        // At 1/8, where there is a single one, no AC coefficient is kept.
        for (to, from) in self.values.as_chunks_mut::<4>().0.iter_mut().zip(kept.as_chunks().0) {
            *to = *from;
        }
    }

    /// Ends a block: stores its kept values and its history.
    #[inline(always)]
    pub(super) fn store(&mut self, block: BlockPosition, history: u64) {
        let kept = block.first_value..block.first_value + self.plane.blocks.values_per_block;
        let kept = self.plane.values.get_mut(kept).unwrap_or_default();
        for (to, from) in kept.as_chunks_mut::<4>().0.iter_mut().zip(self.values.as_chunks().0) {
            *to = *from;
        }
        if let Some(stored) = self.plane.history.get_mut(block.index) {
            *stored = history;
        }
    }

    /// The value of coefficient `k`, kept or not.
    #[inline(always)]
    pub(super) fn value(&mut self, k: u32) -> &mut i16 {
        &mut self.values[usize::from(self.zigzag[k as usize & 63]) & 63]
    }

    /// Sets coefficient `k`, which was 0, to `value`, in units of the lowest coded bit.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "wraps on purpose")]
    pub(super) fn set(&mut self, k: u32, value: i32) {
        *self.value(k) = (value << self.low_bit) as i16;
    }

    /// The set of the coefficients of the band from `k` on.
    #[inline(always)]
    pub(super) const fn mask_from(&self, k: u32) -> u64 {
        (u64::MAX << k) & (u64::MAX >> (63 - self.last))
    }

    /// Fails if an EOB run exceeds the restart interval.
    pub(super) fn end_interval(&mut self) -> Result<(), Fault> {
        if self.eob_run > 0 { Err(Fault::RunTooLong) } else { Ok(()) }
    }
}
