//! Pixels as VP8L stores them.

use crate::pictures::Picture;

/// Pixels as 0xAARRGGBB.
#[derive(Clone)]
pub struct Argb {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u32>,
}

impl Argb {
    /// The pixels of an RGB or RGBA picture.
    pub fn of(picture: &Picture) -> Self {
        let pixels = picture
            .samples
            .chunks_exact(picture.channels)
            .map(|p| {
                let alpha = p.get(3).copied().unwrap_or(255);
                u32::from_be_bytes([alpha, p[0], p[1], p[2]])
            })
            .collect();
        Self { width: picture.width, height: picture.height, pixels }
    }

    /// `alpha` as the green channel, where ALPH stores it.
    pub fn of_alpha(alpha: &[u8], width: u32, height: u32) -> Self {
        let pixels = alpha.iter().map(|a| 0xFF00_0000 | u32::from(*a) << 8).collect();
        Self { width, height, pixels }
    }
}
