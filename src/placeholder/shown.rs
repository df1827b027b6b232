//! The pixels of an output as they are shown: over the background, if its format has no alpha.

use crate::picture::PictureView;

/// The pixels of an output.
#[derive(Clone, Copy)]
pub(super) struct Shown<'p> {
    pub(super) picture: PictureView<'p>,
    pub(super) to_srgb: Option<&'p ToSrgb<'p>>,
    /// The colour behind transparent pixels, in sRGB.
    pub(super) background: Option<[u8; 3]>,
}

/// Converts a colour to sRGB.
pub(crate) type ToSrgb<'f> = dyn Fn([u8; 3]) -> [u8; 3] + 'f;

/// What stands for 1 in a product of two samples.
pub(super) const UNIT: u32 = 255 * 255;

impl<'p> Shown<'p> {
    pub(super) fn is_opaque(&self) -> bool {
        self.background.is_some() || self.picture.is_opaque()
    }

    pub(super) fn pixels(&self) -> impl Iterator<Item = [u32; 4]> {
        let (to_srgb, background) = (self.to_srgb, self.background);
        let pixels = self.picture.pixels.chunks_exact(self.picture.layout.bytes_per_pixel());
        pixels.map(move |pixel| premultiplied(pixel, to_srgb, background))
    }

    /// The pixels of row `y`.
    pub(super) fn row(&self, y: u32) -> impl Iterator<Item = [u32; 4]> + use<'p> {
        let (layout, background) = (self.picture.layout, self.background);
        let to_srgb = self.to_srgb;
        let row_bytes = self.picture.size.width as usize * layout.bytes_per_pixel();
        let row = self.picture.pixels.chunks_exact(row_bytes.max(1)).nth(y as usize);
        let pixels = row.unwrap_or_default().chunks_exact(layout.bytes_per_pixel());
        pixels.map(move |pixel| premultiplied(pixel, to_srgb, background))
    }
}

/// Red, green and blue, multiplied by alpha, and alpha. [`UNIT`] stands for 1.
fn premultiplied(
    pixel: &[u8],
    to_srgb: Option<&ToSrgb<'_>>,
    background: Option<[u8; 3]>,
) -> [u32; 4] {
    let (color, alpha) = match *pixel {
        [gray] => ([gray; 3], 255),
        [gray, alpha] => ([gray; 3], alpha),
        [red, green, blue] => ([red, green, blue], 255),
        [red, green, blue, alpha] => ([red, green, blue], alpha),
        _ => ([0; 3], 0),
    };
    let color = to_srgb.map_or(color, |to_srgb| to_srgb(color));
    let alpha = u32::from(alpha);
    let [red, green, blue] = color.map(|sample| u32::from(sample) * alpha);
    let Some([behind_red, behind_green, behind_blue]) = background else {
        return [red, green, blue, 255 * alpha];
    };
    let over = |sample, behind| sample + u32::from(behind) * (255 - alpha);
    [over(red, behind_red), over(green, behind_green), over(blue, behind_blue), UNIT]
}
