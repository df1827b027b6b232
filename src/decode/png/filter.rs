//! Undoes the filters of rows (PNG, 9.2).

/// A filter that PNG does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnknownFilter;

/// Turns the filtered `row` into samples, with the samples of the row `above` it, zeros above the first.
/// The byte to the left is `pixel_bytes` before: 1 where pixels are smaller, else 1, 2, 3, 4, 6 or 8.
pub(super) fn unfilter(
    filter: u8,
    pixel_bytes: usize,
    above: &[u8],
    row: &mut [u8],
) -> Result<(), UnknownFilter> {
    match (filter, pixel_bytes) {
        (0, _) => {}
        (2, _) => up(above, row),
        (1 | 3 | 4, 1) => from_left::<1>(filter, above, row),
        (1 | 3 | 4, 2) => from_left::<2>(filter, above, row),
        (1 | 3 | 4, 3) => from_left::<3>(filter, above, row),
        (1 | 3 | 4, 4) => from_left::<4>(filter, above, row),
        (1 | 3 | 4, 6) => from_left::<6>(filter, above, row),
        (1 | 3 | 4, _) => from_left::<8>(filter, above, row),
        _ => return Err(UnknownFilter),
    }
    Ok(())
}

fn up(above: &[u8], row: &mut [u8]) {
    for (byte, above) in row.iter_mut().zip(above) {
        *byte = byte.wrapping_add(*above);
    }
}

/// The filters that need the pixel to the left. It is kept beside the row, and wide, for loops that
/// become vectors.
fn from_left<const PIXEL_BYTES: usize>(filter: u8, above: &[u8], row: &mut [u8]) {
    let pixels = row.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut();
    let above = above.as_chunks::<PIXEL_BYTES>().0;
    let mut left = [0_i16; PIXEL_BYTES];
    match filter {
        1 => {
            for pixel in pixels {
                for (byte, left) in pixel.iter_mut().zip(&mut left) {
                    *byte = add(*byte, *left);
                    *left = i16::from(*byte);
                }
            }
        }
        3 => {
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

/// Of left, above and above left the one that is nearest to left + above - above left; of two as near,
/// the first (9.4).
///
/// Without a branch: when three times `above_left` minus both others is over the larger one, the smaller
/// is the nearest; when it is under the smaller one, the larger.
#[inline(always)]
fn paeth(left: i16, above: i16, above_left: i16) -> i16 {
    let middle = 3 * above_left - (left + above);
    let (smaller, larger) = (left.min(above), left.max(above));
    let nearest = if larger <= middle { smaller } else { above_left };
    if middle <= smaller { larger } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As 9.4 writes it down.
    fn paeth_of_the_specification(a: i16, b: i16, c: i16) -> i16 {
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
    fn paeth_is_that_of_the_specification_for_all_neighbours() {
        for left in 0..=255 {
            for above in 0..=255 {
                for above_left in 0..=255 {
                    let expected = paeth_of_the_specification(left, above, above_left);
                    assert_eq!(paeth(left, above, above_left), expected);
                }
            }
        }
    }

    /// 9.2, a byte at a time.
    #[test]
    fn rows_are_those_of_the_specification() {
        let mut seed = 1_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        for (filter, pixel_bytes) in
            (0..5).flat_map(|filter| [1, 2, 3, 4, 6, 8].map(|bytes| (filter, bytes)))
        {
            let above: Vec<u8> = (0..10 * pixel_bytes).map(|_| noise()).collect();
            let filtered: Vec<u8> = (0..10 * pixel_bytes).map(|_| noise()).collect();
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
                    _ => paeth_of_the_specification(left, above, above_left),
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
