#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests make small pictures, and may fail"
)]

use std::cell::RefCell;

use image_webp::vp8::Vp8Decoder;

use super::*;
use crate::budget::quote;
use crate::decode::webp::{LoopFilter, lossy_planes};
use crate::encode::test_pictures::{self, noise, photo, view};
use crate::interrupt::Interrupt;
use crate::limits::Limit;
use crate::probe::webp::test_files::riff;

std::thread_local! {
    /// The reconstructed macroblocks of the encoder on this thread.
    static RECONSTRUCTED: RefCell<Vec<yuv::Samples>> = const { RefCell::new(Vec::new()) };
}

/// Called for each coded macroblock.
pub(super) fn reconstructed(samples: yuv::Samples) {
    RECONSTRUCTED.with_borrow_mut(|all| all.push(samples));
}

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

fn quoted(size: Size, layout: Layout, quality: u8) -> u64 {
    quote(|budget| count(size, layout, Gamut::Srgb, quality, budget)).unwrap()
}

fn encoded(pixels: &[u8], size: Size, layout: Layout, quality: u8) -> Vec<u8> {
    let budget = &Budget::new(quoted(size, layout, quality));
    let job = Job { budget, interrupt: &Interrupt::never() };
    encode(view(pixels, size, layout), quality, None, job).unwrap().into_parts().0
}

/// The payload of a chunk.
fn payload<'f>(file: &'f [u8], id: &[u8; 4]) -> &'f [u8] {
    let mut rest = &file[12..];
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
        if &rest[..4] == id {
            return &rest[8..8 + length];
        }
        rest = &rest[8 + length.next_multiple_of(2)..];
    }
    panic!("no such chunk");
}

/// Y, U and V as the encoder reconstructed them.
fn reconstructed_planes(size: Size) -> [Vec<u8>; 3] {
    let macroblocks = RECONSTRUCTED.take();
    let columns = size.width.div_ceil(16) as usize;
    let plane = |shift: u32, sample: &dyn Fn(&yuv::Samples, usize, usize) -> u8| {
        let side = 16 >> shift;
        let (width, height) = (size.width.div_ceil(1 << shift), size.height.div_ceil(1 << shift));
        let mut samples = Vec::new();
        for y in 0..height as usize {
            for x in 0..width as usize {
                let macroblock = &macroblocks[y / side * columns + x / side];
                samples.push(sample(macroblock, x % side, y % side));
            }
        }
        samples
    };
    [
        plane(0, &|samples, x, y| samples.luma[y][x]),
        plane(1, &|samples, x, y| samples.chroma[0][y][x]),
        plane(1, &|samples, x, y| samples.chroma[1][y][x]),
    ]
}

/// Y, U and V by image-webp.
fn decoded_by_image_webp(frame: &[u8]) -> [Vec<u8>; 3] {
    let frame = Vp8Decoder::decode_frame(frame).unwrap();
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let stride = width.next_multiple_of(16);
    let cropped = |samples: &[u8], width: usize, height: usize, stride: usize| {
        samples.chunks(stride).take(height).flat_map(|row| row[..width].to_vec()).collect()
    };
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    [
        cropped(&frame.ybuf, width, height, stride),
        cropped(&frame.ubuf, half_width, half_height, stride / 2),
        cropped(&frame.vbuf, half_width, half_height, stride / 2),
    ]
}

fn pictures(size: Size, layout: Layout) -> [Vec<u8>; 3] {
    let channels = layout.bytes_per_pixel();
    let len = size.pixels() as usize * channels;
    let extremes = noise(len, 9).iter().map(|&sample| if sample < 128 { 0 } else { 255 }).collect();
    [noise(len, 3), photo(size, channels), extremes]
}

/// The decoder predicts from what it decoded. If the encoder predicted from anything else, errors
/// would add up from block to block.
#[test]
fn decoders_reconstruct_what_the_encoder_did() {
    for size in test_pictures::SIZES {
        for quality in [1, 10, 40, 75, 90, 100] {
            for pixels in pictures(size, Layout::Rgb) {
                RECONSTRUCTED.take();
                let file = encoded(&pixels, size, Layout::Rgb, quality);
                let frame = payload(&file, b"VP8 ");
                let unfiltered = lossy_planes(frame, LoopFilter::Skipped).unwrap();
                assert!(unfiltered == reconstructed_planes(size), "{size} {quality}");
                let filtered = lossy_planes(frame, LoopFilter::Exact).unwrap();
                assert!(filtered == decoded_by_image_webp(frame), "{size} {quality}");
            }
        }
    }
}

