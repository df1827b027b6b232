//! Intra prediction of samples from those above and to the left (RFC 6386, 12).

use super::modes::Mode;

/// The reconstructed samples around a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Border<const SIDE: usize> {
    pub(crate) above: [u8; SIDE],
    pub(crate) left: [u8; SIDE],
    pub(crate) above_left: u8,
}

impl<const SIDE: usize> Border<SIDE> {
    /// The border of the first block of a row. Samples to the left of the picture are 129, and so
    /// is the one above them, except in the first row, where it is 127 (RFC 6386, 12.2 and 12.3).
    pub(crate) const fn at_row_start(is_first: bool) -> Self {
        Self { above: [127; SIDE], left: [129; SIDE], above_left: if is_first { 127 } else { 129 } }
    }
}

/// The samples directly above a macroblock, before the loop filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SamplesAbove {
    pub(crate) luma: [u8; 16],
    pub(crate) chroma: [[u8; 8]; 2],
}

impl SamplesAbove {
    /// The samples above the picture (RFC 6386, 12.2 and 12.3).
    pub(crate) const OUTSIDE: Self = Self { luma: [127; 16], chroma: [[127; 8]; 2] };
}

/// Predicts a complete luma or chroma block. `in_picture` tells whether the samples above, and
/// those to the left, are inside of the picture.
#[inline(always)]
pub(crate) fn predict_block<const SIDE: usize>(
    mode: Mode,
    border: &Border<SIDE>,
    in_picture: (bool, bool),
) -> [[u8; SIDE]; SIDE] {
    match mode {
        Mode::Dc => [[dc(border, in_picture); SIDE]; SIDE],
        Mode::Vertical => [border.above; SIDE],
        Mode::Horizontal => {
            let mut lines = [[0; SIDE]; SIDE];
            for (line, &left) in lines.iter_mut().zip(&border.left) {
                *line = [left; SIDE];
            }
            lines
        }
        Mode::TrueMotion => {
            let mut lines = [[0; SIDE]; SIDE];
            for (line, &left) in lines.iter_mut().zip(&border.left) {
                let change = i16::from(left) - i16::from(border.above_left);
                for (sample, &above) in line.iter_mut().zip(&border.above) {
                    *sample = clamp(i16::from(above) + change);
                }
            }
            lines
        }
    }
}

/// The mean of the border samples inside of the picture.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn dc<const SIDE: usize>(border: &Border<SIDE>, (above, left): (bool, bool)) -> u8 {
    let sum = |samples: [u8; SIDE]| samples.into_iter().map(u32::from).sum::<u32>();
    let side = SIDE as u32;
    let (sum, shift) = match (above, left) {
        (true, true) => (sum(border.above) + sum(border.left), side.ilog2() + 1),
        (true, false) => (sum(border.above), side.ilog2()),
        (false, true) => (sum(border.left), side.ilog2()),
        (false, false) => return 128,
    };
    ((sum + (1 << (shift - 1))) >> shift) as u8
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
pub(crate) fn clamp(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}
