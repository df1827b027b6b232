//! Which tile uses which group of prefix codes (RFC 9649, 3.7.2.2).

use crate::budget::Buffer;
use crate::probe::webp::vp8l::Tiles;

/// The group of each tile.
pub(super) struct TileGroups<'b> {
    pub(super) side_log2: u32,
    pub(super) across: usize,
    pub(super) groups: Buffer<'b, u16>,
}

pub(super) fn tile_bytes(tiles: &Tiles) -> u64 {
    2 * tiles.image.size.pixels()
}

impl<'b> TileGroups<'b> {
    /// The group at this place, and the first column behind its tile.
    pub(super) fn at(&self, x: usize, y: u32) -> (usize, usize) {
        let tile = x >> self.side_log2;
        let nth = (y >> self.side_log2) as usize * self.across + tile;
        let group = self.groups.get(nth).copied().unwrap_or_default();
        (usize::from(group), (tile + 1) << self.side_log2)
    }
}
