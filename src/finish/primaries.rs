//! The primaries of the colour spaces that outputs have.

use crate::picture::Gamut;
use crate::probe::Chromaticities;

/// The primaries of an output.
pub(super) const fn primaries(gamut: Gamut) -> &'static Chromaticities {
    match gamut {
        Gamut::Srgb => &Chromaticities::SRGB,
        Gamut::DisplayP3 => &Chromaticities::DISPLAY_P3,
    }
}
