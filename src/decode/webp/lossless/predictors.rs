//! Undoing the prediction of pixels from their neighbours (RFC 9649, 4.1), four channels at a time.

/// How a tile was predicted. Modes above 13 are not defined; here they are what they are to libwebp: four
/// bits count, and 14 and 15 predict opaque black.
pub(super) const fn mode(pixel: u32) -> u8 {
    let [_, _, green, _] = pixel.to_be_bytes();
    green & 15
}

/// The first row: from the left, behind a first pixel from opaque black.
pub(super) fn undo_first_row(row: &mut [u32]) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    *first = add(*first, BLACK);
    from_the_left(*first, rest);
}

/// Another row: the first pixel from above, others by the mode of their tile. `above` is the row
/// above and one pixel more.
pub(super) fn undo_row(modes: &[u8], side: usize, above: &mut [u32], row: &mut [u32]) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    *first = add(*first, above.first().copied().unwrap_or_default());
    let mut left = *first;
    // To the right of the last pixel above is the first of this row.
    if let Some(end) = above.last_mut() {
        *end = left;
    }
    let mut rest = rest;
    let mut above = &*above;
    let mut columns = side - 1;
    for &mode in modes {
        let (tile, behind) = rest.split_at_mut(columns.min(rest.len()));
        left = undo_tile(mode, left, above, tile);
        above = above.get(tile.len()..).unwrap_or_default();
        rest = behind;
        columns = side;
    }
}

/// `above` starts above to the left of `row`; returns the last pixel.
fn undo_tile(mode: u8, left: u32, above: &[u32], row: &mut [u32]) -> u32 {
    let corner = above;
    let top = above.get(1..).unwrap_or_default();
    let right = above.get(2..).unwrap_or_default();
    match mode {
        1 => from_the_left(left, row),
        2 => from_above(top, row),
        3 => from_above(right, row),
        4 => from_above(corner, row),
        5 => serial(left, row, top.iter().zip(right), |left, (&top, &right)| {
            mean(mean(left, right), top)
        }),
        6 => serial(left, row, corner, |left, &corner| mean(left, corner)),
        7 => serial(left, row, top, |left, &top| mean(left, top)),
        8 => from_two_above(corner, top, row),
        9 => from_two_above(top, right, row),
        10 => {
            let above = corner.iter().zip(top).zip(right);
            serial(left, row, above, |left, ((&corner, &top), &right)| {
                mean(mean(left, corner), mean(top, right))
            });
        }
        11 => wide_serial(left, row, above, selected),
        12 => {
            wide_serial(left, row, above, |left, corner, top| clamped(left + BIAS + top - corner))
        }
        13 => wide_serial(left, row, above, |left, corner, top| {
            let mean = (left + top) >> 1 & LOW;
            // Half of the difference, rounded towards zero: one is added where it is negative.
            let difference = mean + BIAS - corner;
            let negative = !difference >> 8 & ONES;
            let half = (difference + negative) >> 1 & HALVES;
            clamped(mean + half + BIAS - (BIAS >> 1))
        }),
        _ => row.iter_mut().for_each(|pixel| *pixel = add(*pixel, BLACK)),
    }
    row.last().copied().unwrap_or(left)
}

fn from_the_left(mut left: u32, row: &mut [u32]) {
    for pixel in row {
        left = add(*pixel, left);
        *pixel = left;
    }
}

fn from_above(above: &[u32], row: &mut [u32]) {
    for (pixel, &above) in row.iter_mut().zip(above) {
        *pixel = add(*pixel, above);
    }
}

fn from_two_above(one: &[u32], other: &[u32], row: &mut [u32]) {
    for ((pixel, &one), &other) in row.iter_mut().zip(one).zip(other) {
        *pixel = add(*pixel, mean(one, other));
    }
}

/// Each pixel from the one before, and from what is above.
#[inline(always)]
fn serial<A>(
    mut left: u32,
    row: &mut [u32],
    above: impl IntoIterator<Item = A>,
    predict: impl Fn(u32, A) -> u32,
) {
    for (pixel, above) in row.iter_mut().zip(above) {
        left = add(*pixel, predict(left, above));
        *pixel = left;
    }
}

/// The same with the channels in lanes of 16 bits, which hold sums and differences, from the pixels
/// to the left, above that one, and above.
#[inline(always)]
fn wide_serial(left: u32, row: &mut [u32], above: &[u32], predict: impl Fn(u64, u64, u64) -> u64) {
    let Some((&corner, top)) = above.split_first() else { return };
    let (mut left, mut corner) = (widened(left), widened(corner));
    for (pixel, &top) in row.iter_mut().zip(top) {
        let top = widened(top);
        left = (widened(*pixel) + predict(left, corner, top)) & LOW;
        corner = top;
        *pixel = narrowed(left);
    }
}

/// Adds each channel, modulo 256.
#[inline(always)]
pub(super) const fn add(a: u32, b: u32) -> u32 {
    let odd = (a & 0xFF00_FF00).wrapping_add(b & 0xFF00_FF00) & 0xFF00_FF00;
    let even = (a & 0x00FF_00FF).wrapping_add(b & 0x00FF_00FF) & 0x00FF_00FF;
    odd | even
}

