//! Intra prediction of samples from those above and to the left (RFC 6386, 12).

use super::modes::{Mode, SubblockMode};

/// The reconstructed samples around a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Border<const SIDE: usize> {
    pub(super) above: [u8; SIDE],
    pub(super) left: [u8; SIDE],
    pub(super) above_left: u8,
}

impl<const SIDE: usize> Border<SIDE> {
    /// The border of the first block of a row. Samples to the left of the picture are 129, and so
    /// is the one above them, except in the first row, where it is 127 (RFC 6386, 12.2 and 12.3).
    pub(super) const fn at_row_start(is_first: bool) -> Self {
        Self { above: [127; SIDE], left: [129; SIDE], above_left: if is_first { 127 } else { 129 } }
    }
}

/// Predicts a complete luma or chroma block. `in_picture` tells whether the samples above, and
/// those to the left, are inside of the picture.
#[inline(always)]
pub(super) fn predict_block<const SIDE: usize>(
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

/// Predicts a subblock from the four samples to its left, the one above and to the left, and the
/// eight above, the last four of which are also to the right.
#[allow(
    clippy::too_many_lines,
    reason = "one match over the modes of the format, inlined into the loop over subblocks"
)]
#[inline(always)]
pub(super) fn predict_subblock(
    mode: SubblockMode,
    left: [u8; 4],
    above_left: u8,
    above: [u8; 8],
) -> [[u8; 4]; 4] {
    let [l0, l1, l2, l3] = left;
    let [a0, a1, a2, a3, a4, a5, a6, a7] = above;
    let c = above_left;
    match mode {
        SubblockMode::Dc => {
            let sum: u16 = [a0, a1, a2, a3, l0, l1, l2, l3].into_iter().map(u16::from).sum();
            [[u8::try_from((sum + 4) >> 3).unwrap_or(u8::MAX); 4]; 4]
        }
        SubblockMode::TrueMotion => {
            let mut lines = [[0; 4]; 4];
            for (line, left) in lines.iter_mut().zip(left) {
                let change = i16::from(left) - i16::from(c);
                for (sample, above) in line.iter_mut().zip([a0, a1, a2, a3]) {
                    *sample = clamp(i16::from(above) + change);
                }
            }
            lines
        }
        SubblockMode::Vertical => {
            [[
                average_3(c, a0, a1),
                average_3(a0, a1, a2),
                average_3(a1, a2, a3),
                average_3(a2, a3, a4),
            ]; 4]
        }
        SubblockMode::Horizontal => [
            [average_3(c, l0, l1); 4],
            [average_3(l0, l1, l2); 4],
            [average_3(l1, l2, l3); 4],
            [average_3(l2, l3, l3); 4],
        ],
        SubblockMode::LeftDown => {
            let d = [
                average_3(a0, a1, a2),
                average_3(a1, a2, a3),
                average_3(a2, a3, a4),
                average_3(a3, a4, a5),
                average_3(a4, a5, a6),
                average_3(a5, a6, a7),
                average_3(a6, a7, a7),
            ];
            [
                [d[0], d[1], d[2], d[3]],
                [d[1], d[2], d[3], d[4]],
                [d[2], d[3], d[4], d[5]],
                [d[3], d[4], d[5], d[6]],
            ]
        }
        SubblockMode::RightDown => {
            let d = [
                average_3(l3, l2, l1),
                average_3(l2, l1, l0),
                average_3(l1, l0, c),
                average_3(l0, c, a0),
                average_3(c, a0, a1),
                average_3(a0, a1, a2),
                average_3(a1, a2, a3),
            ];
            [
                [d[3], d[4], d[5], d[6]],
                [d[2], d[3], d[4], d[5]],
                [d[1], d[2], d[3], d[4]],
                [d[0], d[1], d[2], d[3]],
            ]
        }
        SubblockMode::VerticalRight => {
            let (e0, e1, e2, e3) =
                (average_2(c, a0), average_2(a0, a1), average_2(a1, a2), average_2(a2, a3));
            let (o0, o1, o2, o3) = (
                average_3(l0, c, a0),
                average_3(c, a0, a1),
                average_3(a0, a1, a2),
                average_3(a1, a2, a3),
            );
            let (left_2, left_3) = (average_3(l1, l0, c), average_3(l2, l1, l0));
            [[e0, e1, e2, e3], [o0, o1, o2, o3], [left_2, e0, e1, e2], [left_3, o0, o1, o2]]
        }
        SubblockMode::VerticalLeft => {
            let (e0, e1, e2, e3) =
                (average_2(a0, a1), average_2(a1, a2), average_2(a2, a3), average_2(a3, a4));
            let (o0, o1, o2, o3) = (
                average_3(a0, a1, a2),
                average_3(a1, a2, a3),
                average_3(a2, a3, a4),
                average_3(a3, a4, a5),
            );
            let (right_2, right_3) = (average_3(a4, a5, a6), average_3(a5, a6, a7));
            [[e0, e1, e2, e3], [o0, o1, o2, o3], [e1, e2, e3, right_2], [o1, o2, o3, right_3]]
        }
        SubblockMode::HorizontalDown => {
            let (e0, o0) = (average_2(c, l0), average_3(a0, c, l0));
            let (e1, o1) = (average_2(l0, l1), average_3(c, l0, l1));
            let (e2, o2) = (average_2(l1, l2), average_3(l0, l1, l2));
            let (e3, o3) = (average_2(l2, l3), average_3(l1, l2, l3));
            let (above_1, above_2) = (average_3(c, a0, a1), average_3(a0, a1, a2));
            [[e0, o0, above_1, above_2], [e1, o1, e0, o0], [e2, o2, e1, o1], [e3, o3, e2, o2]]
        }
        SubblockMode::HorizontalUp => {
            let (e0, o0) = (average_2(l0, l1), average_3(l0, l1, l2));
            let (e1, o1) = (average_2(l1, l2), average_3(l1, l2, l3));
            let (e2, o2) = (average_2(l2, l3), average_3(l2, l3, l3));
            [[e0, o0, e1, o1], [e1, o1, e2, o2], [e2, o2, l3, l3], [l3; 4]]
        }
    }
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
const fn average_2(a: u8, b: u8) -> u8 {
    ((a as u16 + b as u16 + 1) >> 1) as u8
}

/// The mean with the middle sample counted twice.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
const fn average_3(a: u8, b: u8, c: u8) -> u8 {
    ((a as u16 + 2 * b as u16 + c as u16 + 2) >> 2) as u8
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn clamp(value: i16) -> u8 {
    value.clamp(0, 255) as u8
}
