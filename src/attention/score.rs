//! The score of a cell: its edges, its likeness to skin, and its saturation.

use super::grid::{Cell, Grid};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::job::Job;
use crate::size::Size;

/// The score of each cell, at most 2^23.
pub(super) fn of<'b>(grid: &Grid<'_>, job: Job<'b>) -> Result<Buffer<'b, u32>, Error> {
    let mut scores = buffer(grid.size, job.budget)?;
    let columns = (grid.size.width as usize).max(1);
    let rows = || grid.cells.chunks_exact(columns);
    let above = rows().take(1).chain(rows());
    let below = rows().skip(1).chain(rows().last());
    for ((above, row), below) in above.zip(rows()).zip(below) {
        job.interrupt.check()?;
        for (x, cell) in row.iter().enumerate() {
            let beside = |x: Option<usize>| x.and_then(|x| row.get(x)).unwrap_or(cell);
            let across = |row: &[Cell]| row.get(x).copied().unwrap_or(*cell);
            let (left, right) = (beside(x.checked_sub(1)), beside(x.checked_add(1)));
            let around = [*left, *right, across(above), across(below)];
            scores.push(score(*cell, around))?;
        }
    }
    Ok(scores)
}

/// An empty buffer for the scores of so many cells.
pub(super) fn buffer(cells: Size, budget: &Budget) -> Result<Buffer<'_, u32>, Error> {
    budget.empty_buffer(cells.pixels())
}

/// 255 × 255 of [`EDGE`] for the edge between black and white.
fn score(cell: Cell, around: [Cell; 4]) -> u32 {
    let luma_of_cell = luma(cell);
    let neighbours: u32 = around.into_iter().map(luma).sum();
    let edge = (4 * luma_of_cell).abs_diff(neighbours);
    let skin = if SKIN_LUMA.contains(&luma_of_cell) { skin(cell) } else { 0 };
    let saturation = if luma_of_cell >= MIN_SATURATED_LUMA { chroma(cell) } else { 0 };
    let [.., alpha] = cell;
    (EDGE * edge + SKIN * skin + SATURATION * saturation) * u32::from(alpha)
}

/// Luma of ITU-R BT.709, from 0 to 255.
fn luma([red, green, blue, _]: Cell) -> u32 {
    (54 * u32::from(red) + 183 * u32::from(green) + 19 * u32::from(blue) + 128) >> 8
}

/// The difference of the largest and the smallest sample.
fn chroma([red, green, blue, _]: Cell) -> u32 {
    u32::from(red.max(green).max(blue) - red.min(green).min(blue))
}

/// How near the direction of a colour is to that of skin: 255 for the same, and 0 from a fifth on.
fn skin([red, green, blue, _]: Cell) -> u32 {
    let color = [red, green, blue].map(u32::from);
    let length = color.iter().map(|sample| sample * sample).sum::<u32>().isqrt().max(1);
    let differences = color.into_iter().zip(SKIN_COLOR);
    let squares = differences.map(|(sample, skin)| (UNIT * sample / length).abs_diff(skin).pow(2));
    let distance = squares.sum::<u32>().isqrt();
    255u32.saturating_sub(255 * 5 * distance / UNIT)
}

const UNIT: u32 = 4_096;
/// The colour of skin in smartcrop.js, as a vector of length 1: 0.78, 0.57, 0.44, of which [`UNIT`]
/// stands for 1. It fits light and dark skin, because it says nothing about brightness.
const SKIN_COLOR: [u32; 3] = [3_195, 2_335, 1_802];
/// Darker and brighter colours have no reliable direction.
const SKIN_LUMA: core::ops::RangeInclusive<u32> = 52..=250;
const MIN_SATURATED_LUMA: u32 = 21;

// Weights: edges, skin and saturation as 1 to 1.5 to 0.3.
const EDGE: u32 = 10;
const SKIN: u32 = 15;
const SATURATION: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skin_of_any_brightness_is_near_and_other_colours_are_not() {
        for [red, green, blue] in [[198, 145, 112], [99, 72, 56], [250, 200, 165], [120, 75, 50]] {
            assert!(skin([red, green, blue, 255]) > 80, "{red} {green} {blue}");
        }
        for [red, green, blue] in [[0, 0, 0], [128, 128, 128], [30, 90, 200], [40, 150, 60]] {
            assert_eq!(skin([red, green, blue, 255]), 0, "{red} {green} {blue}");
        }
    }

    #[test]
    fn a_score_adds_up_and_fits() {
        let (black, white) = ([0, 0, 0, 255], [255; 4]);
        assert_eq!(score(black, [black; 4]), 0);
        assert_eq!(score(white, [white; 4]), 0);
        assert_eq!(score(white, [black; 4]), 255 * 10 * 1_020);
        assert_eq!(score([255, 255, 255, 0], [black; 4]), 0);
        let red = [255, 0, 0, 255];
        assert_eq!(score(red, [red; 4]), 255 * 3 * 255);
        assert!(score(white, [black; 4]) + 255 * 255 * 18 < 1 << 23);
    }
}
