//! The headers of a VP8L stream (RFC 9649, section 3): transforms, colour cache and prefix codes.
//!
//! No heap and no pixel of the picture. Of the small images in the headers only the symbols are
//! read; their pixels matter for one number, the count of prefix code groups.

use super::bits::Bits;
use super::code::{Code, Shape};
use super::heap::Heap;
use super::lengths::{Lengths, MAX_ALPHABET};
use super::malformed;
use super::pixels::Group;
use crate::error::Error;
use crate::probe::Format;
use crate::size::Size;

/// What the headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    /// The hint of the header: false when the picture is opaque.
    pub(crate) alpha: bool,
    /// Bytes of the stream.
    coded_bytes: u64,
    /// The peak of what image-webp has on the heap for this stream, without the picture.
    pub(crate) codec_heap_bytes: u64,
}

impl Stream {
    /// Reads the payload of a VP8L chunk: size, then the stream (RFC 9649, 3.4).
    pub(super) fn of_image(chunk: &[u8]) -> Result<(Size, Self), Error> {
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
        let codec_heap_bytes = Scan::new(data).run(size)?;
        let alpha = (header >> 28) & 1 == 1;
        Ok((size, Self { alpha, coded_bytes: data.len() as u64, codec_heap_bytes }))
    }

    /// Reads the stream of an ALPH chunk, which has no header of its own.
    pub(super) fn of_alpha(data: &[u8], size: Size) -> Result<Self, Error> {
        let codec_heap_bytes = Scan::new(data).run(size)?;
        Ok(Self { alpha: false, coded_bytes: data.len() as u64, codec_heap_bytes })
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

/// The five bytes in front of a VP8L stream of `size`, each side 1 to 16,384.
pub(crate) const fn stream_header(size: Size) -> [u8; HEADER_BYTES] {
    let [b0, b1, b2, b3] =
        (((size.width - 1) & 0x3FFF) | (((size.height - 1) & 0x3FFF) << 14)).to_le_bytes();
    [SIGNATURE, b0, b1, b2, b3]
}

/// A walk through the headers that follows what image-webp allocates for them.
struct Scan<'a> {
    bits: Bits<'a>,
    heap: Heap,
}

impl<'a> Scan<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self { bits: Bits::new(data), heap: Heap::default() }
    }

    fn run(mut self, size: Size) -> Result<u64, Error> {
        self.heap.take(TRANSFORM_LIST);
        let (width, palette) = self.transforms(size)?;
        let transforms = self.heap.live();
        self.picture(Size::new(width, size.height))?;
        // The transforms are undone when the codes are gone. The table of a palette is expanded.
        self.heap.give(self.heap.live() - transforms);
        if let Some(colors) = palette {
            let bits = packing(colors);
            let table = if bits > 0 { 256 * (4 << bits) } else { 4 * u64::from(colors) };
            self.heap.take(table + if bits > 0 { u64::from(width) } else { 0 });
            if bits == 0 && colors < 256 {
                self.heap.grow(table, (2 * table).max(4 * 256));
            }
        }
        Ok(self.heap.peak())
    }

    /// RFC 9649, section 4: the width that is coded, and the colours of the palette.
    fn transforms(&mut self, size: Size) -> Result<(u32, Option<u32>), Error> {
        let mut width = size.width;
        let mut seen = [false; 4];
        let mut palette = None;
        while self.bits.flag()? {
            let kind = self.bits.read(2)?;
            if let Some(seen) = seen.get_mut(kind as usize)
                && core::mem::replace(seen, true)
            {
                return Err(malformed("one transform twice"));
            }
            match kind {
                PREDICTOR | COLOR => {
                    let blocks = self.blocks(Size::new(width, size.height))?;
                    self.heap.take(4 * blocks.pixels());
                    self.small_image(blocks)?;
                }
                PALETTE => {
                    let colors = self.bits.read(8)? + 1;
                    self.heap.take(4 * u64::from(colors));
                    self.small_image(Size::new(colors, 1))?;
                    width = width.div_ceil(1 << packing(colors));
                    palette = Some(colors);
                }
                _ => {} // subtract green has no data
            }
        }
        Ok((width, palette))
    }

    /// The codes of the picture itself (RFC 9649, 3.7.2.2): one group, or as many as its blocks
    /// name.
    fn picture(&mut self, size: Size) -> Result<(), Error> {
        let cache_colors = self.color_cache()?;
        let mut groups = 1;
        if self.bits.flag()? {
            let blocks = self.blocks(size)?;
            let pixels = blocks.pixels();
            self.heap.take(4 * pixels);
            groups += u32::from(self.small_image(blocks)?);
            self.heap.take(2 * pixels);
            self.heap.give(4 * pixels);
        }
        let mut capacity = 0;
        for group in 0..groups {
            for alphabet in alphabets(cache_colors) {
                Shape::read(&mut self.bits, alphabet, &mut self.heap, None)?;
            }
            if group == capacity {
                let larger = (2 * capacity).max(4);
                self.heap.grow(GROUP * u64::from(capacity), GROUP * u64::from(larger));
                capacity = larger;
            }
            if self.heap.live() > SENSELESS {
                return Err(Error::unsupported(Format::WebP, "gigabytes of prefix codes"));
            }
        }
        Ok(())
    }

    /// An image in the headers: one group of codes. Returns the largest `red << 8 | green`.
    ///
    /// Every pixel is a literal, a copy of an earlier pixel or of a cached one, so the literals
    /// alone tell the largest value, and neither pixels nor cache are kept.
    fn small_image(&mut self, size: Size) -> Result<u16, Error> {
        let before = self.heap.live();
        let cache_colors = self.color_cache()?;
        let mut lengths: Lengths = [0; MAX_ALPHABET];
        let mut sorted = [0u16; 280 + (1 << 11) + 3 * 256 + 40];
        let mut rest = sorted.as_mut_slice();
        let mut codes = [const { None }; 5];
        for (alphabet, slot) in alphabets(cache_colors).into_iter().zip(&mut codes) {
            let shape = Shape::read(&mut self.bits, alphabet, &mut self.heap, Some(&mut lengths))?;
            let (symbols, behind) =
                rest.split_at_mut_checked(usize::from(alphabet)).ok_or(TOO_SMALL)?;
            let lengths = lengths.get(..usize::from(alphabet)).unwrap_or_default();
            *slot = Some(Code::new(shape, lengths, symbols));
            rest = behind;
        }
        let [Some(green), Some(red), Some(blue), Some(alpha), Some(distance)] = codes else {
            return Err(TOO_SMALL);
        };
        self.heap.take(4 * GROUP);
        let largest = Group { green, red, blue, alpha, distance }.read(&mut self.bits, size)?;
        self.heap.give(self.heap.live() - before);
        Ok(largest)
    }

    /// The number of cached colours (RFC 9649, 3.6.3).
    fn color_cache(&mut self) -> Result<u16, Error> {
        if !self.bits.flag()? {
            return Ok(0);
        }
        match self.bits.read(4)? {
            bits @ 1..=11 => {
                self.heap.take(4 << bits);
                Ok(1 << bits)
            }
            _ => Err(malformed("the size of the colour cache")),
        }
    }

    /// The size of an image with one pixel for each block.
    fn blocks(&mut self, size: Size) -> Result<Size, Error> {
        let side = 1 << (self.bits.read(3)? + 2);
        Ok(Size::new(size.width.div_ceil(side), size.height.div_ceil(side)))
    }
}

/// How many indices share a pixel, as a power of two (RFC 9649, 4.4).
const fn packing(colors: u32) -> u32 {
    match colors {
        ..=2 => 3,
        3..=4 => 2,
        5..=16 => 1,
        _ => 0,
    }
}

const fn alphabets(cache_colors: u16) -> [u16; 5] {
    [256 + 24 + cache_colors, 256, 256, 256, 40]
}

const TOO_SMALL: Error = Error::Bug("the arrays for prefix codes are too small");

/// The pixels that a VP8L stream may declare whatever its length: 4,096 × 4,096, as much as the
/// default budget decodes.
const FLAT_PIXELS: u64 = 1 << 24;

pub(crate) const HEADER_BYTES: usize = 5;
const SIGNATURE: u8 = 0x2F;

const PREDICTOR: u32 = 0;
const COLOR: u32 = 1;
const PALETTE: u32 = 3;

/// Five codes of 56 bytes in a vector that grows by doubling, from four groups on.
const GROUP: u64 = 5 * 56;
/// A vector of up to four bytes.
const TRANSFORM_LIST: u64 = 8;
/// Where counting stops, so that reading the headers of a bomb ends soon: real pictures have less
/// than a hundredth.
const SENSELESS: u64 = 1 << 30;
