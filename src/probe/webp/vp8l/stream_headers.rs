//! The headers of a VP8L stream (RFC 9649, section 3): transforms, colour cache and prefix codes.
//!
//! Reading them needs no heap, and decodes no pixel of the picture. In the small images among the
//! headers, only the symbols are read. Their pixels determine a single number: that of the prefix
//! code groups. The decoder reads the headers through the same functions, and [`Stream`] tells it
//! how much memory each part needs.

use super::bit_reader::BitReader;
use super::code_lengths::read_prefix_code;
use super::prefix_code::{Lengths, MAX_ALPHABET, PrefixCode, PrefixTable};
use super::symbols::{Group, largest_value, max_distance_in_pixels};
use crate::error::Error;
use crate::probe::webp::errors::malformed;
use crate::size::Size;
use crate::work;

/// What the headers declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Stream {
    /// The hint in the header: false if the picture is opaque.
    pub(crate) alpha: bool,
    /// The length of the stream.
    coded_bytes: u64,
    /// The transforms, in the order in which the encoder applied them. Unused slots come last.
    pub(crate) transforms: [Option<Transform>; 4],
    /// The entropy image, if there is more than one prefix code group: which group each tile uses.
    /// The number of groups is in [`groups`](Image::groups) of `picture`.
    pub(crate) tiles: Option<Tiles>,
    /// The picture itself.
    pub(crate) picture: Image,
}

/// A transform, and what determines the memory to read it (RFC 9649, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Transform {
    Predictor(Tiles),
    Color(Tiles),
    SubtractGreen,
    /// The image is a row of colours.
    Palette(Image),
}

/// An image with one pixel per square tile of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Tiles {
    /// The base-2 logarithm of the side of a tile in pixels.
    pub(crate) side_log2: u32,
    pub(crate) image: Image,
}

/// The properties of an entropy-coded image that determine its cost (RFC 9649, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Image {
    /// The size as coded. With a palette of few colours, it has fewer columns than the picture.
    pub(crate) size: Size,
    /// The base-2 logarithm of the size of the colour cache; 0 for no cache.
    pub(crate) cache_bits: u32,
    /// The number of groups of five prefix codes.
    pub(crate) groups: u32,
    /// The total number of entries in the lookup tables of all codes.
    pub(crate) entries: u32,
    /// The maximum distance of a copy, in pixels.
    pub(crate) max_distance: u32,
}

impl Stream {
    /// Reads the payload of a VP8L chunk: the size, then the stream (RFC 9649, 3.4). Does not parse
    /// a stream that is `known`; the decoder checks that it is still the same.
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

    /// Reads the stream in an ALPH chunk, which has no header with signature and size.
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
        let stream = read_headers(&mut headers);
        work::parsed(data.len() - headers.bits.bytes_left());
        Ok(Self { coded_bytes, ..stream? })
    }

    /// False for what no file of `input_bytes` can declare.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self, input_bytes: u64) -> bool {
        let transforms = self.transforms.iter().flatten().all(|transform| match transform {
            Transform::Predictor(tiles) | Transform::Color(tiles) => tiles.is_possible(),
            Transform::SubtractGreen => true,
            Transform::Palette(image) => image.is_possible(),
        });
        self.coded_bytes <= input_bytes
            && transforms
            && self.tiles.is_none_or(|tiles| tiles.is_possible())
            && self.picture.is_possible()
    }

    /// The limit on the pixels that the stream is trusted to hold.
    ///
    /// The format has no such bound: a prefix code of one symbol takes no bits, so 16,384 × 16,384
    /// pixels of one colour fit in 20 bytes (RFC 9649, 3.7.2). In a picture of more than one
    /// colour, a symbol covers the most pixels when it copies 4,096 of them. That takes at least
    /// one bit to distinguish it from a literal, and the ten extra bits of prefix code 23 (5.2.2):
    /// 2,978 pixels per byte. The number of pixels that are allowed on top of that, for flat
    /// pictures, is our own choice: [`FLAT_PIXELS`].
    pub(crate) const fn possible_pixels(&self) -> u64 {
        FLAT_PIXELS.saturating_add(self.coded_bytes.saturating_mul(4096 * 8 / 11))
    }
}

