//! Red and blue of a literal in one look-up, where their codes are short together.
//!
//! Each code is looked up at the bit where the one before it ended, so that the look-ups of a pixel
//! wait for each other. Most literals of a photograph need two of them then instead of three.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::webp::vp8l::{BitReader, Group, Image};

/// The number of entries of all groups: none where they would not pay off.
pub(super) fn entries(image: &Image) -> u64 {
    let groups = u64::from(image.groups);
    let pays_off = groups <= MAX_GROUPS
        && groups * MIN_PIXELS_PER_GROUP <= image.size.pixels()
        && groups * MIN_ENTRIES_PER_GROUP <= u64::from(image.entries);
    if pays_off { groups << INDEX_BITS } else { 0 }
}

/// A table for each group.
pub(super) struct ColorPairs<'b> {
    tables: Buffer<'b, u32>,
}

impl<'b> ColorPairs<'b> {
    pub(super) fn new(image: &Image, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self { tables: budget.buffer(entries(image), 0)? })
    }

    pub(super) fn fill(&mut self, group: usize, codes: &Group<'_>) {
        let table = self.tables.as_chunks_mut::<TABLE_LEN>().0.get_mut(group);
        for (entry, index) in table.into_iter().flatten().zip(0u64..) {
            let pair = codes.red.short_code(index).and_then(|(red, red_bits)| {
                let (blue, blue_bits) = codes.blue.short_code(index >> red_bits)?;
                let pair = u32::from(red) << 16 | u32::from(blue);
                let bits = red_bits + blue_bits;
                (bits <= INDEX_BITS).then_some(pair | bits << 8)
            });
            *entry = pair.unwrap_or(0);
        }
    }

    /// The table of a group, if there is one.
    #[inline(always)]
    pub(super) fn table(&self, group: usize) -> Option<&Table> {
        self.tables.as_chunks::<TABLE_LEN>().0.get(group)
    }
}

/// An entry has red and blue where a pixel has them. In the place of green is the number of their
/// bits, or 0 if they are more than the index has.
pub(super) type Table = [u32; TABLE_LEN];

/// Reads red and blue, as a pixel without green and alpha. Needs 30 held bits.
#[inline(always)]
pub(super) fn read(table: &Table, codes: &Group<'_>, bits: &mut BitReader<'_>) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "few bits")]
    let entry = table[bits.peek() as usize % TABLE_LEN];
    let count = entry >> 8 & 0xFF;
    if count == 0 {
        return read_apart(codes, bits);
    }
    bits.skip(count);
    entry & 0x00FF_00FF
}

/// The same without a table.
#[inline(always)]
pub(super) fn read_apart(codes: &Group<'_>, bits: &mut BitReader<'_>) -> u32 {
    let red = codes.red.symbol(bits);
    let blue = codes.blue.symbol(bits);
    u32::from(red) << 16 | u32::from(blue)
}

/// The bits that index a table.
const INDEX_BITS: u32 = 9;
const TABLE_LEN: usize = 1 << INDEX_BITS;

/// With more groups, tables would take more than 256 KiB.
const MAX_GROUPS: u64 = 128;
/// With fewer pixels, filling a table takes more than one per cent of their time.
const MIN_PIXELS_PER_GROUP: u64 = 1 << 14;
/// With smaller tables, most channels have a single value.
const MIN_ENTRIES_PER_GROUP: u64 = 64;
