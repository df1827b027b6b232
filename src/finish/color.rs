//! Planes at the target size → interleaved pixels, with the conversion that the format's colours
//! need.
//!
//! All planes of a call have the same length, and the pixels hold exactly one sample of each.

use crate::error::Error;

use super::sample::{LUMA_BITS, luma};

/// Planes that are already what the pixels should be: 1 to 4 of them.
pub(crate) fn interleave(planes: &[&[u8]], pixels: &mut [u8]) -> Result<(), Error> {
    let channels = planes.len();
    if channels == 0 || planes.iter().any(|plane| plane.len() * channels != pixels.len()) {
        return Err(UNEQUAL);
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

/// Y, which waits in the pixels, Cb and Cr of a JPEG (full range, ITU-T T.871, 7) → RGB.
pub(crate) fn complete_jpeg_ycbcr(chroma: [&[u8]; 2], rgb: &mut [u8]) -> Result<(), Error> {
    each_pixel(chroma, rgb, |[cb, cr], rgb: &mut [u8; 3]| {
        *rgb = rgb_of_jpeg_ycbcr(luma(rgb), cb, cr);
    })
}

/// Y, which waits in the pixels, U and V of a WebP (studio range, RFC 6386, 2) → RGB. Where no luma lies
/// between two levels, it is bit for bit what libwebp computes.
pub(crate) fn complete_webp_yuv(chroma: [&[u8]; 2], rgb: &mut [u8]) -> Result<(), Error> {
    each_pixel(chroma, rgb, |[u, v], rgb: &mut [u8; 3]| *rgb = rgb_of_webp_yuv(luma(rgb), u, v))
}

/// The same with a plane of alpha → RGBA.
pub(crate) fn complete_webp_yuva(planes: [&[u8]; 3], rgba: &mut [u8]) -> Result<(), Error> {
    each_pixel(planes, rgba, |[u, v, alpha], rgba: &mut [u8; 4]| {
        let [red, green, blue] = rgb_of_webp_yuv(luma(rgba), u, v);
        *rgba = [red, green, blue, alpha];
    })
}

/// How four components of a JPEG hold the inks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CmykCoding {
    /// The first three are coded as luma and chroma (Adobe transform 2).
    pub(crate) ycck: bool,
    /// 255 is no ink, as Adobe writes it.
    pub(crate) inverted: bool,
}

/// Four components of a JPEG → C, M, Y, K, with 255 for full ink.
pub(crate) fn interleave_cmyk(
    planes: [&[u8]; 4],
    coding: CmykCoding,
    inks: &mut [u8],
) -> Result<(), Error> {
    let full = if coding.inverted { 255 } else { 0 };
    each_pixel(planes, inks, |[a, b, c, k], inks: &mut [u8; 4]| {
        let [c, m, y] = if coding.ycck {
            rgb_of_jpeg_ycbcr(i32::from(a) << LUMA_BITS, b, c).map(|light| 255 - light)
        } else {
            [a, b, c]
        };
        *inks = [c, m, y, k].map(|ink| full ^ ink);
    })
}

/// C, M, Y, K → RGB without a profile, in place: the first three quarters of `pixels` are RGB
/// afterwards.
pub(crate) fn cmyk_to_rgb(pixels: &mut [u8]) {
    for index in 0..pixels.len() / 4 {
        let Some(&[c, m, y, k]) = pixels.get(4 * index..).and_then(|rest| rest.first_chunk())
        else {
            return;
        };
        if let Some(rgb) = pixels.get_mut(3 * index..).and_then(|rest| rest.first_chunk_mut()) {
            *rgb = [c, m, y].map(|ink| product_of_fractions(255 - ink, 255 - k));
        }
    }
}

/// Divides the colours of GA or RGBA pixels by their alpha. Where alpha is 0 there is no colour.
pub(crate) fn unpremultiply(pixels: &mut [u8], channels: usize) {
    for pixel in pixels.chunks_exact_mut(channels.max(1)) {
        if let Some((&mut alpha, colors)) = pixel.split_last_mut()
            && alpha < 255
        {
            colors.iter_mut().for_each(|color| *color = quotient_of_fractions(*color, alpha));
        }
    }
}

/// `color` × `alpha`, both fractions of 255, rounded: what [`unpremultiply`] undoes.
#[allow(clippy::cast_possible_truncation, reason = "a product of two fractions is a fraction")]
pub(crate) const fn product_of_fractions(color: u8, alpha: u8) -> u8 {
    // (p + (p >> 8)) >> 8 with p = product + 128 is the product over 255, rounded, for all of u8.
    let product = color as u32 * alpha as u32 + 128;
    ((product + (product >> 8)) >> 8) as u8
}

#[allow(clippy::cast_possible_truncation, reason = "the smaller of 255 and the quotient")]
fn quotient_of_fractions(color: u8, alpha: u8) -> u8 {
    let (color, alpha) = (u32::from(color), u32::from(alpha));
    (color * 255 + alpha / 2).checked_div(alpha).map_or(0, |color| color.min(255) as u8)
}

fn each_pixel<const IN: usize, const OUT: usize>(
    planes: [&[u8]; IN],
    pixels: &mut [u8],
    convert: impl Fn([u8; IN], &mut [u8; OUT]),
) -> Result<(), Error> {
    let (pixels, rest) = pixels.as_chunks_mut::<OUT>();
    if !rest.is_empty() || planes.iter().any(|plane| plane.len() != pixels.len()) {
        return Err(UNEQUAL);
    }
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let samples = planes.map(|plane| plane.get(index).copied().unwrap_or(0));
        convert(samples, pixel);
    }
    Ok(())
}