/// Reads the headers. The caller reads the images among them from `bits`.
#[derive(Debug)]
pub(crate) struct Headers<'a> {
    pub(crate) bits: BitReader<'a>,
    /// The size of the picture after the transforms so far.
    pub(crate) size: Size,
    /// Which types of transforms were read.
    seen: [bool; 4],
}

/// The header of a transform, with the size of the image that follows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TransformHeader {
    Predictor { side_log2: u32, size: Size },
    Color { side_log2: u32, size: Size },
    SubtractGreen,
    Palette(Size),
}

impl<'a> Headers<'a> {
    pub(crate) const fn new(data: &'a [u8], size: Size) -> Self {
        Self { bits: BitReader::new(data), size, seen: [false; 4] }
    }

    /// Reads the header of the next transform, if there is one (RFC 9649, section 4).
    pub(crate) fn transform(&mut self) -> Result<Option<TransformHeader>, Error> {
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
                TransformHeader::Predictor { side_log2, size }
            }
            1 => {
                let (side_log2, size) = self.tiles()?;
                TransformHeader::Color { side_log2, size }
            }
            2 => TransformHeader::SubtractGreen,
            _ => {
                let colors = self.bits.read(8)? + 1;
                self.size.width = self.size.width.div_ceil(1 << packing(colors));
                TransformHeader::Palette(Size::new(colors, 1))
            }
        }))
    }

    /// Reads the tile size and the image size of the entropy image, if there is more than one
    /// prefix code group (RFC 9649, 3.7.2.2).
    pub(crate) fn group_tiles(&mut self) -> Result<Option<(u32, Size)>, Error> {
        if self.bits.flag()? { self.tiles().map(Some) } else { Ok(None) }
    }

    /// Reads the side of a tile. Returns its base-2 logarithm, and the size of an image with one
    /// pixel per tile.
    fn tiles(&mut self) -> Result<(u32, Size), Error> {
        let side_log2 = self.bits.read(3)? + 2;
        let Size { width, height } = self.size;
        let side = 1 << side_log2;
        Ok((side_log2, Size::new(width.div_ceil(side), height.div_ceil(side))))
    }
}

#[cfg(feature = "serde")]
impl Tiles {
    fn is_possible(&self) -> bool {
        (2..=9).contains(&self.side_log2) && self.image.is_possible()
    }
}

impl Image {
    #[cfg(feature = "serde")]
    fn is_possible(&self) -> bool {
        !self.size.is_empty() && self.size.longer_side() <= 1 << 14 && self.cache_bits <= 11
    }

    /// Reads the size of the colour cache, the first field of an entropy-coded image (RFC 9649,
    /// 3.6.3).
    pub(crate) fn start(bits: &mut BitReader<'_>, size: Size) -> Result<Self, Error> {
        let cache_bits = match bits.flag()? {
            false => 0,
            true => match bits.read(4)? {
                cache_bits @ 1..=11 => cache_bits,
                _ => return Err(malformed("the size of the colour cache")),
            },
        };
        Ok(Self { size, cache_bits, groups: 0, entries: 0, max_distance: 0 })
    }

