//! Approved bytes → rows of planes.

use crate::budget::Budget;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::plan::Plan;
use crate::probe::Detail;
use crate::shrink::{Shrink, SmallPlane};

pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;

/// Decodes `bytes` straight into the small planes that the plan asks for.
pub(crate) fn small_planes<'b>(
    bytes: &[u8],
    plan: &Plan,
    budget: &'b Budget,
    interrupt: &Interrupt,
) -> Result<[Option<SmallPlane<'b>>; 4], Error> {
    let mut shrink = Shrink::new(plan.planes().iter().map(|plane| plane.shrink), budget)?;
    let sink = &mut shrink;
    let premultiply = plan.premultiplies();
    match &plan.header().detail {
        Detail::Jpeg(frame) => {
            jpeg::decode(bytes, frame, plan.scales(), budget, interrupt, sink)?;
        }
        Detail::Png(image) => png::decode(bytes, image, premultiply, budget, interrupt, sink)?,
        Detail::WebP(still) => webp::decode(bytes, still, budget, interrupt, sink)?,
    }
    shrink.finish()
}

/// Where the rows of decoded planes go.
///
/// A plane holds one component (Y, Cb, red, alpha …) of 8-bit samples. Rows of one plane come in
/// order from the top; planes may take turns in any way.
pub(crate) trait RowSink {
    /// Takes row `y` of plane `plane`, from its first column to its last.
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error>;

    /// Takes a part of row `y`: samples at the columns `x`, `x + x_step` … Parts come in any order;
    /// only interlaced pictures are delivered so.
    fn scattered(
        &mut self,
        plane: usize,
        y: u32,
        x: u32,
        x_step: u32,
        samples: &[u8],
    ) -> Result<(), Error> {
        let _ = (plane, y, x, x_step, samples);
        Err(Error::Bug("a scattered row where rows were agreed on"))
    }
}

/// Multiplies a row of colour samples by their alpha, rounded.
pub(crate) fn premultiply_row(color: &mut [u8], alpha: &[u8]) {
    if alpha.iter().all(|&a| a == 255) {
        return;
    }
    for (c, &a) in color.iter_mut().zip(alpha) {
        *c = multiply(*c, a);
    }
}

/// `color` × `alpha` / 255, rounded to the nearest level.
#[allow(clippy::cast_possible_truncation, reason = "the quotient of two bytes by 255 is a byte")]
const fn multiply(color: u8, alpha: u8) -> u8 {
    ((color as u32 * alpha as u32 * 257 + 32_896) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn premultiplying_rounds_to_the_nearest_level() {
        for color in 0..=255u8 {
            for alpha in 0..=255u8 {
                let exact = f64::from(color) * f64::from(alpha) / 255.0;
                assert!((f64::from(multiply(color, alpha)) - exact).abs() <= 0.5001);
            }
        }
    }
}
