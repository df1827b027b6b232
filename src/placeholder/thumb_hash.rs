//! The ThumbHash of a picture (evanw.github.io/thumbhash): the lowest frequencies of its luminance,
//! two differences of colours, and alpha.

use core::fmt;

use super::base64;
use super::cells::{Cell, Grid, MAX_CELLS};
use super::cosine::{ONE_BITS, cosine};
use super::shown::{Shown, UNIT};
use crate::error::Error;
use crate::size::Size;

/// A [ThumbHash](https://evanw.github.io/thumbhash/): a blurred picture, its shape and its alpha in
/// at most 25 bytes.
///
/// Any implementation decodes it. `Display` writes it in Base64, as it is put into a page.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThumbHash {
    bytes: [u8; ThumbHash::MAX_BYTES],
    len: u8,
}

impl ThumbHash {
    /// The length of the longest hash in bytes.
    pub const MAX_BYTES: usize = 25;

    /// The bytes of the hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }

    /// The hash of a picture. One with a side of more than 100 pixels is averaged to fewer first.
    pub(super) fn of(shown: &Shown<'_>) -> Result<Self, Error> {
        let transform = Transform::of(shown);
        let (width, height) = (shown.picture.size.width, shown.picture.size.height);
        let is_landscape = width > height;
        let has_alpha = !shown.is_opaque();
        let (columns, rows) = luminance_terms(width, height, has_alpha);
        let [l, p, q, a] = [
            transform.terms(LUMINANCE, columns.max(3), rows.max(3)),
            transform.terms(YELLOW_BLUE, 3, 3),
            transform.terms(RED_GREEN, 3, 3),
            transform.terms(ALPHA, 5, 5),
        ];
        let header = l.mean(63)
            | p.signed_mean() << 6
            | q.signed_mean() << 12
            | l.scale(31) << 18
            | u64::from(has_alpha) << 23
            | u64::from(if is_landscape { rows } else { columns }) << 24
            | p.scale(63) << 27
            | q.scale(63) << 33
            | u64::from(is_landscape) << 39
            | (a.mean(15) | a.scale(15) << 4) << 40;
        let mut hash = Self { bytes: [0; Self::MAX_BYTES], len: if has_alpha { 6 } else { 5 } };
        for (to, from) in hash.bytes.iter_mut().zip(header.to_le_bytes()).take(hash.len.into()) {
            *to = from;
        }
        let channels = [l, p, q, a].into_iter().take(if has_alpha { 4 } else { 3 });
        let mut nibble = 2 * hash.len;
        for varying in channels.flat_map(Terms::varying) {
            let byte = hash.bytes.get_mut(usize::from(nibble / 2));
            let byte = byte.ok_or(Error::Bug("a ThumbHash of more than 25 bytes"))?;
            *byte |= varying << (nibble % 2 * 4);
            nibble += 1;
        }
        hash.len = nibble.div_ceil(2);
        Ok(hash)
    }
}

impl fmt::Display for ThumbHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        base64::write(f, self.as_bytes())
    }
}

impl fmt::Debug for ThumbHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThumbHash({self})")
    }
}

/// How many frequencies of luminance there are each way: 7 along the longer side, or 5 beside alpha.
#[allow(clippy::cast_possible_truncation, reason = "at most 7")]
fn luminance_terms(width: u32, height: u32, has_alpha: bool) -> (u32, u32) {
    let most = if has_alpha { 5 } else { 7 };
    let longer = u64::from(width.max(height)).max(1);
    let terms = |side: u32| ((2 * most * u64::from(side) + longer) / (2 * longer)).max(1) as u32;
    (terms(width), terms(height))
}

/// The cosine transform of the channels of a picture.
struct Transform {
    /// By channel, row and column, of what the cells differ from the first one.
    coefficients: [[[i128; FREQUENCIES]; FREQUENCIES]; 4],
    /// The channels of the first cell. Without it, a flat picture has exactly no frequencies.
    first: [i64; 4],
    /// The sums of each channel.
    sums: [i128; 4],
    cells: Size,
}

const LUMINANCE: usize = 0;
const YELLOW_BLUE: usize = 1;
const RED_GREEN: usize = 2;
const ALPHA: usize = 3;

/// What stands for 1 in each channel.
const UNITS: [i128; 4] = [3 * UNIT as i128, 2 * UNIT as i128, UNIT as i128, UNIT as i128];

const FREQUENCIES: usize = 7;

impl Transform {
    fn of(shown: &Shown<'_>) -> Self {
        let grid = Grid::of(shown.picture.size);
        let (width, height) = (grid.size.width, grid.size.height);
        let mut across = [[0; FREQUENCIES]; MAX_CELLS];
        for (x, cosines) in (0..width).zip(&mut across) {
            *cosines = cosines_at(x, width);
        }
        let across = across.get(..width as usize).unwrap_or(&across);
        let mut transform = Self {
            coefficients: [[[0; FREQUENCIES]; FREQUENCIES]; 4],
            first: channels(grid.row(shown, 0)[0]),
            sums: [0; 4],
            cells: grid.size,
        };
        for y in 0..height {
            transform.add_row(&grid.row(shown, y), across, cosines_at(y, height));
        }
        transform
    }

