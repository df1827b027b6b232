//! The headers of a VP8L stream (RFC 9649, section 3): transforms, colour cache and prefix codes.
//!
//! No heap and no pixel of the picture. Of the small images in the headers only the symbols are
//! read; their pixels matter for one number, the count of prefix code groups. The decoder reads the
//! headers by the same functions, and finds in [`Stream`] how much each part of them takes.

use super::bit_reader::BitReader;
use super::code_lengths::read_prefix_code;
use super::prefix_code::{Lengths, MAX_ALPHABET, PrefixCode, PrefixTable};
use super::symbols::{Group, largest_value, reach};
use crate::error::Error;
use crate::probe::webp::errors::malformed;
use crate::size::Size;
use crate::work;

/// What the headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// The hint of the header: false when the picture is opaque.
    pub(crate) alpha: bool,
    /// Bytes of the stream.
    coded_bytes: u64,
    /// In the order in which they were applied; all that are there come first.
    pub(crate) transforms: [Option<Transform>; 4],
    /// Which group of codes each tile has; its own picture is that of [`groups`](Image::groups).
    pub(crate) tiles: Option<Tiles>,
    pub(crate) picture: Image,
}

/// A transform and what it takes to read it (RFC 9649, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    Predictor(Tiles),
    Color(Tiles),
    SubtractGreen,
    /// The image is a row of the colours.
    Palette(Image),
}

/// An image with a pixel for each square tile of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tiles {
    pub(crate) side_log2: u32,
    pub(crate) image: Image,
}

/// What an entropy-coded image takes to decode (RFC 9649, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// As it is coded: with a palette of few colours, of fewer columns than the picture.
    pub(crate) size: Size,
    /// The colours of the cache as a power of two; 0 for none.
    pub(crate) cache_bits: u32,
    /// Groups of five prefix codes.
    pub(crate) groups: u32,
    /// The entries of the tables of all codes.
    pub(crate) entries: u32,
    /// How many pixels back a copy may lie.
    pub(crate) reach: u32,
}

impl Stream {
    /// Reads the payload of a VP8L chunk: size, then the stream (RFC 9649, 3.4). A stream that is
    /// `known` is not read again; the decoder will see whether it is the same.
    pub(crate) fn of_image(chunk: &[u8], known: Option<&Self>) -> Result<(Size, Self), Error> {
        let Some((&[signature, h0, h1, h2, h3], data)) = chunk.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(malformed("the length of the VP8L chunk"));
        };
        let header = u32::from_le_bytes([h0, h1, h2, h3]);
        if signature != SIGNATURE {
            return Err(malformed("the signature of the VP8L chunk"));
        }
        if header >> 29 != 0 {
            return Err(malformed("the version of the VP8L chunk"));
        }
        let size = Size::new((header & 0x3FFF) + 1, ((header >> 14) & 0x3FFF) + 1);
        let alpha = (header >> 28) & 1 == 1;
        Ok((size, Self { alpha, ..Self::of_alpha(data, size, known)? }))
    }

    /// Reads the stream of an ALPH chunk, which has no header of its own.
    pub(in crate::probe::webp) fn of_alpha(
        data: &[u8],
        size: Size,
        known: Option<&Self>,
    ) -> Result<Self, Error> {
        let coded_bytes = data.len() as u64;
        if let Some(known) = known {
            return Ok(Self { coded_bytes, ..*known });
        }
        let mut headers = Headers::new(data, size);
        let stream = scan(&mut headers);
        work::walked(data.len() - headers.bits.bytes_left());
        Ok(Self { coded_bytes, ..stream? })
    }

    /// The most pixels that the stream is trusted to hold.
    ///
    /// The format has no bound: a prefix code of one symbol spends no bit, so that 16,384 × 16,384
    /// pixels of one colour fit in 20 bytes (RFC 9649, 3.7.2). Where there is anything to say, the
    /// most that a symbol says is a copy of 4,096 pixels: at least one bit that tells it from a
    /// literal, and the ten extra bits of prefix code 23 (5.2.2). That is 2,978 pixels a byte. What a
    /// flat picture may have beside that is our own rule: [`FLAT_PIXELS`].
    pub(crate) const fn possible_pixels(&self) -> u64 {
        FLAT_PIXELS.saturating_add(self.coded_bytes.saturating_mul(4096 * 8 / 11))
    }
}

