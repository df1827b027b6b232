//! An entropy-coded image → rows of pixels (RFC 9649, section 5): literals, copies of earlier pixels,
//! and colours of the cache.

use super::prefix_code_groups::{self, PrefixCodeGroups};
use super::tile_groups::TileGroups;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::format::Format;
use crate::probe::webp::vp8l::BitReader;
use crate::probe::webp::vp8l::Image;
use crate::probe::webp::vp8l::PrefixTable;
use crate::probe::webp::vp8l::{COPY_OUTSIDE_PICTURE, Group, distance_in_pixels};
use crate::size::Size;

pub(super) fn memory_bytes(image: &Image) -> u64 {
    let width = u64::from(image.size.width);
    let window = 4 * width * u64::from(window_rows(image));
    window + 4 * cache_colors(image) as u64 + prefix_code_groups::memory_bytes(image)
}

/// Whole rows, of which the one that is decoded is the first that no copy can reach any more.
fn window_rows(image: &Image) -> u32 {
    image.max_distance.div_ceil(image.size.width.max(1)).clamp(1, image.size.height.max(1))
}

const fn cache_colors(image: &Image) -> usize {
    if image.cache_bits == 0 { 0 } else { 1 << image.cache_bits }
}

pub(super) struct EntropyImage<'b> {
    size: Size,
    width: usize,
    /// The rows that copies may reach, as a ring.
    window: Buffer<'b, u32>,
    /// Where in the ring the next row starts.
    start: usize,
    y: u32,
    /// What is left of a copy that goes on in the next row.
    copy: Copy,
    cache: Cache<'b>,
    groups: PrefixCodeGroups<'b>,
    tiles: Option<TileGroups<'b>>,
}

#[derive(Clone, Copy, Default)]
struct Copy {
    length: usize,
    distance: usize,
}

impl<'b> EntropyImage<'b> {
    pub(super) fn new(
        image: Image,
        groups: PrefixCodeGroups<'b>,
        tiles: Option<TileGroups<'b>>,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let width = image.size.width as usize;
        let window = budget.buffer(width * window_rows(&image) as usize, 0)?;
        let colors = budget.buffer(cache_colors(&image), 0)?;
        let cache = Cache { colors, shift: 32 - image.cache_bits };
        let copy = Copy::default();
        Ok(Self { size: image.size, width, window, start: 0, y: 0, copy, cache, groups, tiles })
    }

    /// Decodes the next row.
    pub(super) fn next_row(&mut self, bits: &mut BitReader<'_>) -> Result<&[u32], Error> {
        let mut at_hand = *bits;
        let result = self.fill_row(&mut at_hand);
        *bits = at_hand;
        // What was read behind the end of the data can be anything.
        if bits.are_past_end() {
            return Err(Error::truncated_header(Format::WebP));
        }
        result?;
        let row = self.start..self.start + self.width;
        self.y += 1;
        self.start = if row.end < self.window.len() { row.end } else { 0 };
        Ok(self.window.get(row).unwrap_or_default())
    }

    fn fill_row(&mut self, bits: &mut BitReader<'_>) -> Result<(), Error> {
        let mut x = 0;
        while x < self.width {
            if self.copy.length > 0 {
                let (to, left) = (self.start + x, self.width - x);
                x += copy_part(&mut self.window, &mut self.copy, &mut self.cache, to, left);
                continue;
            }
            let (group, end) = match &self.tiles {
                Some(tiles) => tiles.at(x, self.y),
                None => (0, self.width),
            };
            x = self.fill_tile(group, x, end.min(self.width), bits)?;
        }
        Ok(())
    }

    /// Decodes the pixels from `x` to `end`, or to the end of a copy that goes on behind it.
    #[inline(always)]
    fn fill_tile(
        &mut self,
        group: usize,
        mut x: usize,
        end: usize,
        bits: &mut BitReader<'_>,
    ) -> Result<usize, Error> {
        let group = self.groups.group(group);
        // What does not change between literals, and spends no bits.
        let others = [group.red, group.blue, group.alpha]
            .iter()
            .all(PrefixTable::is_single)
            .then(|| literal(&group, 0, bits));
        while x < end {
            let window = self.window.get_mut(self.start + x..self.start + end);
            let pixels = window.unwrap_or_default();
            let cache = &mut self.cache;
            let (left, copy) = match others {
                Some(others) => {
                    let green = |green: u16, _: &mut BitReader<'_>| others | u32::from(green) << 8;
                    if group.green.is_single() && group.green.symbol(bits) < 256 {
                        let pixel = green(group.green.symbol(bits), bits);
                        cache.insert(pixel);
                        pixels.fill(pixel);
                        return Ok(end);
                    }
                    fill(pixels, &group.green, bits, cache, green)
                }
                None => fill(pixels, &group.green, bits, cache, |green, bits| {
                    literal(&group, green, bits)
                }),
            };
            x = end - left;
            let Some(green) = copy else { break };
            let (length, distance) = group.copy(bits, green);
            let distance = distance_in_pixels(distance, self.size.width) as usize;
            let length = length as usize;
            let done = self.y as usize * self.width + x;
            if distance > done || length > self.size.height as usize * self.width - done {
                return Err(COPY_OUTSIDE_PICTURE);
            }
            self.copy = Copy { length, distance };
            let (to, left) = (self.start + x, self.width - x);
            x += copy_part(&mut self.window, &mut self.copy, &mut self.cache, to, left);
        }
        Ok(x)
    }
}

