//! Several rows at once, in vectors of 16 bytes.
//!
//! A pixel waits for the one on its left, so a row is a chain, and its latency is what counts. Here a
//! vector holds a pixel of each of several rows, every row one pixel behind the row above it. What is
//! above a pixel is then in the vector of the step before, one row further up.

use core::ops::Range;

use fearless_simd::{Bytes, Simd, SimdBase, SimdFrom, u8x16, u32x4, u64x2};

use super::filter_type::{AVERAGE, PAETH, SUB, UP};
use super::plain::unfilter_part;

/// Reconstructs four rows, of pixels of up to four bytes.
#[inline(always)]
pub(super) fn unfilter_four_rows<S: Simd, const PIXEL_BYTES: usize>(
    simd: S,
    filters: [u8; 4],
    above: &[u8],
    rows: [&mut [u8]; 4],
) {
    unfilter_rows::<S, 4, PIXEL_BYTES>(simd, filters, above, rows);
}

/// Reconstructs four rows, two at a time, of pixels of up to eight bytes.
#[inline(always)]
pub(super) fn unfilter_two_rows<S: Simd, const PIXEL_BYTES: usize>(
    simd: S,
    [a, b, c, d]: [u8; 4],
    above: &[u8],
    [first, second, third, fourth]: [&mut [u8]; 4],
) {
    unfilter_rows::<S, 2, PIXEL_BYTES>(simd, [a, b], above, [first, &mut *second]);
    unfilter_rows::<S, 2, PIXEL_BYTES>(simd, [c, d], second, [third, fourth]);
}

#[inline(always)]
fn unfilter_rows<S: Simd, const ROWS: usize, const PIXEL_BYTES: usize>(
    simd: S,
    filters: [u8; ROWS],
    above: &[u8],
    rows: [&mut [u8]; ROWS],
) {
    if filters == [PAETH; ROWS] {
        unfilter::<S, ROWS, PIXEL_BYTES, PAETH>(simd, filters, above, rows);
    } else if filters == [SUB; ROWS] {
        unfilter::<S, ROWS, PIXEL_BYTES, SUB>(simd, filters, above, rows);
    } else if filters == [AVERAGE; ROWS] {
        unfilter::<S, ROWS, PIXEL_BYTES, AVERAGE>(simd, filters, above, rows);
    } else {
        unfilter::<S, ROWS, PIXEL_BYTES, MIXED>(simd, filters, above, rows);
    }
}

/// The rows have different filters.
const MIXED: u8 = u8::MAX;

#[inline(always)]
fn unfilter<S: Simd, const ROWS: usize, const PIXEL_BYTES: usize, const FILTER: u8>(
    simd: S,
    filters: [u8; ROWS],
    above: &[u8],
    mut rows: [&mut [u8]; ROWS],
) {
    let len = rows.iter().map(|row| row.len()).fold(above.len(), usize::min);
    // The last row begins with its first pixel, when the others are ahead of it.
    let start = |row: usize| len.min((ROWS - 1 - row) * PIXEL_BYTES);
    unfilter_parts(filters, PIXEL_BYTES, above, &mut rows, |row| 0..start(row));
    let pixels_at_start = |row: usize, bytes: &[u8]| {
        let from = start(row).saturating_sub(PIXEL_BYTES);
        let pixel = bytes.get(from..).and_then(<[u8]>::first_chunk::<PIXEL_BYTES>);
        if row == ROWS - 1 { 0 } else { pixel.map_or(0, word) }
    };
    let left: [u64; ROWS] = core::array::from_fn(|row| pixels_at_start(row, rows[row]));
    let above_left: [u64; ROWS] = core::array::from_fn(|row| match row.checked_sub(1) {
        Some(upper) => pixels_at_start(row, rows[upper]),
        None => pixels_at_start(row, above),
    });
    let (mut left, mut above_left) = (vector(simd, left), vector(simd, above_left));
    let masks = Masks::new(simd, filters);

    // All rows from there on, with one length, so that one comparison is enough for all.
    let steps = (len - start(0)) / PIXEL_BYTES;
    let pixels = above.get(start(0)..).map(|above| above.as_chunks::<PIXEL_BYTES>().0);
    let Some(upper) = pixels.and_then(|pixels| pixels.get(..steps)) else { return };
    let mut lower: [&mut [[u8; PIXEL_BYTES]]; ROWS] = core::array::from_fn(|_| Default::default());
    for (row, (slot, bytes)) in lower.iter_mut().zip(&mut rows).enumerate() {
        let pixels = bytes.get_mut(start(row)..).map(|row| row.as_chunks_mut::<PIXEL_BYTES>().0);
        let Some(pixels) = pixels.and_then(|pixels| pixels.get_mut(..steps)) else { return };
        *slot = pixels;
    }
    for step in 0..steps {
        let above = below_the_row_above::<S, ROWS>(simd, word(&upper[step]), left);
        let mut filtered = [0; ROWS];
        for row in 0..ROWS {
            filtered[row] = word(&lower[row][step]);
        }
        let predicted = match FILTER {
            SUB => left,
            PAETH => paeth(simd, left, above, above_left),
            AVERAGE => average(simd, left, above),
            _ => {
                simd.and_u8x16(masks.sub, left)
                    | simd.and_u8x16(masks.up, above)
                    | simd.and_u8x16(masks.average, average(simd, left, above))
                    | simd.and_u8x16(masks.paeth, paeth(simd, left, above, above_left))
            }
        };
        left = vector(simd, filtered) + predicted;
        above_left = above;
        let words = words::<S, ROWS>(left);
        for row in 0..ROWS {
            lower[row][step].copy_from_slice(&words[row].to_le_bytes()[..PIXEL_BYTES]);
        }
    }
    let done = steps * PIXEL_BYTES;
    unfilter_parts(filters, PIXEL_BYTES, above, &mut rows, |row| start(row) + done..len);
}

