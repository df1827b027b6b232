//! The inverse predictor transform (RFC 9649, 4.1), for all four channels at once.

use core::ops::Range;

/// The prediction mode of a tile. RFC 9649 does not define modes above 13. As in libwebp, only the
/// low four bits count, and modes 14 and 15 predict opaque black.
pub(super) const fn mode(pixel: u32) -> u8 {
    let [_, _, green, _] = pixel.to_be_bytes();
    green & 15
}

/// Undoes the prediction of the first row: the first pixel is predicted as opaque
/// black, the others from the left.
#[inline(always)]
pub(super) fn undo_first_row(row: &mut [u32]) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    *first = add(*first, OPAQUE_BLACK);
    let mut left = *first;
    for pixel in rest {
        left = add(*pixel, left);
        *pixel = left;
    }
}

/// Undoes the prediction of any other row: the first pixel is predicted from above, the others by
/// the mode of their tile. `above` is the row above, with room for one more pixel.
#[inline(always)]
pub(super) fn undo_row(modes: &[u8], side: usize, above: &mut [u32], row: &mut [u32]) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    *first = add(*first, above.first().copied().unwrap_or_default());
    let mut left = *first;
    // The pixel above and to the right of the last one is the first pixel of this row.
    if let Some(end) = above.last_mut() {
        *end = left;
    }
    let mut rest = rest;
    let mut above = &*above;
    let mut columns = side - 1;
    for &mode in modes {
        let (tile, remaining) = rest.split_at_mut(columns.min(rest.len()));
        left = undo_tile(mode, left, above, tile);
        above = above.get(tile.len()..).unwrap_or_default();
        rest = remaining;
        columns = side;
    }
}

/// Undoes the prediction of two rows of the same tiles. The lower one follows a pixel behind the
/// upper one, so that the processor works on two chains of pixels instead of one.
#[inline(always)]
pub(super) fn undo_two_rows(
    modes: &[u8],
    side: usize,
    above: &mut [u32],
    upper: &mut [u32],
    lower: &mut [u32],
) {
    let mode_at = |x: usize| modes.get(x / side).copied().unwrap_or_default();
    let Some(first) = upper.first_mut() else { return };
    let Some(below) = lower.first_mut() else { return };
    *first = add(*first, above.first().copied().unwrap_or_default());
    *below = add(*below, *first);
    // The pixel above and to the right of the last one is the first pixel of the same row.
    if let Some(end) = above.last_mut() {
        *end = *first;
    }
    let below = *below;
    let width = upper.len().min(lower.len());
    let mut x = 1;
    undo_pixel(mode_at(x), above, upper, x);
    while x < width {
        let end = (x / side * side + side).min(width);
        undo_two_tiles(mode_at(x), above, upper, lower, x..end - 1);
        undo_pixel(mode_at(end), above, upper, end);
        let mut border = [below; 3];
        for (border, &above) in border.iter_mut().zip(upper.iter().skip(end - 2)) {
            *border = above;
        }
        if let Some([left, last]) = lower.get_mut(..end).and_then(<[u32]>::last_chunk_mut) {
            undo_tile(mode_at(x), *left, &border, core::slice::from_mut(last));
        }
        x = end;
    }
}

/// Undoes the prediction of one pixel, if the row has a column `x`.
#[inline(always)]
fn undo_pixel(mode: u8, above: &[u32], row: &mut [u32], x: usize) {
    let above = above.get(x - 1..).unwrap_or_default();
    if let Some((before, pixel)) = row.get_mut(x - 1..=x).and_then(<[u32]>::split_first_mut) {
        undo_tile(mode, *before, above, pixel);
    }
}

/// Undoes the prediction of the part of two rows in one tile: `columns` of the lower row, and the
/// same number, one further to the right, of the upper row.
#[inline(always)]
fn undo_two_tiles(
    mode: u8,
    above: &[u32],
    upper: &mut [u32],
    lower: &mut [u32],
    Range { start, end }: Range<usize>,
) {
    let (Some(above), Some(upper), Some((&mut left, lower))) = (
        above.get(start..),
        upper.get_mut(start - 1..=end),
        lower.get_mut(start - 1..end).and_then(<[u32]>::split_first_mut),
    ) else {
        return;
    };
    if let Some((&mut [top_left, top], upper)) = upper.split_first_chunk_mut()
        && is_serial(mode)
    {
        predict_serially(mode, TwoRows { left, top_left, top, above, upper, lower });
        return;
    }
    if let Some((&mut left, upper)) = upper.get_mut(1..).and_then(<[u32]>::split_first_mut) {
        undo_tile(mode, left, above, upper);
    }
    undo_tile(mode, left, upper, lower);
}