/// Decodes literals and colours of the cache up to the first copy. Returns how many pixels are left,
/// and the green of the copy.
///
/// Nothing else is done here, so that all of it fits in registers.
#[inline(always)]
fn fill(
    pixels: &mut [u32],
    greens: &PrefixTable<'_>,
    bits: &mut BitReader<'_>,
    cache: &mut Cache<'_>,
    literal: impl Fn(u16, &mut BitReader<'_>) -> u32,
) -> (usize, Option<u16>) {
    let mut at_hand = *bits;
    let mut slots = pixels.iter_mut();
    let mut copy = None;
    while slots.len() > 0 {
        at_hand.refill();
        let green = greens.symbol(&mut at_hand);
        let pixel = if green < 256 {
            let pixel = literal(green, &mut at_hand);
            cache.insert(pixel);
            pixel
        } else if let Some(at) = green.checked_sub(280) {
            cache.color(at)
        } else {
            copy = Some(green);
            break;
        };
        if let Some(slot) = slots.next() {
            *slot = pixel;
        }
    }
    *bits = at_hand;
    (slots.len(), copy)
}

/// Reads the rest of a literal, whose green is known.
#[inline(always)]
fn literal(group: &Group<'_>, green: u16, bits: &mut BitReader<'_>) -> u32 {
    let red = group.red.symbol(bits);
    let blue = group.blue.symbol(bits);
    let alpha = if group.alpha.is_single() {
        group.alpha.symbol(bits)
    } else {
        if bits.held() < 15 {
            bits.refill();
        }
        group.alpha.symbol(bits)
    };
    u32::from(alpha) << 24 | u32::from(red) << 16 | u32::from(green) << 8 | u32::from(blue)
}

/// Copies what fits into the row, of which so much is left from `to` on; returns how much that was.
fn copy_part(
    window: &mut [u32],
    what: &mut Copy,
    cache: &mut Cache<'_>,
    to: usize,
    left: usize,
) -> usize {
    let here = what.length.min(left);
    copy(window, to, what.distance, here);
    if cache.is_used() {
        let copied = window.get(to..to + here).unwrap_or_default();
        copied.iter().for_each(|&pixel| cache.insert(pixel));
    }
    what.length -= here;
    here
}

/// Copies `count` pixels of the ring to `to`, where they do not pass its end, from `distance` before.
fn copy(window: &mut [u32], mut to: usize, distance: usize, mut count: usize) {
    while count > 0 {
        let from = match to.checked_sub(distance) {
            Some(from) => from,
            None => (to + window.len()).saturating_sub(distance),
        };
        let here = count.min(window.len() - from);
        copy_forward(window, from, to, here);
        to += here;
        count -= here;
    }
}

/// Copies pixel by pixel, so that what was just copied is copied again where both overlap.
#[inline(always)]
fn copy_forward(window: &mut [u32], from: usize, to: usize, count: usize) {
    let distance = to.wrapping_sub(from);
    if distance == 0 {
        // As far back as the ring is long: they are there.
        return;
    }
    if distance >= count {
        window.copy_within(from..from + count, to);
        return;
    }
    let part = window.get_mut(from..to + count).unwrap_or_default();
    let mut done = distance;
    while done < part.len() {
        let here = done.min(part.len() - done);
        part.copy_within(..here, done);
        done += here;
    }
}

/// The colours that were coded last, by a hash of them (RFC 9649, 5.2.3).
struct Cache<'b> {
    colors: Buffer<'b, u32>,
    shift: u32,
}

impl Cache<'_> {
    #[inline(always)]
    fn is_used(&self) -> bool {
        !self.colors.is_empty()
    }

    #[inline(always)]
    fn insert(&mut self, pixel: u32) {
        let hash = pixel.wrapping_mul(0x1E35_A7BD).wrapping_shr(self.shift);
        if let Some(slot) = self.colors.get_mut(hash as usize) {
            *slot = pixel;
        }
    }

    /// What is taken out is inserted again. That changes something only where nothing was put in: 0 comes
    /// out, and its own slot is the first.
    #[inline(always)]
    fn color(&mut self, at: u16) -> u32 {
        let color = self.colors.get(usize::from(at)).copied().unwrap_or_default();
        if color == 0 {
            self.insert(0);
        }
        color
    }
}
