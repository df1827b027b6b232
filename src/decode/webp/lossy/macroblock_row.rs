//! The current row of macroblocks: stores reconstructed samples, filters them,
//! and returns finished lines.

use super::loop_filter::{self, Edge, Strength};
use super::transpose::{Lanes, Transposed};
use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// One row of macroblocks, and the last lines of the row above.
pub(super) struct MacroblockRow<'b> {
    macroblocks: Buffer<'b, MacroblockLines>,
    line: Buffer<'b, u8>,
}

/// The lines of each plane that are retained from the row of macroblocks above. The loop filter
/// reads four of them, and changes three.
pub(super) const LINES_ABOVE: u32 = 4;
const ABOVE: usize = LINES_ABOVE as usize;

/// The samples of a macroblock, below the last lines of the one above. All lines have 16
/// samples, as many as are filtered at once.
#[derive(Clone)]
struct MacroblockLines {
    luma: [Lanes; ABOVE + 16],
    /// Eight samples of U and eight of V.
    chroma: [Lanes; ABOVE + 8],
}

impl<'b> MacroblockRow<'b> {
    pub(super) fn new(columns: u64, budget: &'b Budget) -> Result<Self, Error> {
        let empty = MacroblockLines { luma: [[0; 16]; ABOVE + 16], chroma: [[0; 16]; ABOVE + 8] };
        Ok(Self {
            macroblocks: budget.buffer(columns, empty)?,
            line: budget.buffer(16 * columns, 0u8)?,
        })
    }

    /// The luma and the chroma lines of the macroblock in `column`.
    pub(super) fn macroblock(
        &mut self,
        column: usize,
    ) -> Option<(&mut [Lanes; 16], &mut [Lanes; 8])> {
        let MacroblockLines { luma, chroma } = self.macroblocks.get_mut(column)?;
        luma.last_chunk_mut().zip(chroma.last_chunk_mut())
    }

    /// Filters the edges of the macroblock in `column`, in the order of the format: the
    /// left edge, the vertical edges of subblocks, the top edge, the horizontal edges
    /// of subblocks (RFC 6386, 15.1).
    pub(super) fn filter(
        &mut self,
        column: usize,
        is_first_row: bool,
        subblocks: bool,
        strength: Strength,
        simple: bool,
    ) {
        let Some((before, from)) = self.macroblocks.split_at_mut_checked(column) else { return };
        let Some(macroblock) = from.first_mut() else { return };
        let filters: EdgeFilters = if simple { SIMPLE } else { NORMAL };
        macroblock.filter_vertical_edges(before.last_mut(), subblocks, strength, filters);
        macroblock.filter_horizontal_edges(is_first_row, subblocks, strength, filters);
    }

    /// Line `index` of a plane, counted from the first retained line of the row above.
    pub(super) fn line(&mut self, plane: usize, index: usize) -> &[u8] {
        if plane == 0 {
            let samples = self.line.as_chunks_mut::<16>().0.iter_mut();
            for (samples, macroblock) in samples.zip(&*self.macroblocks) {
                *samples = macroblock.luma.get(index).copied().unwrap_or_default();
            }
        } else {
            let samples = self.line.as_chunks_mut::<8>().0.iter_mut();
            for (samples, macroblock) in samples.zip(&*self.macroblocks) {
                let line = macroblock.chroma.get(index).map(Lanes::as_slice).unwrap_or_default();
                *samples = line.as_chunks().0.get(plane - 1).copied().unwrap_or_default();
            }
        }
        &self.line
    }

    /// Moves the last lines to the top, for the next row of macroblocks.
    pub(super) fn advance(&mut self) {
        for macroblock in self.macroblocks.iter_mut() {
            macroblock.luma.copy_within(16.., 0);
            macroblock.chroma.copy_within(8.., 0);
        }
    }
}

/// The filters for the edges of macroblocks and of subblocks, and whether chroma is filtered.
#[derive(Clone, Copy)]
struct EdgeFilters {
    macroblock: fn(&mut Edge, Strength),
    subblock: fn(&mut Edge, Strength),
    chroma: bool,
}

const NORMAL: EdgeFilters = EdgeFilters {
    macroblock: loop_filter::macroblock,
    subblock: loop_filter::subblock,
    chroma: true,
};

const SIMPLE: EdgeFilters = EdgeFilters {
    macroblock: |edge, strength| loop_filter::simple(edge, strength.macroblock_limit),
    subblock: |edge, strength| loop_filter::simple(edge, strength.subblock_limit),
    chroma: false,
};

impl MacroblockLines {
    /// Filters the vertical edges, with the samples transposed.
    fn filter_vertical_edges(
        &mut self,
        mut left: Option<&mut Self>,
        subblocks: bool,
        strength: Strength,
        filters: EdgeFilters,
    ) {
        if left.is_none() && !subblocks {
            return;
        }
        let mut luma = Transposed::<20>::new();
        luma.load(left.as_deref().map(|left| &left.luma[ABOVE..]), &self.luma[ABOVE..]);
        filter_edges(&mut luma.lines, left.is_some(), subblocks, strength, filters);
        luma.store(
            left.as_deref_mut().map(|left| &mut left.luma[ABOVE..]),
            &mut self.luma[ABOVE..],
        );
        if filters.chroma {
            let mut chroma = Transposed::<12>::new();
            chroma.load(left.as_deref().map(|left| &left.chroma[ABOVE..]), &self.chroma[ABOVE..]);
            filter_edges(&mut chroma.lines, left.is_some(), subblocks, strength, filters);
            chroma.store(left.map(|left| &mut left.chroma[ABOVE..]), &mut self.chroma[ABOVE..]);
        }
    }

    /// Filters the horizontal edges, in place.
    fn filter_horizontal_edges(
        &mut self,
        is_first_row: bool,
        subblocks: bool,
        strength: Strength,
        filters: EdgeFilters,
    ) {
        filter_edges(&mut self.luma, !is_first_row, subblocks, strength, filters);
        if filters.chroma {
            filter_edges(&mut self.chroma, !is_first_row, subblocks, strength, filters);
        }
    }
}

/// Filters the edge below the first four lines, which belong to the previous macroblock, and the
/// edges of subblocks every four lines from there.
#[inline(always)]
fn filter_edges<const LINES: usize>(
    lines: &mut [Lanes; LINES],
    outer: bool,
    subblocks: bool,
    strength: Strength,
    filters: EdgeFilters,
) {
    if outer && let Some(edge) = lines.first_chunk_mut() {
        (filters.macroblock)(edge, strength);
    }
    if subblocks {
        for start in (4..LINES - 4).step_by(4) {
            if let Some(edge) = lines[start..].first_chunk_mut() {
                (filters.subblock)(edge, strength);
            }
        }
    }
}
