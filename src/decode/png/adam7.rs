//! The passes of an interlaced image (PNG, 8.2).

use crate::probe::png::Image;

/// The pixel grid of one pass: its origin, and the distance of its pixels.
pub(super) struct Pass {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) x_step: u32,
    pub(super) y_step: u32,
}

impl Pass {
    /// The seven passes of an interlaced image, or one that has every pixel.
    pub(super) const fn all(image: &Image) -> &'static [Self] {
        if image.interlaced { &ADAM7 } else { &[NOT_INTERLACED] }
    }

    pub(super) const fn columns(&self, width: u32) -> u32 {
        width.saturating_sub(self.x).div_ceil(self.x_step)
    }

    pub(super) const fn rows(&self, height: u32) -> u32 {
        height.saturating_sub(self.y).div_ceil(self.y_step)
    }
}

const NOT_INTERLACED: Pass = Pass { x: 0, y: 0, x_step: 1, y_step: 1 };

const ADAM7: [Pass; 7] = [
    Pass { x: 0, y: 0, x_step: 8, y_step: 8 },
    Pass { x: 4, y: 0, x_step: 8, y_step: 8 },
    Pass { x: 0, y: 4, x_step: 4, y_step: 8 },
    Pass { x: 2, y: 0, x_step: 4, y_step: 4 },
    Pass { x: 0, y: 2, x_step: 2, y_step: 4 },
    Pass { x: 1, y: 0, x_step: 2, y_step: 2 },
    Pass { x: 0, y: 1, x_step: 1, y_step: 2 },
];
