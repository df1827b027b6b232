//! Small pictures that are slow to encode, and the requests for their outputs.

use bombproof::{JpegEffort, Layout, Picture, Request, Size};

/// The sources: their names, and how to make one.
pub(crate) const PICTURES: [(&str, MakeFile); 6] = [
    ("noise", || png(|random, _, _| random)),
    ("black-and-white", || png(|random, _, _| if random < 128 { 0 } else { 255 })),
    ("faint-noise", || png(|random, _, _| 118 + random / 13)),
    ("steps-of-half-quality", || one_or_two_steps(1.0)),
    ("steps-of-quality-80", || one_or_two_steps(0.4)),
    ("flat", || png(|_, _, _| 90)),
];

/// The outputs, all in the size of the picture.
pub(crate) const REQUESTS: [(&str, ToOutput); 14] = [
    ("jpeg-50", |request| request.jpeg(50)),
    ("jpeg-80", |request| request.jpeg(80)),
    ("jpeg-100", |request| request.jpeg(100)),
    ("jpeg-full-chroma", |request| request.jpeg(100).jpeg_full_chroma(true)),
    ("jpeg-progressive", |request| request.jpeg(100).jpeg_progressive(true)),
    ("jpeg-smallest-50", |request| request.jpeg(50).jpeg_effort(JpegEffort::Smallest)),
    ("jpeg-smallest-80", |request| request.jpeg(80).jpeg_effort(JpegEffort::Smallest)),
    ("jpeg-max-bytes", |request| request.jpeg(100).max_bytes(30_000)),
    ("webp-50", |request| request.webp(50)),
    ("webp-80", |request| request.webp(80)),
    ("webp-100", |request| request.webp(100)),
    ("webp-max-bytes", |request| request.webp(100).max_bytes(30_000)),
    ("webp-lossless", Request::webp_lossless),
    ("png", Request::png),
];

type MakeFile = fn() -> Vec<u8>;
type ToOutput = fn(Request) -> Request;
const SIDE: u32 = 640;

/// A picture of one sample after another, which depend on noise and on their position.
fn png(sample: impl Fn(u8, u32, u32) -> u8) -> Vec<u8> {
    let mut state = 1_u32;
    let samples = (0..SIDE * SIDE * 3).map(|i| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        sample((state >> 24) as u8, i / 3 % SIDE, i / 3 / SIDE)
    });
    let picture = Picture::new(Size::new(SIDE, SIDE), Layout::Rgb, samples.collect());
    picture.and_then(|picture| picture.to_png()).expect("a picture of the right length")
}

/// Gray blocks whose DCT coefficients are all one or two quantization steps of a JPEG: none is
/// clearly worth its bits.
fn one_or_two_steps(scale: f64) -> Vec<u8> {
    let cosine = |x: usize, u: usize| {
        let angle = (2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0;
        angle.cos() * if u == 0 { 0.125_f64.sqrt() } else { 0.5 }
    };
    let blocks = (SIDE / 8) as usize;
    let mut samples = vec![0; (SIDE * SIDE) as usize];
    let mut state = 7_u32;
    for block in 0..blocks * blocks {
        let mut pixels = [[128.0; 8]; 8];
        for index in 1..64 {
            let (u, v) = (index % 8, index / 8);
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let sign = if state >> 31 == 0 { 1.0 } else { -1.0 };
            let step = 20.0 + 20.0 * (u * u + v * v) as f64 / 36.0;
            let value = sign * scale * step * (1.0 + f64::from(state >> 24 & 63) / 80.0);
            for (y, row) in pixels.iter_mut().enumerate() {
                for (x, pixel) in row.iter_mut().enumerate() {
                    *pixel += value * cosine(x, u) * cosine(y, v);
                }
            }
        }
        let (left, top) = (block % blocks * 8, block / blocks * 8);
        for (y, row) in pixels.iter().enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                samples[(top + y) * SIDE as usize + left + x] = pixel.clamp(0.0, 255.0) as u8;
            }
        }
    }
    png(|_, x, y| samples[(y * SIDE + x) as usize])
}