/// The mean of each channel, rounded down.
#[inline(always)]
const fn mean(a: u32, b: u32) -> u32 {
    (a & b) + (((a ^ b) >> 1) & 0x7F7F_7F7F)
}

/// `left` or `top`: whichever is nearer to `left + top - corner`, over all channels. How far that is
/// from the one is how far the other is from the corner.
#[inline(always)]
const fn selected(left: u64, corner: u64, top: u64) -> u64 {
    // All differences, with the bias, and those that are not negative, without it. The sum of what
    // the channels differ by is twice the sum of these less that of all. Written so that the next
    // pixel waits for little.
    let all = left + (BIAS - corner);
    let positive = all & positive_lanes(all);
    if sum(differences(top, corner)) + sum(all) < 2 * sum(positive) + sum(BIAS) {
        left
    } else {
        top
    }
}

/// What the lanes differ by.
#[inline(always)]
const fn differences(a: u64, b: u64) -> u64 {
    let difference = a + BIAS - b;
    let negative = LOW ^ positive_lanes(difference);
    ((difference ^ negative) & LOW) + (negative & ONES)
}

/// 255 in the lanes that are at least the bias.
#[inline(always)]
const fn positive_lanes(difference: u64) -> u64 {
    (difference >> 8 & ONES) * 255
}

#[inline(always)]
const fn sum(lanes: u64) -> u64 {
    lanes.wrapping_mul(ONES) >> 48
}

/// Each channel in a lane of 16 bits.
#[inline(always)]
const fn widened(pixel: u32) -> u64 {
    let pixel = pixel as u64;
    (pixel & 0x00FF_00FF) | ((pixel & 0xFF00_FF00) << 24)
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lanes lie in both halves")]
const fn narrowed(lanes: u64) -> u32 {
    lanes as u32 & 0x00FF_00FF | (lanes >> 24) as u32 & 0xFF00_FF00
}

/// Lanes of -256 to 511, with [`BIAS`] added, kept in 0 to 255.
#[inline(always)]
const fn clamped(lanes: u64) -> u64 {
    let above = lanes >> 9 & ONES;
    let inside = lanes >> 8 & ONES;
    (lanes & LOW & (inside * 255)) | (above * 255)
}

const BLACK: u32 = 0xFF00_0000;

const ONES: u64 = 0x0001_0001_0001_0001;
const LOW: u64 = 255 * ONES;
const HALVES: u64 = 0x1FF * ONES;
const BIAS: u64 = 256 * ONES;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    /// The prediction of RFC 9649, 4.1, channel by channel, as it is written there.
    fn predicted(mode: u8, left: u32, corner: u32, top: u32, right: u32) -> u32 {
        let bytes = |pixel: u32| pixel.to_be_bytes().map(i32::from);
        let each = |of: &dyn Fn(usize) -> i32| {
            u32::from_be_bytes([0, 1, 2, 3].map(|channel| of(channel).clamp(0, 255) as u8))
        };
        let [l, c, t, r] = [left, corner, top, right].map(bytes);
        let mean = |a: i32, b: i32| (a + b) / 2;
        match mode {
            1 => left,
            2 => top,
            3 => right,
            4 => corner,
            5 => each(&|i| mean(mean(l[i], r[i]), t[i])),
            6 => each(&|i| mean(l[i], c[i])),
            7 => each(&|i| mean(l[i], t[i])),
            8 => each(&|i| mean(c[i], t[i])),
            9 => each(&|i| mean(t[i], r[i])),
            10 => each(&|i| mean(mean(l[i], c[i]), mean(t[i], r[i]))),
            11 => {
                let far = |from: [i32; 4]| -> i32 {
                    (0..4).map(|i| (l[i] + t[i] - c[i] - from[i]).abs()).sum()
                };
                if far(l) < far(t) { left } else { top }
            }
            12 => each(&|i| l[i] + t[i] - c[i]),
            13 => each(&|i| mean(l[i], t[i]) + (mean(l[i], t[i]) - c[i]) / 2),
            _ => BLACK,
        }
    }

    #[test]
    fn each_mode_is_that_of_the_format() {
        let mut noise = Noise(3);
        for mode in 0..16 {
            for _ in 0..4000 {
                // Channels that are far apart, and some that are near.
                let near = if noise.byte().is_multiple_of(2) { 0x0303_0303 } else { u32::MAX };
                let mut pixel = || noise.number() as u32 & near;
                let [left, corner, top, right, residual] = [(); 5].map(|()| pixel());
                let mut row = [residual];
                let last = undo_tile(mode, left, &[corner, top, right], &mut row);
                let expected = add(residual, predicted(mode, left, corner, top, right));
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
                let right = if x + 1 < width { above[x + 1] } else { row[0] };
                let prediction = predicted(modes[x / 8], row[x - 1], above[x - 1], above[x], right);
                assert_eq!(row[x], add(coded[x], prediction), "column {x} of {width}");
            }
            let mut first = coded.clone();
            undo_first_row(&mut first);
            assert_eq!(first[0], add(coded[0], BLACK));
            assert!((1..width).all(|x| first[x] == add(coded[x], first[x - 1])));
        }
    }

    /// As `dwebp` decodes them.
    #[test]
    fn modes_that_are_not_defined_are_those_of_libwebp() {
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
