//! Pixels → lossless WebP (VP8L, RFC 9649, section 3).

use image_webp::{ColorType, WebPEncoder};

use super::output::{self, Output};
use crate::budget::{Budget, Buffer};
use crate::error::Error;
use crate::picture::Layout;
use crate::size::Size;

/// The longest side that a lossless WebP can have (RFC 9649, 3.4).
pub(crate) const MAX_SIDE_PX: u32 = 16_384;

/// A lossless WebP of `pixels`. It says that alpha is used only when a pixel is transparent.
///
/// # Errors
/// [`Error::OverLimit`] for a side over [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    pixels: &[u8],
    size: Size,
    layout: Layout,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    super::check(pixels, size, layout, MAX_SIDE_PX)?;
    let color = match layout {
        Layout::Gray => ColorType::L8,
        Layout::GrayAlpha => ColorType::La8,
        Layout::Rgb => ColorType::Rgb8,
        Layout::Rgba => ColorType::Rgba8,
    };
    let file_bytes = frame_bytes(size, layout) + RIFF_BYTES;
    let _frame = budget.take(frame_capacity(size, layout))?;
    let mut output = Output::in_one_piece(file_bytes, budget)?;
    output.release_when_written(budget.take(coding_bytes(size, layout))?);
    let written = WebPEncoder::new(&mut output).encode(pixels, size.width, size.height, color);
    let mut file = output.finish()?;
    written.map_err(|_| Error::Bug("the WebP encoder refused a picture"))?;
    if layout.has_alpha() && super::is_opaque(pixels, layout) {
        // One symbol alone takes no bits, so alpha costs nothing; only its flag is to be unset.
        let missing = Error::Bug("a WebP without its header");
        *file.get_mut(ALPHA_IS_USED_AT).ok_or(missing)? &= !ALPHA_IS_USED;
    }
    Ok(file)
}

/// The most that [`encode`] holds beyond the pixels: the coded frame, and with it first what coding
/// takes, then the file.
pub(crate) const fn memory_bytes(size: Size, layout: Layout) -> u64 {
    let coding = coding_bytes(size, layout);
    let file = frame_bytes(size, layout).saturating_add(RIFF_BYTES);
    frame_capacity(size, layout)
        .saturating_add(if coding > file { coding } else { file })
        .saturating_add(output::PIECE_BYTES)
}

/// The longest file of any picture of this size.
pub(crate) const fn file_bytes(size: Size, layout: Layout) -> u64 {
    frame_bytes(size, layout).saturating_add(RIFF_BYTES)
}

/// What image-webp takes until the frame is coded: a copy of the pixels as RGBA, the half of the
/// frame's block that it moves from when it grows last, and the trees of the Huffman codes.
const fn coding_bytes(size: Size, layout: Layout) -> u64 {
    let rgba = size.pixels().saturating_mul(4);
    rgba.saturating_add(frame_capacity(size, layout) / 2).saturating_add(16 * 1024)
}

/// The capacity of the frame's block, which doubles as bytes are appended.
const fn frame_capacity(size: Size, layout: Layout) -> u64 {
    match frame_bytes(size, layout).checked_next_power_of_two() {
        Some(capacity) => capacity,
        None => u64::MAX,
    }
}

/// The longest frame of any picture of this size.
///
/// A Huffman code that is fitted to the picture is never longer than one of 8 bits for each of 256
/// values, or 9 for each of the 280 of the green channel. A run costs 9 bits and replaces a pixel,
/// which costs no less; only runs of 5 pixels and more have up to 10 extra bits. The codes take
/// less than 300 bytes each.
const fn frame_bytes(size: Size, layout: Layout) -> u64 {
    let bits_per_pixel = match layout {
        Layout::Gray => 9,
        Layout::GrayAlpha => 9 + 8,
        Layout::Rgb => 9 + 2 * 8,
        Layout::Rgba => 9 + 3 * 8,
    };
    size.pixels().saturating_mul(bits_per_pixel) / 8 + 2048
}

