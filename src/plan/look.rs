//! [`Look`]: the colour space of the outputs, and the colours of the request in it.

use crate::error::Error;
use crate::finish::from_srgb;
use crate::limits::Limits;
use crate::picture::{Gamut, over};
use crate::probe::Header;
use crate::request::{Fit, OutputFormat, Request};

/// What the outputs of a plan look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) gamut: Gamut,
    /// What shows through the transparent pixels of a JPEG.
    pub(super) background: [u8; 3],
    /// The colour of the canvas: red, green, blue and alpha. Without alpha in a JPEG.
    pub(super) canvas: [u8; 4],
}

impl Look {
    pub(super) fn new(header: &Header, request: &Request, limits: &Limits) -> Result<Self, Error> {
        let is_wide = request.keeps_wide_gamut() && header.has_wide_gamut(limits.max_icc_bytes);
        let gamut = if is_wide { Gamut::DisplayP3 } else { Gamut::Srgb };
        let canvas = match (request.fit(), request.output()) {
            (Fit::Pad { canvas: [red, green, blue, alpha] }, OutputFormat::Jpeg { .. }) => {
                let [r, g, b] = request.background_rgb();
                [over(red, r, alpha), over(green, g, alpha), over(blue, b, alpha), 255]
            }
            (Fit::Pad { canvas }, _) if canvas[3] > 0 => canvas,
            _ => [0; 4],
        };
        let [red, green, blue, alpha] = canvas;
        let [red, green, blue] = from_srgb([red, green, blue], gamut)?;
        let background = from_srgb(request.background_rgb(), gamut)?;
        Ok(Self { gamut, background, canvas: [red, green, blue, alpha] })
    }
}
