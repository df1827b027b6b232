//! Entropy-coded image → rows of pixels (RFC 9649, section 5): literals, backward
//! references and colours of the cache.

use super::color_pairs;
use super::prefix_code_groups::{self, PrefixCodeGroups};
use super::tile_groups::TileGroups;
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::price::sum_ps;
use crate::probe::webp::vp8l::{
    BitReader, COPY_OUTSIDE_PICTURE, Group, Image, PrefixTable, distance_in_pixels,
};

/// The most work of reading the codes and the pixels of an image, in picoseconds.
pub(super) fn work_ps(image: &Image) -> u64 {
    sum_ps([(image.size.pixels(), PIXEL_PS)]).saturating_add(prefix_code_groups::work_ps(image))
}

/// A pixel: four symbols, a copy or a colour of the cache.
const PIXEL_PS: u64 = 21_000;

/// The height of the window, in complete rows. A new row overwrites the oldest one, which no
/// backward reference can reach any more.
fn window_rows(image: &Image) -> u32 {
    image.max_distance.div_ceil(image.size.width.max(1)).clamp(1, image.size.height.max(1))
}

const fn cache_colors(image: &Image) -> u64 {
    if image.cache_bits == 0 { 0 } else { 1 << image.cache_bits }
}

/// Decodes an entropy-coded image row by row.
pub(super) struct EntropyImage<'b> {
    image: Image,
    width: usize,
    /// A ring of the rows that backward references can reach.
    window: Buffer<'b, u32>,
    /// Where the next row starts in the ring.
    row_start: usize,
    y: u32,
    /// The rest of a backward reference that continues in the next row.
    pending: BackwardReference,
    cache: ColorCache<'b>,
    groups: PrefixCodeGroups<'b>,
    tiles: Option<TileGroups<'b>>,
}

/// `length` pixels that repeat those `distance` pixels earlier.
#[derive(Clone, Copy, Default)]
struct BackwardReference {
    length: usize,
    distance: usize,
}

impl<'b> EntropyImage<'b> {
    /// A planned image without codes.
    pub(super) fn new(
        image: Image,
        tiles: Option<TileGroups<'b>>,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let window_len = u64::from(image.size.width) * u64::from(window_rows(&image));
        let window = budget.buffer(window_len, 0)?;
        let colors = budget.buffer(cache_colors(&image), 0)?;
        let cache = ColorCache { colors, shift: 32 - image.cache_bits };
        let groups = PrefixCodeGroups::new(&image, budget)?;
        Ok(Self {
            image,
            width: image.size.width as usize,
            window,
            row_start: 0,
            y: 0,
            pending: BackwardReference::default(),
            cache,
            groups,
            tiles,
        })
    }

    /// Reads the codes of all pixels. `declared` is the header of the image, read before them.
    pub(super) fn read_codes(
        &mut self,
        bits: &mut BitReader<'_>,
        declared: Image,
        interrupt: &Interrupt,
    ) -> Result<(), Error> {
        self.groups.read(bits, declared, &self.image, interrupt)
    }

    /// Decodes the next row.
    pub(super) fn next_row(&mut self, bits: &mut BitReader<'_>) -> Result<&[u32], Error> {
        let mut local_bits = *bits;
        let result = self.decode_row(&mut local_bits);
        *bits = local_bits;
        // Past the end of the data, any error can occur. Truncation is the cause.
        if bits.are_past_end() {
            return Err(Error::truncated_header(Format::WebP));
        }
        result?;
        let row = self.row_start..self.row_start + self.width;
        self.y += 1;
        self.row_start = if row.end < self.window.len() { row.end } else { 0 };
        Ok(self.window.get(row).unwrap_or_default())
    }

    fn decode_row(&mut self, bits: &mut BitReader<'_>) -> Result<(), Error> {
        // What is left of a backward reference in the row above.
        let (to, left) = (self.row_start, self.width);
        let mut x = copy_in_row(&mut self.window, &mut self.pending, &mut self.cache, to, left);
        while x < self.width {
            let (group, end) = match &self.tiles {
                Some(tiles) => tiles.group_at(x, self.y),
                None => (0, self.width),
            };
            x = self.decode_tile(group, x, end.min(self.width), bits)?;
        }
        Ok(())
    }

