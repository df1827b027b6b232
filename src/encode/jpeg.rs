//! Pixels → JPEG: baseline, 4:2:0, the tables of T.81, annex K.

use jpeg_encoder::{
    ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr,
};

use super::output::{self, Output};
use crate::budget::{Budget, Buffer};
use crate::error::{BadRequest, Error};
use crate::picture::Layout;
use crate::size::Size;

mod bits;

/// The longest side that a JPEG can have (T.81, B.2.2).
pub(crate) const MAX_SIDE_PX: u32 = u16::MAX as u32;

/// A JPEG of `pixels`. Grey stays one component; transparent pixels show `background`.
///
/// # Errors
/// [`BadRequest::Quality`] for a quality outside 1–100, [`Error::OverLimit`] for a side over
/// [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    pixels: &[u8],
    size: Size,
    layout: Layout,
    quality: u8,
    background: [u8; 3],
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    if !(1..=100).contains(&quality) {
        return Err(Error::BadRequest(BadRequest::Quality));
    }
    super::check(pixels, size, layout, MAX_SIDE_PX)?;
    let too_large = |_| Error::Bug("a JPEG of more than 65,535 pixels a side");
    let width = u16::try_from(size.width).map_err(too_large)?;
    let height = u16::try_from(size.height).map_err(too_large)?;
    // A grey picture on a coloured background has colours.
    let [red, green, blue] = background;
    let is_gray = match layout {
        Layout::Gray => true,
        Layout::GrayAlpha => (red == green && green == blue) || super::is_opaque(pixels, layout),
        Layout::Rgb | Layout::Rgba => false,
    };
    let rows = Rows { pixels, width, height, layout, is_gray, background };

    let codec = budget.take(codec_bytes(size, layout))?;
    let mut output = Output::new(file_bytes(size, layout, quality), budget)?;
    let mut encoder = Encoder::new(&mut output, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let written = encoder.encode_image(rows);
    drop(codec);
    let file = output.finish()?;
    written.map_err(|_| Error::Bug("the JPEG encoder refused a picture"))?;
    Ok(file)
}

/// The most that [`encode`] holds beyond the pixels, for any background.
pub(crate) const fn memory_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    codec_bytes(size, layout)
        .saturating_add(output::memory_bytes(file_bytes(size, layout, quality)))
}

/// The pixels as the encoder pulls them, row by row.
struct Rows<'a> {
    pixels: &'a [u8],
    width: u16,
    height: u16,
    layout: Layout,
    is_gray: bool,
    background: [u8; 3],
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.is_gray { JpegColorType::Luma } else { JpegColorType::Ycbcr }
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, planes: &mut [Vec<u8>; 4]) {
        let row_bytes = usize::from(self.width) * self.layout.bytes_per_pixel();
        let row = self.pixels.chunks_exact(row_bytes).nth(usize::from(y)).unwrap_or_default();
        let [red, green, blue] = self.background;
        let [luma, cb, cr, _] = planes;
        let mut push = |r, g, b| {
            let (y, blue_difference, red_difference) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            cb.push(blue_difference);
            cr.push(red_difference);
        };
        match self.layout {
            Layout::Gray => luma.extend_from_slice(row),
            Layout::GrayAlpha if self.is_gray => {
                luma.extend(row.as_chunks::<2>().0.iter().map(|&[v, a]| over(v, a, red)));
            }
            Layout::GrayAlpha => {
                for &[v, a] in row.as_chunks::<2>().0 {
                    push(over(v, a, red), over(v, a, green), over(v, a, blue));
                }
            }
            Layout::Rgb => {
                for &[r, g, b] in row.as_chunks::<3>().0 {
                    push(r, g, b);
                }
            }
            Layout::Rgba => {
                for &[r, g, b, a] in row.as_chunks::<4>().0 {
                    push(over(r, a, red), over(g, a, green), over(b, a, blue));
                }
            }
        }
    }
}

/// `value` at opacity `alpha` over `background`, rounded.
fn over(value: u8, alpha: u8, background: u8) -> u8 {
    let alpha = u32::from(alpha);
    let sum = u32::from(value) * alpha + u32::from(background) * (255 - alpha);
    // At most (255 · 255 + 127) / 255 = 255.
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}

/// What jpeg-encoder allocates: one row of MCUs of each component at full width, and small lists.
const fn codec_bytes(size: Size, layout: Layout) -> u64 {
    let width = size.width as u64;
    let rows = match layout {
        Layout::Gray => width.next_multiple_of(8) * 8,
        Layout::GrayAlpha | Layout::Rgb | Layout::Rgba => width.next_multiple_of(16) * 16 * 3,
    };
    rows + 1024
}

/// The longest file of any picture of this size: the segments before the scan, at most 16 bytes of
/// padding and end, and each block at its longest.
pub(crate) const fn file_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    let (luma, chroma) = bits::per_block(quality);
    let (width, height) = (size.width as u64, size.height as u64);
    let gray = width.div_ceil(8).saturating_mul(height.div_ceil(8)).saturating_mul(luma);
    let color = width
        .div_ceil(16)
        .saturating_mul(height.div_ceil(16))
        .saturating_mul(4 * luma + 2 * chroma);
    let bits = match layout {
        Layout::Gray => gray,
        Layout::Rgb | Layout::Rgba | Layout::GrayAlpha => color,
    };
    (bits / 8).saturating_add(SEGMENT_BYTES + 16)
}

/// SOI, JFIF, SOF0, two DQT, four DHT, SOS.
const SEGMENT_BYTES: u64 = 2 + 18 + 19 + 2 * 69 + 2 * 33 + 2 * 183 + 14;
