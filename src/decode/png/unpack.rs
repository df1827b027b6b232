//! Packed PNG samples → 8-bit planes.

use crate::budget::{Budget, Buffer};
use crate::decode::premultiply::{is_opaque_row, premultiply_row};
use crate::error::Error;
use crate::price::sum_ps;
use crate::probe::png::{Color, Image, PaletteAndTransparency};
use crate::simd::vectorize;

/// Unpacks rows into planes: looks up the palette, applies transparency
/// and scales samples to 8 bits.
pub(super) struct Unpacker<'b> {
    color: Color,
    bit_depth: u8,
    premultiply: bool,
    /// Indices outside the palette are opaque black, as in libpng.
    palette: [[u8; 4]; 256],
    /// The transparent colour of a grey or RGB image (tRNS), at the bit depth of the file.
    transparent: Option<[u16; 3]>,
    color_planes: usize,
    planes: usize,
    width: usize,
    samples: Buffer<'b, u8>,
}

/// One row of every plane. A grey image has only the first of the colours. Planes
/// that do not exist are empty.
struct PlaneRows<'a> {
    color: [&'a mut [u8]; 3],
    alpha: &'a mut [u8],
}

/// The most work of unpacking `pixels`, in picoseconds.
pub(super) fn work_ps(image: &Image, pixels: u64, premultiply: bool) -> u64 {
    let samples = pixels.saturating_mul(plane_count(image) as u64);
    let premultiplied = if premultiply && image.has_alpha() { samples } else { 0 };
    let is_byte = image.bit_depth >= 8 && image.color != Color::Indexed;
    let sample_ps = if is_byte { SAMPLE_PS } else { LOOKED_UP_SAMPLE_PS };
    sum_ps([(samples, sample_ps), (premultiplied, PREMULTIPLIED_SAMPLE_PS)])
}

const SAMPLE_PS: u64 = 300;
/// A sample of the palette, or of less than eight bits.
const LOOKED_UP_SAMPLE_PS: u64 = 900;
const PREMULTIPLIED_SAMPLE_PS: u64 = 150;

const fn plane_count(image: &Image) -> usize {
    let color_planes = if image.is_gray() { 1 } else { 3 };
    if image.has_alpha() { color_planes + 1 } else { color_planes }
}

impl<'b> Unpacker<'b> {
    /// Reserves one row for each plane.
    pub(super) fn new(
        colors: &PaletteAndTransparency<'_>,
        image: &Image,
        premultiply: bool,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        let planes = plane_count(image);
        let samples = u64::from(image.size.width) * planes as u64;
        let mut unpacker = Self {
            color: image.color,
            bit_depth: image.bit_depth,
            premultiply: premultiply && image.has_alpha(),
            palette: [[0, 0, 0, 255]; 256],
            transparent: None,
            color_planes: if image.is_gray() { 1 } else { 3 },
            planes,
            width: image.size.width as usize,
            samples: budget.buffer(samples, 0u8)?,
        };
        for (slot, &[r, g, b]) in unpacker.palette.iter_mut().zip(colors.palette) {
            *slot = [r, g, b, 255];
        }
        if image.transparency {
            unpacker.read_transparency(colors.transparency);
        }
        Ok(unpacker)
    }

    /// Reads tRNS (11.3.1.1). Samples have 16 bits, of which only as many count as the bit depth
    /// has.
    fn read_transparency(&mut self, data: &[u8]) {
        let mask = u16::MAX >> 16_u8.saturating_sub(self.bit_depth);
        let sample = |index: usize| {
            let (samples, _) = data.as_chunks::<2>();
            u16::from_be_bytes(samples.get(index).copied().unwrap_or_default()) & mask
        };
        match self.color {
            Color::Indexed => {
                for (slot, &alpha) in self.palette.iter_mut().zip(data) {
                    slot[3] = alpha;
                }
            }
            Color::Gray => self.transparent = Some([sample(0); 3]),
            Color::Rgb => self.transparent = Some([sample(0), sample(1), sample(2)]),
            Color::GrayAlpha | Color::Rgba => {}
        }
    }