    /// Decodes the pixels from `x` to `end`. A backward reference may go beyond.
    /// Returns the column that was reached.
    #[inline(always)]
    fn decode_tile(
        &mut self,
        group: usize,
        mut x: usize,
        end: usize,
        bits: &mut BitReader<'_>,
    ) -> Result<usize, Error> {
        let pairs = self.groups.pairs(group);
        let group = self.groups.group(group);
        // The channels that are the same in all literals of the group, and have codes of no bits.
        let constant_channels = [group.red, group.blue, group.alpha]
            .iter()
            .all(PrefixTable::is_single)
            .then(|| literal(&group, 0, bits));
        while x < end {
            let window = self.window.get_mut(self.row_start + x..self.row_start + end);
            let pixels = window.unwrap_or_default();
            let cache = &mut self.cache;
            let (left, copy) = match constant_channels {
                Some(channels) => {
                    let literal =
                        |green: u16, _: &mut BitReader<'_>| channels | u32::from(green) << 8;
                    if group.green.is_single() && group.green.symbol(bits) < 256 {
                        let pixel = literal(group.green.symbol(bits), bits);
                        cache.insert(pixel);
                        pixels.fill(pixel);
                        return Ok(end);
                    }
                    decode_literals(pixels, &group.green, bits, cache, literal)
                }
                None if group.alpha.is_single() => {
                    let alpha = u32::from(group.alpha.symbol(bits)) << 24;
                    match pairs {
                        Some(pairs) => {
                            decode_literals(pixels, &group.green, bits, cache, |green, bits| {
                                let others = color_pairs::read(pairs, &group, bits);
                                alpha | u32::from(green) << 8 | others
                            })
                        }
                        None => {
                            decode_literals(pixels, &group.green, bits, cache, |green, bits| {
                                alpha
                                    | u32::from(green) << 8
                                    | color_pairs::read_apart(&group, bits)
                            })
                        }
                    }
                }
                None => decode_literals(pixels, &group.green, bits, cache, |green, bits| {
                    literal(&group, green, bits)
                }),
            };
            x = end - left;
            let Some(green) = copy else { break };
            let (length, distance) = group.copy(bits, green);
            let distance = distance_in_pixels(distance, self.image.size.width) as usize;
            let length = length as usize;
            let decoded = self.y as usize * self.width + x;
            if distance > decoded || length > self.image.size.height as usize * self.width - decoded
            {
                return Err(COPY_OUTSIDE_PICTURE);
            }
            self.pending = BackwardReference { length, distance };
            let (to, left) = (self.row_start + x, self.width - x);
            x += copy_in_row(&mut self.window, &mut self.pending, &mut self.cache, to, left);
        }
        Ok(x)
    }
}

/// Decodes literals and colours of the cache up to the first backward reference. Returns how many
/// pixels are left, and the green symbol of the reference.
///
/// This loop does nothing else, so that its state fits in registers.
#[inline(always)]
fn decode_literals(
    pixels: &mut [u32],
    greens: &PrefixTable<'_>,
    bits: &mut BitReader<'_>,
    cache: &mut ColorCache<'_>,
    literal: impl Fn(u16, &mut BitReader<'_>) -> u32,
) -> (usize, Option<u16>) {
    let mut local_bits = *bits;
    let mut slots = pixels.iter_mut();
    let mut copy = None;
    while slots.len() > 0 {
        local_bits.refill();
        let green = greens.symbol(&mut local_bits);
        let pixel = if green < 256 {
            let pixel = literal(green, &mut local_bits);
            cache.insert(pixel);
            pixel
        } else if let Some(index) = green.checked_sub(FIRST_CACHE_SYMBOL) {
            cache.color(index)
        } else {
            copy = Some(green);
            break;
        };
        if let Some(slot) = slots.next() {
            *slot = pixel;
        }
    }
    *bits = local_bits;
    (slots.len(), copy)
}

/// Reads the other channels of a literal, after green.
#[inline(always)]
fn literal(group: &Group<'_>, green: u16, bits: &mut BitReader<'_>) -> u32 {
    let red_and_blue = color_pairs::read_apart(group, bits);
    if bits.held() < 15 {
        bits.refill();
    }
    u32::from(group.alpha.symbol(bits)) << 24 | u32::from(green) << 8 | red_and_blue
}

/// Copies as much of `reference` as fits into the row, which has `left` pixels from `to` on.
/// Returns how many pixels were copied.
fn copy_in_row(
    window: &mut [u32],
    reference: &mut BackwardReference,
    cache: &mut ColorCache<'_>,
    to: usize,
    left: usize,
) -> usize {
    let count = reference.length.min(left);
    copy_in_ring(window, to, reference.distance, count);
    if cache.is_used() {
        let copied = window.get(to..to + count).unwrap_or_default();
        copied.iter().for_each(|&pixel| cache.insert(pixel));
    }
    reference.length -= count;
    count
}

/// Copies `count` pixels to `to` from `distance` pixels before. The source may wrap around the end
/// of the ring, the destination does not.
fn copy_in_ring(window: &mut [u32], mut to: usize, distance: usize, mut count: usize) {
    while count > 0 {
        let from = match to.checked_sub(distance) {
            Some(from) => from,
            None => (to + window.len()).saturating_sub(distance),
        };
        let part = count.min(window.len() - from);
        copy_forward(window, from, to, part);
        to += part;
        count -= part;
    }
}

/// Copies as if pixel by pixel: where source and destination overlap,
/// copied pixels are copied again.
#[inline(always)]
fn copy_forward(window: &mut [u32], from: usize, to: usize, count: usize) {
    let distance = to.wrapping_sub(from);
    if distance == 0 {
        // The distance is the length of the ring. The pixels are already in place.
        return;
    }
    if distance >= count {
        window.copy_within(from..from + count, to);
        return;
    }
    let part = window.get_mut(from..to + count).unwrap_or_default();
    let mut done = distance;
    while done < part.len() {
        let count = done.min(part.len() - done);
        part.copy_within(..count, done);
        done += count;
    }
}

/// The colour cache: recent colours by their hash (RFC 9649, 5.2.3).
struct ColorCache<'b> {
    colors: Buffer<'b, u32>,
    shift: u32,
}

impl ColorCache<'_> {
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

    /// Looks up a colour, and inserts it again. That changes nothing unless its slot is still empty:
    /// an empty slot has colour 0, whose own slot is the first. A branch for it would often be
    /// mispredicted.
    #[inline(always)]
    fn color(&mut self, index: u16) -> u32 {
        let color = self.colors.get(usize::from(index)).copied().unwrap_or_default();
        self.insert(color);
        color
    }
}

/// The green symbols from here on are indices into the colour cache.
const FIRST_CACHE_SYMBOL: u16 = 256 + 24;
