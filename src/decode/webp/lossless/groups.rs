//! Groups of prefix codes, all tables in one buffer, and which tile has which group (RFC 9649, 5.2.3
//! and 3.7.2.2).

use super::OTHER;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::probe::webp::bits::Bits;
use crate::probe::webp::code::Table;
use crate::probe::webp::lengths::MAX_ALPHABET;
use crate::probe::webp::pixels::Group;
use crate::probe::webp::vp8l::{Headers, Image, Stream, Tiles};

pub(super) const fn memory_bytes(image: &Image) -> u64 {
    size_of::<Place>() as u64 * image.groups as u64 + 2 * image.entries as u64
}

/// Where the tables of green, red, blue, alpha and distance start, and the bits of their roots.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    starts: [u32; 5],
    root_bits: [u8; 5],
}

pub(super) struct Groups<'b> {
    places: Buffer<'b, Place>,
    tables: Buffer<'b, u16>,
}

impl<'b> Groups<'b> {
    /// Reads as many groups as `planned` has. `found` is what was read of the image before them.
    pub(super) fn read(
        bits: &mut Bits<'_>,
        mut found: Image,
        planned: &Image,
        budget: &'b Budget,
        interrupt: &Interrupt,
    ) -> Result<Self, Error> {
        if (found.size, found.cache_bits) != (planned.size, planned.cache_bits) {
            return Err(OTHER);
        }
        let mut places = budget.buffer(planned.groups as usize, Place::default())?;
        let mut tables = budget.buffer(planned.entries as usize, 0u16)?;
        let mut rest = &mut *tables;
        let mut start = 0;
        let mut lengths = [0; MAX_ALPHABET];
        for (nth, place) in places.iter_mut().enumerate() {
            if nth.is_multiple_of(GROUPS_BETWEEN_CHECKS) {
                interrupt.check()?;
            }
            let mut slots = place.starts.iter_mut().zip(&mut place.root_bits);
            found.read_group(bits, Some(&mut lengths), |shape, lengths| {
                let entries = shape.entries();
                let Some((table, behind)) =
                    core::mem::take(&mut rest).split_at_mut_checked(entries as usize)
                else {
                    return Err(OTHER);
                };
                shape.fill(lengths, table);
                rest = behind;
                if let Some((at, root_bits)) = slots.next() {
                    *at = start;
                    *root_bits = u8::try_from(shape.root_bits()).unwrap_or_default();
                }
                start += entries;
                Ok(())
            })?;
        }
        if found == *planned { Ok(Self { places, tables }) } else { Err(OTHER) }
    }

    #[inline(always)]
    pub(super) fn group(&self, nth: usize) -> Group<'_> {
        let Place { starts: [green, red, blue, alpha, distance], root_bits } =
            self.places.get(nth).copied().unwrap_or_default();
        let table = |start: u32, root_bits: u8| {
            let entries = self.tables.get(start as usize..).unwrap_or_default();
            Table::new(entries, u32::from(root_bits))
        };
        Group {
            green: table(green, root_bits[0]),
            red: table(red, root_bits[1]),
            blue: table(blue, root_bits[2]),
            alpha: table(alpha, root_bits[3]),
            distance: table(distance, root_bits[4]),
        }
    }
}

/// The group of each tile.
pub(super) struct GroupOfTile<'b> {
    side_log2: u32,
    across: usize,
    groups: Buffer<'b, u16>,
}

pub(super) fn tile_bytes(tiles: &Tiles) -> u64 {
    2 * tiles.image.size.pixels()
}

impl<'b> GroupOfTile<'b> {
    /// Reads the image of groups, if there is one.
    pub(super) fn read(
        headers: &mut Headers<'_>,
        stream: &Stream,
        budget: &'b Budget,
        interrupt: &Interrupt,
    ) -> Result<Option<Self>, Error> {
        let (side_log2, image) = match (headers.groups()?, &stream.tiles) {
            (None, None) => return Ok(None),
            (Some((side_log2, size)), Some(tiles))
                if (side_log2, size) == (tiles.side_log2, tiles.image.size) =>
            {
                (side_log2, &tiles.image)
            }
            _ => return Err(OTHER),
        };
        let pixels = image.size.pixels();
        let len = usize::try_from(pixels).map_err(|_| Error::OutOfMemory { bytes: 2 * pixels })?;
        let mut groups = budget.empty_buffer(len)?;
        let mut last = 0;
        super::small_image(&mut headers.bits, image, budget, interrupt, |row| {
            row.iter().try_for_each(|pixel| {
                let [_, red, green, _] = pixel.to_be_bytes();
                let group = u16::from_be_bytes([red, green]);
                last = group.max(last);
                groups.push(group)
            })
        })?;
        if u32::from(last) + 1 != stream.picture.groups {
            return Err(OTHER);
        }
        Ok(Some(Self { side_log2, across: image.size.width as usize, groups }))
    }

    /// The group at this place, and the first column behind its tile.
    pub(super) fn at(&self, x: usize, y: u32) -> (usize, usize) {
        let tile = x >> self.side_log2;
        let nth = (y >> self.side_log2) as usize * self.across + tile;
        let group = self.groups.get(nth).copied().unwrap_or_default();
        (usize::from(group), (tile + 1) << self.side_log2)
    }
}

/// A group takes a microsecond and more.
const GROUPS_BETWEEN_CHECKS: usize = 64;