    /// Unpacks one row of `columns` pixels, and calls `deliver` with the index and the samples of
    /// each plane. Alpha comes after the colours, and only if the image has it.
    pub(super) fn unpack_row(
        &mut self,
        packed: &[u8],
        columns: usize,
        mut deliver: impl FnMut(usize, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let columns = columns.min(self.width);
        let mut planes = self.samples.chunks_exact_mut(self.width);
        let mut row_if = |exists: bool| match exists.then(|| planes.next()).flatten() {
            Some(plane) => plane.get_mut(..columns).unwrap_or_default(),
            None => Default::default(),
        };
        let rgb = self.color_planes == 3;
        let mut rows = PlaneRows {
            color: [row_if(true), row_if(rgb), row_if(rgb)],
            alpha: row_if(self.planes > self.color_planes),
        };
        match (self.color, self.bit_depth) {
            (Color::Indexed, depth) => unpack_indexed(packed, depth, &self.palette, &mut rows),
            (Color::Gray, depth @ (1 | 2 | 4)) => {
                unpack_gray_below_8_bits(packed, depth, self.transparent, &mut rows);
            }
            (_, 16) => vectorize(
                #[inline(always)]
                || unpack_16_bits(packed, self.color, self.transparent, &mut rows),
            ),
            _ => vectorize(
                #[inline(always)]
                || unpack_8_bits(packed, self.color, self.transparent, &mut rows),
            ),
        }
        if self.premultiply {
            vectorize(
                #[inline(always)]
                || premultiply_rows(&mut rows),
            );
        }
        for (plane, color) in rows.color.iter().take(self.color_planes).enumerate() {
            deliver(plane, color)?;
        }
        if self.planes > self.color_planes {
            deliver(self.color_planes, rows.alpha)?;
        }
        Ok(())
    }
}

#[inline(always)]
fn premultiply_rows(rows: &mut PlaneRows<'_>) {
    if !is_opaque_row(rows.alpha) {
        for color in &mut rows.color {
            premultiply_row(color, 0, rows.alpha);
        }
    }
}

/// The samples of a row of 1, 2, 4 or 8 bits each. The leftmost one has the
/// high bits of a byte (PNG, 7.2).
fn packed_samples(packed: &[u8], depth: u8) -> impl Iterator<Item = u8> {
    let mask = u8::MAX >> (8 - depth);
    packed
        .iter()
        .flat_map(move |&byte| (0..8 / depth).rev().map(move |i| (byte >> (i * depth)) & mask))
}

fn unpack_indexed(packed: &[u8], depth: u8, palette: &[[u8; 4]; 256], rows: &mut PlaneRows<'_>) {
    let [red, green, blue] = &mut rows.color;
    let mut alpha = rows.alpha.iter_mut();
    let colors = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
    for (((r, g), b), index) in colors.zip(packed_samples(packed, depth)) {
        let color = palette[usize::from(index)];
        [*r, *g, *b] = [color[0], color[1], color[2]];
        if let Some(a) = alpha.next() {
            *a = color[3];
        }
    }
}

fn unpack_gray_below_8_bits(
    packed: &[u8],
    depth: u8,
    transparent: Option<[u16; 3]>,
    rows: &mut PlaneRows<'_>,
) {
    let [gray, ..] = &mut rows.color;
    let scale = u8::MAX / (u8::MAX >> (8 - depth));
    for (to, sample) in gray.iter_mut().zip(packed_samples(packed, depth)) {
        *to = sample * scale;
    }
    if let Some([key, ..]) = transparent {
        for (to, sample) in rows.alpha.iter_mut().zip(packed_samples(packed, depth)) {
            *to = opaque_unless(u16::from(sample) == key);
        }
    }
}

#[inline(always)]
fn unpack_8_bits(
    packed: &[u8],
    color: Color,
    transparent: Option<[u16; 3]>,
    rows: &mut PlaneRows<'_>,
) {
    let [red, green, blue] = &mut rows.color;
    let alpha = &mut *rows.alpha;
    match color {
        Color::Gray | Color::Indexed => {
            red.copy_from_slice(packed.get(..red.len()).unwrap_or_default());
            if let Some([key, ..]) = transparent {
                for (a, &sample) in alpha.iter_mut().zip(packed) {
                    *a = opaque_unless(u16::from(sample) == key);
                }
            }
        }
        Color::GrayAlpha => {
            let pixels = packed.as_chunks::<2>().0;
            for ((g, a), &[gray, opacity]) in red.iter_mut().zip(alpha).zip(pixels) {
                [*g, *a] = [gray, opacity];
            }
        }
        Color::Rgb => {
            let pixels = packed.as_chunks::<3>().0;
            let to = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
            for (((r, g), b), pixel) in to.zip(pixels) {
                [*r, *g, *b] = *pixel;
            }
            if let Some(key) = transparent {
                for (a, pixel) in alpha.iter_mut().zip(pixels) {
                    *a = opaque_unless(pixel.map(u16::from) == key);
                }
            }
        }
        Color::Rgba => {
            let pixels = packed.as_chunks::<4>().0;
            let to = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut()).zip(alpha);
            for ((((r, g), b), a), pixel) in to.zip(pixels) {
                [*r, *g, *b, *a] = *pixel;
            }
        }
    }
}

