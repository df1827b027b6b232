//! Pixels → PNG: 8 bits per sample, not interlaced.

use std::io::Write;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};

use crate::budget::{Budget, Buffer};
use crate::encode::file_writer::{self, FileBound, FileWriter};
use crate::error::Error;
use crate::picture::{Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;

/// The longest side that a PNG can have (PNG, 11.2.1).
pub(crate) const MAX_SIDE_PX: u32 = i32::MAX as u32;

/// Encodes `picture` as a PNG. Alpha is left out when every pixel is opaque.
///
/// # Errors
/// [`Error::OverLimit`] for a side over [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    picture.check(MAX_SIDE_PX)?;
    let PictureView { size, layout, .. } = picture;
    let _codec = budget.reserve(codec_bytes(size, layout))?;
    let drops_alpha = layout.has_alpha() && picture.is_opaque();
    file_writer::write(file_bound(size, layout), budget, |output| {
        write(picture, drops_alpha, output)
            .map_err(|_| Error::Bug("the PNG encoder refused a picture"))
    })
}

/// The most bytes that [`encode`] allocates.
pub(crate) const fn memory_bytes(size: Size, layout: Layout) -> u64 {
    codec_bytes(size, layout).saturating_add(file_bound(size, layout).memory_bytes())
}

/// The most work of [`encode`] in picoseconds.
pub(crate) fn work_ps(size: Size, layout: Layout) -> u64 {
    let samples = size.pixels().saturating_mul(layout.bytes_per_pixel() as u64);
    sum_ps([(samples, SAMPLE_PS)])
}

/// A sample: five filters to choose from, and deflate.
const SAMPLE_PS: u64 = 60_000;

