//! PrefixCodeGroups of prefix codes, all tables in one buffer, and which tile has which group (RFC 9649, 5.2.3
//! and 3.7.2.2).

use crate::budget::Buffer;
use crate::error::Error;
use crate::job::Job;
use crate::probe::webp::vp8l::BitReader;
use crate::probe::webp::vp8l::Group;
use crate::probe::webp::vp8l::Image;
use crate::probe::webp::vp8l::MAX_ALPHABET;
use crate::probe::webp::vp8l::PrefixTable;

pub(super) const fn memory_bytes(image: &Image) -> u64 {
    size_of::<Place>() as u64 * image.groups as u64 + 2 * image.entries as u64
}

/// Where the tables of green, red, blue, alpha and distance start, and the bits of their roots.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    starts: [u32; 5],
    root_bits: [u8; 5],
}

pub(super) struct PrefixCodeGroups<'b> {
    places: Buffer<'b, Place>,
    tables: Buffer<'b, u16>,
}

impl<'b> PrefixCodeGroups<'b> {
    /// Reads as many groups as `planned` has. `found` is what was read of the image before them.
    pub(super) fn read(
        bits: &mut BitReader<'_>,
        mut found: Image,
        planned: &Image,
        job: Job<'b>,
    ) -> Result<Self, Error> {
        if (found.size, found.cache_bits) != (planned.size, planned.cache_bits) {
            return Err(Error::OTHER_BYTES);
        }
        let mut places = job.budget.buffer(planned.groups as usize, Place::default())?;
        let mut tables = job.budget.buffer(planned.entries as usize, 0u16)?;
        let mut rest = &mut *tables;
        let mut start = 0;
        let mut lengths = [0; MAX_ALPHABET];
        for (nth, place) in places.iter_mut().enumerate() {
            if nth.is_multiple_of(GROUPS_PER_POLL) {
                job.interrupt.check()?;
            }
            let mut slots = place.starts.iter_mut().zip(&mut place.root_bits);
            found.read_group(bits, Some(&mut lengths), |shape, lengths| {
                let entries = shape.entries();
                let Some((table, behind)) =
                    core::mem::take(&mut rest).split_at_mut_checked(entries as usize)
                else {
                    return Err(Error::OTHER_BYTES);
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
        if found == *planned { Ok(Self { places, tables }) } else { Err(Error::OTHER_BYTES) }
    }

    #[inline(always)]
    pub(super) fn group(&self, nth: usize) -> Group<'_> {
        let Place { starts: [green, red, blue, alpha, distance], root_bits } =
            self.places.get(nth).copied().unwrap_or_default();
        let table = |start: u32, root_bits: u8| {
            let entries = self.tables.get(start as usize..).unwrap_or_default();
            PrefixTable::new(entries, u32::from(root_bits))
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

/// A group takes a microsecond and more.
const GROUPS_PER_POLL: usize = 64;
