//! Other decoders return the pixels that went into the files.

use std::io::Cursor;

use crate::pictures::{Picture, landscape};
use crate::vp8l::{Argb, Transform};
use crate::{png, vp8, vp8l, webp};

#[test]
fn lossless_webp_is_exact() {
    let transforms: [Vec<Transform>; 5] = [
        vec![],
        vec![Transform::Predictor(2)],
        vec![Transform::Color(2)],
        vec![Transform::SubtractGreen],
        vec![Transform::Predictor(3), Transform::Color(4), Transform::SubtractGreen],
    ];
    for (width, height) in [(1, 1), (37, 29), (64, 40)] {
        let picture = landscape(width, height).with_alpha();
        for transforms in &transforms {
            for (cache_bits, group_bits) in [(0, None), (5, None), (0, Some(2)), (8, Some(4))] {
                let options =
                    vp8l::Options { transforms: transforms.clone(), cache_bits, group_bits };
                let payload = vp8l::encode(&Argb::of(&picture), true, &options);
                let decoded = decode_webp(&webp::file(&[webp::chunk(b"VP8L", &payload)]), 4);
                assert_eq!(decoded, picture.samples, "{width}x{height}");
            }
        }
    }
}

/// If the encoder predicted otherwise than a decoder, errors would add up over the picture.
#[test]
fn lossy_webp_is_similar() {
    let picture = landscape(300, 200);
    for subblocks in [false, true] {
        for segments in [false, true] {
            let options = vp8::Options {
                quantizer: 4,
                filter_level: 0,
                subblocks,
                segments,
                ..vp8::Options::default()
            };
            let payload = vp8::encode(&picture, &options);
            let decoded = decode_webp(&webp::file(&[webp::chunk(b"VP8 ", &payload)]), 3);
            let error = mean_square_error(&picture, &decoded);
            assert!(error < 120, "{error} with subblocks {subblocks}, segments {segments}");
        }
    }
}

/// Without the loop filter encoder and decoder have the same luma plane.
#[test]
fn lossy_webp_of_gray_is_what_the_encoder_reconstructed() {
    let gray = landscape(160, 112).gray().map(3, |from, to| to.fill(from[0]));
    let options = vp8::Options { quantizer: 50, filter_level: 0, ..vp8::Options::default() };
    let (payload, planes) = vp8::encode_with_planes(&gray, &options);
    let decoded = decode_webp(&webp::file(&[webp::chunk(b"VP8 ", &payload)]), 3);
    let mut worst = 0;
    for y in 0..112 {
        for x in 0..160 {
            let luma = i32::from(planes[0].samples[planes[0].index(x, y)]);
            let expected = ((luma - 16) * 255 + 109) / 219;
            let green = i32::from(decoded[(y * 160 + x) * 3 + 1]);
            worst = worst.max((expected.clamp(0, 255) - green).abs());
        }
    }
    assert!(worst <= 3, "{worst}");
}

#[test]
fn png_is_exact() {
    for interlaced in [false, true] {
        for picture in [landscape(33, 21), landscape(33, 21).gray(), landscape(33, 21).with_alpha()]
        {
            let options = png::Options { interlaced, ..png::Options::default() };
            let bytes = png::file(&png::Samples::of(&picture, 8), &options);
            let mut reader =
                ::png::Decoder::new(Cursor::new(bytes)).read_info().expect("a valid header");
            let mut decoded = vec![0; picture.samples.len()];
            reader.next_frame(&mut decoded).expect("valid rows");
            assert_eq!(decoded, picture.samples);
        }
    }
}

fn decode_webp(bytes: &[u8], channels: usize) -> Vec<u8> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("a valid header");
    let (width, height) = decoder.dimensions();
    let mut samples = vec![0; width as usize * height as usize * channels];
    decoder.read_image(&mut samples).expect("valid data");
    samples
}

fn mean_square_error(picture: &Picture, decoded: &[u8]) -> u64 {
    let sum: u64 =
        picture.samples.iter().zip(decoded).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    sum / decoded.len() as u64
}
