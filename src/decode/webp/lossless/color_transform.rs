//! Undoing the colour transform and the subtraction of green (RFC 9649, 4.2 and 4.3).

/// How much of one channel was subtracted from another, in 32nds, in one tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Factors {
    green_to_red: i8,
    green_to_blue: i8,
    red_to_blue: i8,
}

impl Factors {
    pub(super) const fn of(pixel: u32) -> Self {
        let [_, red_to_blue, green_to_blue, green_to_red] = pixel.to_be_bytes();
        Self {
            green_to_red: green_to_red.cast_signed(),
            green_to_blue: green_to_blue.cast_signed(),
            red_to_blue: red_to_blue.cast_signed(),
        }
    }
}

/// Adds to red and blue what was subtracted from them.
pub(super) fn undo(factors: Factors, pixels: &mut [u32]) {
    let [green_to_red, green_to_blue, red_to_blue] =
        [factors.green_to_red, factors.green_to_blue, factors.red_to_blue].map(i32::from);
    for pixel in pixels {
        let green = signed_byte(*pixel >> 8);
        let red = (*pixel >> 16).wrapping_add(share(green_to_red, green));
        let blue = pixel.wrapping_add(share(green_to_blue, green));
        let blue = blue.wrapping_add(share(red_to_blue, signed_byte(red)));
        *pixel = *pixel & 0xFF00_FF00 | (red & 0xFF) << 16 | blue & 0xFF;
    }
}

/// The lowest byte, as a number from -128 to 127.
#[inline(always)]
const fn signed_byte(value: u32) -> i32 {
    (value << 24).cast_signed() >> 24
}

#[inline(always)]
const fn share(factor: i32, channel: i32) -> u32 {
    ((factor * channel) >> 5).cast_unsigned()
}

/// Adds green to red and to blue.
pub(super) fn add_green(pixels: &mut [u32]) {
    for pixel in pixels {
        let green = *pixel >> 8 & 0xFF;
        let others = (*pixel & 0x00FF_00FF).wrapping_add(green << 16 | green) & 0x00FF_00FF;
        *pixel = *pixel & 0xFF00_FF00 | others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    #[test]
    #[allow(clippy::cast_possible_truncation, reason = "32 bits of noise")]
    fn channels_are_added_as_the_format_says() {
        let mut noise = Noise(6);
        for _ in 0..3000 {
            let (pixel, tile) = (noise.number() as u32, noise.number() as u32);
            let factors = Factors::of(tile);
            let delta = |factor: u8, channel: u8| {
                (i16::from(factor.cast_signed()) * i16::from(channel.cast_signed())) >> 5
            };
            let [_, red_to_blue, green_to_blue, green_to_red] = tile.to_be_bytes();
            let [alpha, red, green, blue] = pixel.to_be_bytes();
            let red = (i16::from(red) + delta(green_to_red, green)) as u8;
            let blue = i16::from(blue) + delta(green_to_blue, green) + delta(red_to_blue, red);
            let mut row = [pixel];
            undo(factors, &mut row);
            assert_eq!(row, [u32::from_be_bytes([alpha, red, green, blue as u8])]);
            let [alpha, red, green, blue] = pixel.to_be_bytes();
            let mut row = [pixel];
            add_green(&mut row);
            let [red, blue] = [red, blue].map(|channel| channel.wrapping_add(green));
            assert_eq!(row, [u32::from_be_bytes([alpha, red, green, blue])]);
        }
    }
}
