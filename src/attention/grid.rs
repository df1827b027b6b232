//! Pixels → square cells, of which the shorter side of the part has 16.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::picture::PictureView;
use crate::size::Size;

/// The mean colour of each cell, from left to right and from top to bottom.
pub(super) struct Grid<'b> {
    pub(super) cells: Buffer<'b, Cell>,
    pub(super) size: Size,
}

/// Red, green, blue and alpha. The colours are not multiplied by alpha.
pub(super) type Cell = [u8; 4];

/// With so few, edges are those of a face and not those of its hair.
const CELLS_PER_PART: u32 = 16;

impl<'b> Grid<'b> {
    /// A grid without cells, for a picture of which a part is shown.
    pub(super) fn new(picture: Size, part: Size, budget: &'b Budget) -> Result<Self, Error> {
        let size = Self::size_of(picture, part);
        Ok(Self { cells: budget.empty_buffer(size.pixels())?, size })
    }

    /// The sums of a row of cells.
    pub(super) fn sums<'s>(&self, budget: &'s Budget) -> Result<Buffer<'s, [u64; 5]>, Error> {
        budget.buffer(self.size.width.into(), [0; 5])
    }

    pub(super) fn of(
        picture: PictureView<'_>,
        part: Size,
        Job { budget, interrupt }: Job<'b>,
    ) -> Result<Self, Error> {
        let mut grid = Self::new(picture.size, part, budget)?;
        let mut sums = grid.sums(budget)?;
        let size = grid.size;
        let bytes_per_pixel = picture.layout.bytes_per_pixel();
        let row_bytes = picture.size.width as usize * bytes_per_pixel;
        let mut pixel_rows = picture.pixels.chunks_exact(row_bytes.max(1));
        for y in 0..size.height {
            interrupt.check()?;
            sums.fill([0; 5]);
            let height = span(y, size.height, picture.size.height);
            for row in pixel_rows.by_ref().take(height) {
                let mut pixels = row.chunks_exact(bytes_per_pixel);
                for (x, sum) in (0..size.width).zip(sums.iter_mut()) {
                    let width = span(x, size.width, picture.size.width);
                    pixels.by_ref().take(width).for_each(|pixel| add(sum, pixel));
                }
            }
            for sum in sums.iter() {
                grid.cells.push(mean(*sum))?;
            }
        }
        Ok(grid)
    }

    /// The number of cells each way.
    pub(super) fn size_of(picture: Size, part: Size) -> Size {
        let side = part.width.min(part.height).div_ceil(CELLS_PER_PART).max(1);
        Size::new(picture.width.div_ceil(side), picture.height.div_ceil(side))
    }
}

/// The pixels in cell `index` of `cells`. Cells differ by at most one.
#[allow(clippy::cast_possible_truncation, reason = "at most the number of pixels")]
fn span(index: u32, cells: u32, pixels: u32) -> usize {
    let edge = |index: u64| index * u64::from(pixels) / u64::from(cells.max(1));
    (edge(u64::from(index) + 1) - edge(u64::from(index))) as usize
}

/// Adds colours, multiplied by alpha, alpha, and 1.
#[inline(always)]
fn add(sums: &mut [u64; 5], pixel: &[u8]) {
    let (color, alpha) = match *pixel {
        [gray] => ([gray; 3], 255),
        [gray, alpha] => ([gray; 3], alpha),
        [red, green, blue] => ([red, green, blue], 255),
        [red, green, blue, alpha] => ([red, green, blue], alpha),
        _ => ([0; 3], 0),
    };
    let alpha = u64::from(alpha);
    let [red, green, blue] = color.map(|sample| u64::from(sample) * alpha);
    for (sum, term) in sums.iter_mut().zip([red, green, blue, alpha, 1]) {
        *sum += term;
    }
}

#[allow(clippy::cast_possible_truncation, reason = "means of 8-bit samples")]
fn mean([red, green, blue, alpha, count]: [u64; 5]) -> Cell {
    let color = |sum: u64| (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8;
    let count = count.max(1);
    [color(red), color(green), color(blue), ((alpha + count / 2) / count) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_weighted_by_alpha_and_rounded() {
        let cell = |pixels: &[[u8; 4]]| {
            let mut sums = [0; 5];
            pixels.iter().for_each(|pixel| add(&mut sums, pixel));
            mean(sums)
        };
        assert_eq!(cell(&[[10, 20, 30, 255], [11, 20, 31, 255]]), [11, 20, 31, 255]);
        assert_eq!(cell(&[[10, 0, 0, 255], [11, 0, 0, 255], [10, 0, 0, 255]]), [10, 0, 0, 255]);
        // 3 of 4 parts, and the mean of 100 and 101.
        assert_eq!(cell(&[[8, 0, 0, 150], [16, 4, 0, 50]]), [10, 1, 0, 100]);
        assert_eq!(cell(&[[8, 0, 0, 100], [8, 0, 0, 101]]), [8, 0, 0, 101]);
        assert_eq!(cell(&[[8, 9, 7, 0]]), [0; 4]);
        assert_eq!(mean([0; 5]), [0; 4]);
    }

    #[test]
    fn cells_cover_all_pixels_once() {
        for (cells, pixels) in [(1, 1), (3, 10), (7, 7), (16, 100)] {
            let spans: Vec<usize> = (0..cells).map(|index| span(index, cells, pixels)).collect();
            assert_eq!(spans.iter().sum::<usize>(), pixels as usize);
            assert!(spans.iter().max().unwrap() - spans.iter().min().unwrap() <= 1, "{spans:?}");
        }
    }
}