    /// Reads the five codes of a group, and calls `visit` with each. Also passes it the code
    /// lengths of all symbols if the caller provides `lengths` to store them.
    pub(crate) fn read_group(
        &mut self,
        bits: &mut BitReader<'_>,
        mut lengths: Option<&mut Lengths>,
        mut visit: impl FnMut(&PrefixCode, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let cache_colors = if self.cache_bits == 0 { 0 } else { 1 << self.cache_bits };
        let mut has_copies = true;
        for (nth, alphabet) in [GREEN + cache_colors, 256, 256, 256, 40].into_iter().enumerate() {
            let code = read_prefix_code(bits, alphabet, lengths.as_deref_mut())?;
            self.entries = self.entries.saturating_add(code.entries());
            match nth {
                0 => has_copies = code.last >= 256,
                4 if has_copies => {
                    let coded = largest_value(code.last);
                    let distance = max_distance_in_pixels(coded, self.size.width);
                    self.max_distance = self.max_distance.max(distance);
                }
                _ => {}
            }
            let lengths = lengths.as_deref().and_then(|all| all.get(..usize::from(alphabet)));
            visit(&code, lengths.unwrap_or_default())?;
        }
        self.groups += 1;
        Ok(())
    }
}

/// Reads all headers.
fn read_headers(headers: &mut Headers<'_>) -> Result<Stream, Error> {
    let mut transforms = [None; 4];
    for slot in &mut transforms {
        let Some(header) = headers.transform()? else { break };
        let bits = &mut headers.bits;
        *slot = Some(match header {
            TransformHeader::Predictor { side_log2, size } => {
                Transform::Predictor(Tiles { side_log2, image: read_small_image(bits, size)?.0 })
            }
            TransformHeader::Color { side_log2, size } => {
                Transform::Color(Tiles { side_log2, image: read_small_image(bits, size)?.0 })
            }
            TransformHeader::SubtractGreen => Transform::SubtractGreen,
            TransformHeader::Palette(size) => Transform::Palette(read_small_image(bits, size)?.0),
        });
    }
    if transforms.iter().all(Option::is_some) && headers.transform()?.is_some() {
        return Err(malformed("one transform twice"));
    }
    let mut picture = Image::start(&mut headers.bits, headers.size)?;
    let mut last_group = 0;
    let mut tiles = None;
    if let Some((side_log2, size)) = headers.group_tiles()? {
        let (image, largest) = read_small_image(&mut headers.bits, size)?;
        tiles = Some(Tiles { side_log2, image });
        last_group = largest;
    }
    for _ in 0..=last_group {
        picture.read_group(&mut headers.bits, None, |_, _| Ok(()))?;
    }
    Ok(Stream { alpha: false, coded_bytes: 0, transforms, tiles, picture })
}

/// Reads an image among the headers, which has one prefix code group. Also returns the largest `red
/// << 8 | green`.
///
/// Every pixel is a literal or a copy of an earlier or cached pixel. The literals alone determine
/// the largest value, so neither pixels nor cache are kept.
fn read_small_image(bits: &mut BitReader<'_>, size: Size) -> Result<(Image, u16), Error> {
    let mut image = Image::start(bits, size)?;
    let mut lengths: Lengths = [0; MAX_ALPHABET];
    let mut entries = [0u16; MAX_ENTRIES];
    let mut codes = [(0, 0); 5];
    let (mut slots, mut end) = (codes.iter_mut(), 0);
    image.read_group(bits, Some(&mut lengths), |code, lengths| {
        let table = entries.get_mut(end..end + code.entries() as usize).ok_or(TOO_SMALL)?;
        code.fill(lengths, table);
        *slots.next().ok_or(TOO_SMALL)? = (end, code.root_bits());
        end += table.len();
        Ok(())
    })?;
    let [green, red, blue, alpha, distance] = codes.map(|(start, root_bits)| {
        PrefixTable::new(entries.get(start..).unwrap_or_default(), root_bits)
    });
    let largest = Group { green, red, blue, alpha, distance }.read_image(bits, size)?;
    Ok((image, largest))
}

/// The base-2 logarithm of the number of palette indices per pixel (RFC 9649, 4.4).
pub(crate) const fn packing(colors: u32) -> u32 {
    match colors {
        ..=2 => 3,
        3..=4 => 2,
        5..=16 => 1,
        _ => 0,
    }
}

const TOO_SMALL: Error = Error::Bug("the array for the tables of prefix codes is too small");

/// The number of symbols that the five codes of a group have together.
pub(crate) const fn symbols_per_group(cache_bits: u32) -> u64 {
    let cache_colors = if cache_bits == 0 { 0 } else { 1 << cache_bits };
    GREEN as u64 + cache_colors + 3 * 256 + 40
}

/// The green symbols without the colour cache: literals and length prefixes.
const GREEN: u16 = 256 + 24;

/// The largest tables of the five alphabets, with the largest colour cache. The numbers are those
/// that zlib's `enough` computes for codes of 15 bits and a root table of eight.
const MAX_ENTRIES: usize = 2_704 + 3 * 630 + 410;

/// The number of pixels that a VP8L stream of any length may declare: 4,096 × 4,096.
const FLAT_PIXELS: u64 = 1 << 24;

/// The length of signature, size, alpha hint and version.
pub(crate) const HEADER_BYTES: usize = 5;
const SIGNATURE: u8 = 0x2F;

#[cfg(test)]
mod tests {
    use super::*;

    /// Output of zlib's `enough 2328 8 15`, `enough 256 8 15` (three times) and `enough 40 8 15`.
    #[test]
    fn the_largest_tables_of_a_group_fit() {
        assert_eq!([2_704, 630, 630, 630, 410].iter().sum::<usize>(), MAX_ENTRIES);
    }
}
