//! Planes at the target size → interleaved pixels, converted from the colour model of the format.
//!
//! All planes of a call have the same length. The pixels have room for exactly one sample of each.

use crate::error::Error;
use crate::price::sum_ps;

use super::sample::{LUMA_BITS, luma};

/// The most work of making `pixels` from planes of these colours, in picoseconds.
pub(crate) fn work_ps(pixels: u64, is_premultiplied: bool) -> u64 {
    let divided = if is_premultiplied { pixels } else { 0 };
    sum_ps([(pixels, PIXEL_PS), (divided, UNPREMULTIPLIED_PIXEL_PS)])
}

const PIXEL_PS: u64 = 5_000;
const UNPREMULTIPLIED_PIXEL_PS: u64 = 12_000;

/// Interleaves 1 to 4 planes that need no conversion.
pub(crate) fn interleave(planes: &[&[u8]], pixels: &mut [u8]) -> Result<(), Error> {
    let channels = planes.len();
    if channels == 0 || planes.iter().any(|plane| plane.len() * channels != pixels.len()) {
        return Err(UNEQUAL_LENGTHS);
    }
    for (channel, plane) in planes.iter().enumerate() {
        for (pixel, &sample) in pixels.chunks_exact_mut(channels).zip(*plane) {
            if let Some(slot) = pixel.get_mut(channel) {
                *slot = sample;
            }
        }
    }
    Ok(())
}

/// Y, Cb and Cr of a JPEG (full range, ITU-T T.871, 7) → RGB. Y is in the pixels, see [`luma`].
pub(crate) fn jpeg_ycbcr_to_rgb(chroma: [&[u8]; 2], rgb: &mut [u8]) -> Result<(), Error> {
    each_pixel(chroma, rgb, |[cb, cr], rgb: &mut [u8; 3]| {
        *rgb = rgb_of_jpeg_ycbcr(luma(rgb), cb, cr);
    })
}

/// Y, U and V of a WebP (studio range, RFC 6386, 2) → RGB. Y is in the pixels. For luma without a
/// fraction, the result is bit for bit that of libwebp.
pub(crate) fn vp8_yuv_to_rgb(chroma: [&[u8]; 2], rgb: &mut [u8]) -> Result<(), Error> {
    each_pixel(chroma, rgb, |[u, v], rgb: &mut [u8; 3]| *rgb = rgb_of_vp8_yuv(luma(rgb), u, v))
}

/// The same with an alpha plane → RGBA.
pub(crate) fn vp8_yuva_to_rgba(planes: [&[u8]; 3], rgba: &mut [u8]) -> Result<(), Error> {
    each_pixel(planes, rgba, |[u, v, alpha], rgba: &mut [u8; 4]| {
        let [red, green, blue] = rgb_of_vp8_yuv(luma(rgba), u, v);
        *rgba = [red, green, blue, alpha];
    })
}

/// Four components of a JPEG → C, M, Y, K, where 255 means full ink. In the file 255 means no ink, as
/// Adobe writes it and as browsers assume. With `is_ycck` the first three components are YCbCr (Adobe
/// transform 2).
pub(crate) fn interleave_cmyk(
    planes: [&[u8]; 4],
    is_ycck: bool,
    pixels: &mut [u8],
) -> Result<(), Error> {
    each_pixel(planes, pixels, |[a, b, c, k], cmyk: &mut [u8; 4]| {
        let [c, m, y] = if is_ycck {
            rgb_of_jpeg_ycbcr(i32::from(a) << LUMA_BITS, b, c)
        } else {
            [255 - a, 255 - b, 255 - c]
        };
        *cmyk = [c, m, y, 255 - k];
    })
}

/// C, M, Y, K → RGB without a profile, in place. Afterwards the first three quarters of `pixels`
/// are RGB.
pub(crate) fn cmyk_to_rgb(pixels: &mut [u8]) {
    for index in 0..pixels.len() / 4 {
        let Some(&[c, m, y, k]) = pixels.get(4 * index..).and_then(|rest| rest.first_chunk())
        else {
            return;
        };
        if let Some(rgb) = pixels.get_mut(3 * index..).and_then(|rest| rest.first_chunk_mut()) {
            *rgb = [c, m, y].map(|ink| multiply_unorm8(255 - ink, 255 - k));
        }
    }
}

