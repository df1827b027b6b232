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

/// True for the filters that predict a pixel from the one on its left. Each pixel waits for the one
/// before it.
pub(super) const fn is_serial(filter: u8) -> bool {
    matches!(filter, SUB | AVERAGE | PAETH)
}

/// Reconstructs two rows, both filtered by a [serial](is_serial) filter, at the same time: the second
/// one pixel behind the first, so that the processor works on two chains of pixels instead of one.
pub(super) fn unfilter_two(
    filters: [u8; 2],
    pixel_bytes: usize,
    above: &[u8],
    rows: [&mut [u8]; 2],
) {
    match pixel_bytes {
        1 => two_of_filters::<1>(filters, above, rows),
        2 => two_of_filters::<2>(filters, above, rows),
        3 => two_of_filters::<3>(filters, above, rows),
        4 => two_of_filters::<4>(filters, above, rows),
        6 => two_of_filters::<6>(filters, above, rows),
        _ => two_of_filters::<8>(filters, above, rows),
    }
}

fn two_of_filters<const PIXEL_BYTES: usize>(filters: [u8; 2], above: &[u8], rows: [&mut [u8]; 2]) {
    match filters {
        [SUB, SUB] => two_rows::<PIXEL_BYTES, SUB, SUB>(above, rows),
        [SUB, AVERAGE] => two_rows::<PIXEL_BYTES, SUB, AVERAGE>(above, rows),
        [SUB, _] => two_rows::<PIXEL_BYTES, SUB, PAETH>(above, rows),
        [AVERAGE, SUB] => two_rows::<PIXEL_BYTES, AVERAGE, SUB>(above, rows),
        [AVERAGE, AVERAGE] => two_rows::<PIXEL_BYTES, AVERAGE, AVERAGE>(above, rows),
        [AVERAGE, _] => two_rows::<PIXEL_BYTES, AVERAGE, PAETH>(above, rows),
        [_, SUB] => two_rows::<PIXEL_BYTES, PAETH, SUB>(above, rows),
        [_, AVERAGE] => two_rows::<PIXEL_BYTES, PAETH, AVERAGE>(above, rows),
        [_, _] => two_rows::<PIXEL_BYTES, PAETH, PAETH>(above, rows),
    }
}

fn two_rows<const PIXEL_BYTES: usize, const FIRST: u8, const SECOND: u8>(
    above: &[u8],
    [first, second]: [&mut [u8]; 2],
) {
    let above = above.as_chunks::<PIXEL_BYTES>().0.iter();
    let mut first = first.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut().zip(above);
    let second = second.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut();
    let (mut upper, mut lower) = (Chain::<PIXEL_BYTES>::START, Chain::<PIXEL_BYTES>::START);
    if let Some((pixel, above)) = first.next() {
        upper.step::<FIRST>(pixel, above.map(i16::from));
    }
    for pixel_below in second {
        let above_it = upper.left;
        if let Some((pixel, above)) = first.next() {
            upper.step::<FIRST>(pixel, above.map(i16::from));
        }
        lower.step::<SECOND>(pixel_below, above_it);
    }
}

/// The reconstructed pixels that the next one of a row depends on, widened to 16 bits.
struct Chain<const PIXEL_BYTES: usize> {
    left: [i16; PIXEL_BYTES],
    above_left: [i16; PIXEL_BYTES],
}

impl<const PIXEL_BYTES: usize> Chain<PIXEL_BYTES> {
    const START: Self = Self { left: [0; PIXEL_BYTES], above_left: [0; PIXEL_BYTES] };

    #[inline(always)]
    fn step<const FILTER: u8>(&mut self, pixel: &mut [u8; PIXEL_BYTES], above: [i16; PIXEL_BYTES]) {
        for i in 0..PIXEL_BYTES {
            let predicted = match FILTER {
                SUB => self.left[i],
                AVERAGE => (self.left[i] + above[i]) >> 1,
                _ => paeth(self.left[i], above[i], self.above_left[i]),
            };
            pixel[i] = add(pixel[i], predicted);
            self.left[i] = i16::from(pixel[i]);
            self.above_left[i] = above[i];
        }
    }
}

/// The picoseconds that a pixel takes at most, which is with Paeth.
pub(super) const fn pixel_ps(pixel_bytes: u64) -> u64 {
    let vector_ps = if pixel_bytes.is_power_of_two() { 0 } else { ODD_PIXEL_PS };
    PIXEL_PS + pixel_bytes * PIXEL_BYTE_PS + vector_ps
}

/// The part that does not depend on the length of a pixel: each waits for the one on its left.
const PIXEL_PS: u64 = 2_200;
const PIXEL_BYTE_PS: u64 = 350;
/// More for a pixel whose bytes do not fill a vector.
const ODD_PIXEL_PS: u64 = 1_000;

fn up(above: &[u8], row: &mut [u8]) {
    for (byte, above) in row.iter_mut().zip(above) {
        *byte = byte.wrapping_add(*above);
    }
}

/// Undoes the filters that need the pixel to the left. That pixel is held outside of the row and
/// widened to 16 bits, so that the loops over its bytes are vectorised.
fn sub_average_or_paeth<const PIXEL_BYTES: usize>(filter: u8, above: &[u8], row: &mut [u8]) {
    match filter {
        SUB => one_row::<PIXEL_BYTES, SUB>(above, row),
        AVERAGE => one_row::<PIXEL_BYTES, AVERAGE>(above, row),
        _ => one_row::<PIXEL_BYTES, PAETH>(above, row),
    }
}

fn one_row<const PIXEL_BYTES: usize, const FILTER: u8>(above: &[u8], row: &mut [u8]) {
    let pixels = row.as_chunks_mut::<PIXEL_BYTES>().0.iter_mut();
    let mut chain = Chain::<PIXEL_BYTES>::START;
    for (pixel, above) in pixels.zip(above.as_chunks::<PIXEL_BYTES>().0) {
        chain.step::<FILTER>(pixel, above.map(i16::from));
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

    #[test]
    fn two_rows_at_once_are_those_of_one_after_the_other() {
        let mut seed = 7_u32;
        let mut row = |len: usize| -> Vec<u8> {
            let random = |_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed.to_be_bytes()[0]
            };
            (0..len).map(random).collect()
        };
        for pixel_bytes in [1, 2, 3, 4, 6, 8] {
            for filters in [SUB, AVERAGE, PAETH].map(|a| [SUB, AVERAGE, PAETH].map(|b| [a, b])) {
                for (filters, pixels) in
                    filters.into_iter().zip([0, 1, 2, 3, 30].into_iter().cycle())
                {
                    let len = pixels * pixel_bytes;
                    let (above, first, second) = (row(len), row(len), row(len));
                    let mut expected = [first.clone(), second.clone()];
                    let [upper, lower] = &mut expected;
                    unfilter(filters[0], pixel_bytes, &above, upper).unwrap();
                    unfilter(filters[1], pixel_bytes, upper, lower).unwrap();
                    let mut rows = [first, second];
                    let [upper, lower] = &mut rows;
                    unfilter_two(filters, pixel_bytes, &above, [upper, lower]);
                    assert_eq!(rows, expected, "{filters:?}, {pixel_bytes} bytes");
                }
            }
        }
    }
}
