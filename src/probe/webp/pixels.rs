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
