//! Whole files, compared with those of jpeg-encoder and decoded by zune-jpeg.
#![allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::quantizer::Quantizer;
use super::*;
use crate::budget::quote;
use crate::encode::test_pictures;
use crate::interrupt::Interrupt;
use crate::limits::Limit;
use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];
const EFFORTS: [JpegEffort; 2] = [JpegEffort::Balanced, JpegEffort::Smallest];
const TEAL: [u8; 3] = [0, 128, 128];

const fn settings(size: Size, layout: Layout, quality: u8) -> Settings {
    Settings {
        size,
        layout,
        gamut: Gamut::Srgb,
        quality,
        max_bytes: None,
        has_full_chroma: false,
        is_progressive: false,
        effort: JpegEffort::Balanced,
        background: TEAL,
    }
}

fn try_to_encode(pixels: &[u8], settings: Settings) -> Result<Vec<u8>, Error> {
    let quoted = quote(|budget| settings.count(0, budget)).unwrap();
    let budget = Budget::new(quoted);
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    let file = settings.encode(pixels, job).map(|file| file.into_parts().0);
    assert_eq!(budget.left_bytes(), quoted);
    file
}

fn encoded(pixels: &[u8], size: Size, layout: Layout, quality: u8) -> Vec<u8> {
    try_to_encode(pixels, settings(size, layout, quality)).unwrap()
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

/// The file of jpeg-encoder.
fn encoded_elsewhere(pixels: &[u8], settings: &Settings, has_best_codes: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, settings.quality);
    encoder.set_sampling_factor(if settings.has_full_chroma {
        SamplingFactor::R_4_4_4
    } else {
        SamplingFactor::R_4_2_0
    });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(has_best_codes);
    let kind = if settings.layout == Layout::Gray { ColorType::Luma } else { ColorType::Rgb };
    let (width, height) = (settings.size.width as u16, settings.size.height as u16);
    encoder.encode(pixels, width, height, kind).unwrap();
    file
}

