//! Rows of planes at the target size → interleaved pixels, converted from the colour model of the
//! format.
//!
//! All planes of a call have the same length. The pixels have room for exactly one sample of each.

use crate::error::Error;
use crate::price::sum_ps;
use crate::simd;

use super::sample::LUMA_BITS;

/// The most work of making `pixels` from planes of these colours, in picoseconds.
pub(crate) fn work_ps(pixels: u64, is_premultiplied: bool) -> u64 {
    let divided = if is_premultiplied { pixels } else { 0 };
    sum_ps([(pixels, PIXEL_PS), (divided, UNPREMULTIPLIED_PIXEL_PS)])
}

const PIXEL_PS: u64 = 2_500;
const UNPREMULTIPLIED_PIXEL_PS: u64 = 12_000;

/// Interleaves 1 to 4 planes that need no conversion.
pub(crate) fn interleave(planes: &[&[u8]], pixels: &mut [u8]) -> Result<(), Error> {
    let len = planes.first().map_or(0, |plane| plane.len());
    if planes.iter().any(|plane| plane.len() != len) {
        return Err(UNEQUAL_LENGTHS);
    }
    match *planes {
        [gray] => each(pixels, gray.iter().map(|&gray| [gray])),
        [gray, alpha] => each(pixels, gray.iter().zip(alpha).map(|(&gray, &alpha)| [gray, alpha])),
        [red, green, blue] => {
            let samples = red.iter().zip(green).zip(blue);
            each(pixels, samples.map(|((&red, &green), &blue)| [red, green, blue]))
        }
        [red, green, blue, alpha] => {
            let samples = red.iter().zip(green).zip(blue).zip(alpha);
            let rgba = |(((&red, &green), &blue), &alpha)| [red, green, blue, alpha];
            each(pixels, samples.map(rgba))
        }
        _ => Err(UNEQUAL_LENGTHS),
    }
}

/// Y, Cb and Cr of a JPEG (full range, ITU-T T.871, 7) → RGB. Luma has [`LUMA_BITS`] fraction bits.
pub(crate) fn jpeg_ycbcr_to_rgb(
    luma: &[u16],
    [cb, cr]: [&[u8]; 2],
    rgb: &mut [u8],
) -> Result<(), Error> {
    if cb.len() != luma.len() || cr.len() != luma.len() {
        return Err(UNEQUAL_LENGTHS);
    }
    let samples = luma.iter().zip(cb).zip(cr);
    each(rgb, samples.map(|((&y, &cb), &cr)| rgb_of_jpeg_ycbcr(y.into(), cb, cr)))
}

/// Y, U and V of a WebP (studio range, RFC 6386, 2) → RGB. For luma without a fraction, the result
/// is bit for bit that of libwebp.
pub(crate) fn vp8_yuv_to_rgb(
    luma: &[u16],
    [u, v]: [&[u8]; 2],
    rgb: &mut [u8],
) -> Result<(), Error> {
    if u.len() != luma.len() || v.len() != luma.len() {
        return Err(UNEQUAL_LENGTHS);
    }
    let samples = luma.iter().zip(u).zip(v);
    each(rgb, samples.map(|((&y, &u), &v)| rgb_of_vp8_yuv(y.into(), u, v)))
}

/// The same with an alpha plane → RGBA.
pub(crate) fn vp8_yuva_to_rgba(
    luma: &[u16],
    [u, v, alpha]: [&[u8]; 3],
    rgba: &mut [u8],
) -> Result<(), Error> {
    if [u, v, alpha].iter().any(|plane| plane.len() != luma.len()) {
        return Err(UNEQUAL_LENGTHS);
    }
    let samples = luma.iter().zip(u).zip(v).zip(alpha);
    each(
        rgba,
        samples.map(|(((&y, &u), &v), &alpha)| {
            let [red, green, blue] = rgb_of_vp8_yuv(y.into(), u, v);
            [red, green, blue, alpha]
        }),
    )
}

/// Four components of a JPEG → C, M, Y, K, where 255 means full ink. In the file 255 means no ink, as
/// Adobe writes it and as browsers assume. With `is_ycck` the first three components are YCbCr (Adobe
/// transform 2).
pub(crate) fn interleave_cmyk(
    planes: [&[u8]; 4],
    is_ycck: bool,
    pixels: &mut [u8],
) -> Result<(), Error> {
    let [a, b, c, k] = planes;
    if planes.iter().any(|plane| plane.len() != a.len()) {
        return Err(UNEQUAL_LENGTHS);
    }
    let samples = a.iter().zip(b).zip(c).zip(k);
    if is_ycck {
        let cmyk = samples.map(|(((&y, &cb), &cr), &k)| {
            let [c, m, y] = rgb_of_jpeg_ycbcr(i32::from(y) << LUMA_BITS, cb, cr);
            [c, m, y, 255 - k]
        });
        return each(pixels, cmyk);
    }
    each(pixels, samples.map(|(((c, m), y), k)| [255 - c, 255 - m, 255 - y, 255 - k]))
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

/// Writes one pixel after another.
fn each<const CHANNELS: usize>(
    pixels: &mut [u8],
    values: impl ExactSizeIterator<Item = [u8; CHANNELS]>,
) -> Result<(), Error> {
    let (pixels, rest) = pixels.as_chunks_mut();
    if !rest.is_empty() || values.len() != pixels.len() {
        return Err(UNEQUAL_LENGTHS);
    }
    simd::vectorize(
        #[inline(always)]
        || pixels.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = value),
    );
    Ok(())
}