/// Divides the colours of GA or RGBA pixels by their alpha. Where alpha is 0, colours become 0.
pub(crate) fn unpremultiply(pixels: &mut [u8], channels: usize) {
    for pixel in pixels.chunks_exact_mut(channels.max(1)) {
        if let Some((&mut alpha, colors)) = pixel.split_last_mut()
            && alpha < 255
        {
            colors.iter_mut().for_each(|color| *color = divide_unorm8(*color, alpha));
        }
    }
}

/// `color` × `alpha`, where 255 stands for 1, rounded. [`unpremultiply`] is the inverse.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the product of two values up to 1 is at most 1"
)]
pub(crate) const fn multiply_unorm8(color: u8, alpha: u8) -> u8 {
    // With p = product + 128, (p + (p >> 8)) >> 8 is the rounded product / 255 for all factors.
    let product = color as u32 * alpha as u32 + 128;
    ((product + (product >> 8)) >> 8) as u8
}

#[allow(clippy::cast_possible_truncation, reason = "the smaller of 255 and the quotient")]
fn divide_unorm8(color: u8, alpha: u8) -> u8 {
    let (color, alpha) = (u32::from(color), u32::from(alpha));
    (color * 255 + alpha / 2).checked_div(alpha).map_or(0, |color| color.min(255) as u8)
}

/// Calls `convert` for each pixel, with its sample of each plane.
fn each_pixel<const IN: usize, const OUT: usize>(
    planes: [&[u8]; IN],
    pixels: &mut [u8],
    convert: impl Fn([u8; IN], &mut [u8; OUT]),
) -> Result<(), Error> {
    let (pixels, rest) = pixels.as_chunks_mut::<OUT>();
    if !rest.is_empty() || planes.iter().any(|plane| plane.len() != pixels.len()) {
        return Err(UNEQUAL_LENGTHS);
    }
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let samples = planes.map(|plane| plane.get(index).copied().unwrap_or(0));
        convert(samples, pixel);
    }
    Ok(())
}

/// With factors scaled by 2¹⁶. Rounds like libjpeg: once each for R, G and B, after the sum.
fn rgb_of_jpeg_ycbcr(luma: i32, cb: u8, cr: u8) -> [u8; 3] {
    const BITS: u32 = 16;
    let y = (luma << (BITS - LUMA_BITS)) + (1 << (BITS - 1));
    let cb = i32::from(cb) - 128;
    let cr = i32::from(cr) - 128;
    [y + 91_881 * cr, y - 22_554 * cb - 46_802 * cr, y + 116_130 * cb]
        .map(|sum| sample(sum >> BITS))
}

