//! Groups of five prefix codes, with all their tables in one buffer (RFC 9649, 3.7.2.2 and 5.2.3).

use super::color_pairs::{self, ColorPairs};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::webp::vp8l::{self, BitReader, Group, Image, MAX_ALPHABET, PrefixTable};
use crate::work;

/// The most work of reading the codes, in picoseconds. [`probe`](mod@crate::probe) has read them
/// before.
pub(super) fn work_ps(image: &Image) -> u64 {
    let symbols = vp8l::symbols_per_group(image.cache_bits);
    sum_ps([
        (u64::from(image.groups).saturating_mul(symbols), SYMBOL_PS),
        (image.entries.into(), ENTRY_PS),
        (color_pairs::entries(image), PAIR_PS),
    ])
}

/// The code length of a symbol, each of the three times that it is read.
const SYMBOL_PS: u64 = 1_300;
const ENTRY_PS: u64 = 1_000;
/// An entry of a table of red and blue.
const PAIR_PS: u64 = 6_000;

/// Where the tables of green, red, blue, alpha and distance start, and how
/// many bits index their roots.
#[derive(Clone, Copy, Debug, Default)]
struct GroupTables {
    starts: [u32; 5],
    root_bits: [u8; 5],
}

pub(super) struct PrefixCodeGroups<'b> {
    groups: Buffer<'b, GroupTables>,
    tables: Buffer<'b, u16>,
    pairs: ColorPairs<'b>,
}

impl<'b> PrefixCodeGroups<'b> {
    /// As many groups as `image` has, without codes.
    pub(super) fn new(image: &Image, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self {
            groups: budget.buffer(image.groups.into(), GroupTables::default())?,
            tables: budget.buffer(image.entries.into(), 0)?,
            pairs: ColorPairs::new(image, budget)?,
        })
    }

    /// Reads the codes. `declared` is the header of the image, read before them, and `planned` that
    /// of the plan.
    pub(super) fn read(
        &mut self,
        bits: &mut BitReader<'_>,
        mut declared: Image,
        planned: &Image,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        if (declared.size, declared.cache_bits) != (planned.size, planned.cache_bits) {
            return Err(Error::OTHER_BYTES);
        }
        let mut rest = &mut *self.tables;
        let mut start = 0;
        let mut lengths = [0; MAX_ALPHABET];
        for (index, group) in self.groups.iter_mut().enumerate() {
            if index.is_multiple_of(GROUPS_PER_POLL) {
                interrupt.check()?;
            }
            work::read_prefix_codes(1);
            let mut slots = group.starts.iter_mut().zip(&mut group.root_bits);
            declared.read_group(bits, Some(&mut lengths), |code, lengths| {
                let entries = code.entries();
                let Some((table, remaining)) =
                    core::mem::take(&mut rest).split_at_mut_checked(entries as usize)
                else {
                    return Err(Error::OTHER_BYTES);
                };
                code.fill(lengths, table);
                rest = remaining;
                if let Some((table_start, root_bits)) = slots.next() {
                    *table_start = start;
                    *root_bits = u8::try_from(code.root_bits())
                        .map_err(|_| Error::Bug("a root table of more than 255 bits"))?;
                }
                start += entries;
                Ok(())
            })?;
        }
        if declared != *planned {
            return Err(Error::OTHER_BYTES);
        }
        self.fill_pairs();
        Ok(())
    }

    fn fill_pairs(&mut self) {
        for (index, group) in self.groups.iter().enumerate() {
            self.pairs.fill(index, &group.codes(&self.tables));
        }
    }

    /// The table of red and blue of a group, if there is one.
    #[inline(always)]
    pub(super) fn pairs(&self, group: usize) -> Option<&color_pairs::Table> {
        self.pairs.table(group)
    }

    #[inline(always)]
    pub(super) fn group(&self, index: usize) -> Group<'_> {
        self.groups.get(index).copied().unwrap_or_default().codes(&self.tables)
    }
}

impl GroupTables {
    #[inline(always)]
    fn codes(self, tables: &[u16]) -> Group<'_> {
        let Self { starts: [green, red, blue, alpha, distance], root_bits } = self;
        let table = |start: u32, root_bits: u8| {
            let entries = tables.get(start as usize..).unwrap_or_default();
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

/// Groups between two polls of the interrupt. Reading one takes a microsecond or more.
const GROUPS_PER_POLL: usize = 64;