/// RIFF header, chunk header and a byte of padding (RFC 9649, 2.4 and 2.6).
const RIFF_BYTES: u64 = 12 + 8 + 1;
/// After RIFF header, chunk header and signature come 14 bits each of width and height, then the
/// bit `alpha_is_used` (RFC 9649, 3.4).
const ALPHA_IS_USED_AT: usize = 12 + 8 + 1 + 28 / 8;
const ALPHA_IS_USED: u8 = 1 << (28 % 8);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::samples;
    use crate::limits::Limit;

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

    fn encoded(pixels: &[u8], size: Size, layout: Layout) -> Vec<u8> {
        let budget = Budget::new(memory_bytes(size, layout));
        let file = encode(pixels, size, layout, &budget).unwrap();
        file.into_parts().0
    }

    /// The pixels as RGB or RGBA, as the file has alpha.
    fn decoded(file: &[u8]) -> (Size, bool, Vec<u8>) {
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut pixels).unwrap();
        let (width, height) = decoder.dimensions();
        (Size::new(width, height), decoder.has_alpha(), pixels)
    }

    fn expanded(pixels: &[u8], layout: Layout, with_alpha: bool) -> Vec<u8> {
        let pixels = pixels.chunks_exact(layout.bytes_per_pixel());
        pixels
            .flat_map(|pixel| {
                let color = match layout {
                    Layout::Gray | Layout::GrayAlpha => [pixel[0]; 3],
                    Layout::Rgb | Layout::Rgba => [pixel[0], pixel[1], pixel[2]],
                };
                let alpha = with_alpha.then(|| *pixel.last().unwrap());
                color.into_iter().chain(alpha).collect::<Vec<u8>>()
            })
            .collect()
    }

    #[test]
    fn pixels_come_back_exactly_in_all_layouts() {
        for size in samples::SIZES {
            for layout in LAYOUTS {
                let channels = layout.bytes_per_pixel();
                let noise = samples::noise(size.pixels() as usize * channels, 3);
                for mut pixels in [noise, samples::photo(size, channels)] {
                    if layout.has_alpha() {
                        pixels[channels - 1] = 12;
                    }
                    let file = encoded(&pixels, size, layout);
                    let expected = expanded(&pixels, layout, layout.has_alpha());
                    assert_eq!(decoded(&file), (size, layout.has_alpha(), expected));
                    // A simple file: one chunk and nothing else (RFC 9649, 2.5).
                    assert_eq!(&file[8..16], b"WEBPVP8L");
                    let chunk_len = u32::from_le_bytes([file[16], file[17], file[18], file[19]]);
                    assert_eq!(file.len(), 20 + chunk_len.next_multiple_of(2) as usize);
                    assert_eq!(file, encoded(&pixels, size, layout));
                }
            }
        }
    }

    #[test]
    fn opaque_alpha_is_not_announced() {
        for layout in [Layout::GrayAlpha, Layout::Rgba] {
            for size in samples::SIZES {
                let channels = layout.bytes_per_pixel();
                let mut pixels = samples::noise(size.pixels() as usize * channels, 5);
                for alpha in pixels.iter_mut().skip(channels - 1).step_by(channels) {
                    *alpha = 255;
                }
                let file = encoded(&pixels, size, layout);
                assert_eq!(decoded(&file), (size, false, expanded(&pixels, layout, false)));
            }
        }
    }

    #[test]
    fn the_longest_files_are_within_the_bound() {
        for size in [Size::new(1, 1), Size::new(3, 9000), Size::new(9000, 3), Size::new(300, 300)] {
            for layout in LAYOUTS {
                let len = size.pixels() as usize * layout.bytes_per_pixel();
                let file = encoded(&samples::noise(len, 11), size, layout);
                assert!(file.len() as u64 <= frame_bytes(size, layout) + RIFF_BYTES);
            }
        }
    }

    #[test]
    fn a_side_that_the_format_cannot_say_is_over_the_limit() {
        let size = Size::new(16_385, 1);
        let budget = Budget::new(memory_bytes(size, Layout::Gray));
        let refused = encode(&[0; 16_385], size, Layout::Gray, &budget);
        assert!(matches!(
            refused,
            Err(Error::OverLimit { limit: Limit::OutputSide, found: 16_385, allowed: 16_384 })
        ));
    }
}
