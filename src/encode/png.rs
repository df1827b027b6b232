//! Pixels → PNG: 8 bits per sample, not interlaced.

use std::io::{self, Write};

use png::chunk::iCCP;
use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};

use crate::budget::{Budget, Buffer, Reservation};
use crate::encode::file_writer::{self, FileBound, FileWriter};
use crate::encode::profile;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::picture::{Gamut, Layout, PictureView};
use crate::price::sum_ps;
use crate::size::Size;
use crate::work;

/// The longest side that a PNG can have (PNG, 11.2.1).
pub(crate) const MAX_SIDE_PX: u32 = i32::MAX as u32;

/// Encodes `picture` as a PNG. Alpha is left out when every pixel is opaque.
///
/// # Errors
/// [`Error::OverLimit`] for a side over [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    Job { budget, interrupt }: Job<'b>,
) -> Result<Buffer<'b, u8>, Error> {
    picture.check(MAX_SIDE_PX)?;
    let PictureView { size, layout, gamut, .. } = picture;
    let _codec = codec(size, layout, budget)?;
    let drops_alpha = layout.has_alpha() && picture.is_opaque();
    file_writer::write(file_bound(size, layout, gamut), budget, |output| {
        write(picture, drops_alpha, interrupt, output)
    })
}

/// Charges what is live in [`encode`] to a budget that counts. Returns what is charged when the file
/// starts to grow.
pub(crate) fn count(
    size: Size,
    layout: Layout,
    gamut: Gamut,
    budget: &Budget,
) -> Result<u64, Error> {
    let _codec = codec(size, layout, budget)?;
    file_bound(size, layout, gamut).count(budget)
}

/// The most work of [`encode`] in picoseconds.
pub(crate) fn work_ps(size: Size, layout: Layout) -> u64 {
    let samples = size.pixels().saturating_mul(layout.bytes_per_pixel() as u64);
    sum_ps([(samples, SAMPLE_PS)])
}

/// A sample: five filters to choose from, and deflate.
const SAMPLE_PS: u64 = 60_000;

/// Polls at each row.
fn write(
    PictureView { size, layout, gamut, pixels }: PictureView<'_>,
    drops_alpha: bool,
    interrupt: &Interrupt,
    output: &mut FileWriter<'_>,
) -> Result<(), Error> {
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
    let mut writer = encoder.write_header().map_err(refused)?;
    if let Some(profile) = profile::of(gamut) {
        writer.write_chunk(iCCP, &iccp(profile)).map_err(refused)?;
    }
    let mut stream = writer.stream_writer_with_size(IDAT_BYTES).map_err(refused)?;
    let bytes_per_pixel = layout.bytes_per_pixel();
    for row in pixels.chunks(size.width as usize * bytes_per_pixel) {
        interrupt.check()?;
        work::encoded(size.width.into());
        if drops_alpha {
            write_without_alpha(row, bytes_per_pixel, &mut stream).map_err(refused)?;
        } else {
            stream.write_all(row).map_err(refused)?;
        }
    }
    stream.finish().map_err(refused)?;
    writer.finish().map_err(refused)
}

/// A failure to write is stored by the [`FileWriter`].
fn refused(_: impl Into<EncodingError>) -> Error {
    Error::Bug("the PNG encoder refused a picture")
}

/// Writes all samples except the last of each pixel, through a small array instead of a copy.
fn write_without_alpha(
    pixels: &[u8],
    bytes_per_pixel: usize,
    stream: &mut impl Write,
) -> io::Result<()> {
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

/// What png, flate2 and miniz_oxide allocate: three rows, the buffer of one IDAT chunk, and state of
/// a fixed size.
fn codec(size: Size, layout: Layout, budget: &Budget) -> Result<Reservation<'_>, Error> {
    let row_bytes = u64::from(size.width) * layout.bytes_per_pixel() as u64;
    budget.reserve(3 * row_bytes + IDAT_BYTES as u64 + DEFLATE_BYTES)
}