/// With factors scaled by 2¹⁶. Rounds like libjpeg: once each for R, G and B, after the sum.
#[inline(always)]
fn rgb_of_jpeg_ycbcr(luma: i32, cb: u8, cr: u8) -> [u8; 3] {
    const BITS: u32 = 16;
    let y = (luma << (BITS - LUMA_BITS)) + (1 << (BITS - 1));
    let cb = i32::from(cb) - 128;
    let cr = i32::from(cr) - 128;
    // 1.402, 0.714136 and 1.772 are split into a whole and a fraction of 15 bits and a sign, so that
    // a product is one instruction for a vector of 16-bit numbers.
    let red = y + (cr << BITS) + 26_345 * cr;
    let green = y - 22_554 * cb - (cr << BITS) + 18_734 * cr;
    let blue = y + (cb << (BITS + 1)) - 14_942 * cb;
    [sample(red >> BITS), sample(green >> BITS), sample(blue >> BITS)]
}

/// With factors scaled by 2¹⁴. Like libwebp, each product drops 8 bits before the sum, and the sum
/// drops 6.
#[inline(always)]
fn rgb_of_vp8_yuv(luma: i32, u: u8, v: u8) -> [u8; 3] {
    let (u, v) = (i32::from(u), i32::from(v));
    let y = (luma * 19_077) >> (8 + LUMA_BITS);
    let red = y + ((v * 26_149) >> 8) - 14_234;
    let green = y - ((u * 6_419) >> 8) - ((v * 13_320) >> 8) + 8_708;
    let blue = y + ((u * 33_050) >> 8) - 17_685;
    [sample(red >> 6), sample(green >> 6), sample(blue >> 6)]
}

#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u8")]
fn sample(value: i32) -> u8 {
    value.clamp(0, 255) as u8
}

const UNEQUAL_LENGTHS: Error = Error::Bug("planes and pixels have unequal lengths");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finish::sample::Sample;

    /// Luma without a fraction.
    fn whole(luma: &[u8]) -> Vec<u16> {
        luma.iter().map(|&luma| u16::from_sum::<0>(luma.into())).collect()
    }

    #[test]
    fn luma_is_rounded_only_after_chroma_is_added() {
        // 100.4 + 1.402 is 101.8, and red is 102. With luma rounded to 100 it would be 101.
        let mut rgb = [0; 3];
        jpeg_ycbcr_to_rgb(&[u16::from_sum::<8>(25_702)], [&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [102, 100, 100]);
        jpeg_ycbcr_to_rgb(&[u16::from_sum::<8>(25_600)], [&[128], &[129]], &mut rgb).unwrap();
        assert_eq!(rgb, [101, 99, 100]);
        assert_eq!(u16::from_sum::<8>(-5), 0);
        assert_eq!(u16::from_sum::<8>(70_000), 255 << LUMA_BITS);
    }

    #[test]
    fn jpeg_colours_are_within_half_a_step_of_the_standard() {
        for y in (0..=255).step_by(5) {
            for cb in (0..=255).step_by(3) {
                for cr in (0..=255).step_by(3) {
                    let mut rgb = [0; 3];
                    jpeg_ycbcr_to_rgb(&whole(&[y]), [&[cb], &[cr]], &mut rgb).unwrap();
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
        let mut rgb = [0; 12];
        let chroma: [&[u8]; 2] = [&[128, 128, 40, 128], &[128, 128, 42, 128]];
        vp8_yuv_to_rgb(&whole(&[16, 235, 203, 0]), chroma, &mut rgb).unwrap();
        assert_eq!(rgb, [0, 0, 0, 255, 255, 255, 80, 255, 40, 0, 0, 0]);
        let mut rgba = [0; 4];
        vp8_yuva_to_rgba(&whole(&[203]), [&[40], &[42], &[7]], &mut rgba).unwrap();
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
        assert!(jpeg_ycbcr_to_rgb(&[1], [&[1], &[1]], &mut [0; 4]).is_err());
        assert!(jpeg_ycbcr_to_rgb(&[1], [&[1, 2], &[1]], &mut [0; 3]).is_err());
        assert!(vp8_yuva_to_rgba(&[1], [&[1], &[1], &[]], &mut [0; 4]).is_err());
        let mut pixels = [0; 4];
        interleave(&[&[1, 2], &[3, 4]], &mut pixels).unwrap();
        assert_eq!(pixels, [1, 3, 2, 4]);
    }
}
