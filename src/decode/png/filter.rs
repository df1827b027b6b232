//! Unfiltering of scanlines (PNG, 9.2).

/// The filter type is not one of the five that PNG defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnknownFilter;

/// Reconstructs the filtered `row` in place. `above` is the reconstructed row above it, or zeros for
/// the first row.
///
/// `pixel_bytes` is the distance to the corresponding byte of the pixel to the left: 1, 2, 3, 4, 6
/// or 8, and 1 for pixels smaller than a byte.
pub(super) fn unfilter(
    filter: u8,
    pixel_bytes: usize,
    above: &[u8],
    row: &mut [u8],
) -> Result<(), UnknownFilter> {
    match (filter, pixel_bytes) {
        (NONE, _) => {}
        (UP, _) => up(above, row),
        (SUB | AVERAGE | PAETH, 1) => sub_average_or_paeth::<1>(filter, above, row),
        (SUB | AVERAGE | PAETH, 2) => sub_average_or_paeth::<2>(filter, above, row),
        (SUB | AVERAGE | PAETH, 3) => sub_average_or_paeth::<3>(filter, above, row),
        (SUB | AVERAGE | PAETH, 4) => sub_average_or_paeth::<4>(filter, above, row),
        (SUB | AVERAGE | PAETH, 6) => sub_average_or_paeth::<6>(filter, above, row),
        (SUB | AVERAGE | PAETH, _) => sub_average_or_paeth::<8>(filter, above, row),
        _ => return Err(UnknownFilter),
    }
    Ok(())
}

/// The picoseconds that a pixel takes at most, which is with Paeth.
pub(super) const fn pixel_ps(pixel_bytes: u64) -> u64 {
    let vector_ps = if pixel_bytes.is_power_of_two() { 0 } else { ODD_PIXEL_PS };
    PIXEL_PS + pixel_bytes * PIXEL_BYTE_PS + vector_ps
}

/// The part that does not depend on the length of a pixel: each waits for the one on its left.
const PIXEL_PS: u64 = 3_000;
const PIXEL_BYTE_PS: u64 = 350;
/// More for a pixel whose bytes do not fill a vector.
const ODD_PIXEL_PS: u64 = 2_000;

fn up(above: &[u8], row: &mut [u8]) {
    for (byte, above) in row.iter_mut().zip(above) {
        *byte = byte.wrapping_add(*above);
    }
}

/// Undoes the filters that need the pixel to the left. That pixel is held outside of the row and
/// widened to 16 bits, so that the loops over its bytes are vectorized.
fn sub_average_or_paeth<const PIXEL_BYTES: usize>(filter: u8, above: &[u8], row: &mut [u8]) {
    let pixels = row.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut();
    let above = above.as_chunks::<PIXEL_BYTES>().0;
    let mut left = [0_i16; PIXEL_BYTES];
    match filter {
        SUB => {
            for pixel in pixels {
                for (byte, left) in pixel.iter_mut().zip(&mut left) {
                    *byte = add(*byte, *left);
                    *left = i16::from(*byte);
                }
            }
        }
        AVERAGE => {
            for (pixel, above) in pixels.zip(above) {
                for i in 0..PIXEL_BYTES {
                    pixel[i] = add(pixel[i], (left[i] + i16::from(above[i])) >> 1);
                    left[i] = i16::from(pixel[i]);
                }
            }
        }
        _ => {
            let mut above_left = [0_i16; PIXEL_BYTES];
            for (pixel, above) in pixels.zip(above) {
                for i in 0..PIXEL_BYTES {
                    let above = i16::from(above[i]);
                    pixel[i] = add(pixel[i], paeth(left[i], above, above_left[i]));
                    left[i] = i16::from(pixel[i]);
                    above_left[i] = above;
                }
            }
        }
    }
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
const fn add(byte: u8, predicted: i16) -> u8 {
    byte.wrapping_add(predicted as u8)
}

/// The Paeth predictor (9.4): of `left`, `above` and `above_left`, the value nearest to
/// `left + above - above_left`. The earlier one wins a tie.
///
/// Branch-free. Let `threshold` be three times `above_left` minus the two others. If it is
/// at least the larger of the two, the smaller one is the nearest. If it is at most the
/// smaller one, the larger one is.
#[inline(always)]
fn paeth(left: i16, above: i16, above_left: i16) -> i16 {
    let threshold = 3 * above_left - (left + above);
    let (smaller, larger) = (left.min(above), left.max(above));
    let nearest = if larger <= threshold { smaller } else { above_left };
    if threshold <= smaller { larger } else { nearest }
}

/// Filter types (PNG, 9.2).
const NONE: u8 = 0;
const SUB: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The literal wording of 9.4.
    fn specified_paeth(a: i16, b: i16, c: i16) -> i16 {
        let p = a + b - c;
        let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
        if pa <= pb && pa <= pc {
            a
        } else if pb <= pc {
            b
        } else {
            c
        }
    }

    #[test]
    fn paeth_matches_the_specification_for_all_inputs() {
        for left in 0..=255 {
            for above in 0..=255 {
                for above_left in 0..=255 {
                    let expected = specified_paeth(left, above, above_left);
                    assert_eq!(paeth(left, above, above_left), expected);
                }
            }
        }
    }

    /// The reference is 9.2, a byte at a time.
    #[test]
    fn unfiltered_rows_match_the_specification() {
        let mut seed = 1_u32;
        let mut random_byte = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        for (filter, pixel_bytes) in
            (0..5).flat_map(|filter| [1, 2, 3, 4, 6, 8].map(|bytes| (filter, bytes)))
        {
            let above: Vec<u8> = (0..10 * pixel_bytes).map(|_| random_byte()).collect();
            let filtered: Vec<u8> = (0..10 * pixel_bytes).map(|_| random_byte()).collect();
            let mut expected = filtered.clone();
            for i in 0..expected.len() {
                let left = if i < pixel_bytes { 0 } else { i16::from(expected[i - pixel_bytes]) };
                let above_left =
                    if i < pixel_bytes { 0 } else { i16::from(above[i - pixel_bytes]) };
                let above = i16::from(above[i]);
                let predicted = match filter {
                    0 => 0,
                    1 => left,
                    2 => above,
                    3 => (left + above) / 2,
                    _ => specified_paeth(left, above, above_left),
                };
                expected[i] = u8::try_from((i16::from(filtered[i]) + predicted) % 256).unwrap();
            }
            let mut row = filtered;
            assert_eq!(unfilter(filter, pixel_bytes, &above, &mut row), Ok(()));
            assert_eq!(row, expected, "filter {filter}, {pixel_bytes} bytes");
        }
        assert_eq!(unfilter(5, 1, &[0], &mut [0]), Err(UnknownFilter));
    }
}
