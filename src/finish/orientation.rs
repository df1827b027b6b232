//! Applies the orientation to the pixels at the target size.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::price::sum_ps;
use crate::probe::Orientation;
use crate::size::Size;

/// Applies `orientation` to a picture of `size` and returns it with its new size.
///
/// Mirroring and rotation by 180° work in place. The four orientations that exchange rows and
/// columns need a second buffer.
pub(crate) fn apply<'b>(
    mut pixels: Buffer<'b, u8>,
    size: Size,
    bytes_per_pixel: usize,
    orientation: Orientation,
    budget: &'b Budget,
) -> Result<(Buffer<'b, u8>, Size), Error> {
    let expected = size.pixels().checked_mul(bytes_per_pixel as u64);
    if size.is_empty() || bytes_per_pixel == 0 || expected != Some(pixels.len() as u64) {
        return Err(Error::Bug("a picture to be rotated does not match its size"));
    }
    let row_bytes = pixels.len() / size.height as usize;
    match orientation {
        Orientation::Upright => {}
        Orientation::FlipHorizontal => {
            for row in pixels.chunks_exact_mut(row_bytes) {
                reverse_pixels(row, bytes_per_pixel);
            }
        }
        Orientation::Rotate180 => reverse_pixels(&mut pixels, bytes_per_pixel),
        Orientation::FlipVertical => reverse_pixels(&mut pixels, row_bytes),
        Orientation::Transpose
        | Orientation::Rotate90
        | Orientation::Transverse
        | Orientation::Rotate270 => {
            let mut rotated = second_buffer(size, bytes_per_pixel, orientation, budget)?;
            match bytes_per_pixel {
                1 => transpose::<1>(&pixels, size, orientation, &mut rotated),
                2 => transpose::<2>(&pixels, size, orientation, &mut rotated),
                3 => transpose::<3>(&pixels, size, orientation, &mut rotated),
                4 => transpose::<4>(&pixels, size, orientation, &mut rotated),
                _ => return Err(Error::Bug("a pixel of more than four bytes")),
            }
            return Ok((rotated, size.transposed()));
        }
    }
    Ok((pixels, size))
}

/// The buffer into which [`apply`] moves the pixels. Empty where it works in place.
pub(crate) fn second_buffer(
    size: Size,
    bytes_per_pixel: usize,
    orientation: Orientation,
    budget: &Budget,
) -> Result<Buffer<'_, u8>, Error> {
    let pixels = if orientation.is_transposed() { size.pixels() } else { 0 };
    budget.buffer(pixels.saturating_mul(bytes_per_pixel as u64), 0u8)
}

/// The most work of [`apply`] in picoseconds.
pub(crate) fn work_ps(size: Size, orientation: Orientation) -> u64 {
    let pixel_ps = match orientation {
        Orientation::Upright => 0,
        _ => MOVED_PIXEL_PS,
    };
    sum_ps([(size.pixels(), pixel_ps)])
}

const MOVED_PIXEL_PS: u64 = 5_000;

/// Reverses the order of units of `unit_bytes` bytes, but not the bytes in them.
fn reverse_pixels(bytes: &mut [u8], unit_bytes: usize) {
    let middle = bytes.len() / unit_bytes / 2 * unit_bytes;
    let (front, back) = bytes.split_at_mut(middle);
    for (a, b) in front.chunks_exact_mut(unit_bytes).zip(back.rchunks_exact_mut(unit_bytes)) {
        a.swap_with_slice(b);
    }
}

/// Exchanges rows and columns. Row `x` of the result is column `x` of the source, where columns,
/// rows or both are read backwards.
fn transpose<const N: usize>(
    pixels: &[u8],
    size: Size,
    orientation: Orientation,
    transposed: &mut [u8],
) {
    let (from_right, from_bottom) = match orientation {
        Orientation::Rotate90 => (false, true),
        Orientation::Rotate270 => (true, false),
        Orientation::Transverse => (true, true),
        _ => (false, false),
    };
    let (width, height) = (size.width as usize, size.height as usize);
    let (source, _) = pixels.as_chunks::<N>();
    let (target, _) = transposed.as_chunks_mut::<N>();
    for (x, row) in target.chunks_exact_mut(height).enumerate() {
        let x = if from_right { width - 1 - x } else { x };
        let column = source.iter().skip(x).step_by(width);
        if from_bottom {
            row.iter_mut().rev().zip(column).for_each(|(to, from)| *to = *from);
        } else {
            row.iter_mut().zip(column).for_each(|(to, from)| *to = *from);
        }
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;

    const ALL: [Orientation; 8] = [
        Orientation::Upright,
        Orientation::FlipHorizontal,
        Orientation::Rotate180,
        Orientation::FlipVertical,
        Orientation::Transpose,
        Orientation::Rotate90,
        Orientation::Transverse,
        Orientation::Rotate270,
    ];

    /// Where the pixel at (x, y) of the upright picture is stored. TIFF 6.0 (Orientation) defines
    /// the values 1 to 8 by the sides of row 0 and column 0.
    fn stored_at(orientation: Orientation, stored: Size, x: u32, y: u32) -> (u32, u32) {
        let (right, bottom) = (stored.width - 1, stored.height - 1);
        match orientation {
            Orientation::Upright => (x, y),
            Orientation::FlipHorizontal => (right - x, y),
            Orientation::Rotate180 => (right - x, bottom - y),
            Orientation::FlipVertical => (x, bottom - y),
            Orientation::Transpose => (y, x),
            Orientation::Rotate90 => (y, bottom - x),
            Orientation::Transverse => (right - y, bottom - x),
            Orientation::Rotate270 => (right - y, x),
        }
    }

    #[test]
    fn all_orientations_agree_with_the_definition_pixel_by_pixel() {
        for (width, height) in [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4), (7, 5), (16, 9)] {
            let size = Size::new(width, height);
            for bytes_per_pixel in 1..=4 {
                let len = (width * height) as usize * bytes_per_pixel;
                let pixels: Vec<u8> = (0..len).map(|i| (i * 7 + 1) as u8).collect();
                for orientation in ALL {
                    let second = if orientation.is_transposed() { len as u64 } else { 0 };
                    let budget = Budget::new(len as u64 + second);
                    let mut stored = budget.empty_buffer(len as u64).unwrap();
                    stored.extend_from_slice(&pixels).unwrap();
                    let (rotated, upright) =
                        apply(stored, size, bytes_per_pixel, orientation, &budget).unwrap();
                    assert_eq!(upright, if second == 0 { size } else { size.transposed() });
                    for y in 0..upright.height {
                        for x in 0..upright.width {
                            let (from_x, from_y) = stored_at(orientation, size, x, y);
                            let from = (from_y * width + from_x) as usize * bytes_per_pixel;
                            let to = (y * upright.width + x) as usize * bytes_per_pixel;
                            assert_eq!(
                                rotated[to..to + bytes_per_pixel],
                                pixels[from..from + bytes_per_pixel],
                                "{orientation:?} {size} {bytes_per_pixel} at {x},{y}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn pixels_that_do_not_match_their_size_are_a_bug() {
        let budget = Budget::new(100);
        let pixels = budget.buffer(11, 0).unwrap();
        let rotated = apply(pixels, Size::new(2, 2), 3, Orientation::Rotate90, &budget);
        assert!(matches!(rotated, Err(Error::Bug(_))));
    }
}
