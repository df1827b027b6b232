//! The group of prefix codes of each tile, also called meta prefix codes (RFC 9649, 3.7.2.2).

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::webp::vp8l::Tiles;

/// The index of the group of each tile.
pub(super) struct TileGroups<'b> {
    pub(super) side_log2: u32,
    pub(super) tiles_per_row: usize,
    pub(super) groups: Buffer<'b, u16>,
}

impl<'b> TileGroups<'b> {
    /// The tiles without groups.
    pub(super) fn new(tiles: &Tiles, budget: &'b Budget) -> Result<Self, Error> {
        let Tiles { side_log2, image } = *tiles;
        let groups = budget.empty_buffer(image.size.pixels())?;
        Ok(Self { side_log2, tiles_per_row: image.size.width as usize, groups })
    }

    /// The group of the tile at this pixel, and the first column past the tile.
    pub(super) fn group_at(&self, x: usize, y: u32) -> (usize, usize) {
        let tile = x >> self.side_log2;
        let index = (y >> self.side_log2) as usize * self.tiles_per_row + tile;
        let group = self.groups.get(index).copied().unwrap_or_default();
        (usize::from(group), (tile + 1) << self.side_log2)
    }
}
