//! Rows compared with the wording of the specification.

use super::filter_type::{AVERAGE, SUB, UP};
use super::plain::paeth;
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
                let expected = specified_paeth(left.into(), above.into(), above_left.into());
                assert_eq!(i16::from(paeth(left, above, above_left)), expected);
            }
        }
    }
}

/// The reference is 9.2, a byte at a time.
fn specified_row(filter: u8, pixel_bytes: usize, above: &[u8], filtered: &[u8]) -> Vec<u8> {
    let mut row = filtered.to_vec();
    for i in 0..row.len() {
        let left = if i < pixel_bytes { 0 } else { i16::from(row[i - pixel_bytes]) };
        let above_left = if i < pixel_bytes { 0 } else { i16::from(above[i - pixel_bytes]) };
        let above = i16::from(above[i]);
        let predicted = match filter {
            NONE => 0,
            SUB => left,
            UP => above,
            AVERAGE => (left + above) / 2,
            _ => specified_paeth(left, above, above_left),
        };
        row[i] = u8::try_from((i16::from(filtered[i]) + predicted) % 256).unwrap();
    }
    row
}

#[test]
fn rows_of_any_filters_match_the_specification() {
    let mut seed = 1_u32;
    let mut random_row = |len: usize| -> Vec<u8> {
        let random = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        (0..len).map(random).collect()
    };
    for pixel_bytes in [1, 2, 3, 4, 6, 8] {
        for number in 0..5 * 5 * 5 * 5 {
            let filters = [number % 5, number / 5 % 5, number / 25 % 5, number / 125];
            let filters = filters.map(|filter: u16| u8::try_from(filter).unwrap());
            let len = pixel_bytes * [1, 2, 3, 4, 5, 30, 31][usize::from(number) % 7];
            let (above, mut rows) = (random_row(len), [(); ROWS].map(|()| random_row(len)));
            let mut expected = rows.clone();
            let mut last = &above;
            for (row, &filter) in expected.iter_mut().zip(&filters) {
                *row = specified_row(filter, pixel_bytes, last, row);
                last = row;
            }
            let mut plain = rows.clone();
            unfilter(filters, pixel_bytes, &above, rows.each_mut().map(|row| &mut row[..]));
            assert_eq!(rows, expected, "{filters:?}, {pixel_bytes} bytes, {len}");
            // One at a time, as on machines without vectors.
            let mut last = &above;
            for (row, &filter) in plain.iter_mut().zip(&filters) {
                unfilter_row(filter, pixel_bytes, last, row);
                last = row;
            }
            assert_eq!(plain, expected, "{filters:?}, {pixel_bytes} bytes, {len}");
        }
    }
}
