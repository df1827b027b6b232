//! Pixels → the luma and chroma of one row of macroblocks, in 4:2:0 and the studio range of BT.601.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::picture::{Layout, PictureView};
use crate::size::Size;

/// The samples of a macroblock.
#[derive(Clone)]
pub(super) struct Samples {
    pub(super) luma: [[u8; 16]; 16],
    /// U and V.
    pub(super) chroma: [[[u8; 8]; 8]; 2],
}

impl Samples {
    pub(super) const BLACK: Self = Self { luma: [[16; 16]; 16], chroma: [[[128; 8]; 8]; 2] };
}

/// The samples of one row of macroblocks.
pub(super) struct SampleRow<'b>(Buffer<'b, Samples>);

impl<'b> SampleRow<'b> {
    pub(super) fn new(size: Size, budget: &'b Budget) -> Result<Self, Error> {
        Ok(Self(budget.buffer(size.width.div_ceil(16).into(), Samples::BLACK)?))
    }

    /// The macroblocks, from left to right.
    pub(super) fn macroblocks(&self) -> &[Samples] {
        &self.0
    }

    /// Fills the row `row` of macroblocks. Below the picture its last row is repeated, and beside it
    /// the last column.
    pub(super) fn fill(&mut self, picture: PictureView<'_>, row: usize) -> Result<(), Error> {
        let PictureView { size, layout, pixels, .. } = picture;
        let (width, last) = (size.width as usize, (size.height as usize).saturating_sub(1));
        let row_bytes = width * layout.bytes_per_pixel();
        for pair in 0..8 {
            let rows = [2 * pair, 2 * pair + 1].map(|y| {
                let start = (16 * row + y).min(last) * row_bytes;
                pixels.get(start..start + row_bytes).unwrap_or_default()
            });
            match layout {
                Layout::Gray => self.convert(rows, pair, |[y]: [u8; 1]| [y, y, y, 255]),
                Layout::GrayAlpha => self.convert(rows, pair, |[y, a]: [u8; 2]| [y, y, y, a]),
                Layout::Rgb => self.convert(rows, pair, |[r, g, b]: [u8; 3]| [r, g, b, 255]),
                Layout::Rgba => self.convert(rows, pair, |pixel: [u8; 4]| pixel),
            }
        }
        Ok(())
    }

    /// Converts two rows of pixels to lines `2 * pair` and `2 * pair + 1` of luma and a line of
    /// chroma.
    fn convert<const BYTES: usize>(
        &mut self,
        rows: [&[u8]; 2],
        pair: usize,
        to_rgba: impl Fn([u8; BYTES]) -> [u8; 4],
    ) {
        let [top, bottom] = rows.map(|row| row.as_chunks::<BYTES>().0);
        let last = top.len().saturating_sub(1);
        let at = |row: &[[u8; BYTES]], x: usize| {
            row.get(x.min(last)).map_or([0; 4], |&pixel| to_rgba(pixel))
        };
        for (column, samples) in self.0.iter_mut().enumerate() {
            for x in 0..8 {
                let left = 16 * column + 2 * x;
                let quad =
                    [at(top, left), at(top, left + 1), at(bottom, left), at(bottom, left + 1)];
                let mean = mean(quad);
                for (place, pixel) in quad.into_iter().enumerate() {
                    let [r, g, b, alpha] = pixel;
                    // A pixel that is not seen takes the colour of those beside it.
                    let rgb = if alpha == 0 { mean } else { [r, g, b].map(i32::from) };
                    samples.luma[2 * pair + place / 2][2 * x + place % 2] = luma_of(rgb);
                }
                let [u, v] = chroma_of(mean);
                samples.chroma[0][pair][x] = u;
                samples.chroma[1][pair][x] = v;
            }
        }
    }
}

/// The mean colour of four pixels, weighted by their alpha.
#[inline(always)]
fn mean(quad: [[u8; 4]; 4]) -> [i32; 3] {
    let alpha: i32 = quad.iter().map(|pixel| i32::from(pixel[3])).sum();
    [0, 1, 2].map(|channel| {
        if alpha == 4 * 255 || alpha == 0 {
            let sum: i32 = quad.iter().map(|pixel| i32::from(pixel[channel])).sum();
            (sum + 2) >> 2
        } else {
            let sum: i32 =
                quad.iter().map(|pixel| i32::from(pixel[channel]) * i32::from(pixel[3])).sum();
            (sum + alpha / 2) / alpha
        }
    })
}

/// Luma, from 16 to 235 (BT.601).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "16 to 235")]
const fn luma_of([red, green, blue]: [i32; 3]) -> u8 {
    ((16_829 * red + 33_039 * green + 6_416 * blue + (16 << 16) + (1 << 15)) >> 16) as u8
}

/// U and V, from 16 to 240 (BT.601).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "16 to 240")]
fn chroma_of([red, green, blue]: [i32; 3]) -> [u8; 2] {
    let u = 28_784 * blue - 9_714 * red - 19_070 * green;
    let v = 28_784 * red - 24_103 * green - 4_681 * blue;
    [u, v].map(|sample| ((sample + (128 << 16) + (1 << 15)) >> 16) as u8)
}
