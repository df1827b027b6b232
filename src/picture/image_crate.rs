//! [`Picture`] to and from `image::DynamicImage`.

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use super::layout::Layout;
use super::owned::Picture;
use crate::error::Error;
use crate::size::Size;

/// The same pixels, without a copy, as `Luma8`, `LumaA8`, `Rgb8` or `Rgba8`. A `DynamicImage` does
/// not say which [`Gamut`](crate::Gamut) they have.
impl From<Picture> for DynamicImage {
    fn from(picture: Picture) -> Self {
        let Picture { size: Size { width, height }, layout, pixels, .. } = picture;
        let image = match layout {
            Layout::Gray => GrayImage::from_raw(width, height, pixels).map(Self::ImageLuma8),
            Layout::GrayAlpha => {
                GrayAlphaImage::from_raw(width, height, pixels).map(Self::ImageLumaA8)
            }
            Layout::Rgb => RgbImage::from_raw(width, height, pixels).map(Self::ImageRgb8),
            Layout::Rgba => RgbaImage::from_raw(width, height, pixels).map(Self::ImageRgba8),
        };
        // `from_raw` refuses too few pixels; `Picture::new` has counted them.
        image.unwrap_or_default()
    }
}

/// The same pixels, interpreted as sRGB with straight alpha.
///
/// The four 8-bit variants are moved without a copy. Wider samples are rounded to 8 bits. A variant
/// that this crate does not know becomes [`Layout::Rgba`]. No [`Limits`](crate::Limits) bound the
/// memory of this conversion: the picture comes from the program itself.
///
/// # Errors
/// [`BadRequest::EmptySize`](crate::BadRequest::EmptySize) for a side of 0.
impl TryFrom<DynamicImage> for Picture {
    type Error = Error;

    fn try_from(image: DynamicImage) -> Result<Self, Error> {
        let size = Size::new(image.width(), image.height());
        let (layout, mut pixels) = match image {
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_) => {
                (Layout::Gray, image.into_luma8().into_raw())
            }
            DynamicImage::ImageLumaA8(_) | DynamicImage::ImageLumaA16(_) => {
                (Layout::GrayAlpha, image.into_luma_alpha8().into_raw())
            }
            DynamicImage::ImageRgb8(_)
            | DynamicImage::ImageRgb16(_)
            | DynamicImage::ImageRgb32F(_) => (Layout::Rgb, image.into_rgb8().into_raw()),
            _ => (Layout::Rgba, image.into_rgba8().into_raw()),
        };
        // An image may use only the start of a longer vector.
        if let Some(len) = size.pixels().checked_mul(layout.bytes_per_pixel() as u64)
            && let Ok(len) = usize::try_from(len)
        {
            pixels.truncate(len);
        }
        Self::new(size, layout, pixels)
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use image::{ImageBuffer, Luma, Rgb, Rgba};

    use super::*;
    use crate::error::BadRequest;

    #[test]
    fn a_round_trip_gives_the_same_picture_at_the_same_address() {
        for layout in [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba] {
            let len = 15 * layout.bytes_per_pixel();
            let pixels: Vec<u8> = (0..len).map(|i| (i * 5) as u8).collect();
            let picture = Picture::new(Size::new(5, 3), layout, pixels).unwrap();
            let address = picture.pixels().as_ptr();
            let same = picture.clone();
            let image = DynamicImage::from(picture);
            assert_eq!((image.width(), image.height()), (5, 3));
            assert_eq!(usize::from(image.color().bytes_per_pixel()), layout.bytes_per_pixel());
            assert_eq!(image.as_bytes(), same.pixels());
            let back = Picture::try_from(image).unwrap();
            assert_eq!(back.pixels().as_ptr(), address);
            assert_eq!(back, same);
        }
    }

    #[test]
    fn wider_samples_are_rounded_to_8_bits() {
        let gray = ImageBuffer::from_pixel(2, 1, Luma([0xFFFF_u16]));
        let picture = Picture::try_from(DynamicImage::ImageLuma16(gray)).unwrap();
        assert_eq!((picture.layout(), picture.pixels()), (Layout::Gray, &[255, 255][..]));
        let rgb = ImageBuffer::from_pixel(1, 1, Rgb([0.0_f32, 1.0, 0.2]));
        let picture = Picture::try_from(DynamicImage::ImageRgb32F(rgb)).unwrap();
        assert_eq!((picture.layout(), picture.pixels()), (Layout::Rgb, &[0, 255, 51][..]));
        let rgba = ImageBuffer::from_pixel(1, 1, Rgba([0_u16, 257, 65_535, 514]));
        let picture = Picture::try_from(DynamicImage::ImageRgba16(rgba)).unwrap();
        assert_eq!((picture.layout(), picture.pixels()), (Layout::Rgba, &[0, 1, 255, 2][..]));
    }

    #[test]
    fn a_longer_vector_is_shortened_and_an_empty_image_refused() {
        let image = GrayImage::from_raw(2, 2, vec![9; 7]).unwrap();
        let picture = Picture::try_from(DynamicImage::ImageLuma8(image)).unwrap();
        assert_eq!(picture.pixels(), [9; 4]);
        let refused = Picture::try_from(DynamicImage::new_rgb8(0, 4));
        assert!(matches!(refused, Err(Error::BadRequest(BadRequest::EmptySize))));
    }
}