/// Factors of 2¹⁶, rounded as libjpeg rounds: R and B alone, both parts of G together.
fn rgb_of_jpeg_ycbcr(luma: i32, cb: u8, cr: u8) -> [u8; 3] {
    const BITS: u32 = 16;
    let y = (luma << (BITS - LUMA_BITS)) + (1 << (BITS - 1));
    let cb = i32::from(cb) - 128;
    let cr = i32::from(cr) - 128;
    [y + 91_881 * cr, y - 22_554 * cb - 46_802 * cr, y + 116_130 * cb]
        .map(|sum| sample(sum >> BITS))
}

/// Factors of 2¹⁴: each product loses 8 bits before the sum, the sum 6 bits after it.
fn rgb_of_webp_yuv(luma: i32, u: u8, v: u8) -> [u8; 3] {
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

const UNEQUAL: Error = Error::Bug("planes and pixels of unequal lengths");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finish::sample::Sample;

    /// Pixels in which whole levels of luma wait.
    fn waiting<const CHANNELS: usize>(luma: &[u8]) -> Vec<u8> {
        luma.iter().flat_map(|&luma| <[u8; CHANNELS]>::of::<0>(luma.into())).collect()
    }

    #[test]
    fn luma_between_two_levels_is_rounded_with_its_chroma() {
        // 100.4 and 1.402: 101.8 of red, where 100 and 1.402 would be 101.
        let mut rgb = <[u8; 3]>::of::<8>(25_702);
        complete_jpeg_ycbcr([&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [102, 100, 100]);
        let mut rgb = <[u8; 3]>::of::<8>(25_600);
        complete_jpeg_ycbcr([&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [101, 99, 100]);
        assert_eq!(<[u8; 3]>::of::<8>(-5), [0; 3]);
        assert_eq!(luma(&<[u8; 4]>::of::<8>(70_000)), 255 << LUMA_BITS);
    }

    #[test]
    fn jpeg_colours_are_within_half_a_level_of_the_standard() {
        for y in (0..=255).step_by(5) {
            for cb in (0..=255).step_by(3) {
                for cr in (0..=255).step_by(3) {
                    let mut rgb = waiting::<3>(&[y]);
                    complete_jpeg_ycbcr([&[cb], &[cr]], &mut rgb).unwrap();
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
        let mut rgb = waiting::<3>(&[16, 235, 203, 0]);
        complete_webp_yuv([&[128, 128, 40, 128], &[128, 128, 42, 128]], &mut rgb).unwrap();
        assert_eq!(rgb, [0, 0, 0, 255, 255, 255, 80, 255, 40, 0, 0, 0]);
        let mut rgba = waiting::<4>(&[203]);
        complete_webp_yuva([&[40], &[42], &[7]], &mut rgba).unwrap();
        assert_eq!(rgba, [80, 255, 40, 7]);
    }

    #[test]
    fn paper_is_white_in_every_coding_of_inks() {
        for (planes, ycck, inverted) in [
            ([[0u8], [0], [0], [0]], false, false),
            ([[255], [255], [255], [255]], false, true),
            // Luma 255 and no chroma is white light, that is no ink, of which Adobe writes 255 − 255.
            ([[0], [128], [128], [255]], true, true),
            ([[255], [128], [128], [0]], true, false),
        ] {
            let mut pixels = [9; 4];
            let [a, b, c, k] = &planes;
            interleave_cmyk([a, b, c, k], CmykCoding { ycck, inverted }, &mut pixels).unwrap();
            assert_eq!(pixels, [0; 4]);
            cmyk_to_rgb(&mut pixels);
            assert_eq!(pixels[..3], [255; 3]);
        }
    }

    #[test]
    fn inks_turn_to_rgb_in_place() {
        let mut pixels = [255, 0, 0, 0, 0, 255, 0, 127, 9, 9, 9, 255];
        cmyk_to_rgb(&mut pixels);
        assert_eq!(pixels[..9], [0, 255, 255, 128, 0, 128, 0, 0, 0]);
    }

    #[test]
    fn alpha_is_divided_out_and_rounded() {
        let mut pixels = [10, 20, 30, 0, 10, 20, 30, 255, 64, 128, 200, 128];
        unpremultiply(&mut pixels, 4);
        assert_eq!(pixels, [0, 0, 0, 0, 10, 20, 30, 255, 128, 255, 255, 128]);
        for alpha in 1..=255u8 {
            for color in 0..=255u8 {
                let exact = f64::from(color) * f64::from(alpha) / 255.0;
                let product = product_of_fractions(color, alpha);
                assert!((f64::from(product) - exact).abs() <= 0.5);
                let mut pixel = [product, alpha];
                unpremultiply(&mut pixel, 2);
                let slack = 0.5 + 0.5 * 255.0 / f64::from(alpha);
                assert!((f64::from(pixel[0]) - f64::from(color)).abs() <= slack);
            }
        }
    }

    #[test]
    fn unequal_planes_are_refused() {
        assert!(interleave(&[&[1, 2], &[3]], &mut [0; 3]).is_err());
        assert!(interleave(&[], &mut []).is_err());
        assert!(complete_jpeg_ycbcr([&[1], &[1]], &mut [0; 4]).is_err());
        let mut pixels = [0; 4];
        interleave(&[&[1, 2], &[3, 4]], &mut pixels).unwrap();
        assert_eq!(pixels, [1, 3, 2, 4]);
    }
}
