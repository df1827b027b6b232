//! Colours in sRGB → the colour space of an output, and the other way round.

use super::channels::Channels;
use super::color_space;
use super::light::CurvesAndMatrix;
use super::primaries::primaries;
use super::transfer::light;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::picture::Gamut;
use crate::probe::{Chromaticities, ColorSpace, Transfer};

/// A colour in sRGB as the pixels of an output have it.
pub(crate) fn from_srgb(mut rgb: [u8; 3], gamut: Gamut) -> Result<[u8; 3], Error> {
    if gamut != Gamut::Srgb {
        let srgb = ColorSpace { transfer: Transfer::Srgb, chromaticities: Chromaticities::SRGB };
        color_space::convert(&mut rgb, Channels::Rgb, &srgb, gamut, &Interrupt::never())?;
    }
    Ok(rgb)
}

/// Converts colours of an output to sRGB.
pub(crate) struct ToSrgb(CurvesAndMatrix);

impl ToSrgb {
    pub(crate) fn new(gamut: Gamut) -> Result<Self, Error> {
        let matrix = primaries(gamut).matrix_to_srgb().ok_or(Error::Bug("no matrix to sRGB"))?;
        Ok(Self(CurvesAndMatrix::new(matrix, |_channel, coded| light(Transfer::Srgb, coded))))
    }

    pub(crate) fn color(&self, rgb: [u8; 3]) -> [u8; 3] {
        self.0.color(rgb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_the_same_in_both_spaces() {
        // CSS Color 4: red, green and an orange of sRGB in Display P3.
        for (srgb, p3) in [
            ([255, 0, 0], [234, 51, 35]),
            ([0, 255, 0], [117, 251, 76]),
            ([255, 128, 0], [240, 136, 51]),
            ([77; 3], [77; 3]),
            ([255; 3], [255; 3]),
        ] {
            let found = from_srgb(srgb, Gamut::DisplayP3).unwrap();
            assert!(found.iter().zip(p3).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1), "{found:?}");
            assert_eq!(from_srgb(srgb, Gamut::Srgb).unwrap(), srgb);
            let back = ToSrgb::new(Gamut::DisplayP3).unwrap().color(found);
            // The darkest levels of sRGB are the most that a rounded level of Display P3 can miss.
            assert!(back.iter().zip(srgb).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 12), "{back:?}");
        }
    }
}
