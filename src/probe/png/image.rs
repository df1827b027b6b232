//! [`Image`]: what the chunks of a PNG declare about its picture.

use super::chunks::{Chunk, MAX_LENGTH};
use super::color_chunks::ColorChunks;
use super::errors::malformed;
use crate::error::Error;
use crate::size::Size;

/// What the chunks before the image data declare, and the amount of image data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Image {
    pub(crate) size: Size,
    pub(crate) bit_depth: u8,
    pub(crate) color: Color,
    pub(crate) interlaced: bool,
    /// True if there is a tRNS chunk that counts.
    pub(crate) transparency: bool,
    /// The total length of the data of all IDAT chunks. In a file without an intact end, which may
    /// have lost some of them, the length of the file.
    pub(crate) idat_bytes: u64,
    /// False if the file ends before the image data start. The plan refuses such a file, but only
    /// after it has checked the limits: an exceeded limit is the more useful error. Whether image
    /// data are complete is for the decoder to find out.
    pub(crate) has_image_data: bool,
    pub(crate) color_chunks: ColorChunks,
    /// The number of all chunks, of any type.
    pub(crate) chunks: u64,
}

/// The colour types of 11.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub(crate) enum Color {
    Gray,
    Rgb,
    Indexed,
    GrayAlpha,
    Rgba,
}

impl Color {
    const fn of_type(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Gray),
            2 => Some(Self::Rgb),
            3 => Some(Self::Indexed),
            4 => Some(Self::GrayAlpha),
            6 => Some(Self::Rgba),
            _ => None,
        }
    }

    /// The bit depths that go with the colour type (table 12).
    const fn bit_depths(self) -> &'static [u8] {
        match self {
            Self::Gray => &[1, 2, 4, 8, 16],
            Self::Indexed => &[1, 2, 4, 8],
            Self::Rgb | Self::GrayAlpha | Self::Rgba => &[8, 16],
        }
    }

    /// The number of samples per stored pixel.
    pub(crate) const fn samples(self) -> u8 {
        match self {
            Self::Gray | Self::Indexed => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

impl Image {
    /// False for what no file of `input_bytes` can declare.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self, input_bytes: u64) -> bool {
        self.idat_bytes <= input_bytes
            && self.chunks <= input_bytes
            && is_possible_size(self.size)
            && self.color.bit_depths().contains(&self.bit_depth)
    }

    pub(crate) const fn has_alpha(&self) -> bool {
        self.transparency || matches!(self.color, Color::GrayAlpha | Color::Rgba)
    }

    /// Returns true if the picture has one colour plane; all others have three.
    pub(crate) const fn is_gray(&self) -> bool {
        matches!(self.color, Color::Gray | Color::GrayAlpha)
    }

    /// The length in bytes of a filtered row of `width` pixels: a filter byte and the packed
    /// samples (7.2).
    pub(crate) const fn row_bytes(&self, width: u32) -> u64 {
        let bits = width as u64 * self.color.samples() as u64 * self.bit_depth as u64;
        1 + bits.div_ceil(8)
    }

    /// The length of a packed pixel, if it is a whole number of bytes.
    pub(crate) const fn pixel_bytes(&self) -> Option<usize> {
        match self.bit_depth {
            8 | 16 => Some(self.color.samples() as usize * (self.bit_depth as usize / 8)),
            _ => None,
        }
    }

    /// An upper bound on the pixels that the image data can hold.
    ///
    /// In deflate (RFC 1951), a length symbol and a distance symbol of one bit each copy at most
    /// 258 bytes, so each compressed byte expands to at most 258 × 4 = 1032 bytes. The 6 bytes of
    /// the zlib wrapper (RFC 1950), the 2 bits or more that a block adds and the filter byte of
    /// each row only lower the true maximum. The bound ignores them.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        let inflated_bits = self.idat_bytes.saturating_mul(1032 * 8);
        inflated_bits / (self.color.samples() as u64 * self.bit_depth as u64)
    }
}

const fn is_possible_size(size: Size) -> bool {
    !size.is_empty() && size.longer_side() <= MAX_LENGTH
}

/// Reads the IHDR chunk (11.2.1).
pub(super) fn read_ihdr(chunk: &Chunk<'_>) -> Result<Image, Error> {
    if &chunk.kind != b"IHDR" {
        return Err(malformed("the first chunk is not IHDR"));
    }
    let &[w0, w1, w2, w3, h0, h1, h2, h3, bit_depth, color, compression, filter, interlace] =
        chunk.data
    else {
        return Err(malformed("IHDR is not 13 bytes long"));
    };
    if !chunk.has_correct_crc() {
        return Err(malformed("a wrong CRC"));
    }
    let size =
        Size::new(u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    if !is_possible_size(size) {
        return Err(malformed("a side is 0 or over 2^31 - 1"));
    }
    let color = Color::of_type(color).filter(|color| color.bit_depths().contains(&bit_depth));
    let color = color.ok_or(malformed("the colour type and the bit depth do not go together"))?;
    if compression != 0 || filter != 0 || interlace > 1 {
        return Err(malformed("an unknown compression, filter or interlace method"));
    }
    Ok(Image {
        size,
        bit_depth,
        color,
        interlaced: interlace == 1,
        transparency: false,
        idat_bytes: 0,
        has_image_data: false,
        color_chunks: ColorChunks::default(),
        chunks: 1,
    })
}