/// Reconstructs a part of each row, one row after the other.
#[inline(always)]
fn unfilter_parts<const ROWS: usize>(
    filters: [u8; ROWS],
    pixel_bytes: usize,
    above: &[u8],
    rows: &mut [&mut [u8]; ROWS],
    part: impl Fn(usize) -> Range<usize>,
) {
    let mut above = above;
    for (row, (bytes, filter)) in rows.iter_mut().zip(filters).enumerate() {
        unfilter_part(filter, pixel_bytes, above, bytes, part(row));
        above = bytes;
    }
}

/// The bytes of a pixel as a number, the first one lowest.
#[inline(always)]
fn word<const PIXEL_BYTES: usize>(pixel: &[u8; PIXEL_BYTES]) -> u64 {
    let mut word = [0; 8];
    word[..PIXEL_BYTES].copy_from_slice(pixel);
    u64::from_le_bytes(word)
}

/// A vector of a word for each row.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "four words have 32 bits")]
fn vector<S: Simd, const ROWS: usize>(simd: S, words: [u64; ROWS]) -> u8x16<S> {
    if ROWS == 4 {
        u32x4::simd_from(simd, [words[0] as u32, words[1] as u32, words[2] as u32, words[3] as u32])
            .bitcast()
    } else {
        u64x2::simd_from(simd, [words[0], words[1]]).bitcast()
    }
}

/// The words of a vector.
#[inline(always)]
fn words<S: Simd, const ROWS: usize>(vector: u8x16<S>) -> [u64; ROWS] {
    if ROWS == 4 {
        let words: [u32; 4] = vector.bitcast::<u32x4<S>>().into();
        core::array::from_fn(|row| u64::from(words[row]))
    } else {
        let words: [u64; 2] = vector.bitcast::<u64x2<S>>().into();
        core::array::from_fn(|row| words[row])
    }
}

/// `first`, and then the pixels of all rows but the last.
#[inline(always)]
fn below_the_row_above<S: Simd, const ROWS: usize>(
    simd: S,
    first: u64,
    pixels: u8x16<S>,
) -> u8x16<S> {
    let zeros = u8x16::splat(simd, 0);
    let mut words = [0; ROWS];
    words[0] = first;
    let others = if ROWS == 4 {
        simd.slide_u8x16::<12>(zeros, pixels)
    } else {
        simd.slide_u8x16::<8>(zeros, pixels)
    };
    vector(simd, words) | others
}

/// Half the sum, rounded down.
#[inline(always)]
fn average<S: Simd>(simd: S, left: u8x16<S>, above: u8x16<S>) -> u8x16<S> {
    (left & above) + simd.shr_u8x16(left ^ above, 1)
}

/// The Paeth predictor, as [`plain::paeth`](super::plain::paeth) has it.
#[inline(always)]
fn paeth<S: Simd>(simd: S, left: u8x16<S>, above: u8x16<S>, above_left: u8x16<S>) -> u8x16<S> {
    let (smaller, larger) = (simd.min_u8x16(left, above), simd.max_u8x16(left, above));
    let over = simd.saturating_sub_u8x16(above_left, smaller);
    let under = simd.saturating_sub_u8x16(larger, above_left);
    let is_larger = simd.simd_le_u8x16(over, simd.saturating_sub_u8x16(under, over));
    let is_smaller = simd.simd_le_u8x16(under, simd.saturating_sub_u8x16(over, under));
    let others = simd.select_u8x16(is_smaller, smaller, above_left);
    simd.select_u8x16(is_larger, larger, others)
}

/// The bytes of the rows with a filter.
struct Masks<S: Simd> {
    sub: u8x16<S>,
    up: u8x16<S>,
    average: u8x16<S>,
    paeth: u8x16<S>,
}

impl<S: Simd> Masks<S> {
    #[inline(always)]
    fn new<const ROWS: usize>(simd: S, filters: [u8; ROWS]) -> Self {
        let of = |filter| vector(simd, filters.map(|of| if of == filter { u64::MAX } else { 0 }));
        Self { sub: of(SUB), up: of(UP), average: of(AVERAGE), paeth: of(PAETH) }
    }
}