/// Undoes the prediction of the part of a row in one tile. `above` starts one pixel to the left
/// of `row`, and ends one pixel to the right. Returns the last pixel.
#[inline(always)]
fn undo_tile(mode: u8, left: u32, above: &[u32], row: &mut [u32]) -> u32 {
    let top_left = above;
    let top = above.get(1..).unwrap_or_default();
    let top_right = above.get(2..).unwrap_or_default();
    match mode {
        2 => add_above(top, row),
        3 => add_above(top_right, row),
        4 => add_above(top_left, row),
        8 => add_mean_above(top_left, top, row),
        9 => add_mean_above(top, top_right, row),
        _ if is_serial(mode) => predict_serially(mode, OneRow { left, above, row }),
        _ => row.iter_mut().for_each(|pixel| *pixel = add(*pixel, OPAQUE_BLACK)),
    }
    row.last().copied().unwrap_or(left)
}

#[inline(always)]
fn add_above(above: &[u32], row: &mut [u32]) {
    for (pixel, &above) in row.iter_mut().zip(above) {
        *pixel = add(*pixel, above);
    }
}

#[inline(always)]
fn add_mean_above(a: &[u32], b: &[u32], row: &mut [u32]) {
    for ((pixel, &a), &b) in row.iter_mut().zip(a).zip(b) {
        *pixel = add(*pixel, mean(a, b));
    }
}

/// True for the modes that predict a pixel from the one on its left.
const fn is_serial(mode: u8) -> bool {
    matches!(mode, 1 | 5..=7 | 10..=13)
}

/// The pixels around another one, with each channel in a lane of 16 bits, which has room for sums
/// and differences.
struct Around {
    left: u64,
    top_left: u64,
    top: u64,
    top_right: u64,
}

/// Pixels that are predicted one after another.
trait Chain {
    fn run(self, predict: impl Fn(Around) -> u64);
}

/// Runs a chain with the predictor of a serial mode.
#[inline(always)]
fn predict_serially(mode: u8, chain: impl Chain) {
    match mode {
        5 => chain.run(|Around { left, top, top_right, .. }| {
            mean_of_lanes(mean_of_lanes(left, top_right), top)
        }),
        6 => chain.run(|Around { left, top_left, .. }| mean_of_lanes(left, top_left)),
        7 => chain.run(|Around { left, top, .. }| mean_of_lanes(left, top)),
        10 => chain.run(|Around { left, top_left, top, top_right }| {
            mean_of_lanes(mean_of_lanes(left, top_left), mean_of_lanes(top, top_right))
        }),
        11 => chain.run(|Around { left, top_left, top, .. }| select(left, top_left, top)),
        12 => chain.run(|Around { left, top_left, top, .. }| clamp(left + BIAS + top - top_left)),
        13 => chain.run(|Around { left, top_left, top, .. }| {
            let mean = mean_of_lanes(left, top);
            // Half of the difference, rounded towards zero: 1 is added where it is negative.
            let difference = mean + BIAS - top_left;
            let negative = !difference >> 8 & ONES;
            let half = (difference + negative) >> 1 & LOW_9_BITS;
            clamp(mean + half + BIAS - (BIAS >> 1))
        }),
        _ => chain.run(|around| around.left),
    }
}

/// A part of a row. `above` starts one pixel to the left of it, and ends one pixel to the right.
struct OneRow<'p> {
    left: u32,
    above: &'p [u32],
    row: &'p mut [u32],
}

impl Chain for OneRow<'_> {
    #[inline(always)]
    fn run(self, predict: impl Fn(Around) -> u64) {
        let Some((&[top_left, top], above)) = self.above.split_first_chunk() else { return };
        let (mut left, mut top_left, mut top) = (widen(self.left), widen(top_left), widen(top));
        for (pixel, &top_right) in self.row.iter_mut().zip(above) {
            let top_right = widen(top_right);
            left = (widen(*pixel) + predict(Around { left, top_left, top, top_right })) & LOW_BYTES;
            *pixel = narrow(left);
            (top_left, top) = (top, top_right);
        }
    }
}

/// Parts of two rows. The upper one is a column further to the right; `above` is around it.
struct TwoRows<'p> {
    /// The pixels to the left, above to the left, and above the first of the lower row.
    left: u32,
    top_left: u32,
    top: u32,
    above: &'p [u32],
    upper: &'p mut [u32],
    lower: &'p mut [u32],
}

