//! The row of macroblocks that is live: where blocks are put, filtered and taken from.

use super::loop_filter::{self, Edge, Strength};
use super::transpose::{Lanes, Transposed};
use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// One row of macroblocks.
pub(super) struct MacroblockRow<'b> {
    tiles: Buffer<'b, Tile>,
    line: Buffer<'b, u8>,
}

/// The bytes for each column of macroblocks.
pub(super) const COLUMN_BYTES: u64 = size_of::<Tile>() as u64 + 16;

/// The lines that are kept of the row of macroblocks above, in each plane: the filter looks at four of
/// them, and changes three.
pub(super) const LINES_ABOVE: u32 = 4;
const ABOVE: usize = LINES_ABOVE as usize;

/// One macroblock, and what is kept of the one above it. All lines are as long as the filter is wide.
#[derive(Clone)]
struct Tile {
    luma: [Lanes; ABOVE + 16],
    /// Eight samples of U and eight of V.
    chroma: [Lanes; ABOVE + 8],
}

impl<'b> MacroblockRow<'b> {
    pub(super) fn new(columns: usize, budget: &'b Budget) -> Result<Self, Error> {
        let empty = Tile { luma: [[0; 16]; ABOVE + 16], chroma: [[0; 16]; ABOVE + 8] };
        Ok(Self { tiles: budget.buffer(columns, empty)?, line: budget.buffer(16 * columns, 0u8)? })
    }

    /// The lines of the macroblock in `column`: of luma, and of both planes of chroma.
    pub(super) fn macroblock(
        &mut self,
        column: usize,
    ) -> Option<(&mut [Lanes; 16], &mut [Lanes; 8])> {
        let Tile { luma, chroma } = self.tiles.get_mut(column)?;
        luma.last_chunk_mut().zip(chroma.last_chunk_mut())
    }

    /// Filters the edges of the macroblock in `column`, in the order of the format: the left one, those
    /// between subblocks, the upper one, those between subblocks (RFC 6386, 15.1).
    pub(super) fn filter(
        &mut self,
        column: usize,
        is_first_row: bool,
        subblocks: bool,
        strength: Strength,
        simple: bool,
    ) {
        let Some((before, from)) = self.tiles.split_at_mut_checked(column) else { return };
        let Some(tile) = from.first_mut() else { return };
        let filters: Filters = if simple { SIMPLE } else { NORMAL };
        tile.filter_columns(before.last_mut(), subblocks, strength, filters);
        tile.filter_lines(is_first_row, subblocks, strength, filters);
    }

    /// A line of a plane, the first kept one being 0.
    pub(super) fn line(&mut self, plane: usize, index: usize) -> &[u8] {
        if plane == 0 {
            for (samples, tile) in self.line.as_chunks_mut::<16>().0.iter_mut().zip(&*self.tiles) {
                *samples = tile.luma.get(index).copied().unwrap_or_default();
            }
        } else {
            for (samples, tile) in self.line.as_chunks_mut::<8>().0.iter_mut().zip(&*self.tiles) {
                let line = tile.chroma.get(index).map(Lanes::as_slice).unwrap_or_default();
                *samples = line.as_chunks().0.get(plane - 1).copied().unwrap_or_default();
            }
        }
        &self.line
    }

    /// Keeps the lowest lines for the next row of macroblocks.
    pub(super) fn advance(&mut self) {
        for tile in self.tiles.iter_mut() {
            tile.luma.copy_within(16.., 0);
            tile.chroma.copy_within(8.., 0);
        }
    }
}

/// How the edges of macroblocks and of subblocks are filtered.
#[derive(Clone, Copy)]
struct Filters {
    macroblock: fn(&mut Edge, Strength),
    subblock: fn(&mut Edge, Strength),
    chroma: bool,
}

const NORMAL: Filters =
    Filters { macroblock: loop_filter::macroblock, subblock: loop_filter::subblock, chroma: true };

const SIMPLE: Filters = Filters {
    macroblock: |edge, strength| loop_filter::simple(edge, strength.macroblock_limit),
    subblock: |edge, strength| loop_filter::simple(edge, strength.subblock_limit),
    chroma: false,
};

impl Tile {
    /// Filters the vertical edges: turned around, so that columns are lines.
    fn filter_columns(
        &mut self,
        mut left: Option<&mut Self>,
        subblocks: bool,
        strength: Strength,
        filters: Filters,
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
    fn filter_lines(
        &mut self,
        is_first_row: bool,
        subblocks: bool,
        strength: Strength,
        filters: Filters,
    ) {
        filter_edges(&mut self.luma, !is_first_row, subblocks, strength, filters);
        if filters.chroma {
            filter_edges(&mut self.chroma, !is_first_row, subblocks, strength, filters);
        }
    }
}

/// Filters the edge behind the first four lines, which belong to the macroblock before, and every four
/// lines from there.
#[inline(always)]
fn filter_edges<const LINES: usize>(
    lines: &mut [Lanes; LINES],
    outer: bool,
    subblocks: bool,
    strength: Strength,
    filters: Filters,
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
