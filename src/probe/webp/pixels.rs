//! The symbols of a small image in the headers of VP8L (RFC 9649, 3.6).

use super::bits::Bits;
use super::code::Code;
use super::malformed;
use crate::error::Error;
use crate::size::Size;

/// The five codes of a group (RFC 9649, 3.7.1).
pub(super) struct Group<'s> {
    pub(super) green: Code<'s>,
    pub(super) red: Code<'s>,
    pub(super) blue: Code<'s>,
    pub(super) alpha: Code<'s>,
    pub(super) distance: Code<'s>,
}

impl Group<'_> {
    /// Reads all symbols of an image; returns the largest `red << 8 | green` of its literals.
    ///
    /// Every step but those that end it spends a bit, so that the work is linear in the input.
    pub(super) fn read(&self, bits: &mut Bits<'_>, size: Size) -> Result<u16, Error> {
        let pixels = size.pixels();
        let others = [&self.red, &self.blue, &self.alpha];
        let only_green = others.iter().all(|code| code.shape.single().is_some());
        let free = self.green.shape.single().is_some();
        let mut largest = 0;
        let mut done = 0;
        while done < pixels {
            let green = self.green.symbol(bits)?;
            match green {
                ..256 if only_green => {
                    largest = largest.max((self.red.shape.first << 8) | green);
                    if free {
                        return Ok(largest);
                    }
                    done += 1;
                }
                ..256 => {
                    let red = self.red.symbol(bits)?;
                    self.blue.symbol(bits)?;
                    self.alpha.symbol(bits)?;
                    largest = largest.max((red << 8) | green);
                    done += 1;
                }
                256..280 => {
                    let length = copy_value(bits, green - 256)?;
                    let distance = self.distance.symbol(bits)?;
                    copy_value(bits, distance)?;
                    if done == 0 || length > pixels - done {
                        return Err(malformed("a copy from outside the picture"));
                    }
                    done += length;
                }
                _ if free => return Ok(largest),
                _ => done += 1,
            }
        }
        Ok(largest)
    }
}

/// A length or distance: a prefix and its extra bits (RFC 9649, 3.6.2.2).
fn copy_value(bits: &mut Bits<'_>, prefix: u16) -> Result<u64, Error> {
    let prefix = u32::from(prefix);
    if prefix < 4 {
        return Ok(u64::from(prefix) + 1);
    }
    let extra = (prefix - 2) >> 1;
    Ok(u64::from((2 + (prefix & 1)) << extra) + u64::from(bits.read(extra)?) + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::lengths::Tally;
    use crate::probe::webp::sample::BitWriter;

    /// A code of these symbols, in their order, of these lengths.
    fn code<'s>(symbols: &[(u16, u8)], alphabet: u16, sorted: &'s mut [u16]) -> Code<'s> {
        let mut lengths = vec![0; usize::from(alphabet)];
        let mut tally = Tally::new(None);
        for &(symbol, length) in symbols {
            tally.skip_to(symbol);
            tally.put(length, 1);
            lengths[usize::from(symbol)] = length;
        }
        Code::new(tally.shape().complete().unwrap(), &lengths, sorted)
    }

    #[test]
    fn lengths_and_distances_are_those_of_the_table() {
        for (prefix, extra, first) in
            [(0, 0, 1), (3, 0, 4), (4, 1, 5), (5, 1, 7), (6, 2, 9), (7, 2, 13), (23, 10, 3073)]
        {
            for value in [0, (1 << extra) - 1] {
                let mut stream = BitWriter::default();
                stream.put(value, extra);
                stream.put(1, 1);
                let mut bits = Bits::new(&stream.bytes);
                let read = copy_value(&mut bits, prefix).unwrap();
                assert_eq!(read, u64::from(first + value), "prefix {prefix}");
                assert!(bits.flag().unwrap());
            }
        }
    }

    #[test]
    fn the_largest_literal_is_found_behind_copies_and_cached_colours() {
        let mut sorted = [[0; 282]; 5];
        let [green, red, blue, alpha, distance] = &mut sorted;
        let group = Group {
            green: code(&[(7, 1), (9, 2), (256, 3), (281, 3)], 282, green),
            red: code(&[(1, 1), (3, 1)], 256, red),
            blue: code(&[(0, 1)], 256, blue),
            alpha: code(&[(5, 1), (6, 1)], 256, alpha),
            distance: code(&[(4, 1)], 40, distance),
        };
        let mut stream = BitWriter::default();
        stream.put(0b000, 3); // 7, red 1, alpha 5
        stream.put(0b111, 3); // a cached colour
        stream.put(0b011, 3); // a copy of one pixel
        stream.put(1, 1); // and the extra bit of its distance
        stream.put(0b0101, 4); // 9, red 3, alpha 5
        stream.put(0b100, 3); // 7, red 1, alpha 6
        stream.put(0b10, 2);
        let mut bits = Bits::new(&stream.bytes);
        assert_eq!(group.read(&mut bits, Size::new(5, 1)).unwrap(), 0x0309);
        assert_eq!(bits.read(2).unwrap(), 2);
    }
}
