//! One row at a time.

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
use core::ops::Range;

use super::filter_type::{AVERAGE, PAETH, SUB, UP};

/// Reconstructs a row.
pub(super) fn unfilter_row(filter: u8, pixel_bytes: usize, above: &[u8], row: &mut [u8]) {
    match pixel_bytes {
        _ if filter == UP => up(above, row),
        1 => unfilter_pixels::<1>(filter, above, row),
        2 => unfilter_pixels::<2>(filter, above, row),
        3 => unfilter_pixels::<3>(filter, above, row),
        4 => unfilter_pixels::<4>(filter, above, row),
        6 => unfilter_pixels::<6>(filter, above, row),
        _ => unfilter_pixels::<8>(filter, above, row),
    }
}

/// Reconstructs a `part` of a row, a byte at a time. What is on the left of it is reconstructed.
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn unfilter_part(
    filter: u8,
    pixel_bytes: usize,
    above: &[u8],
    row: &mut [u8],
    part: Range<usize>,
) {
    for i in part {
        let byte_of =
            |row: &[u8], i: Option<usize>| i.and_then(|i| row.get(i)).copied().unwrap_or_default();
        let left = i.checked_sub(pixel_bytes);
        let predicted =
            predict(filter, byte_of(row, left), byte_of(above, Some(i)), byte_of(above, left));
        if let Some(byte) = row.get_mut(i) {
            *byte = byte.wrapping_add(predicted);
        }
    }
}

fn up(above: &[u8], row: &mut [u8]) {
    for (byte, above) in row.iter_mut().zip(above) {
        *byte = byte.wrapping_add(*above);
    }
}

/// Undoes the filters that need the pixel to the left, which is held outside of the row.
fn unfilter_pixels<const PIXEL_BYTES: usize>(filter: u8, above: &[u8], row: &mut [u8]) {
    match filter {
        SUB => chain::<PIXEL_BYTES, SUB>(above, row),
        AVERAGE => chain::<PIXEL_BYTES, AVERAGE>(above, row),
        PAETH => chain::<PIXEL_BYTES, PAETH>(above, row),
        _ => {}
    }
}

fn chain<const PIXEL_BYTES: usize, const FILTER: u8>(above: &[u8], row: &mut [u8]) {
    let pixels = row.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut();
    let (mut left, mut above_left) = ([0; PIXEL_BYTES], [0; PIXEL_BYTES]);
    for (pixel, above) in pixels.zip(above.as_chunks::<PIXEL_BYTES>().0) {
        for i in 0..PIXEL_BYTES {
            left[i] = pixel[i].wrapping_add(predict(FILTER, left[i], above[i], above_left[i]));
        }
        above_left = *above;
        *pixel = left;
    }
}

#[inline(always)]
fn predict(filter: u8, left: u8, above: u8, above_left: u8) -> u8 {
    match filter {
        SUB => left,
        UP => above,
        AVERAGE => (left & above) + ((left ^ above) >> 1),
        PAETH => paeth(left, above, above_left),
        _ => 0,
    }
}

/// The Paeth predictor (9.4): of `left`, `above` and `above_left`, the value nearest to
/// `left + above - above_left`. The earlier one wins a tie.
///
/// Neither a branch nor a number of more than eight bits. Let `over` be how far `above_left` is over
/// the smaller of the two, and `under` how far it is under the larger one. These are the distances of
/// the larger and the smaller one from the sum, and their difference is that of `above_left`.
#[inline(always)]
pub(super) fn paeth(left: u8, above: u8, above_left: u8) -> u8 {
    let (smaller, larger) = (left.min(above), left.max(above));
    let over = above_left.saturating_sub(smaller);
    let under = larger.saturating_sub(above_left);
    let other = if under <= over.saturating_sub(under) { smaller } else { above_left };
    if over <= under.saturating_sub(over) { larger } else { other }
}
