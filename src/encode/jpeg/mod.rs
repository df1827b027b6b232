//! Pixels → JPEG: baseline, 4:2:0, with the quantization of T.81, annex K, and the best Huffman codes.
//!
//! The picture is transformed twice: once to count the symbols, and once to write them. So nothing
//! but the histograms is kept, and memory does not grow with the picture.

use crate::budget::{Budget, Buffer};
use crate::encode::file_writer::{self, FileBound};
use crate::error::{BadRequest, Error};
use crate::picture::{Layout, PictureView};
use crate::price::sum_ps;
use crate::simd;
use crate::size::Size;
use bands::{Bands, OUTSIDE, Source};
use entropy::{BlockSink, BlockWriter, Codes, Histograms, Kind};
use huffman::BestCode;
use quantizer::{CHROMA_STEPS, LUMA_STEPS, Quantizer};

mod bands;
mod entropy;
mod huffman;
mod max_block_bits;
mod quantizer;
mod segments;

/// The longest side that a JPEG can have (T.81, B.2.2).
pub(crate) const MAX_SIDE_PX: u32 = u16::MAX as u32;

/// Encodes `picture` as a JPEG. Grey stays one component. Transparent pixels show `background`.
///
/// # Errors
/// [`BadRequest::Quality`] for a quality outside 1–100, [`Error::OverLimit`] for a side over
/// [`MAX_SIDE_PX`].
pub(crate) fn encode<'b>(
    picture: PictureView<'_>,
    quality: u8,
    background: [u8; 3],
    budget: &'b Budget,
) -> Result<Buffer<'b, u8>, Error> {
    if !(1..=100).contains(&quality) {
        return Err(Error::BadRequest(BadRequest::Quality));
    }
    picture.check(MAX_SIDE_PX)?;
    let PictureView { size, layout, pixels } = picture;
    let too_large = |_| Error::Bug("a JPEG of more than 65,535 pixels a side");
    let width = u16::try_from(size.width).map_err(too_large)?;
    let height = u16::try_from(size.height).map_err(too_large)?;
    // A transparent grey picture on a coloured background has colours.
    let [red, green, blue] = background;
    let is_gray = match layout {
        Layout::Gray => true,
        Layout::GrayAlpha => (red == green && green == blue) || picture.is_opaque(),
        Layout::Rgb | Layout::Rgba => false,
    };
    let source = Source { pixels, size, layout, is_gray, background };
    let quantizers = [Quantizer::new(&LUMA_STEPS, quality), Quantizer::new(&CHROMA_STEPS, quality)];
    let mut bands = Bands::new(size, is_gray, budget)?;
    let mut histograms = Histograms::new();
    visit_blocks(&source, &mut bands, &quantizers, &mut histograms)?;
    let codes = histograms.best_codes();
    let [dc, ac] = codes.each_ref().map(|kinds| kinds.each_ref().map(BestCode::table));
    file_writer::write(file_bound(size, layout, quality), budget, |output| {
        segments::write(output, (width, height), is_gray, &quantizers, [&dc, &ac])?;
        let [luma, chroma] = [0, 1].map(|kind| Codes::new(&dc[kind], &ac[kind]));
        let mut writer = BlockWriter::new(output, [luma, chroma]);
        visit_blocks(&source, &mut bands, &quantizers, &mut writer)?;
        writer.finish()?;
        output.append(&[0xFF, 0xD9])
    })
}

/// Hands the quantized blocks of all MCUs to `sink`.
fn visit_blocks(
    source: &Source<'_>,
    bands: &mut Bands<'_>,
    quantizers: &[Quantizer; 2],
    sink: &mut impl BlockSink,
) -> Result<(), Error> {
    let mut predicted = [0; 3];
    let mcu_side = if source.is_gray { 8 } else { 16 };
    let mcus = source.size.width.div_ceil(mcu_side) as usize;
    for mcu_y in 0..source.size.height.div_ceil(mcu_side) as usize {
        bands.fill(source, mcu_y)?;
        simd::vectorize(
            #[inline(always)]
            || visit_mcu_row(bands, mcus, quantizers, &mut predicted, sink),
        )?;
    }
    Ok(())
}

