//! The inverse predictor transform (RFC 9649, 4.1), for all four channels at once.

/// The prediction mode of a tile. RFC 9649 does not define modes above 13. As in libwebp, only the
/// low four bits count, and modes 14 and 15 predict opaque black.
pub(super) const fn mode(pixel: u32) -> u8 {
    let [_, _, green, _] = pixel.to_be_bytes();
    green & 15
}

/// Undoes the prediction of the first row: the first pixel is predicted as opaque
/// black, the others from the left.
pub(super) fn undo_first_row(row: &mut [u32]) {
    let Some((first, rest)) = row.split_first_mut() else { return };
    *first = add(*first, OPAQUE_BLACK);
    add_left(*first, rest);
}

/// Undoes the prediction of any other row: the first pixel is predicted from above, the others by
/// the mode of their tile. `above` is the row above, with room for one more pixel.
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

/// Undoes the prediction of the part of a row in one tile. `above` starts one pixel to the left
/// of `row`. Returns the last pixel.
fn undo_tile(mode: u8, left: u32, above: &[u32], row: &mut [u32]) -> u32 {
    let top_left = above;
    let top = above.get(1..).unwrap_or_default();
    let top_right = above.get(2..).unwrap_or_default();
    match mode {
        1 => add_left(left, row),
        2 => add_above(top, row),
        3 => add_above(top_right, row),
        4 => add_above(top_left, row),
        5 => serial(left, row, top.iter().zip(top_right), |left, (&top, &top_right)| {
            mean(mean(left, top_right), top)
        }),
        6 => serial(left, row, top_left, |left, &top_left| mean(left, top_left)),
        7 => serial(left, row, top, |left, &top| mean(left, top)),
        8 => add_mean_above(top_left, top, row),
        9 => add_mean_above(top, top_right, row),
        10 => {
            let above = top_left.iter().zip(top).zip(top_right);
            serial(left, row, above, |left, ((&top_left, &top), &top_right)| {
                mean(mean(left, top_left), mean(top, top_right))
            });
        }
        11 => serial_in_lanes(left, row, above, select),
        12 => serial_in_lanes(left, row, above, |left, top_left, top| {
            clamp(left + BIAS + top - top_left)
        }),
        13 => serial_in_lanes(left, row, above, |left, top_left, top| {
            let mean = (left + top) >> 1 & LOW_BYTES;
            // Half of the difference, rounded towards zero: 1 is added where it is negative.
            let difference = mean + BIAS - top_left;
            let negative = !difference >> 8 & ONES;
            let half = (difference + negative) >> 1 & LOW_9_BITS;
            clamp(mean + half + BIAS - (BIAS >> 1))
        }),
        _ => row.iter_mut().for_each(|pixel| *pixel = add(*pixel, OPAQUE_BLACK)),
    }
    row.last().copied().unwrap_or(left)
}

fn add_left(mut left: u32, row: &mut [u32]) {
    for pixel in row {
        left = add(*pixel, left);
        *pixel = left;
    }
}

fn add_above(above: &[u32], row: &mut [u32]) {
    for (pixel, &above) in row.iter_mut().zip(above) {
        *pixel = add(*pixel, above);
    }
}

fn add_mean_above(a: &[u32], b: &[u32], row: &mut [u32]) {
    for ((pixel, &a), &b) in row.iter_mut().zip(a).zip(b) {
        *pixel = add(*pixel, mean(a, b));
    }
}

/// Predicts each pixel from the one to its left and from pixels above.
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

/// The same from the left, the top left and the top pixel, with each channel in a lane of 16 bits.
/// A lane has room for sums and differences.
#[inline(always)]
fn serial_in_lanes(
    left: u32,
    row: &mut [u32],
    above: &[u32],
    predict: impl Fn(u64, u64, u64) -> u64,
) {
    let Some((&top_left, top)) = above.split_first() else { return };
    let (mut left, mut top_left) = (widen(left), widen(top_left));
    for (pixel, &top) in row.iter_mut().zip(top) {
        let top = widen(top);
        left = (widen(*pixel) + predict(left, top_left, top)) & LOW_BYTES;
        top_left = top;
        *pixel = narrow(left);
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
const fn select(left: u64, top_left: u64, top: u64) -> u64 {
    // `all` are the differences with the bias, `positive` those that are not negative, without it.
    // The sum of absolute differences is twice the sum of the positive ones less the sum of all.
    // This form makes the chain of operations from `left` to the next pixel short.
    let all = left + (BIAS - top_left);
    let positive = all & positive_lanes(all);
    if sum(absolute_differences(top, top_left)) + sum(all) < 2 * sum(positive) + sum(BIAS) {
        left
    } else {
        top
    }
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
    (pixel & 0x00FF_00FF) | ((pixel & 0xFF00_FF00) << 24)
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lanes lie in both halves")]
const fn narrow(lanes: u64) -> u32 {
    lanes as u32 & 0x00FF_00FF | (lanes >> 24) as u32 & 0xFF00_FF00
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