/// The entropy-coded data in the codes of T.81, K.3, rounded to the nearest steps if
/// `to_nearest`.
fn scan_in_standard_codes(pixels: &[u8], settings: &Settings, to_nearest: bool) -> Vec<u8> {
    let &Settings { size, layout, quality, background, .. } = settings;
    let sampling = settings.sampling();
    let source = Source { pixels, size, layout, sampling, background };
    let mut quantization = Quantization::new(quality, JpegEffort::Balanced);
    if to_nearest {
        let steps = quantization::base_steps(JpegEffort::Balanced);
        quantization.quantizers = steps.map(|steps| Quantizer::to_nearest(&steps, quality));
    }
    let budget = Budget::new(u64::MAX);
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    let effort = JpegEffort::Balanced;
    let blocks = Blocks::new(size, sampling, false, &budget).unwrap();
    let scans = Scan::script(sampling, false);
    let gamut = Gamut::Srgb;
    let mut encoder = super::Encoder { source, gamut, blocks, scans, effort, job };
    let bound = FileBound { max_bytes: 1 << 20, max_buffered_bytes: 1 << 20 };
    let scan = file_writer::write(bound, &budget, |output| {
        let codes = [0, 1].map(|kind| Codes::new(&STANDARD_DC[kind], &STANDARD_AC[kind]));
        let mut writer = SymbolWriter::new(output, codes);
        encoder.visit(&scans[0], &quantization, &mut writer)?;
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

/// The bytes of data without the stuffed zeros.
fn unstuffed_bytes(scan: &[u8]) -> usize {
    scan.len() - scan.iter().filter(|&&byte| byte == 0xFF).count()
}

/// Rounded to the nearest steps and in the same codes, the data is byte by byte that of
/// jpeg-encoder, whose fixed-point arithmetic is that of libjpeg. Rounded and coded as it is
/// written, it shows the same as in those codes, in no more bits.
#[test]
fn blocks_are_those_of_another_encoder() {
    let sizes = test_pictures::SIZES.into_iter().chain([Size::new(33, 47), Size::new(130, 70)]);
    for (index, size) in sizes.enumerate() {
        for (layout, has_full_chroma) in
            [(Layout::Gray, false), (Layout::Rgb, false), (Layout::Rgb, true)]
        {
            let samples = size.pixels() as usize * layout.bytes_per_pixel();
            let noise = test_pictures::noise(samples, index as u32);
            let extremes = noise.iter().map(|v| if *v < 128 { 0 } else { 255 }).collect();
            let photo = test_pictures::photo(size, layout.bytes_per_pixel());
            for pixels in [photo, noise, extremes, vec![0; samples], vec![255; samples]] {
                for quality in [1, 20, 49, 50, 75, 80, 90, 99, 100] {
                    let settings = Settings { has_full_chroma, ..settings(size, layout, quality) };
                    let name = format!("{settings:?}");
                    let other = encoded_elsewhere(&pixels, &settings, false);
                    let scan = scan_in_standard_codes(&pixels, &settings, true);
                    assert!(scan == scan_of(&other), "{name}");

                    let file = try_to_encode(&pixels, settings).unwrap();
                    let standard = scan_in_standard_codes(&pixels, &settings, false);
                    let header = &other[..other.len() - scan.len() - 2];
                    let in_standard_codes = [header, &standard, &[0xFF, 0xD9]].concat();
                    assert!(decoded(&file) == decoded(&in_standard_codes), "{name}");
                    let [ours, theirs] = [scan_of(&file), &standard].map(unstuffed_bytes);
                    assert!(ours <= theirs, "{name}: {ours}, {theirs}");
                }
            }
        }
    }
}

/// What is allocated when the file starts to grow.
fn before_file_bytes(settings: &Settings) -> u64 {
    settings.count(0, &Budget::counting()).unwrap()
}

/// A picture whose blocks take too much memory to be kept, in several scans.
#[test]
fn a_large_picture_is_transformed_anew_for_each_pass() {
    let size = Size::new(700, 520);
    let pixels = test_pictures::photo(size, 3);
    let settings = settings(size, Layout::Rgb, 75);
    let kept = Settings { size: Size::new(256, 256), ..settings };
    assert!(before_file_bytes(&kept) > 136 * 6 * 16 * 16);
    assert!(before_file_bytes(&settings) < 100_000);
    let smallest = Settings { effort: JpegEffort::Smallest, ..settings };
    assert!(before_file_bytes(&smallest) > 136 * 6 * 44 * 33);

    let other = encoded_elsewhere(&pixels, &settings, false);
    assert!(scan_in_standard_codes(&pixels, &settings, true) == scan_of(&other));
    let file = try_to_encode(&pixels, settings).unwrap();
    assert!(mean_difference(&decoded(&file).2, &decoded(&other).2) < 0.5);
    let progressive = Settings { is_progressive: true, ..settings };
    assert!(decoded(&file) == decoded(&try_to_encode(&pixels, progressive).unwrap()));
}

/// What is kept is decided before it is known whether a picture with alpha has colours.
#[test]
fn a_gray_picture_with_alpha_takes_the_memory_of_one_with_colors() {
    let size = Size::new(620, 620);
    for alpha in [255, 90] {
        let pixels = [7, alpha].repeat(size.pixels() as usize);
        let settings = settings(size, Layout::GrayAlpha, 80);
        assert!(!settings.keeps_blocks());
        assert!(Settings { layout: Layout::Gray, ..settings }.keeps_blocks());
        try_to_encode(&pixels, settings).unwrap();
    }
}

/// The same picture is shorter by a tenth, and about as near to the original.
#[test]
fn the_smallest_file_is_shorter_and_as_similar() {
    let size = Size::new(200, 150);
    for channels in [1, 3] {
        let layout = if channels == 1 { Layout::Gray } else { Layout::Rgb };
        let pixels = test_pictures::photo(size, channels);
        for quality in [60, 80, 90] {
            let settings = settings(size, layout, quality);
            let smallest = Settings { effort: JpegEffort::Smallest, ..settings };
            let [file, smallest] =
                [settings, smallest].map(|settings| try_to_encode(&pixels, settings).unwrap());
            let [error, smallest_error] =
                [&file, &smallest].map(|file| mean_difference(&decoded(file).2, &pixels));
            let name = format!("{layout:?} {quality}: {} {}", file.len(), smallest.len());
            assert!(smallest.len() * 10 <= file.len() * 9, "{name}");
            assert!(smallest_error <= error * 1.25, "{name}: {error} {smallest_error}");
        }
    }
}

/// Where no step has room for another rounding, the data has as many bits as in the best codes of
/// jpeg-encoder. In colour it writes three scans, which are not comparable.
#[test]
fn codes_are_as_good_as_those_of_another_encoder() {
    for size in test_pictures::SIZES {
        let pixels = test_pictures::photo(size, 1);
        for quality in [99, 100] {
            let settings = settings(size, Layout::Gray, quality);
            let file = try_to_encode(&pixels, settings).unwrap();
            let other = encoded_elsewhere(&pixels, &settings, true);
            let [ours, theirs] = [&file, &other].map(|file| unstuffed_bytes(scan_of(file)));
            assert_eq!(ours, theirs, "{settings:?}");
        }
    }
}

/// Every quality, one by one.
#[test]
fn a_limit_in_bytes_gives_the_highest_quality_that_fits() {
    let size = Size::new(48, 40);
    for (pixels, layout, effort) in [
        (test_pictures::photo(size, 3), Layout::Rgb, JpegEffort::Balanced),
        (test_pictures::photo(size, 3), Layout::Rgb, JpegEffort::Smallest),
        (test_pictures::noise(size.pixels() as usize, 5), Layout::Gray, JpegEffort::Balanced),
    ] {
        let settings = |quality| Settings { effort, ..settings(size, layout, quality) };
        let files: Vec<Vec<u8>> =
            (1..=95).map(|quality| try_to_encode(&pixels, settings(quality)).unwrap()).collect();
        let (least, most) = (files[0].len(), files[94].len());
        for max_bytes in (least - 20..most + 20).step_by(37).chain([least, least - 1, most]) {
            let max_bytes = max_bytes as u64;
            let limited = Settings { max_bytes: Some(max_bytes), ..settings(95) };
            match try_to_encode(&pixels, limited) {
                Ok(file) => {
                    assert!(file.len() as u64 <= max_bytes);
                    let quality = files.iter().rposition(|other| *other == file).unwrap();
                    let next = files.get(quality + 1);
                    assert!(next.is_none_or(|next| next.len() as u64 > max_bytes));
                }
                Err(Error::OverLimit { limit: Limit::OutputBytes, found, allowed }) => {
                    assert_eq!((found, allowed), (least as u64, max_bytes));
                    assert!(found > allowed);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Sizes with incomplete MCUs and blocks, and long runs of blocks without coefficients.
#[test]
fn a_progressive_file_shows_the_same_as_a_sequential_one() {
    let sizes = test_pictures::SIZES.into_iter().chain([Size::new(33, 47), Size::new(600, 9)]);
    for (index, size) in sizes.enumerate() {
        for (layout, has_full_chroma) in
            [(Layout::Gray, false), (Layout::Rgb, false), (Layout::Rgb, true)]
        {
            let samples = size.pixels() as usize * layout.bytes_per_pixel();
            let noise = test_pictures::noise(samples, index as u32);
            let photo = test_pictures::photo(size, layout.bytes_per_pixel());
            for pixels in [photo, noise, vec![77; samples]] {
                for quality in [1, 50, 80, 100] {
                    let settings = Settings { has_full_chroma, ..settings(size, layout, quality) };
                    for effort in EFFORTS {
                        let settings = Settings { effort, ..settings };
                        let sequential = try_to_encode(&pixels, settings).unwrap();
                        let settings = Settings { is_progressive: true, ..settings };
                        let file = try_to_encode(&pixels, settings).unwrap();
                        assert!(decoded(&file) == decoded(&sequential), "{settings:?}");
                        assert!(file.len() as u64 <= settings.file_bytes(), "{settings:?}");
                    }
                }
            }
        }
    }
}

/// More blocks end than one symbol can say (T.81, G.1.2.2).
#[test]
fn a_run_of_empty_blocks_is_split() {
    let size = Size::new(8 * 256, 8 * 129);
    let settings = Settings { is_progressive: true, ..settings(size, Layout::Gray, 50) };
    let file = try_to_encode(&vec![200; size.pixels() as usize], settings).unwrap();
    assert!(decoded(&file).2.iter().all(|&value| value == 200));
    assert!(file.len() < 5_000);
}

#[test]
fn gray_on_gray_stays_one_component() {
    let size = Size::new(9, 9);
    for (pixel, background) in [([10, 0], [200; 3]), ([200, 255], TEAL)] {
        let settings = Settings { background, ..settings(size, Layout::GrayAlpha, 90) };
        let file = try_to_encode(&pixel.repeat(81), settings).unwrap();
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
    // JFIF, SOF0, DQT, DHT.
    assert_eq!(markers, [0xE0, 0xC0, 0xDB, 0xC4]);
    assert_eq!(file[2..6], [0xFF, 0xE0, 0, 16]);
}

#[test]
fn a_quality_outside_1_to_100_is_a_bad_request() {
    let size = Size::new(1, 1);
    for quality in [0, 101, 255] {
        let refused = try_to_encode(&[0], settings(size, Layout::Gray, quality));
        assert!(matches!(refused, Err(Error::BadRequest(BadRequest::Quality))));
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
                for (has_full_chroma, is_progressive) in
                    [(false, false), (true, false), (false, true), (true, true)]
                {
                    let settings = settings(size, layout, quality);
                    let settings = Settings { has_full_chroma, is_progressive, ..settings };
                    for effort in EFFORTS {
                        let settings = Settings { effort, ..settings };
                        let file = try_to_encode(pixels, settings).unwrap();
                        assert!(file.len() as u64 <= settings.file_bytes());
                    }
                }
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
    let refused = try_to_encode(&[0; 65_536], settings(size, Layout::Gray, 50));
    assert!(matches!(refused, Err(Error::OverLimit { allowed: 65_535, .. })));
}