/// Hands the quantized blocks of a row of MCUs to `sink`.
#[inline(always)]
fn visit_mcu_row(
    bands: &Bands<'_>,
    mcus: usize,
    [luma, chroma]: &[Quantizer; 2],
    [y_dc, chroma_dc @ ..]: &mut [i16; 3],
    sink: &mut impl BlockSink,
) -> Result<(), Error> {
    for x in 0..mcus {
        sink.start_mcu()?;
        if bands.is_gray() {
            let Some(samples) = bands.luma_block(x, 0) else { return Err(OUTSIDE) };
            sink.block(Kind::Luma, &luma.coefficients(&samples), y_dc);
            continue;
        }
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let Some(samples) = bands.luma_block(2 * x + column, row) else { return Err(OUTSIDE) };
            sink.block(Kind::Luma, &luma.coefficients(&samples), y_dc);
        }
        for (component, dc) in chroma_dc.iter_mut().enumerate() {
            let Some(samples) = bands.chroma_block(component, x) else { return Err(OUTSIDE) };
            sink.block(Kind::Chroma, &chroma.coefficients(&samples), dc);
        }
    }
    Ok(())
}

/// The most bytes that [`encode`] allocates, for any background.
pub(crate) const fn memory_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    let is_gray = matches!(layout, Layout::Gray);
    let file_bytes = file_bound(size, layout, quality).memory_bytes();
    Bands::memory_bytes(size, is_gray).saturating_add(file_bytes)
}

/// The most work of [`encode`] in picoseconds.
pub(crate) fn work_ps(size: Size, layout: Layout, quality: u8) -> u64 {
    let file_bytes = file_bytes(size, layout, quality);
    sum_ps([(size.pixels(), PIXEL_PS), (file_bytes, FILE_BYTE_PS), (1, CODES_PS)])
}

/// A pixel: its colours, averages and forward transform, twice or three times.
const PIXEL_PS: u64 = 9_000;
/// A byte of the largest possible file, counted and written once or twice.
const FILE_BYTE_PS: u64 = 5_000;
/// The best codes of four histograms.
const CODES_PS: u64 = 100_000_000;

/// Photographs stay below a fifth of the bound, and noise below half of it at most qualities.
pub(crate) const fn file_bound(size: Size, layout: Layout, quality: u8) -> FileBound {
    let max_bytes = file_bytes(size, layout, quality);
    FileBound { max_bytes, max_buffered_bytes: max_bytes / 2 }
}