    fn add_row(
        &mut self,
        row: &[Cell; MAX_CELLS],
        across: &[[i64; FREQUENCIES]],
        down: [i64; FREQUENCIES],
    ) {
        // At most 18 bits of a channel, 30 of a cosine and 7 of 100 cells.
        let mut frequencies = [[0i64; FREQUENCIES]; 4];
        for (cell, cosines) in row.iter().zip(across) {
            let channels = channels(*cell);
            for channel in 0..4 {
                self.sums[channel] += i128::from(channels[channel]);
                let value = channels[channel] - self.first[channel];
                for (sum, cosine) in frequencies[channel].iter_mut().zip(cosines) {
                    *sum += value * cosine;
                }
            }
        }
        for (coefficients, frequencies) in self.coefficients.iter_mut().zip(frequencies) {
            for (row, cosine) in coefficients.iter_mut().zip(down) {
                for (coefficient, frequency) in row.iter_mut().zip(frequencies) {
                    *coefficient += i128::from(frequency) * i128::from(cosine);
                }
            }
        }
    }

    /// The terms of a channel, where transparent parts have the mean colour of the picture.
    fn terms(&self, channel: usize, columns: u32, rows: u32) -> Terms {
        let cells = i128::from(self.cells.pixels());
        let alpha_sum = self.sums[ALPHA];
        let weight = if channel == ALPHA { UNITS[ALPHA] * cells } else { alpha_sum };
        let mut terms = Terms {
            mean: (self.sums[channel] * UNITS[ALPHA], (UNITS[channel] * weight).max(1)),
            varying: [0; MAX_TERMS],
            count: 0,
            largest: 0,
            full: (UNITS[channel] * cells) << (2 * ONE_BITS),
        };
        for row in 0..rows {
            let columns = (0..columns).take_while(|column| column * rows < columns * (rows - row));
            for column in columns.filter(|&column| row > 0 || column > 0) {
                let mut coefficient = self.coefficient(channel, column, row);
                if channel != ALPHA && alpha_sum > 0 {
                    let transparent = UNITS[ALPHA] * self.of_a_constant(column, row)
                        - self.coefficient(ALPHA, column, row);
                    coefficient += transparent * self.sums[channel] / alpha_sum;
                }
                terms.push(coefficient);
            }
        }
        terms
    }

    fn coefficient(&self, channel: usize, column: u32, row: u32) -> i128 {
        self.coefficients[channel][row as usize][column as usize]
            + i128::from(self.first[channel]) * self.of_a_constant(column, row)
    }

    /// The coefficient of a picture that is 1 everywhere.
    fn of_a_constant(&self, column: u32, row: u32) -> i128 {
        let Size { width, height } = self.cells;
        i128::from(sum_of_cosines(column, width)) * i128::from(sum_of_cosines(row, height))
    }
}

/// The sum of [`cosines_at`] over all cells of a frequency, without rounding: they cancel out,
/// except at multiples of the frequency of the cells, as in a picture of one row.
fn sum_of_cosines(frequency: u32, cells: u32) -> i64 {
    let sum = i64::from(cells) << ONE_BITS;
    match (frequency % (2 * cells), frequency / (2 * cells) % 2) {
        (0, 0) => sum,
        (0, _) => -sum,
        _ => 0,
    }
}

/// Luminance, yellow against blue, red against green, and alpha, in the [`UNITS`] of each.
fn channels([red, green, blue, alpha]: Cell) -> [i64; 4] {
    let [red, green, blue, alpha] = [red, green, blue, alpha].map(i64::from);
    [red + green + blue, red + green - 2 * blue, red - green, alpha]
}

/// The cosine of each frequency in the middle of cell `index` of `cells`.
fn cosines_at(index: u32, cells: u32) -> [i64; FREQUENCIES] {
    let mut frequency = 0;
    [(); FREQUENCIES].map(|()| {
        let cosine = cosine(frequency * (2 * index + 1), 2 * cells);
        frequency += 1;
        cosine
    })
}

/// The terms of one channel.
#[derive(Clone, Copy)]
struct Terms {
    /// A fraction of 1.
    mean: (i128, i128),
    varying: [i128; MAX_TERMS],
    count: usize,
    /// The magnitude of the largest varying term.
    largest: i128,
    /// What stands for 1 in a varying term.
    full: i128,
}

/// 7 × 7 frequencies have the most: those above the diagonal, without the mean.
const MAX_TERMS: usize = 27;

impl Terms {
    fn push(&mut self, term: i128) {
        if let Some(slot) = self.varying.get_mut(self.count) {
            *slot = term;
            self.count += 1;
            self.largest = self.largest.max(term.abs());
        }
    }

    /// The mean, where `most` stands for 1.
    fn mean(self, most: i128) -> u64 {
        let (sum, weight) = self.mean;
        rounded(most * sum, weight)
    }

    /// The mean from -1 to 1, in 6 bits.
    fn signed_mean(self) -> u64 {
        let (sum, weight) = self.mean;
        rounded(63 * (sum + weight), 2 * weight)
    }

    /// The largest varying term, where `most` stands for 1.
    fn scale(self, most: i128) -> u64 {
        rounded(most * self.largest, self.full)
    }

    /// The varying terms as multiples of the largest, in 4 bits. 0 where there are none.
    #[allow(clippy::cast_possible_truncation, reason = "at most 15")]
    fn varying(self) -> impl Iterator<Item = u8> {
        let largest = self.largest;
        self.varying.into_iter().take(self.count).map(move |term| match largest {
            0 => 0,
            _ => rounded(15 * (term + largest), 2 * largest) as u8,
        })
    }
}

/// A fraction, rounded: a half up.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers of a hash have 3 to 6 bits"
)]
fn rounded(numerator: i128, denominator: i128) -> u64 {
    ((2 * numerator + denominator) / (2 * denominator)) as u64
}
