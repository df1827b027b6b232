//! VP8L → rows (RFC 9649, section 3): pixels out of prefix codes and a window of earlier pixels, then
//! the transforms undone, a row at a time.

use super::super::{RowSink, is_opaque_row};
use crate::budget::{Budget, Buffer};
use crate::error::{BadRequest, Error};
use crate::interrupt::Interrupt;
use crate::probe::webp::bits::Bits;
use crate::probe::webp::vp8l::{Headers, Image, Stream};
use crate::size::Size;
use crate::work;

mod color;
mod groups;
mod pixels;
mod predict;
mod transforms;

use groups::{GroupOfTile, Groups};
use pixels::Pixels;
use transforms::Transforms;

/// The most that is live while a stream is decoded to rows.
///
/// The images in the headers are decoded one after the other, each beside what is kept of those
/// before it, and then the picture beside all.
pub(super) fn memory_bytes(size: Size, stream: &Stream) -> u64 {
    let (transforms, mut peak) = transforms::memory_bytes(size, stream);
    let mut kept = transforms;
    if let Some(tiles) = &stream.tiles {
        kept += groups::tile_bytes(tiles);
        peak = peak.max(kept + pixels::memory_bytes(&tiles.image));
    }
    peak.max(kept + pixels::memory_bytes(&stream.picture) + row_bytes(size))
}

/// The row in which transforms are undone.
fn row_bytes(size: Size) -> u64 {
    4 * u64::from(size.width)
}

/// What [`decode`] holds beside [`memory_bytes`]: a row of one colour, and one of alpha.
pub(super) fn sample_bytes(size: Size, stream: &Stream) -> u64 {
    u64::from(size.width) * if stream.alpha { 2 } else { 1 }
}

/// What becomes of the alpha of each pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AlphaUse {
    /// The picture is opaque, whatever its pixels say.
    None,
    Straight,
    /// The colours are multiplied by it.
    Premultiplied,
}

/// Emits alpha, unless opaque, red, green and blue of each row in turn.
pub(super) fn decode<S: RowSink>(
    data: &[u8],
    size: Size,
    stream: &Stream,
    alpha: AlphaUse,
    budget: &Budget,
    interrupt: &Interrupt,
    sink: &mut S,
) -> Result<(), Error> {
    let width = size.width as usize;
    let mut rows = Rows::new(data, size, stream, budget, interrupt)?;
    let mut samples = budget.buffer(width, 0u8)?;
    let mut alphas = budget.buffer(if alpha == AlphaUse::None { 0 } else { width }, 0u8)?;
    for y in 0..size.height {
        interrupt.check()?;
        let row = rows.next()?;
        spread(row, ALPHA, &mut alphas);
        if alpha != AlphaUse::None {
            sink.row(3, y, &alphas)?;
        }
        let multiplies = alpha == AlphaUse::Premultiplied && !is_opaque_row(&alphas);
        for (plane, shift) in [(0, RED), (1, GREEN), (2, BLUE)] {
            spread(row, shift, &mut samples);
            if multiplies {
                multiply(&mut samples, &alphas);
            }
            sink.row(plane, y, &samples)?;
        }
    }
    Ok(())
}

/// The same as [`premultiply_row`](super::super::premultiply_row) towards 0, in numbers of 16 bits, of
/// which the machine takes many at a time.
fn multiply(samples: &mut [u8], alphas: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alphas) {
        let product = u16::from(*sample) * u16::from(alpha) + 128;
        let [quotient, _] = (product + (product >> 8)).to_be_bytes();
        *sample = quotient;
    }
}

/// Takes one channel of each pixel.
fn spread(row: &[u32], shift: u32, samples: &mut [u8]) {
    for (sample, &pixel) in samples.iter_mut().zip(row) {
        *sample = channel(pixel, shift);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "eight bits")]
const fn channel(pixel: u32, shift: u32) -> u8 {
    (pixel >> shift) as u8
}

/// The rows of a stream, from the top; pixels are alpha, red, green and blue, from the highest byte.
pub(super) struct Rows<'a, 'b> {
    bits: Bits<'a>,
    pixels: Pixels<'b>,
    transforms: Transforms<'b>,
    row: Buffer<'b, u32>,
    y: u32,
}

impl<'a, 'b> Rows<'a, 'b> {
    /// Reads the headers, which have to be those of `stream`.
    pub(super) fn new(
        data: &'a [u8],
        size: Size,
        stream: &Stream,
        budget: &'b Budget,
        interrupt: &Interrupt,
    ) -> Result<Self, Error> {
        let mut headers = Headers::new(data, size);
        let transforms = Transforms::read(&mut headers, stream, budget, interrupt)?;
        let found = Image::start(&mut headers.bits, headers.size)?;
        let tiles = GroupOfTile::read(&mut headers, stream, budget, interrupt)?;
        let mut bits = headers.bits;
        let groups = Groups::read(&mut bits, found, &stream.picture, budget, interrupt)?;
        let pixels = Pixels::new(stream.picture, groups, tiles, budget)?;
        let row = budget.buffer(size.width as usize, 0)?;
        Ok(Self { bits, pixels, transforms, row, y: 0 })
    }

    /// The next row; data that ends early, or is wrong, is an error before the row it is in.
    pub(super) fn next(&mut self) -> Result<&[u32], Error> {
        let coded = self.pixels.next_row(&mut self.bits)?;
        work::decoded(self.row.len() as u64);
        if let Some(row) = self.row.get_mut(..coded.len()) {
            row.copy_from_slice(coded);
        }
        self.transforms.undo(self.y, coded.len(), &mut self.row);
        self.y += 1;
        Ok(&self.row)
    }

    /// The green of the next row, which is where ALPH has its samples.
    pub(super) fn next_green(&mut self, samples: &mut [u8]) -> Result<(), Error> {
        spread(self.next()?, GREEN, samples);
        Ok(())
    }
}

/// Decodes an image of the headers, and gives its rows to `each`.
fn small_image(
    bits: &mut Bits<'_>,
    image: &Image,
    budget: &Budget,
    interrupt: &Interrupt,
    mut each: impl FnMut(&[u32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let found = Image::start(bits, image.size)?;
    let groups = Groups::read(bits, found, image, budget, interrupt)?;
    let mut pixels = Pixels::new(*image, groups, None, budget)?;
    for _ in 0..image.size.height {
        interrupt.check()?;
        each(pixels.next_row(bits)?)?;
    }
    Ok(())
}

const ALPHA: u32 = 24;
const RED: u32 = 16;
const GREEN: u32 = 8;
const BLUE: u32 = 0;

/// The bytes are not those that the plan was made from.
const OTHER: Error = Error::BadRequest(BadRequest::OtherBytes);

#[cfg(test)]
mod tests;