impl Chain for TwoRows<'_> {
    #[inline(always)]
    fn run(self, predict: impl Fn(Around) -> u64) {
        let Some((&[top_left, top], above)) = self.above.split_first_chunk() else { return };
        let (mut upper_top_left, mut upper_top) = (widen(top_left), widen(top));
        let (mut left, mut top_left, mut top) =
            (widen(self.left), widen(self.top_left), widen(self.top));
        let pixels = self.upper.iter_mut().zip(self.lower).zip(above);
        for ((pixel, pixel_below), &upper_top_right) in pixels {
            let upper_top_right = widen(upper_top_right);
            let around = Around {
                left: top,
                top_left: upper_top_left,
                top: upper_top,
                top_right: upper_top_right,
            };
            let top_right = (widen(*pixel) + predict(around)) & LOW_BYTES;
            *pixel = narrow(top_right);
            let around = Around { left, top_left, top, top_right };
            left = (widen(*pixel_below) + predict(around)) & LOW_BYTES;
            *pixel_below = narrow(left);
            (upper_top_left, upper_top) = (upper_top, upper_top_right);
            (top_left, top) = (top, top_right);
        }
    }
}

/// Adds channel by channel, modulo 256.
#[inline(always)]
pub(super) const fn add(a: u32, b: u32) -> u32 {
    let odd = (a & 0xFF00_FF00).wrapping_add(b & 0xFF00_FF00) & 0xFF00_FF00;
    let even = (a & 0x00FF_00FF).wrapping_add(b & 0x00FF_00FF) & 0x00FF_00FF;
    odd | even
}

/// The mean channel by channel, rounded down.
#[inline(always)]
const fn mean(a: u32, b: u32) -> u32 {
    (a & b) + (((a ^ b) >> 1) & 0x7F7F_7F7F)
}

/// The Select predictor: `left` or `top`, whichever is nearer to the estimate
/// `left + top - top_left` over all channels. The distance of the estimate from one of them is the
/// distance of the other from `top_left`.
#[inline(always)]
fn select(left: u64, top_left: u64, top: u64) -> u64 {
    // `all` are the differences with the bias, `positive` those that are not negative, without it.
    // The sum of absolute differences is twice the sum of the positive ones less the sum of all.
    // This form makes the chain of operations from `left` to the next pixel short.
    let all = left + (BIAS - top_left);
    let positive = all & positive_lanes(all);
    let from_left = sum(absolute_differences(top, top_left)) + sum(all);
    let from_top = 2 * sum(positive) + sum(BIAS);
    // Nothing predicts the outcome of a branch here.
    core::hint::select_unpredictable(from_left < from_top, left, top)
}

/// The mean of each lane, rounded down.
#[inline(always)]
const fn mean_of_lanes(a: u64, b: u64) -> u64 {
    (a + b) >> 1 & LOW_BYTES
}

/// The absolute difference of each lane.
#[inline(always)]
const fn absolute_differences(a: u64, b: u64) -> u64 {
    let difference = a + BIAS - b;
    let negative = LOW_BYTES ^ positive_lanes(difference);
    ((difference ^ negative) & LOW_BYTES) + (negative & ONES)
}

/// 255 in each lane that is at least [`BIAS`], and 0 in the others.
#[inline(always)]
const fn positive_lanes(difference: u64) -> u64 {
    (difference >> 8 & ONES) * 255
}

#[inline(always)]
const fn sum(lanes: u64) -> u64 {
    lanes.wrapping_mul(ONES) >> 48
}

