//! Reads the symbols of an entropy-coded image (RFC 9649, 3.6 and 5.2), and finds the largest
//! literal of the small images among the headers.

use super::bit_reader::BitReader;
use super::prefix_code::PrefixTable;
use crate::error::Error;
use crate::probe::webp::errors::{TRUNCATED, malformed};
use crate::size::Size;

/// A prefix code group: five codes (RFC 9649, 3.7.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group<'t> {
    pub(crate) green: PrefixTable<'t>,
    pub(crate) red: PrefixTable<'t>,
    pub(crate) blue: PrefixTable<'t>,
    pub(crate) alpha: PrefixTable<'t>,
    pub(crate) distance: PrefixTable<'t>,
}

impl Group<'_> {
    /// Reads all symbols of an image. Returns the largest `red << 8 | green` of its literals.
    ///
    /// Every iteration except the last reads at least one bit, so the work is linear in the input.
    pub(super) fn read_image(&self, bits: &mut BitReader<'_>, size: Size) -> Result<u16, Error> {
        let pixels = size.pixels();
        // With a single green symbol as well, literals take no bits.
        let only_green = [self.red, self.blue, self.alpha].iter().all(PrefixTable::is_single);
        let green_is_single = self.green.is_single();
        let mut largest = 0;
        let mut done = 0;
        while done < pixels {
            bits.refill();
            let green = self.green.symbol(bits);
            match green {
                ..256 => {
                    let red = self.red.symbol(bits);
                    largest = largest.max((red << 8) | green);
                    if green_is_single && only_green {
                        break;
                    }
                    self.blue.symbol(bits);
                    bits.refill();
                    self.alpha.symbol(bits);
                    done += 1;
                }
                256..280 => {
                    let (length, _) = self.copy(bits, green);
                    let length = u64::from(length);
                    if done == 0 || length > pixels - done {
                        return Err(if bits.are_past_end() {
                            TRUNCATED
                        } else {
                            COPY_OUTSIDE_PICTURE
                        });
                    }
                    done += length;
                }
                _ if green_is_single => break,
                _ => done += 1,
            }
            if bits.are_past_end() {
                return Err(TRUNCATED);
            }
        }
        Ok(largest)
    }

    /// Reads the rest of a copy after its length prefix, the symbol `green`: 256 to 279. Returns
    /// the length and the coded distance, both at least 1 (RFC 9649, 5.2.2).
    #[inline(always)]
    pub(crate) fn copy(&self, bits: &mut BitReader<'_>, green: u16) -> (u32, u32) {
        let length = copy_value(bits, green - 256);
        bits.refill();
        let distance = self.distance.symbol(bits);
        (length, copy_value(bits, distance))
    }
}

/// Reads a length or distance: a prefix, and at most 18 extra bits (RFC 9649, 5.2.2).
#[inline(always)]
fn copy_value(bits: &mut BitReader<'_>, prefix: u16) -> u32 {
    let prefix = u32::from(prefix);
    if prefix < 4 {
        return prefix + 1;
    }
    let extra = (prefix - 2) >> 1;
    ((2 + (prefix & 1)) << extra) + bits.read_held(extra) + 1
}

/// The largest coded distance with this prefix or a smaller one.
pub(super) const fn largest_value(prefix: u16) -> u32 {
    let prefix = prefix as u32;
    if prefix < 4 {
        return prefix + 1;
    }
    (3 + (prefix & 1)) << ((prefix - 2) >> 1)
}

/// Converts a coded distance to pixels, in an image of `width` columns (RFC 9649, 5.2.2).
#[inline(always)]
pub(crate) fn distance_in_pixels(coded: u32, width: u32) -> u32 {
    match coded.checked_sub(NEIGHBOUR_CODES + 1) {
        Some(further) => further + 1,
        None => {
            let neighbour = NEIGHBOURS.get(coded as usize - 1).copied().unwrap_or_default();
            neighbour_distance(neighbour, width)
        }
    }
}

/// The distance in pixels of a neighbour. A neighbour that is not an earlier pixel counts as 1.
const fn neighbour_distance((left, up): (i8, i8), width: u32) -> u32 {
    let up = up.unsigned_abs() as u32 * width;
    let pixels = up.saturating_add_signed(left as i32);
    if pixels == 0 { 1 } else { pixels }
}

/// The maximum distance in pixels of all coded distances up to `coded`.
pub(super) fn max_distance_in_pixels(coded: u32, width: u32) -> u32 {
    let neighbours = NEIGHBOURS.iter().take(coded as usize);
    let distances = neighbours.map(|&neighbour| neighbour_distance(neighbour, width));
    distances.max().unwrap_or(0).max(coded.saturating_sub(NEIGHBOUR_CODES))
}

/// Coded distances up to this one mean a neighbour, greater ones a number of pixels.
const NEIGHBOUR_CODES: u32 = 120;

/// The neighbours of a pixel, as steps to the left and up, in the order of their codes: by
/// distance, then by the horizontal step, then left before right.
const NEIGHBOURS: [(i8, i8); 120] = {
    let mut all = [(0, 0); 120];
    let (mut at, mut squared) = (0, 1);
    while at < all.len() {
        let mut side = 0;
        while side <= 8 {
            let mut up = 0;
            while up <= 7 {
                if side as i32 * side as i32 + up as i32 * up as i32 == squared {
                    all[at] = (side, up);
                    at += 1;
                    if side > 0 && side < 8 && up > 0 {
                        all[at] = (-side, up);
                        at += 1;
                    }
                }
                up += 1;
            }
            side += 1;
        }
        squared += 1;
    }
    all
};

