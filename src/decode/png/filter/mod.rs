//! Unfiltering of scanlines (PNG, 9.2).

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
use crate::simd;

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod diagonal;
mod filter_type;
mod plain;
#[cfg(test)]
mod tests;

pub(super) use filter_type::{NONE, is_known};

use plain::unfilter_row;

/// The rows that are reconstructed at a time.
pub(super) const ROWS: usize = 4;

/// Reconstructs filtered `rows` in place. `above` is the reconstructed row above the first one, or
/// zeros. All have the same length. Rows that there are not have the filter [`NONE`].
///
/// `pixel_bytes` is the distance to the corresponding byte of the pixel to the left: 1, 2, 3, 4, 6
/// or 8, and 1 for pixels smaller than a byte.
pub(super) fn unfilter(
    filters: [u8; ROWS],
    pixel_bytes: usize,
    above: &[u8],
    mut rows: [&mut [u8]; ROWS],
) {
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Some(simd) = simd::baseline()
        && filters.into_iter().any(filter_type::is_serial)
    {
        return simd::vectorize(
            #[inline(always)]
            || unfilter_in_vectors(simd, filters, pixel_bytes, above, rows),
        );
    }
    let mut above = above;
    for (row, filter) in rows.iter_mut().zip(filters) {
        unfilter_row(filter, pixel_bytes, above, row);
        above = row;
    }
}

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[inline(always)]
fn unfilter_in_vectors<S: fearless_simd::Simd>(
    simd: S,
    filters: [u8; ROWS],
    pixel_bytes: usize,
    above: &[u8],
    rows: [&mut [u8]; ROWS],
) {
    use diagonal::{unfilter_four_rows, unfilter_two_rows};

    match pixel_bytes {
        1 => unfilter_four_rows::<S, 1>(simd, filters, above, rows),
        2 => unfilter_four_rows::<S, 2>(simd, filters, above, rows),
        3 => unfilter_four_rows::<S, 3>(simd, filters, above, rows),
        4 => unfilter_four_rows::<S, 4>(simd, filters, above, rows),
        6 => unfilter_two_rows::<S, 6>(simd, filters, above, rows),
        _ => unfilter_two_rows::<S, 8>(simd, filters, above, rows),
    }
}

/// The picoseconds that a pixel takes at most, which is where rows have different filters.
pub(super) const fn pixel_ps(pixel_bytes: u64) -> u64 {
    if pixel_bytes <= 4 { PIXEL_PS } else { LONG_PIXEL_PS }
}

/// One of four pixels in a vector: each waits for the one on its left.
const PIXEL_PS: u64 = 2_000;
/// One of two.
const LONG_PIXEL_PS: u64 = 2_800;