/// With factors scaled by 2¹⁴. Like libwebp, each product drops 8 bits before the sum, and the sum
/// drops 6.
fn rgb_of_vp8_yuv(luma: i32, u: u8, v: u8) -> [u8; 3] {
    let part = |sample: u8, factor: i32| (i32::from(sample) * factor) >> 8;
    let y = (luma * 19_077) >> (8 + LUMA_BITS);
    [
        (y + part(v, 26_149) - 14_234) >> 6,
        (y - part(u, 6_419) - part(v, 13_320) + 8_708) >> 6,
        (y + part(u, 33_050) - 17_685) >> 6,
    ]
    .map(sample)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u8")]
fn sample(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

const UNEQUAL_LENGTHS: Error = Error::Bug("planes and pixels have unequal lengths");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finish::sample::Sample;

    /// Pixels that contain luma without a fraction.
    fn pixels_with_luma<const CHANNELS: usize>(luma: &[u8]) -> Vec<u8> {
        luma.iter().flat_map(|&luma| <[u8; CHANNELS]>::from_sum::<0>(luma.into())).collect()
    }

    #[test]
    fn luma_is_rounded_only_after_chroma_is_added() {
        // 100.4 + 1.402 is 101.8, and red is 102. With luma rounded to 100 it would be 101.
        let mut rgb = <[u8; 3]>::from_sum::<8>(25_702);
        jpeg_ycbcr_to_rgb([&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [102, 100, 100]);
        let mut rgb = <[u8; 3]>::from_sum::<8>(25_600);
        jpeg_ycbcr_to_rgb([&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [101, 99, 100]);
        assert_eq!(<[u8; 3]>::from_sum::<8>(-5), [0; 3]);
        assert_eq!(luma(&<[u8; 4]>::from_sum::<8>(70_000)), 255 << LUMA_BITS);
    }

    #[test]
    fn jpeg_colours_are_within_half_a_step_of_the_standard() {
        for y in (0..=255).step_by(5) {
            for cb in (0..=255).step_by(3) {
                for cr in (0..=255).step_by(3) {
                    let mut rgb = pixels_with_luma::<3>(&[y]);
                    jpeg_ycbcr_to_rgb([&[cb], &[cr]], &mut rgb).unwrap();
                    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
                    let exact = [
                        y + 1.402 * cr,
                        y - 0.344_136_286 * cb - 0.714_136_286 * cr,
                        y + 1.772 * cb,
                    ];
                    for (sample, exact) in rgb.into_iter().zip(exact) {
                        assert!((f64::from(sample) - exact.clamp(0.0, 255.0)).abs() < 0.51);
                    }
                }
            }
        }
    }

    #[test]
    fn webp_colours_span_the_studio_range() {
        let mut rgb = pixels_with_luma::<3>(&[16, 235, 203, 0]);
        vp8_yuv_to_rgb([&[128, 128, 40, 128], &[128, 128, 42, 128]], &mut rgb).unwrap();
        assert_eq!(rgb, [0, 0, 0, 255, 255, 255, 80, 255, 40, 0, 0, 0]);
        let mut rgba = pixels_with_luma::<4>(&[203]);
        vp8_yuva_to_rgba([&[40], &[42], &[7]], &mut rgba).unwrap();
        assert_eq!(rgba, [80, 255, 40, 7]);
    }

    #[test]
    fn no_ink_is_white_in_every_cmyk_coding() {
        for (planes, is_ycck) in
            [([[255u8], [255], [255], [255]], false), ([[0], [128], [128], [255]], true)]
        {
            let mut pixels = [9; 4];
            let [a, b, c, k] = &planes;
            interleave_cmyk([a, b, c, k], is_ycck, &mut pixels).unwrap();
            assert_eq!(pixels, [0; 4]);
            cmyk_to_rgb(&mut pixels);
            assert_eq!(pixels[..3], [255; 3]);
        }
    }

    #[test]
    fn cmyk_becomes_rgb_in_place() {
        let mut pixels = [255, 0, 0, 0, 0, 255, 0, 127, 9, 9, 9, 255];
        cmyk_to_rgb(&mut pixels);
        assert_eq!(pixels[..9], [0, 255, 255, 128, 0, 128, 0, 0, 0]);
    }

    #[test]
    fn unpremultiply_divides_by_alpha_and_rounds() {
        let mut pixels = [10, 20, 30, 0, 10, 20, 30, 255, 64, 128, 200, 128];
        unpremultiply(&mut pixels, 4);
        assert_eq!(pixels, [0, 0, 0, 0, 10, 20, 30, 255, 128, 255, 255, 128]);
        for alpha in 1..=255u8 {
            for color in 0..=255u8 {
                let exact = f64::from(color) * f64::from(alpha) / 255.0;
                let product = multiply_unorm8(color, alpha);
                assert!((f64::from(product) - exact).abs() <= 0.5);
                let mut pixel = [product, alpha];
                unpremultiply(&mut pixel, 2);
                let slack = 0.5 + 0.5 * 255.0 / f64::from(alpha);
                assert!((f64::from(pixel[0]) - f64::from(color)).abs() <= slack);
            }
        }
    }

    #[test]
    fn planes_of_unequal_lengths_are_refused() {
        assert!(interleave(&[&[1, 2], &[3]], &mut [0; 3]).is_err());
        assert!(interleave(&[], &mut []).is_err());
        assert!(jpeg_ycbcr_to_rgb([&[1], &[1]], &mut [0; 4]).is_err());
        let mut pixels = [0; 4];
        interleave(&[&[1, 2], &[3, 4]], &mut pixels).unwrap();
        assert_eq!(pixels, [1, 3, 2, 4]);
    }
}