/// The grammar of the headers. The images in them are read from `bits` by who walks.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    pub(crate) bits: BitReader<'a>,
    /// The size of what the transforms made of the picture so far.
    pub(crate) size: Size,
    seen: [bool; 4],
}

/// A transform, with the size of the image that follows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Announced {
    Predictor { side_log2: u32, size: Size },
    Color { side_log2: u32, size: Size },
    SubtractGreen,
    Palette(Size),
}

impl<'a> Headers<'a> {
    pub(crate) const fn new(data: &'a [u8], size: Size) -> Self {
        Self { bits: BitReader::new(data), size, seen: [false; 4] }
    }

    /// The next transform, if any is left (RFC 9649, section 4).
    pub(crate) fn transform(&mut self) -> Result<Option<Announced>, Error> {
        if !self.bits.flag()? {
            return Ok(None);
        }
        let kind = self.bits.read(2)?;
        if let Some(seen) = self.seen.get_mut(kind as usize)
            && core::mem::replace(seen, true)
        {
            return Err(malformed("one transform twice"));
        }
        Ok(Some(match kind {
            0 => {
                let (side_log2, size) = self.tiles()?;
                Announced::Predictor { side_log2, size }
            }
            1 => {
                let (side_log2, size) = self.tiles()?;
                Announced::Color { side_log2, size }
            }
            2 => Announced::SubtractGreen,
            _ => {
                let colors = self.bits.read(8)? + 1;
                self.size.width = self.size.width.div_ceil(1 << packing(colors));
                Announced::Palette(Size::new(colors, 1))
            }
        }))
    }

    /// The tiles that say which group of codes is whose, unless one is for all (RFC 9649, 3.7.2.2).
    pub(crate) fn groups(&mut self) -> Result<Option<(u32, Size)>, Error> {
        if self.bits.flag()? { self.tiles().map(Some) } else { Ok(None) }
    }

    /// The side of a tile as a power of two, and the size of an image with one pixel for each.
    fn tiles(&mut self) -> Result<(u32, Size), Error> {
        let side_log2 = self.bits.read(3)? + 2;
        let Size { width, height } = self.size;
        let side = 1 << side_log2;
        Ok((side_log2, Size::new(width.div_ceil(side), height.div_ceil(side))))
    }
}

impl Image {
    /// Reads the size of the colour cache, with which an entropy-coded image starts (RFC 9649, 3.6.3).
    pub(crate) fn start(bits: &mut BitReader<'_>, size: Size) -> Result<Self, Error> {
        let cache_bits = match bits.flag()? {
            false => 0,
            true => match bits.read(4)? {
                cache_bits @ 1..=11 => cache_bits,
                _ => return Err(malformed("the size of the colour cache")),
            },
        };
        Ok(Self { size, cache_bits, groups: 0, entries: 0, reach: 0 })
    }