#[test]
fn alpha_is_exact_and_left_out_when_opaque() {
    for size in test_pictures::SIZES {
        for layout in LAYOUTS {
            let channels = layout.bytes_per_pixel();
            for mut pixels in pictures(size, layout) {
                let alpha = |pixels: &[u8]| -> Vec<u8> {
                    pixels.iter().copied().skip(channels - 1).step_by(channels).collect()
                };
                if layout.has_alpha() {
                    pixels[channels - 1] = 12;
                    let file = encoded(&pixels, size, layout, 60);
                    let mut decoder =
                        image_webp::WebPDecoder::new(std::io::Cursor::new(&file)).unwrap();
                    assert!(decoder.has_alpha());
                    let mut decoded = vec![0; decoder.output_buffer_size().unwrap()];
                    decoder.read_image(&mut decoded).unwrap();
                    let decoded: Vec<u8> = decoded.iter().copied().skip(3).step_by(4).collect();
                    assert_eq!(decoded, alpha(&pixels), "{size} {layout:?}");
                    pixels.iter_mut().skip(channels - 1).step_by(channels).for_each(|a| *a = 255);
                }
                let file = encoded(&pixels, size, layout, 60);
                assert_eq!(&file[8..16], b"WEBPVP8 ");
                assert_eq!(file, riff(&[file[12..].to_vec()]));
            }
        }
    }
}

/// What a transparent pixel hides costs nothing: it takes the colour of its neighbours.
#[test]
fn the_colour_of_transparent_pixels_does_not_matter() {
    let size = Size::new(32, 32);
    let mut pixels = [200, 40, 90, 255].repeat(32 * 32);
    for pixel in pixels.chunks_exact_mut(4).skip(1).step_by(3) {
        pixel.copy_from_slice(&[0, 255, 0, 0]);
    }
    let hidden = encoded(&pixels, size, Layout::Rgba, 80);
    for pixel in pixels.chunks_exact_mut(4).skip(1).step_by(3) {
        pixel.copy_from_slice(&[200, 40, 90, 0]);
    }
    assert_eq!(hidden, encoded(&pixels, size, Layout::Rgba, 80));
}

#[test]
fn a_higher_quality_takes_more_bytes_and_is_nearer_to_the_picture() {
    let size = Size::new(101, 67);
    let pixels = noise(size.pixels() as usize, 5);
    let mut last = (0, f64::MAX);
    for quality in [5, 20, 40, 60, 75, 85, 95, 100] {
        let file = encoded(&pixels, size, Layout::Gray, quality);
        let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(&file)).unwrap();
        let mut decoded = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut decoded).unwrap();
        let error: u64 =
            decoded.iter().step_by(3).zip(&pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let error = error as f64 / pixels.len() as f64;
        assert!(file.len() > last.0 && error < last.1, "{quality}: {} {error}", file.len());
        last = (file.len(), error);
    }
    assert!(last.1 < 3.0, "{}", last.1);
}

#[test]
fn the_longest_files_are_within_the_bound() {
    for size in [Size::new(1, 1), Size::new(3, 900), Size::new(900, 3), Size::new(160, 160)] {
        for layout in LAYOUTS {
            for quality in [1, 50, 80, 95, 100] {
                for pixels in pictures(size, layout) {
                    let file = encoded(&pixels, size, layout, quality);
                    let bound = file_bytes(size, layout, Gamut::Srgb, quality);
                    assert!(file.len() as u64 <= bound, "{} of {bound}", file.len());
                    assert_eq!(file, encoded(&pixels, size, layout, quality));
                }
            }
        }
    }
}

#[test]
fn a_wrong_quality_and_a_side_that_the_format_cannot_store_are_refused() {
    let size = Size::new(16_384, 1);
    let budget = &Budget::new(u64::MAX);
    let job = Job { budget, interrupt: &Interrupt::never() };
    let refused = |size: Size, quality| {
        let pixels = vec![0; size.pixels() as usize];
        encode(view(&pixels, size, Layout::Gray), quality, None, job).map(|file| file.len())
    };
    assert!(matches!(
        refused(size, 80),
        Err(Error::OverLimit { limit: Limit::OutputSide, found: 16_384, allowed: 16_383 })
    ));
    for quality in [0, 101] {
        let refused = refused(Size::new(1, 1), quality);
        assert!(matches!(refused, Err(Error::BadRequest(BadRequest::Quality))));
    }
    assert!(refused(Size::new(16_383, 1), 80).is_ok());
}

/// The tries come one after another, in the memory of one.
#[test]
fn a_limit_in_bytes_takes_no_more_memory() {
    let size = Size::new(70, 50);
    for layout in LAYOUTS {
        for pixels in pictures(size, layout) {
            let budget = &Budget::new(quoted(size, layout, 90));
            let job = Job { budget, interrupt: &Interrupt::never() };
            let at = |quality| encoded(&pixels, size, layout, quality);
            let max_bytes = u64::midpoint(at(1).len() as u64, at(90).len() as u64);
            let limited = encode(view(&pixels, size, layout), 90, Some(max_bytes), job).unwrap();
            let limited = limited.into_parts().0;
            assert!(limited.len() as u64 <= max_bytes);
            assert!((1..=90).any(|quality| at(quality) == limited));
            assert_eq!(budget.left_bytes(), quoted(size, layout, 90));
        }
    }
}
