//! The small picture is turned to stand upright.

use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::probe::Orientation;
use crate::size::Size;

/// Turns a picture of `size` as `orientation` says, and tells its new size.
///
/// Mirroring and the half turn happen in place; the four that swap rows and columns take a second
/// buffer.
pub(crate) fn upright<'b>(
    mut pixels: Buffer<'b, u8>,
    size: Size,
    bytes_per_pixel: usize,
    orientation: Orientation,
    budget: &'b Budget,
) -> Result<(Buffer<'b, u8>, Size), Error> {
    let expected = size.pixels().checked_mul(bytes_per_pixel as u64);
    if size.is_empty() || bytes_per_pixel == 0 || expected != Some(pixels.len() as u64) {
        return Err(Error::Bug("a picture to be turned does not fit its size"));
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
            let turned = match bytes_per_pixel {
                1 => transposed::<1>(&pixels, size, orientation, budget)?,
                2 => transposed::<2>(&pixels, size, orientation, budget)?,
                3 => transposed::<3>(&pixels, size, orientation, budget)?,
                4 => transposed::<4>(&pixels, size, orientation, budget)?,
                _ => return Err(Error::Bug("a pixel of more than four bytes")),
            };
            return Ok((turned, size.transposed()));
        }
    }
    Ok((pixels, size))
}

/// What [`upright`] takes beyond the pixels it is given.
pub(crate) const fn memory_bytes(
    size: Size,
    bytes_per_pixel: usize,
    orientation: Orientation,
) -> u64 {
    if orientation.is_transposed() {
        size.pixels().saturating_mul(bytes_per_pixel as u64)
    } else {
        0
    }
}

/// Reverses the order of the units of `unit_bytes`, not of the bytes in them.
fn reverse_pixels(bytes: &mut [u8], unit_bytes: usize) {
    let middle = bytes.len() / unit_bytes / 2 * unit_bytes;
    let (front, back) = bytes.split_at_mut(middle);
    for (a, b) in front.chunks_exact_mut(unit_bytes).zip(back.rchunks_exact_mut(unit_bytes)) {
        a.swap_with_slice(b);
    }
}

/// Rows become columns: row `x` of the result is column `x` of the source, either read backwards.
fn transposed<'b, const N: usize>(
    pixels: &[u8],
    size: Size,
    orientation: Orientation,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    let (from_right, from_bottom) = match orientation {
        Orientation::Rotate90 => (false, true),
        Orientation::Rotate270 => (true, false),
        Orientation::Transverse => (true, true),
        _ => (false, false),
    };
    let (width, height) = (size.width as usize, size.height as usize);
    let (source, _) = pixels.as_chunks::<N>();
    let mut turned = budget.buffer(pixels.len(), 0u8)?;
    let (to, _) = turned.as_chunks_mut::<N>();
    for (x, row) in to.chunks_exact_mut(height).enumerate() {
        let x = if from_right { width - 1 - x } else { x };
        let column = source.iter().skip(x).step_by(width);
        if from_bottom {
            row.iter_mut().rev().zip(column).for_each(|(to, from)| *to = *from);
        } else {
            row.iter_mut().zip(column).for_each(|(to, from)| *to = *from);
        }
    }
    Ok(turned)
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

    /// Where the pixel that is seen at (x, y) of the upright picture is stored: the meaning of the
    /// values 1 to 8 by the sides that row 0 and column 0 are on (TIFF 6.0, Orientation).
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
    fn all_orientations_agree_with_the_pixel_by_pixel_version() {
        for (width, height) in [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4), (7, 5), (16, 9)] {
            let size = Size::new(width, height);
            for bytes_per_pixel in 1..=4 {
                let len = (width * height) as usize * bytes_per_pixel;
                let pixels: Vec<u8> = (0..len).map(|i| (i * 7 + 1) as u8).collect();
                for orientation in ALL {
                    let second = memory_bytes(size, bytes_per_pixel, orientation);
                    let budget = Budget::new(len as u64 + second);
                    let mut stored = budget.empty_buffer(len).unwrap();
                    stored.extend_from_slice(&pixels).unwrap();
                    let (turned, seen) =
                        upright(stored, size, bytes_per_pixel, orientation, &budget).unwrap();
                    assert_eq!(seen, if second == 0 { size } else { size.transposed() });
                    for y in 0..seen.height {
                        for x in 0..seen.width {
                            let (from_x, from_y) = stored_at(orientation, size, x, y);
                            let from = (from_y * width + from_x) as usize * bytes_per_pixel;
                            let to = (y * seen.width + x) as usize * bytes_per_pixel;
                            assert_eq!(
                                turned[to..to + bytes_per_pixel],
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
    fn pixels_that_do_not_fit_are_a_bug() {
        let budget = Budget::new(100);
        let pixels = budget.buffer(11, 0).unwrap();
        let turned = upright(pixels, Size::new(2, 2), 3, Orientation::Rotate90, &budget);
        assert!(matches!(turned, Err(Error::Bug(_))));
    }
}