/// The length of the longest file of any picture of this size: the segments before the scan, at
/// most 16 bytes of padding and EOI, and the longest possible blocks.
pub(crate) const fn file_bytes(size: Size, layout: Layout, quality: u8) -> u64 {
    let (luma, chroma) = max_block_bits::per_block(quality);
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

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
    use zune_jpeg::JpegDecoder;
    use zune_jpeg::zune_core::bytestream::ZCursor;
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;

    use super::*;
    use crate::encode::test_pictures::{self, view};
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];
    const TEAL: [u8; 3] = [0, 128, 128];

    fn encoded(pixels: &[u8], size: Size, layout: Layout, quality: u8) -> Vec<u8> {
        let budget = Budget::new(memory_bytes(size, layout, quality));
        let file = encode(view(pixels, size, layout), quality, TEAL, &budget).unwrap();
        file.into_parts().0
    }

    fn decoded(file: &[u8]) -> (Size, usize, Vec<u8>) {
        let options = DecoderOptions::default().set_max_width(65_535).set_max_height(65_535);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
        decoder.decode_headers().unwrap();
        let stored = decoder.input_colorspace().unwrap();
        let shown = if stored == ColorSpace::Luma { ColorSpace::Luma } else { ColorSpace::RGB };
        decoder.set_options(options.jpeg_set_out_colorspace(shown));
        let pixels = decoder.decode().unwrap();
        let (width, height) = decoder.dimensions().unwrap();
        (Size::new(width as u32, height as u32), shown.num_components(), pixels)
    }

    fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
        assert_eq!(a.len(), b.len());
        let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / a.len() as f64
    }

    /// The pixels over the background, as an opaque picture.
    fn flattened(pixels: &[u8], layout: Layout) -> Vec<u8> {
        let on_teal = |color: [u8; 3], alpha| {
            [0, 1, 2].map(|i| {
                let alpha = f64::from(alpha) / 255.0;
                let mixed = f64::from(color[i]) * alpha + f64::from(TEAL[i]) * (1.0 - alpha);
                mixed.round() as u8
            })
        };
        match layout {
            Layout::Gray | Layout::Rgb => pixels.to_vec(),
            Layout::GrayAlpha => {
                pixels.as_chunks::<2>().0.iter().flat_map(|&[v, a]| on_teal([v; 3], a)).collect()
            }
            Layout::Rgba => {
                let pixels = pixels.as_chunks::<4>().0.iter();
                pixels.flat_map(|&[r, g, b, a]| on_teal([r, g, b], a)).collect()
            }
        }
    }

    #[test]
    fn all_layouts_round_trip_approximately() {
        for size in test_pictures::SIZES {
            for layout in LAYOUTS {
                let pixels = test_pictures::photo(size, layout.bytes_per_pixel());
                let file = encoded(&pixels, size, layout, 95);
                let (decoded_size, channels, decoded) = decoded(&file);
                assert_eq!(decoded_size, size);
                assert_eq!(channels, if layout == Layout::Gray { 1 } else { 3 });
                let difference = mean_difference(&decoded, &flattened(&pixels, layout));
                assert!(difference < 4.0, "{layout:?} {size}: {difference}");
                assert_eq!(file, encoded(&pixels, size, layout, 95));
            }
        }
    }

    fn encoded_elsewhere(
        pixels: &[u8],
        size: Size,
        layout: Layout,
        quality: u8,
        has_best_codes: bool,
    ) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, quality);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
        encoder.set_optimized_huffman_tables(has_best_codes);
        let kind = if layout == Layout::Gray { ColorType::Luma } else { ColorType::Rgb };
        encoder.encode(pixels, size.width as u16, size.height as u16, kind).unwrap();
        file
    }

    /// The entropy-coded data in the codes of T.81, K.3.
    fn scan_in_standard_codes(pixels: &[u8], size: Size, layout: Layout, quality: u8) -> Vec<u8> {
        let is_gray = layout == Layout::Gray;
        let source = Source { pixels, size, layout, is_gray, background: TEAL };
        let quantizers =
            [Quantizer::new(&LUMA_STEPS, quality), Quantizer::new(&CHROMA_STEPS, quality)];
        let budget = Budget::new(u64::MAX);
        let mut bands = Bands::new(size, is_gray, &budget).unwrap();
        let bound = FileBound { max_bytes: 1 << 20, max_buffered_bytes: 1 << 20 };
        let scan = file_writer::write(bound, &budget, |output| {
            let codes = [0, 1].map(|kind| Codes::new(&STANDARD_DC[kind], &STANDARD_AC[kind]));
            let mut writer = BlockWriter::new(output, codes);
            visit_blocks(&source, &mut bands, &quantizers, &mut writer)?;
            writer.finish()
        });
        scan.unwrap().into_parts().0
    }

    /// The entropy-coded data of a file with one scan.
    fn scan_of(file: &[u8]) -> &[u8] {
        let start = file.windows(2).position(|marker| marker == [0xFF, 0xDA]).unwrap();
        let header = usize::from(u16::from_be_bytes([file[start + 2], file[start + 3]]));
        &file[start + 2 + header..file.len() - 2]
    }

    /// The bytes of a scan without the stuffed zeros.
    fn unstuffed_bytes(file: &[u8]) -> usize {
        let scan = scan_of(file);
        scan.len() - scan.iter().filter(|&&byte| byte == 0xFF).count()
    }

    /// The blocks are those of jpeg-encoder, whose fixed-point arithmetic is that of libjpeg: in the
    /// same codes, the data is the same byte by byte. Its best codes take no fewer bits. In colour
    /// it writes three scans then, which are not comparable.
    #[test]
    fn blocks_are_those_of_another_encoder_and_codes_are_no_longer() {
        let sizes = test_pictures::SIZES.into_iter().chain([Size::new(33, 47), Size::new(130, 70)]);
        for (index, size) in sizes.enumerate() {
            for layout in [Layout::Gray, Layout::Rgb] {
                let samples = size.pixels() as usize * layout.bytes_per_pixel();
                let noise = test_pictures::noise(samples, index as u32);
                let extremes = noise.iter().map(|v| if *v < 128 { 0 } else { 255 }).collect();
                let photo = test_pictures::photo(size, layout.bytes_per_pixel());
                for pixels in [photo, noise, extremes, vec![0; samples], vec![255; samples]] {
                    for quality in [1, 20, 49, 50, 75, 80, 90, 99, 100] {
                        let name = format!("{layout:?} {size} at {quality}");
                        let [standard, best] = [false, true]
                            .map(|best| encoded_elsewhere(&pixels, size, layout, quality, best));
                        let scan = scan_in_standard_codes(&pixels, size, layout, quality);
                        assert!(scan == scan_of(&standard), "{name}");
                        let file = encoded(&pixels, size, layout, quality);
                        assert!(decoded(&file) == decoded(&standard), "{name}");
                        let limit = if layout == Layout::Gray { best } else { standard };
                        assert!(unstuffed_bytes(&file) <= unstuffed_bytes(&limit), "{name}");
                    }
                }
            }
        }
    }

    #[test]
    fn gray_on_gray_stays_one_component() {
        let size = Size::new(9, 9);
        let memory = memory_bytes(size, Layout::GrayAlpha, 90);
        for (pixel, background) in [([10, 0], [200; 3]), ([200, 255], TEAL)] {
            let budget = Budget::new(memory);
            let pixels = pixel.repeat(81);
            let file =
                encode(view(&pixels, size, Layout::GrayAlpha), 90, background, &budget).unwrap();
            let (_, channels, decoded) = decoded(&file);
            assert_eq!(channels, 1);
            assert!(decoded.iter().all(|&v| v.abs_diff(200) <= 1));
        }
    }

    #[test]
    fn the_file_contains_no_metadata() {
        let size = Size::new(20, 20);
        let file = encoded(&test_pictures::photo(size, 3), size, Layout::Rgb, 80);
        let mut at = 2;
        let mut markers = Vec::new();
        while file[at + 1] != 0xDA {
            assert_eq!(file[at], 0xFF);
            markers.push(file[at + 1]);
            at += 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
        }
        // JFIF, SOF0, two DQT, four DHT.
        assert_eq!(markers, [0xE0, 0xC0, 0xDB, 0xDB, 0xC4, 0xC4, 0xC4, 0xC4]);
        assert_eq!(file[2..6], [0xFF, 0xE0, 0, 16]);
    }

    #[test]
    fn a_quality_outside_1_to_100_is_a_bad_request() {
        let size = Size::new(1, 1);
        for quality in [0, 101, 255] {
            let budget = Budget::new(memory_bytes(size, Layout::Gray, quality));
            let refused = encode(view(&[0], size, Layout::Gray), quality, TEAL, &budget);
            assert!(matches!(refused, Err(Error::BadRequest(BadRequest::Quality))));
            assert_eq!(budget.left_bytes(), memory_bytes(size, Layout::Gray, quality));
        }
    }

    /// Blocks that need many bits: three kinds of noise, and checkerboards.
    #[test]
    fn the_longest_files_are_within_the_bound() {
        let size = Size::new(128, 96);
        let noise = |seed| test_pictures::noise(size.pixels() as usize, seed);
        let mut pictures = vec![noise(1)];
        pictures.push(noise(2).iter().map(|v| if *v < 128 { 0 } else { 255 }).collect());
        pictures.push(noise(3).iter().map(|v| 96 + v % 64).collect());
        for period in [1, 2, 3] {
            let cell = |i: u32| (i % size.width / period + i / size.width / period) % 2;
            pictures.push((0..size.width * size.height).map(|i| (cell(i) * 255) as u8).collect());
        }
        for picture in pictures {
            let in_color: Vec<u8> = picture.iter().flat_map(|v| [*v, v ^ 0x5A, !v]).collect();
            for quality in [1, 25, 50, 80, 95, 100] {
                for (pixels, layout) in [(&picture, Layout::Gray), (&in_color, Layout::Rgb)] {
                    let file = encoded(pixels, size, layout, quality);
                    assert!(file.len() as u64 <= file_bytes(size, layout, quality));
                }
            }
        }
    }

    #[test]
    fn the_widest_and_the_tallest_picture_are_written() {
        for size in [Size::new(65_535, 1), Size::new(1, 65_535)] {
            let file = encoded(&test_pictures::photo(size, 1), size, Layout::Gray, 50);
            assert_eq!(decoded(&file).0, size);
        }
        let size = Size::new(1, 65_536);
        let budget = Budget::new(memory_bytes(size, Layout::Gray, 50));
        let refused = encode(view(&[0; 65_536], size, Layout::Gray), 50, TEAL, &budget);
        assert!(matches!(refused, Err(Error::OverLimit { allowed: 65_535, .. })));
    }
}