    /// Reads the five codes of a group, and shows each to `keep`; with the lengths of all symbols
    /// where there is room for them.
    pub(crate) fn read_group(
        &mut self,
        bits: &mut BitReader<'_>,
        mut lengths: Option<&mut Lengths>,
        mut keep: impl FnMut(&PrefixCode, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let cache_colors = if self.cache_bits == 0 { 0 } else { 1 << self.cache_bits };
        let mut copies = true;
        for (nth, alphabet) in [GREEN + cache_colors, 256, 256, 256, 40].into_iter().enumerate() {
            let shape = read_prefix_code(bits, alphabet, lengths.as_deref_mut())?;
            self.entries = self.entries.saturating_add(shape.entries());
            match nth {
                0 => copies = shape.last >= 256,
                4 if copies => {
                    let longest = reach(largest_value(shape.last), self.size.width);
                    self.reach = self.reach.max(longest);
                }
                _ => {}
            }
            let lengths = lengths.as_deref().and_then(|all| all.get(..usize::from(alphabet)));
            keep(&shape, lengths.unwrap_or_default())?;
        }
        self.groups += 1;
        Ok(())
    }
}

/// Reads all headers.
fn scan(headers: &mut Headers<'_>) -> Result<Stream, Error> {
    let mut transforms = [None; 4];
    for slot in &mut transforms {
        let Some(announced) = headers.transform()? else { break };
        let bits = &mut headers.bits;
        *slot = Some(match announced {
            Announced::Predictor { side_log2, size } => {
                Transform::Predictor(Tiles { side_log2, image: small_image(bits, size)?.0 })
            }
            Announced::Color { side_log2, size } => {
                Transform::Color(Tiles { side_log2, image: small_image(bits, size)?.0 })
            }
            Announced::SubtractGreen => Transform::SubtractGreen,
            Announced::Palette(size) => Transform::Palette(small_image(bits, size)?.0),
        });
    }
    if transforms.iter().all(Option::is_some) && headers.transform()?.is_some() {
        return Err(malformed("one transform twice"));
    }
    let mut picture = Image::start(&mut headers.bits, headers.size)?;
    let mut last_group = 0;
    let mut tiles = None;
    if let Some((side_log2, size)) = headers.groups()? {
        let (image, largest) = small_image(&mut headers.bits, size)?;
        tiles = Some(Tiles { side_log2, image });
        last_group = largest;
    }
    for _ in 0..=last_group {
        picture.read_group(&mut headers.bits, None, |_, _| Ok(()))?;
    }
    Ok(Stream { alpha: false, coded_bytes: 0, transforms, tiles, picture })
}

/// An image in the headers: one group of codes. Also returns the largest `red << 8 | green`.
///
/// Every pixel is a literal, a copy of an earlier pixel or of a cached one, so the literals alone
/// tell the largest value, and neither pixels nor cache are kept.
fn small_image(bits: &mut BitReader<'_>, size: Size) -> Result<(Image, u16), Error> {
    let mut image = Image::start(bits, size)?;
    let mut lengths: Lengths = [0; MAX_ALPHABET];
    let mut entries = [0u16; MAX_ENTRIES];
    let mut codes = [(0, 0); 5];
    let (mut slots, mut end) = (codes.iter_mut(), 0);
    image.read_group(bits, Some(&mut lengths), |shape, lengths| {
        let table = entries.get_mut(end..end + shape.entries() as usize).ok_or(TOO_SMALL)?;
        shape.fill(lengths, table);
        *slots.next().ok_or(TOO_SMALL)? = (end, shape.root_bits());
        end += table.len();
        Ok(())
    })?;
    let [green, red, blue, alpha, distance] = codes.map(|(start, root_bits)| {
        PrefixTable::new(entries.get(start..).unwrap_or_default(), root_bits)
    });
    let largest = Group { green, red, blue, alpha, distance }.read(bits, size)?;
    Ok((image, largest))
}

/// How many indices share a pixel, as a power of two (RFC 9649, 4.4).
pub(crate) const fn packing(colors: u32) -> u32 {
    match colors {
        ..=2 => 3,
        3..=4 => 2,
        5..=16 => 1,
        _ => 0,
    }
}

const TOO_SMALL: Error = Error::Bug("the array for the tables of prefix codes is too small");

/// Green and the prefixes of lengths.
const GREEN: u16 = 256 + 24;

/// The tables of the five alphabets, with the largest colour cache: what `enough` of zlib says for
/// codes of 15 bits behind a root of eight.
const MAX_ENTRIES: usize = 2_704 + 3 * 630 + 410;

/// The pixels that a VP8L stream may declare whatever its length: 4,096 × 4,096.
const FLAT_PIXELS: u64 = 1 << 24;

pub(crate) const HEADER_BYTES: usize = 5;
const SIGNATURE: u8 = 0x2F;

#[cfg(test)]
mod tests {
    use super::*;

    /// `enough 2328 8 15`, `enough 256 8 15` three times, and `enough 40 8 15`, of zlib.
    #[test]
    fn the_largest_tables_of_a_group_fit() {
        assert_eq!([2_704, 630, 630, 630, 410].iter().sum::<usize>(), MAX_ENTRIES);
    }
}
