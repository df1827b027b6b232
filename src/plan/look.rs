//! [`Look`]: the colour space of the outputs, and the colours of the request in it.

use crate::error::Error;
use crate::finish::from_srgb;
use crate::limits::Limits;
use crate::picture::Gamut;
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
            (Fit::Pad { canvas }, OutputFormat::Jpeg { .. }) => {
                over(canvas, request.background_rgb())
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

/// A colour as it is shown over a background: opaque, and rounded.
#[allow(clippy::cast_possible_truncation, reason = "a mean of two samples")]
fn over([red, green, blue, alpha]: [u8; 4], background: [u8; 3]) -> [u8; 4] {
    let alpha = u32::from(alpha);
    let [r, g, b] = background.map(u32::from);
    let mean = |sample: u8, behind| {
        ((u32::from(sample) * alpha + behind * (255 - alpha) + 127) / 255) as u8
    };
    [mean(red, r), mean(green, g), mean(blue, b), 255]
}