/// Rounds 16-bit samples to 8 bits (PNG, 13.12).
#[inline(always)]
fn unpack_16_bits(
    packed: &[u8],
    color: Color,
    transparent: Option<[u16; 3]>,
    rows: &mut PlaneRows<'_>,
) {
    match color {
        Color::Gray | Color::Indexed => unpack_pixels_of_16_bits::<2>(packed, transparent, rows),
        Color::GrayAlpha => unpack_pixels_of_16_bits::<4>(packed, transparent, rows),
        Color::Rgb => unpack_pixels_of_16_bits::<6>(packed, transparent, rows),
        Color::Rgba => unpack_pixels_of_16_bits::<8>(packed, transparent, rows),
    }
}

/// Each plane in a loop of its own, which the compiler vectorises.
#[inline(always)]
fn unpack_pixels_of_16_bits<const PIXEL_BYTES: usize>(
    packed: &[u8],
    transparent: Option<[u16; 3]>,
    rows: &mut PlaneRows<'_>,
) {
    let pixels = packed.as_chunks::<PIXEL_BYTES>().0;
    let sample = |pixel: &[u8; PIXEL_BYTES], index: usize| {
        u16::from_be_bytes([pixel[2 * index], pixel[2 * index + 1]])
    };
    for (index, plane) in rows.color.iter_mut().enumerate() {
        for (to, pixel) in plane.iter_mut().zip(pixels) {
            *to = to_8_bits(sample(pixel, index));
        }
    }
    for (a, pixel) in rows.alpha.iter_mut().zip(pixels) {
        *a = match transparent {
            Some([key, ..]) if PIXEL_BYTES == 2 => opaque_unless(sample(pixel, 0) == key),
            Some(key) => opaque_unless([0, 1, 2].map(|index| sample(pixel, index)) == key),
            None => to_8_bits(sample(pixel, PIXEL_BYTES / 2 - 1)),
        };
    }
}

/// `sample` × 255 / 65535, rounded to nearest.
#[allow(clippy::cast_possible_truncation, reason = "65535 × 255 + 32895 over 65536 is below 256")]
const fn to_8_bits(sample: u16) -> u8 {
    ((sample as u32 * 255 + 32_895) >> 16) as u8
}

const fn opaque_unless(is_transparent: bool) -> u8 {
    if is_transparent { 0 } else { 255 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_16_bits_round_to_nearest() {
        for sample in 0..=u16::MAX {
            let exact = f64::from(sample) * 255.0 / 65_535.0;
            assert!((f64::from(to_8_bits(sample)) - exact).abs() <= 0.5, "{sample}");
        }
    }

    #[test]
    fn packed_samples_start_at_the_high_bits() {
        assert_eq!(packed_samples(&[0b1011_0001], 1).collect::<Vec<_>>(), [1, 0, 1, 1, 0, 0, 0, 1]);
        assert_eq!(packed_samples(&[0b1011_0001], 2).collect::<Vec<_>>(), [2, 3, 0, 1]);
        assert_eq!(packed_samples(&[0xB1, 0x7F], 4).collect::<Vec<_>>(), [11, 1, 7, 15]);
        assert_eq!(packed_samples(&[0xB1], 8).collect::<Vec<_>>(), [0xB1]);
    }
}