/// A copy starts before the first pixel, or ends after the last one.
pub(crate) const COPY_OUTSIDE_PICTURE: Error = malformed("a copy from outside the picture");

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::BitWriter;
    use crate::probe::webp::vp8l::MAX_ALPHABET;
    use crate::probe::webp::vp8l::code_lengths::LengthCounts;

    /// The lookup table of a code with these symbols, in ascending order, and their code lengths.
    fn table(symbols: &[(u16, u8)]) -> (Vec<u16>, u32) {
        let mut lengths = [0; MAX_ALPHABET];
        let mut counts = LengthCounts::new(Some(&mut lengths));
        for &(symbol, length) in symbols {
            counts.skip_to(symbol);
            counts.add(length, 1);
        }
        let code = counts.code().check_complete().unwrap();
        let mut table = vec![0; code.entries() as usize];
        code.fill(&lengths, &mut table);
        (table, code.root_bits())
    }

    #[test]
    fn coded_distances_mean_the_neighbours_of_the_format() {
        let sample = [0, 1, 2, 3, 8, 34, 39, 77, 118, 119].map(|at| NEIGHBOURS[at]);
        let expected =
            [(0, 1), (1, 0), (1, 1), (-1, 1), (2, 1), (0, 5), (5, 0), (-5, 5), (8, 6), (8, 7)];
        assert_eq!(sample, expected);
        // A neighbour that is not an earlier pixel means the previous pixel.
        assert_eq!([4, 1, 8].map(|coded| distance_in_pixels(coded, 1)), [1, 1, 1]);
        assert_eq!(
            [1, 2, 120, 121, 1 << 20].map(|coded| distance_in_pixels(coded, 1000)),
            [1000, 1, 7008, 1, (1 << 20) - 120]
        );
        for (coded, width, distance) in
            [(1 << 20, 16_384, (1 << 20) - 120), (120, 1000, 7008), (1, 1000, 1000), (2, 9, 9)]
        {
            assert_eq!(max_distance_in_pixels(coded, width), distance);
        }
    }

    #[test]
    fn lengths_and_distances_match_the_prefix_table_of_the_format() {
        for (prefix, extra, first) in
            [(0, 0, 1), (3, 0, 4), (4, 1, 5), (5, 1, 7), (6, 2, 9), (7, 2, 13), (23, 10, 3073)]
        {
            for value in [0, (1 << extra) - 1] {
                let mut stream = BitWriter::default();
                stream.put(value, extra);
                stream.put(1, 1);
                let mut bits = BitReader::new(&stream.bytes);
                bits.refill();
                let read = copy_value(&mut bits, prefix);
                assert_eq!(read, first + value, "prefix {prefix}");
                assert!(value + 1 < 1 << extra || read == largest_value(prefix));
                assert!(bits.flag().unwrap());
            }
        }
    }

    /// Copies of one and of two pixels. 7 is a literal; 256 and 257 are the length prefixes.
    #[test]
    fn a_copy_outside_the_picture_is_malformed() {
        let single = table(&[(0, 1)]);
        let (entries, root_bits) = table(&[(7, 1), (256, 2), (257, 2)]);
        let read = |codes: u32, count, pixels| {
            let other = PrefixTable::new(&single.0, single.1);
            let green = PrefixTable::new(&entries, root_bits);
            let group = Group { green, red: other, blue: other, alpha: other, distance: other };
            let mut stream = BitWriter::default();
            stream.put(codes, count);
            stream.put(0, 8);
            group.read_image(&mut BitReader::new(&stream.bytes), Size::new(pixels, 1))
        };
        let two = 0b11;
        assert_eq!(read(two << 1, 3, 3).unwrap(), 7);
        assert_eq!(read(two << 2, 4, 4).unwrap(), 7);
        for (codes, count, pixels) in [(two << 1, 3, 2), (two << 2, 4, 3), (two, 2, 3)] {
            let message = read(codes, count, pixels).unwrap_err().to_string();
            assert_eq!(message, COPY_OUTSIDE_PICTURE.to_string());
        }
    }

    #[test]
    fn the_largest_literal_is_found_after_copies_and_cached_colours() {
        let tables = [
            table(&[(7, 1), (9, 2), (256, 3), (281, 3)]),
            table(&[(1, 1), (3, 1)]),
            table(&[(0, 1)]),
            table(&[(5, 1), (6, 1)]),
            table(&[(4, 1)]),
        ];
        let [green, red, blue, alpha, distance] =
            tables.each_ref().map(|(table, root_bits)| PrefixTable::new(table, *root_bits));
        let group = Group { green, red, blue, alpha, distance };
        let mut stream = BitWriter::default();
        stream.put(0b000, 3); // 7, red 1, alpha 5
        stream.put(0b111, 3); // a cached colour
        stream.put(0b011, 3); // a copy of one pixel
        stream.put(1, 1); // and the extra bit of its distance
        stream.put(0b0101, 4); // 9, red 3, alpha 5
        stream.put(0b100, 3); // 7, red 1, alpha 6
        stream.put(0b10, 2);
        let mut bits = BitReader::new(&stream.bytes);
        assert_eq!(group.read_image(&mut bits, Size::new(5, 1)).unwrap(), 0x0309);
        assert_eq!(bits.read(2).unwrap(), 2);
    }
}
