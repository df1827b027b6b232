//! Compares the planes of files that jpeg-encoder wrote with those of zune-jpeg.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{SCALES, decode_planes, frame_of};
use crate::probe::jpeg::Scale;

fn pixels(width: u32, height: u32) -> Vec<u8> {
    let wave = |x: u32, y: u32, a: f64, b: f64| {
        (128.0 + 100.0 * (f64::from(x) * a).sin() * (f64::from(y) * b).cos()) as u8
    };
    (0..width * height)
        .flat_map(|i| {
            let (x, y) = (i % width, i / width);
            [wave(x, y, 0.07, 0.05), wave(x, y, 0.03, 0.09), wave(x, y, 0.11, 0.02)]
        })
        .collect()
}

fn encode(
    (width, height): (u32, u32),
    sampling: SamplingFactor,
    progressive: bool,
    interval: u16,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 85);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    if interval > 0 {
        encoder.set_restart_interval(interval);
    }
    let (width16, height16) = (width as u16, height as u16);
    encoder.encode(&pixels(width, height), width16, height16, ColorType::Rgb).unwrap();
    file
}

/// The pixels that zune-jpeg decodes, without colour conversion.
fn decode_with_zune(file: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::YCbCr);
    JpegDecoder::new_with_options(ZCursor::new(file), options).decode().unwrap()
}

const SAMPLINGS: [SamplingFactor; 4] =
    [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2];

#[test]
fn planes_match_those_of_zune_jpeg() {
    for sampling in SAMPLINGS {
        for progressive in [false, true] {
            for interval in [0, 1, 3] {
                for size in [(1, 1), (2, 7), (8, 8), (15, 17), (33, 40), (40, 31), (121, 90)] {
                    let file = encode(size, sampling, progressive, interval);
                    let planes = decode_planes(&file, [Scale::Full; 4]).unwrap();
                    let reference = decode_with_zune(&file);
                    for (ours, theirs) in planes[0].iter().zip(reference.as_chunks::<3>().0) {
                        assert!(ours.abs_diff(theirs[0]) <= 2, "{size:?} {sampling:?}");
                    }
                    if sampling == SamplingFactor::F_1_1 {
                        for (i, theirs) in reference.as_chunks::<3>().0.iter().enumerate() {
                            assert!(planes[1][i].abs_diff(theirs[1]) <= 2);
                            assert!(planes[2][i].abs_diff(theirs[2]) <= 2);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn reduced_planes_are_close_to_the_box_average_of_the_full_ones() {
    for sampling in SAMPLINGS {
        for progressive in [false, true] {
            let file = encode((320, 256), sampling, progressive, 0);
            let frame = frame_of(&file).unwrap();
            let full = decode_planes(&file, [Scale::Full; 4]).unwrap();
            for scale in SCALES {
                let reduced = decode_planes(&file, [scale; 4]).unwrap();
                for i in 0..3 {
                    let width = frame.component_size(i).width as usize;
                    let size = scale.plane_size(&frame, i);
                    let n = scale.divisor() as usize;
                    for y in 0..size.height as usize {
                        for x in 0..size.width as usize {
                            let cell = (0..n * n).map(|j| {
                                let index = (y * n + j / n) * width + x * n + j % n;
                                u32::from(full[i][index])
                            });
                            let mean = f64::from(cell.sum::<u32>()) / (n * n) as f64;
                            let ours = f64::from(reduced[i][y * size.width as usize + x]);
                            // 2×2 and 4×4 keep more of the high frequencies than an average does.
                            let limit = if scale == Scale::Eighth { 1.5 } else { 8.0 };
                            assert!((mean - ours).abs() < limit, "{scale:?} {i}: {mean} {ours}");
                        }
                    }
                }
            }
        }
    }
}
