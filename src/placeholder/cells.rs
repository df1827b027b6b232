//! Pixels → at most 100 × 100 cells, which the transform of a ThumbHash takes.

use super::shown::Shown;
use crate::size::Size;

/// The most cells each way. The reference implementation takes no larger pictures.
pub(super) const MAX_CELLS: usize = MAX_SIDE as usize;
const MAX_SIDE: u32 = 100;

/// The number of cells each way. A picture of up to 100 × 100 pixels has a cell for each.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    picture: Size,
    pub(super) size: Size,
}

/// Premultiplied red, green and blue, and alpha, as [`Shown`] has them.
pub(super) type Cell = [u32; 4];

impl Grid {
    pub(super) fn of(picture: Size) -> Self {
        let pixels_per_cell = picture.longer_side().div_ceil(MAX_SIDE).max(1);
        let size = Size::new(
            picture.width.div_ceil(pixels_per_cell),
            picture.height.div_ceil(pixels_per_cell),
        );
        Self { picture, size }
    }

    /// The mean of the pixels of each cell of a row, rounded. Cells differ in their sides by at most
    /// one pixel.
    pub(super) fn row(self, shown: &Shown<'_>, index: u32) -> [Cell; MAX_CELLS] {
        let mut sums = [[0u64; 4]; MAX_CELLS];
        let rows = edge(index, self.size.height, self.picture.height)
            ..edge(index + 1, self.size.height, self.picture.height);
        for y in rows.clone() {
            let mut pixels = shown.row(y);
            for (x, sums) in (0..self.size.width).zip(&mut sums) {
                for pixel in pixels.by_ref().take(self.cell_width(x)) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += u64::from(sample));
                }
            }
        }
        let mut cells = [Cell::default(); MAX_CELLS];
        for (x, (cell, sums)) in (0..self.size.width).zip(cells.iter_mut().zip(sums)) {
            let count = (self.cell_width(x) * rows.len()).max(1) as u64;
            *cell = sums.map(|sum| mean(sum, count));
        }
        cells
    }

    fn cell_width(self, x: u32) -> usize {
        let edge = |x| edge(x, self.size.width, self.picture.width);
        (edge(x + 1) - edge(x)) as usize
    }
}

/// The first pixel of cell `index` of `cells`.
#[allow(clippy::cast_possible_truncation, reason = "at most the number of pixels")]
fn edge(index: u32, cells: u32, pixels: u32) -> u32 {
    (u64::from(index) * u64::from(pixels) / u64::from(cells.max(1))) as u32
}

#[allow(clippy::cast_possible_truncation, reason = "a mean of 32-bit samples")]
fn mean(sum: u64, count: u64) -> u32 {
    ((sum + count / 2) / count) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Gamut, Layout, PictureView};

    #[test]
    fn a_cell_is_the_mean_of_its_pixels() {
        let size = Size::new(250, 3);
        let pixels: Vec<u8> = (0..3 * 250).map(|i| (i % 250) as u8).collect();
        let picture =
            PictureView { size, layout: Layout::Gray, gamut: Gamut::Srgb, pixels: &pixels };
        let shown = Shown { picture, to_srgb: None, background: None };
        let grid = Grid::of(size);
        assert_eq!(grid.size, Size::new(84, 1));
        let cells = grid.row(&shown, 0);
        // The first cell has two columns, the second three: 0 and 1, 2 to 4.
        assert_eq!(cells[0], [128, 128, 128, 65_025]);
        assert_eq!(cells[1], [765, 765, 765, 65_025]);
        assert_eq!(cells[83][0], 248 * 255);
        assert_eq!(cells[84], [0; 4]);
    }

    #[test]
    fn all_pixels_are_in_one_cell_each() {
        for (width, height) in [(1, 1), (100, 100), (101, 1), (4_096, 3), (7, 65_535)] {
            let grid = Grid::of(Size::new(width, height));
            let sides: usize = (0..grid.size.width).map(|x| grid.cell_width(x)).sum();
            assert_eq!(sides as u32, width);
            assert!(grid.size.longer_side() <= 100 && !grid.size.is_empty());
            assert_eq!(edge(grid.size.height, grid.size.height, height), height);
        }
    }
}