fn write(
    PictureView { size, layout, pixels }: PictureView<'_>,
    drops_alpha: bool,
    output: &mut FileWriter<'_>,
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(output, size.width, size.height);
    encoder.set_color(match layout {
        Layout::Gray => ColorType::Grayscale,
        Layout::GrayAlpha if drops_alpha => ColorType::Grayscale,
        Layout::GrayAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba if drops_alpha => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_filter(Filter::Adaptive);
    encoder.set_deflate_compression(DeflateCompression::Level(LEVEL));
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer_with_size(IDAT_BYTES)?;
    if drops_alpha {
        write_without_alpha(pixels, layout.bytes_per_pixel(), &mut stream)?;
    } else {
        stream.write_all(pixels)?;
    }
    stream.finish()?;
    writer.finish()
}

/// Writes all samples except the last of each pixel, through a small array instead of a copy.
fn write_without_alpha(
    pixels: &[u8],
    bytes_per_pixel: usize,
    stream: &mut impl Write,
) -> Result<(), EncodingError> {
    let mut opaque = [0; 768];
    for block in pixels.chunks(256 * bytes_per_pixel) {
        let mut len = 0;
        let pixels = block.chunks_exact(bytes_per_pixel);
        for (to, pixel) in opaque.chunks_exact_mut(bytes_per_pixel - 1).zip(pixels) {
            to.copy_from_slice(&pixel[..bytes_per_pixel - 1]);
            len += to.len();
        }
        stream.write_all(&opaque[..len])?;
    }
    Ok(())
}

/// The bytes that png, flate2 and miniz_oxide allocate: three rows, the buffer of one IDAT chunk,
/// and state of a fixed size.
const fn codec_bytes(size: Size, layout: Layout) -> u64 {
    (size.width as u64).saturating_mul(3 * layout.bytes_per_pixel() as u64)
        + IDAT_BYTES as u64
        + DEFLATE_BYTES
}

/// Photographs take about half of the bound, so only noise is written twice.
pub(crate) const fn file_bound(size: Size, layout: Layout) -> FileBound {
    let max_bytes = file_bytes(size, layout);
    FileBound { max_bytes, max_buffered_bytes: max_bytes / 4 * 3 }
}

/// The length of the longest file of any picture of this size.
///
/// Deflate (RFC 1951) with optimal Huffman codes for each block is never longer than with a flat
/// code of 9 bits for literals and lengths and 5 bits for distances. So a literal costs at most 9
/// bits. A match of 3 bytes costs at most 9 + 5 + 11 bits, because miniz_oxide accepts none with a
/// distance over 8 KiB. A match of 4 bytes, which has no extra length bits, costs at most 27 bits,
/// and a longer one at most 9 + 5 + 5 + 13 = 32. So nothing costs more than 9 bits per byte. A
/// block ends after 31 KiB of input at the earliest, and its codes take at most 600 bytes. Each
/// IDAT chunk adds 12 bytes. The remaining bytes are for the signature, IHDR, IEND, the zlib frame
/// and the last two blocks.
pub(crate) const fn file_bytes(size: Size, layout: Layout) -> u64 {
    let row_bytes = (size.width as u64).saturating_mul(layout.bytes_per_pixel() as u64) + 1;
    let raw = row_bytes.saturating_mul(size.height as u64);
    let blocks = raw / (31 * 1024);
    let deflated = raw.saturating_add(raw / 8).saturating_add(blocks.saturating_mul(600));
    let chunks = deflated / IDAT_BYTES as u64;
    deflated.saturating_add(chunks.saturating_mul(12)).saturating_add(2048)
}

/// Level 2 takes a quarter of the time of level 4, and its files are 1 to 6 % longer. Level 1
/// searches matches in another way, which [`file_bytes`] does not cover.
const LEVEL: u8 = 2;
const IDAT_BYTES: usize = 16 * 1024;
const DEFLATE_BYTES: u64 = 384 * 1024;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::encode::test_pictures::{self, view};

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

    fn encoded(pixels: &[u8], size: Size, layout: Layout) -> Vec<u8> {
        let budget = Budget::new(memory_bytes(size, layout));
        let file = encode(view(pixels, size, layout), &budget).unwrap();
        file.into_parts().0
    }

    fn decoded(file: &[u8]) -> (Size, ColorType, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.bit_depth, BitDepth::Eight);
        reader.finish().unwrap();
        (Size::new(info.width, info.height), info.color_type, pixels)
    }

    fn chunk_types(file: &[u8]) -> Vec<[u8; 4]> {
        let mut rest = &file[8..];
        let mut types = Vec::new();
        while let Some((head, _)) = rest.split_first_chunk::<8>() {
            let [a, b, c, d, name @ ..] = *head;
            types.push(name);
            rest = &rest[12 + u32::from_be_bytes([a, b, c, d]) as usize..];
        }
        assert!(rest.is_empty());
        types
    }

    #[test]
    fn all_layouts_round_trip_exactly() {
        for size in test_pictures::SIZES {
            for layout in LAYOUTS {
                let channels = layout.bytes_per_pixel();
                let noise = test_pictures::noise(size.pixels() as usize * channels, 3);
                for mut pixels in [noise, test_pictures::photo(size, channels)] {
                    if layout.has_alpha() {
                        pixels[channels - 1] = 12;
                    }
                    let file = encoded(&pixels, size, layout);
                    let (decoded_size, color, decoded) = decoded(&file);
                    assert_eq!(decoded_size, size);
                    assert_eq!(color.samples(), channels);
                    assert_eq!(decoded, pixels);
                    let mut types = chunk_types(&file);
                    types.dedup();
                    assert_eq!(types, [*b"IHDR", *b"IDAT", *b"IEND"]);
                    assert_eq!(file, encoded(&pixels, size, layout));
                }
            }
        }
    }

    #[test]
    fn opaque_alpha_is_left_out() {
        for (layout, opaque) in [(Layout::GrayAlpha, Layout::Gray), (Layout::Rgba, Layout::Rgb)] {
            for size in test_pictures::SIZES {
                let channels = layout.bytes_per_pixel();
                let mut pixels = test_pictures::noise(size.pixels() as usize * channels, 5);
                for alpha in pixels.iter_mut().skip(channels - 1).step_by(channels) {
                    *alpha = 255;
                }
                let rest: Vec<u8> = pixels
                    .chunks_exact(channels)
                    .flat_map(|pixel| pixel[..channels - 1].to_vec())
                    .collect();
                assert_eq!(encoded(&pixels, size, layout), encoded(&rest, size, opaque));
            }
        }
    }

    #[test]
    fn the_longest_files_are_within_the_bound() {
        for size in [Size::new(1, 1), Size::new(3, 9000), Size::new(9000, 3), Size::new(300, 300)] {
            for layout in LAYOUTS {
                let len = size.pixels() as usize * layout.bytes_per_pixel();
                let file = encoded(&test_pictures::noise(len, 11), size, layout);
                assert!(file.len() as u64 <= file_bytes(size, layout));
            }
        }
    }

    #[test]
    fn pixels_that_do_not_match_their_size_are_a_bug() {
        let size = Size::new(2, 2);
        let budget = Budget::new(memory_bytes(size, Layout::Rgb));
        assert!(matches!(encode(view(&[0; 11], size, Layout::Rgb), &budget), Err(Error::Bug(_))));
    }
}
