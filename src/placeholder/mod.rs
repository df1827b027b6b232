//! Upright pixels → what a page shows while the picture loads: a ThumbHash and a colour.
//!
//! Everything is computed in integers, so that the same picture has the same placeholder on every
//! machine.

use crate::budget::Budget;
use crate::error::Error;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;

mod base64;
mod cells;
mod cosine;
mod dominant_color;
mod shown;
mod thumb_hash;

use shown::Shown;
pub(crate) use shown::ToSrgb;
pub use thumb_hash::ThumbHash;

/// What a page shows while a picture loads. Its colours are in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder {
    thumb_hash: ThumbHash,
    dominant_color: [u8; 3],
}

impl Placeholder {
    /// A blurred picture in at most 25 bytes.
    #[must_use]
    pub const fn thumb_hash(&self) -> ThumbHash {
        self.thumb_hash
    }

    /// The most prominent colour, as red, green and blue: of 4,096 groups of similar colours, 16 of
    /// each channel, the mean of the one that covers the most. Transparent pixels count as much as
    /// they are opaque; black when no pixel is visible.
    #[must_use]
    pub const fn dominant_color(&self) -> [u8; 3] {
        self.dominant_color
    }
}

/// How the placeholder of one output is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    /// The colour space of the pixels. Placeholders are in sRGB.
    pub(crate) gamut: Gamut,
    /// The colour behind transparent pixels, in a format without alpha.
    pub(crate) background: Option<[u8; 3]>,
}

impl Order {
    /// Makes the placeholder of `pixels`, which have the size and layout of this order. `to_srgb`
    /// converts their colours, if they are not in sRGB.
    pub(crate) fn placeholder(
        &self,
        pixels: &[u8],
        to_srgb: Option<&ToSrgb<'_>>,
        budget: &Budget,
    ) -> Result<Placeholder, Error> {
        if to_srgb.is_none() != (self.gamut == Gamut::Srgb) {
            return Err(Error::Bug("a placeholder in another colour space"));
        }
        let picture =
            PictureView { size: self.size, layout: self.layout, gamut: Gamut::Srgb, pixels };
        picture.check(u32::MAX)?;
        let shown = Shown { picture, to_srgb, background: self.background };
        Ok(Placeholder {
            thumb_hash: ThumbHash::of(&shown)?,
            dominant_color: dominant_color::of(&shown, budget)?,
        })
    }

    /// Charges what is live in [`placeholder`](Self::placeholder) to a budget that counts.
    pub(crate) fn count(budget: &Budget) -> Result<(), Error> {
        dominant_color::weights(budget)?;
        Ok(())
    }

    /// The most work of [`placeholder`](Self::placeholder) in picoseconds.
    pub(crate) fn work_ps(&self) -> u64 {
        let converted = if self.gamut == Gamut::Srgb { 0 } else { self.size.pixels() };
        sum_ps([(self.size.pixels(), PIXEL_PS), (converted, CONVERTED_PIXEL_PS), (1, HASH_PS)])
    }
}

/// A pixel: twice its colour, its cell and its group.
const PIXEL_PS: u64 = 30_000;
/// Its colour in sRGB, twice.
const CONVERTED_PIXEL_PS: u64 = 40_000;
/// The transform of 100 × 100 cells, and the groups of colours.
const HASH_PS: u64 = 1_500_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::quote;

    fn quoted() -> u64 {
        quote(Order::count).unwrap()
    }

    fn placeholder(layout: Layout, pixel: &[u8], background: Option<[u8; 3]>) -> Placeholder {
        let size = Size::new(120, 7);
        let pixels = pixel.repeat(120 * 7);
        let budget = Budget::new(quoted());
        let order = Order { size, layout, gamut: Gamut::Srgb, background };
        order.placeholder(&pixels, None, &budget).unwrap()
    }

    #[test]
    fn all_layouts_of_a_picture_have_the_same_placeholder() {
        let grey = placeholder(Layout::Gray, &[77], None);
        assert_eq!(grey.dominant_color(), [77; 3]);
        for (layout, pixel) in [
            (Layout::GrayAlpha, &[77, 255][..]),
            (Layout::Rgb, &[77, 77, 77]),
            (Layout::Rgba, &[77, 77, 77, 255]),
        ] {
            assert_eq!(placeholder(layout, pixel, None), grey, "{layout:?}");
        }
    }

    #[test]
    fn a_transparent_picture_shows_its_background() {
        let on_teal = placeholder(Layout::Rgba, &[200, 10, 10, 0], Some([0, 128, 128]));
        assert_eq!(on_teal, placeholder(Layout::Rgb, &[0, 128, 128], None));
        let half = placeholder(Layout::GrayAlpha, &[0, 128], Some([255; 3]));
        assert_eq!(half, placeholder(Layout::Gray, &[127], None));
        let clear = placeholder(Layout::Rgba, &[200, 10, 10, 0], None);
        assert_eq!(clear.dominant_color(), [0; 3]);
    }

    #[test]
    fn pixels_of_another_size_are_refused() {
        let (size, layout, gamut) = (Size::new(3, 3), Layout::Rgb, Gamut::Srgb);
        let order = Order { size, layout, gamut, background: None };
        let budget = Budget::new(quoted());
        assert!(matches!(order.placeholder(&[0; 26], None, &budget), Err(Error::Bug(_))));
        let short = Budget::new(quoted() - 1);
        assert!(order.placeholder(&[0; 27], None, &short).is_err());
        assert!(order.placeholder(&[0; 27], None, &budget).is_ok());
    }
}