/// Moves each channel into a lane of 16 bits.
#[inline(always)]
const fn widen(pixel: u32) -> u64 {
    let pixel = pixel as u64;
    (pixel | pixel << 24) & LOW_BYTES
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the low half has all channels")]
const fn narrow(lanes: u64) -> u32 {
    (lanes | lanes >> 24) as u32
}

/// Clamps lanes of -256 to 511, with [`BIAS`] added, to 0..=255 without it.
#[inline(always)]
const fn clamp(lanes: u64) -> u64 {
    let above = lanes >> 9 & ONES;
    let inside = lanes >> 8 & ONES;
    (lanes & LOW_BYTES & (inside * 255)) | (above * 255)
}

const OPAQUE_BLACK: u32 = 0xFF00_0000;

/// 1 in each lane.
const ONES: u64 = 0x0001_0001_0001_0001;
const LOW_BYTES: u64 = 255 * ONES;
const LOW_9_BITS: u64 = 0x1FF * ONES;
/// Added to a lane to keep a difference from being negative.
const BIAS: u64 = 256 * ONES;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    /// The prediction channel by channel, in the literal wording of RFC 9649, 4.1.
    fn predicted(mode: u8, left: u32, top_left: u32, top: u32, top_right: u32) -> u32 {
        let bytes = |pixel: u32| pixel.to_be_bytes().map(i32::from);
        let each = |predict: &dyn Fn(usize) -> i32| {
            u32::from_be_bytes([0, 1, 2, 3].map(|channel| predict(channel).clamp(0, 255) as u8))
        };
        let [l, tl, t, tr] = [left, top_left, top, top_right].map(bytes);
        let mean = |a: i32, b: i32| (a + b) / 2;
        match mode {
            1 => left,
            2 => top,
            3 => top_right,
            4 => top_left,
            5 => each(&|i| mean(mean(l[i], tr[i]), t[i])),
            6 => each(&|i| mean(l[i], tl[i])),
            7 => each(&|i| mean(l[i], t[i])),
            8 => each(&|i| mean(tl[i], t[i])),
            9 => each(&|i| mean(t[i], tr[i])),
            10 => each(&|i| mean(mean(l[i], tl[i]), mean(t[i], tr[i]))),
            11 => {
                let distance = |from: [i32; 4]| -> i32 {
                    (0..4).map(|i| (l[i] + t[i] - tl[i] - from[i]).abs()).sum()
                };
                if distance(l) < distance(t) { left } else { top }
            }
            12 => each(&|i| l[i] + t[i] - tl[i]),
            13 => each(&|i| mean(l[i], t[i]) + (mean(l[i], t[i]) - tl[i]) / 2),
            _ => OPAQUE_BLACK,
        }
    }

    #[test]
    fn every_mode_predicts_as_the_format_specifies() {
        let mut noise = Noise(3);
        for mode in 0..16 {
            for _ in 0..4000 {
                // Half of the pixels have channels that are close to each other.
                let mask = if noise.byte().is_multiple_of(2) { 0x0303_0303 } else { u32::MAX };
                let mut pixel = || noise.number() as u32 & mask;
                let [left, top_left, top, top_right, residual] = [(); 5].map(|()| pixel());
                let mut row = [residual];
                let last = undo_tile(mode, left, &[top_left, top, top_right], &mut row);
                let expected = add(residual, predicted(mode, left, top_left, top, top_right));
                assert_eq!((row[0], last), (expected, expected), "mode {mode}");
            }
        }
    }

    #[test]
    fn rows_are_predicted_across_tiles_and_edges() {
        let mut noise = Noise(8);
        for width in 1..40_usize {
            let modes: Vec<u8> = (0..width.div_ceil(8)).map(|_| noise.byte() % 14).collect();
            let mut above: Vec<u32> = (0..=width).map(|_| noise.number() as u32).collect();
            let coded: Vec<u32> = (0..width).map(|_| noise.number() as u32).collect();
            let mut row = coded.clone();
            undo_row(&modes, 8, &mut above, &mut row);
            assert_eq!(row[0], add(coded[0], above[0]));
            for x in 1..width {
                let top_right = if x + 1 < width { above[x + 1] } else { row[0] };
                let prediction =
                    predicted(modes[x / 8], row[x - 1], above[x - 1], above[x], top_right);
                assert_eq!(row[x], add(coded[x], prediction), "column {x} of {width}");
            }
            let mut first = coded.clone();
            undo_first_row(&mut first);
            assert_eq!(first[0], add(coded[0], OPAQUE_BLACK));
            assert!((1..width).all(|x| first[x] == add(coded[x], first[x - 1])));
        }
    }

    #[test]
    fn two_rows_at_once_are_the_same_as_one_after_another() {
        let mut noise = Noise(9);
        for width in 1..40_usize {
            let modes: Vec<u8> = (0..width.div_ceil(8)).map(|_| noise.byte() % 16).collect();
            let mut pixels = |count| (0..count).map(|_| noise.number() as u32).collect::<Vec<_>>();
            let (above, mut upper, mut lower) = (pixels(width + 1), pixels(width), pixels(width));
            let (mut first, mut second) = (upper.clone(), lower.clone());
            undo_row(&modes, 8, &mut above.clone(), &mut first);
            undo_row(&modes, 8, &mut [&first[..], &[0]].concat(), &mut second);
            undo_two_rows(&modes, 8, &mut above.clone(), &mut upper, &mut lower);
            assert_eq!((upper, lower), (first, second), "{width} columns of {modes:?}");
        }
    }

    /// The expected pixels are those of `dwebp`.
    #[test]
    fn undefined_modes_predict_as_in_libwebp() {
        let undone = |green: u8| {
            let (mut above, mut row) = ([0x1122_3344; 5], [0x0506_0708; 4]);
            undo_row(&[mode(u32::from(green) << 8)], 8, &mut above, &mut row);
            row
        };
        assert_eq!(undone(14), [0x1628_3A4C, 0x0406_0708, 0x0406_0708, 0x0406_0708]);
        assert_eq!(undone(15), undone(0));
        assert_eq!(undone(30), undone(0));
        assert_eq!(undone(17), undone(1));
        assert_ne!(undone(17), undone(0));
    }
}
