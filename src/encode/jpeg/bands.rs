//! Rows of pixels → bands of luma and chroma, as high as one row of MCUs.

use super::sampling::Sampling;
use crate::budget::{Budget, Buffer};
use crate::dct::Block;
use crate::error::Error;
use crate::picture::{Layout, over};
use crate::simd;
use crate::size::Size;

/// The picture to encode.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) pixels: &'a [u8],
    pub(super) size: Size,
    pub(super) layout: Layout,
    pub(super) sampling: Sampling,
    /// What transparent pixels show.
    pub(super) background: [u8; 3],
}

/// The samples of one row of MCUs: 16 rows of luma and 8 of each chroma, of half the width; without
/// chroma, or with chroma of full width, 8 rows.
pub(super) struct Bands<'b> {
    sampling: Sampling,
    /// The samples of a row of luma: complete MCUs.
    width: usize,
    luma: Buffer<'b, u8>,
    chroma: [Buffer<'b, u8>; 2],
    /// Two rows of each chroma in full width, when it is halved.
    pair: [Buffer<'b, u8>; 2],
}

impl<'b> Bands<'b> {
    pub(super) fn new(size: Size, sampling: Sampling, budget: &'b Budget) -> Result<Self, Error> {
        let mcu = u64::from(sampling.mcu_side());
        let width = u64::from(size.width).next_multiple_of(mcu);
        let (chroma, pair) = match sampling {
            Sampling::Gray => (0, 0),
            Sampling::Half => (width * 4, width * 2),
            Sampling::Full => (width * 8, 0),
        };
        let luma = budget.buffer(width * mcu, 0u8)?;
        Ok(Self {
            sampling,
            width: luma.len() / sampling.mcu_side() as usize,
            luma,
            chroma: [budget.buffer(chroma, 0u8)?, budget.buffer(chroma, 0u8)?],
            pair: [budget.buffer(pair, 0u8)?, budget.buffer(pair, 0u8)?],
        })
    }

    /// Fills the bands with the row `mcu_y` of MCUs. Below the picture its last row is repeated, and
    /// beside it the last sample.
    pub(super) fn fill(&mut self, source: &Source<'_>, mcu_y: usize) -> Result<(), Error> {
        let (picture_width, last) = (source.size.width as usize, source.size.height as usize - 1);
        let row_bytes = picture_width * source.layout.bytes_per_pixel();
        let height = self.luma.len() / self.width.max(1);
        for (y, luma) in self.luma.chunks_exact_mut(self.width.max(1)).enumerate() {
            let row = (mcu_y * height + y).min(last);
            let row = source.pixels.get(row * row_bytes..).and_then(|rest| rest.get(..row_bytes));
            let row = row.ok_or(OUTSIDE)?;
            let (planes, first) = match self.sampling {
                Sampling::Gray | Sampling::Half => (&mut self.pair, y % 2 * self.width),
                Sampling::Full => (&mut self.chroma, y * self.width),
            };
            let [cb, cr] = planes.each_mut().map(|rows| rows.get_mut(first..).unwrap_or_default());
            source.convert_row(row, [luma, cb, cr]);
            repeat_last(luma, picture_width);
            if self.sampling == Sampling::Gray {
                continue;
            }
            for rows in [cb, cr] {
                repeat_last(rows.get_mut(..self.width).ok_or(OUTSIDE)?, picture_width);
            }
            if self.sampling == Sampling::Half && y % 2 == 1 {
                average_pairs(&self.pair, &mut self.chroma, self.width, y / 2)?;
            }
        }
        Ok(())
    }

    /// The number of MCUs side by side.
    pub(super) const fn mcus(&self) -> usize {
        self.width / self.sampling.mcu_side() as usize
    }

    pub(super) const fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// The block of a component at column `x` and row `y` of the band, in blocks.
    #[inline(always)]
    pub(super) fn block(&self, component: usize, x: usize, y: usize) -> Option<Block> {
        let width = match (component, self.sampling) {
            (1.., Sampling::Half) => self.width / 2,
            _ => self.width,
        };
        let samples = if component == 0 { &self.luma } else { &self.chroma[(component - 1) & 1] };
        block(samples, width, x, y)
    }
}

/// Makes row `y` of each chroma of its two rows of `width` samples.
fn average_pairs(
    pairs: &[Buffer<'_, u8>; 2],
    chroma: &mut [Buffer<'_, u8>; 2],
    width: usize,
    y: usize,
) -> Result<(), Error> {
    let start = y * (width / 2);
    for (pair, chroma) in pairs.iter().zip(chroma) {
        let (top, bottom) = pair.split_at(width);
        let averages = chroma.get_mut(start..start + width / 2).ok_or(OUTSIDE)?;
        simd::vectorize(
            #[inline(always)]
            || average(top, bottom, averages),
        );
    }
    Ok(())
}

impl Source<'_> {
    /// Converts a row to luma and chroma (ITU-T T.871, 7).
    fn convert_row(&self, row: &[u8], [luma, cb, cr]: [&mut [u8]; 3]) {
        let [red, green, blue] = self.background;
        let gray = |[value, alpha]: [u8; 2], background| over(value, background, alpha);
        match self.layout {
            Layout::Gray => luma.iter_mut().zip(row).for_each(|(luma, value)| *luma = *value),
            Layout::GrayAlpha if self.sampling == Sampling::Gray => {
                let pixels = row.as_chunks::<2>().0;
                luma.iter_mut().zip(pixels).for_each(|(luma, &pixel)| *luma = gray(pixel, red));
            }
            Layout::GrayAlpha => {
                convert(row, [luma, cb, cr], |pixel: [u8; 2]| {
                    [gray(pixel, red), gray(pixel, green), gray(pixel, blue)]
                });
            }
            Layout::Rgb => convert(row, [luma, cb, cr], |rgb: [u8; 3]| rgb),
            Layout::Rgba => convert(row, [luma, cb, cr], |[r, g, b, alpha]: [u8; 4]| {
                [over(r, red, alpha), over(g, green, alpha), over(b, blue, alpha)]
            }),
        }
    }
}

fn convert<const CHANNELS: usize>(
    row: &[u8],
    [luma, cb, cr]: [&mut [u8]; 3],
    to_rgb: impl Fn([u8; CHANNELS]) -> [u8; 3],
) {
    let pixels = row.as_chunks::<CHANNELS>().0;
    simd::vectorize(
        #[inline(always)]
        || {
            let samples = luma.iter_mut().zip(cb).zip(cr);
            for (((luma, cb), cr), &pixel) in samples.zip(pixels) {
                [*luma, *cb, *cr] = ycbcr_of_rgb(to_rgb(pixel));
            }
        },
    );
}

/// With factors scaled by 2¹⁶. A factor that needs more than 15 bits and a sign is split, so that a
/// product is one instruction for a vector of 16-bit numbers.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 255")]
fn ycbcr_of_rgb([red, green, blue]: [u8; 3]) -> [u8; 3] {
    const BITS: u32 = 16;
    const HALF: i32 = (1 << (BITS - 1)) - 1;
    let (r, g, b) = (i32::from(red), i32::from(green), i32::from(blue));
    let y = 19_595 * r + (g << BITS) - 27_066 * g + 7_471 * b + HALF;
    let cb = (b << (BITS - 1)) - 11_059 * r - 21_709 * g + (128 << BITS) + HALF;
    let cr = (r << (BITS - 1)) - 27_439 * g - 5_329 * b + (128 << BITS) + HALF;
    [(y >> BITS) as u8, (cb >> BITS) as u8, (cr >> BITS) as u8]
}

/// Averages 2 × 2 samples. Halves are rounded down and up in turns, as libjpeg does, so that the
/// picture becomes no brighter.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "an average of bytes is a byte")]
fn average(top: &[u8], bottom: &[u8], averages: &mut [u8]) {
    let rows = top.as_chunks::<4>().0.iter().zip(bottom.as_chunks::<4>().0);
    for ([left, right], (top, bottom)) in averages.as_chunks_mut::<2>().0.iter_mut().zip(rows) {
        let sum = |a: usize| {
            u16::from(top[a])
                + u16::from(top[a + 1])
                + u16::from(bottom[a])
                + u16::from(bottom[a + 1])
        };
        *left = ((sum(0) + 1) / 4) as u8;
        *right = ((sum(2) + 2) / 4) as u8;
    }
}

fn repeat_last(row: &mut [u8], width: usize) {
    let (picture, beside) = row.split_at_mut(width.min(row.len()));
    if let Some(&last) = picture.last() {
        beside.fill(last);
    }
}

/// The samples of a block, with the level shifted (T.81, A.3.1).
#[inline(always)]
fn block(samples: &[u8], width: usize, x: usize, y: usize) -> Option<Block> {
    let mut block = [[0; 8]; 8];
    let rows = samples.get(y * 8 * width + x * 8..)?.chunks(width);
    for (to, from) in block.iter_mut().zip(rows) {
        let from = from.first_chunk::<8>()?;
        for (to, &from) in to.iter_mut().zip(from) {
            *to = i16::from(from) - 128;
        }
    }
    Some(block)
}

pub(super) const OUTSIDE: Error = Error::Bug("the JPEG encoder reads outside its band");