/// Photographs take about half of the bound, so only noise is written twice.
pub(crate) const fn file_bound(size: Size, layout: Layout, gamut: Gamut) -> FileBound {
    let max_bytes = file_bytes(size, layout, gamut);
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
pub(crate) const fn file_bytes(size: Size, layout: Layout, gamut: Gamut) -> u64 {
    let row_bytes = (size.width as u64).saturating_mul(layout.bytes_per_pixel() as u64) + 1;
    let raw = row_bytes.saturating_mul(size.height as u64);
    let blocks = raw / (31 * 1024);
    let deflated = raw.saturating_add(raw / 8).saturating_add(blocks.saturating_mul(600));
    let chunks = deflated / IDAT_BYTES as u64;
    let profile = if profile::of(gamut).is_some() { 12 + ICCP_BYTES as u64 } else { 0 };
    deflated.saturating_add(chunks.saturating_mul(12)).saturating_add(2048 + profile)
}

/// The payload of an iCCP chunk (PNG, 11.3.2.3): a name, and the profile as a zlib stream of one
/// stored block, because half a kilobyte is not worth a second compressor.
#[allow(clippy::cast_possible_truncation, reason = "a profile is shorter than a stored block")]
fn iccp(profile: &[u8; profile::BYTES]) -> [u8; ICCP_BYTES] {
    let len = profile::BYTES as u16;
    let mut chunk = [0; ICCP_BYTES];
    let (head, rest) = chunk.split_at_mut(ICCP_HEAD.len() + 4);
    let (name, lengths) = head.split_at_mut(ICCP_HEAD.len());
    name.copy_from_slice(ICCP_HEAD);
    lengths[..2].copy_from_slice(&len.to_le_bytes());
    lengths[2..].copy_from_slice(&(!len).to_le_bytes());
    let (data, checksum) = rest.split_at_mut(profile::BYTES);
    data.copy_from_slice(profile);
    checksum.copy_from_slice(&adler32(profile).to_be_bytes());
    chunk
}

/// The checksum of a zlib stream (RFC 1950, 9) of less than 5,552 bytes.
fn adler32(bytes: &[u8]) -> u32 {
    let add = |(a, b), &byte: &u8| (a + u32::from(byte), b + a + u32::from(byte));
    let (a, b) = bytes.iter().fold((1, 0), add);
    (b % 65_521) << 16 | (a % 65_521)
}

/// The name with its end, the method of compression, the header of a zlib stream (RFC 1950, 2.2), and
/// that of a last block which is stored (RFC 1951, 3.2.4).
const ICCP_HEAD: &[u8] = b"Display P3\0\0\x78\x01\x01";
const ICCP_BYTES: usize = ICCP_HEAD.len() + 4 + profile::BYTES + 4;

/// Level 2 takes a quarter of the time of level 4, and its files are 1 to 6 % longer. Level 1
/// searches matches in another way, which [`file_bytes`] does not cover.
const LEVEL: u8 = 2;
const IDAT_BYTES: usize = 16 * 1024;
const DEFLATE_BYTES: u64 = 384 * 1024;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::budget::quote;
    use crate::encode::test_pictures::{self, view};

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

    fn endless(budget: &Budget) -> Job<'_> {
        static NEVER: Interrupt = Interrupt::never();
        Job { budget, interrupt: &NEVER }
    }

    fn quoted(size: Size, layout: Layout) -> u64 {
        quote(|budget| count(size, layout, Gamut::Srgb, budget)).unwrap()
    }

    fn encoded(pixels: &[u8], size: Size, layout: Layout) -> Vec<u8> {
        let budget = Budget::new(quoted(size, layout));
        let file = encode(view(pixels, size, layout), endless(&budget)).unwrap();
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
                assert!(file.len() as u64 <= file_bytes(size, layout, Gamut::Srgb));
            }
        }
    }

    #[test]
    fn pixels_that_do_not_match_their_size_are_a_bug() {
        let size = Size::new(2, 2);
        let budget = Budget::new(quoted(size, Layout::Rgb));
        assert!(matches!(
            encode(view(&[0; 11], size, Layout::Rgb), endless(&budget)),
            Err(Error::Bug(_))
        ));
    }
}
