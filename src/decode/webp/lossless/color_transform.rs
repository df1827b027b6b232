//! The inverse colour transform and the inverse subtract-green transform (RFC 9649, 4.2 and 4.3).

/// The multipliers of a tile: how much of one channel was subtracted from
/// another, in units of 1/32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Multipliers {
    green_to_red: i8,
    green_to_blue: i8,
    red_to_blue: i8,
}

impl Multipliers {
    pub(super) const fn from_pixel(pixel: u32) -> Self {
        let [_, red_to_blue, green_to_blue, green_to_red] = pixel.to_be_bytes();
        Self {
            green_to_red: green_to_red.cast_signed(),
            green_to_blue: green_to_blue.cast_signed(),
            red_to_blue: red_to_blue.cast_signed(),
        }
    }
}

/// The same for a tile of few pixels. Not inlined, so that it is compiled for vectors of four pixels
/// where the machine has longer ones, which few pixels do not fill.
#[inline(never)]
pub(super) fn undo_few(multipliers: Multipliers, pixels: &mut [u32]) {
    undo(multipliers, pixels);
}

/// Undoes the colour transform of the part of a row in one tile.
#[inline(always)]
pub(super) fn undo(multipliers: Multipliers, pixels: &mut [u32]) {
    let [green_to_red, green_to_blue, red_to_blue] =
        [multipliers.green_to_red, multipliers.green_to_blue, multipliers.red_to_blue]
            .map(i32::from);
    for pixel in pixels {
        let green = signed_byte(*pixel >> 8);
        let red = (*pixel >> 16).wrapping_add(delta(green_to_red, green));
        let blue = pixel.wrapping_add(delta(green_to_blue, green));
        let blue = blue.wrapping_add(delta(red_to_blue, signed_byte(red)));
        *pixel = *pixel & 0xFF00_FF00 | (red & 0xFF) << 16 | blue & 0xFF;
    }
}

/// The lowest byte as a signed number.
#[inline(always)]
const fn signed_byte(value: u32) -> i32 {
    (value << 24).cast_signed() >> 24
}

#[inline(always)]
const fn delta(multiplier: i32, channel: i32) -> u32 {
    ((multiplier * channel) >> 5).cast_unsigned()
}

/// Undoes the subtract-green transform: adds green to red and to blue.
#[inline(always)]
pub(super) fn add_green(pixels: &mut [u32]) {
    for pixel in pixels {
        let green = *pixel >> 8 & 0xFF;
        let red_and_blue = (*pixel & 0x00FF_00FF).wrapping_add(green << 16 | green) & 0x00FF_00FF;
        *pixel = *pixel & 0xFF00_FF00 | red_and_blue;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    #[test]
    #[allow(clippy::cast_possible_truncation, reason = "32 bits of noise")]
    fn channels_are_added_as_the_format_specifies() {
        let mut noise = Noise(6);
        for _ in 0..3000 {
            let (pixel, tile) = (noise.number() as u32, noise.number() as u32);
            let multipliers = Multipliers::from_pixel(tile);
            let delta = |multiplier: u8, channel: u8| {
                (i16::from(multiplier.cast_signed()) * i16::from(channel.cast_signed())) >> 5
            };
            let [_, red_to_blue, green_to_blue, green_to_red] = tile.to_be_bytes();
            let [alpha, red, green, blue] = pixel.to_be_bytes();
            let red = (i16::from(red) + delta(green_to_red, green)) as u8;
            let blue = i16::from(blue) + delta(green_to_blue, green) + delta(red_to_blue, red);
            let mut row = [pixel];
            undo(multipliers, &mut row);
            assert_eq!(row, [u32::from_be_bytes([alpha, red, green, blue as u8])]);
            let [alpha, red, green, blue] = pixel.to_be_bytes();
            let mut row = [pixel];
            add_green(&mut row);
            let [red, blue] = [red, blue].map(|channel| channel.wrapping_add(green));
            assert_eq!(row, [u32::from_be_bytes([alpha, red, green, blue])]);
        }
    }
}
