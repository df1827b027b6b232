//! WebP files of every kind: encoded pictures together with their planes, and streams with a random
//! header and noise as data, most of which are valid pictures as well.

use bombproof::instrument::Plane;
use bombproof_testkit::pictures::spotlight;
use bombproof_testkit::vp8l::{self, Argb, Transform};
use bombproof_testkit::{vp8, webp};

use crate::fuzzed_data_provider::FuzzedDataProvider;
use crate::picture_generator;
use crate::vp8_noise::noise_frame;
use crate::vp8l_noise::noise_stream;

pub struct GeneratedWebp {
    pub file: Vec<u8>,
    /// Red, green, blue and, unless opaque, alpha of a lossless picture from the encoder.
    pub planes: Option<[Plane; 4]>,
}

impl GeneratedWebp {
    pub fn generate(provider: &mut FuzzedDataProvider<'_>) -> Self {
        match provider.below(4) {
            0 => lossless(provider),
            1 => {
                let size = size(provider);
                let alpha = provider.one_in(2);
                let mut payload = vp8l::header(size.0, size.1, alpha, 0);
                payload.extend(noise_stream(size, provider));
                still(webp::chunk(b"VP8L", &payload))
            }
            2 => {
                let size = size(provider);
                let picture = picture_generator::generate(size.0, size.1, provider);
                let options = vp8::Options {
                    quantizer: provider.below(128),
                    log2_partitions: provider.below(4) as u32,
                    simple_filter: provider.one_in(4),
                    filter_level: provider.below(64) as u32,
                    sharpness: provider.below(8) as u32,
                    subblocks: !provider.one_in(4),
                    skip: !provider.one_in(4),
                    segments: provider.one_in(2),
                    reserved_color_space: provider.one_in(8),
                };
                with_alpha(vp8::encode(&picture, &options), size, provider)
            }
            _ => {
                let size = size(provider);
                let frame = noise_frame(size, provider);
                with_alpha(frame, size, provider)
            }
        }
    }
}

/// A file of one chunk.
fn still(chunk: Vec<u8>) -> GeneratedWebp {
    GeneratedWebp { file: webp::file(&[chunk]), planes: None }
}

/// Mostly up to five macroblocks a side. In half of the cases long and thin, for the codes of long
/// distances.
fn size(provider: &mut FuzzedDataProvider<'_>) -> (u32, u32) {
    match provider.below(4) {
        0 => (1 + provider.below(600) as u32, 1 + provider.below(4) as u32),
        1 => (1 + provider.below(4) as u32, 1 + provider.below(600) as u32),
        _ => (1 + provider.below(70) as u32, 1 + provider.below(70) as u32),
    }
}

/// A picture from the encoder of the testkit.
fn lossless(provider: &mut FuzzedDataProvider<'_>) -> GeneratedWebp {
    let size = size(provider);
    let has_alpha = provider.one_in(2);
    let mut picture = picture_generator::generate(size.0, size.1, provider);
    if provider.one_in(3) {
        // Few colours, for a palette.
        let bits = provider.below(3);
        picture = picture.map(3, |from, to| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = (from >> (7 - bits)) * 36);
        });
    }
    if has_alpha {
        picture = picture.with_alpha();
    }
    let argb = Argb::of(&picture);
    let mut colors = argb.pixels.clone();
    colors.sort_unstable();
    colors.dedup();
    let mut transforms = Vec::new();
    for kind in 0..3 {
        if provider.one_in(2) {
            let tile = 2 + provider.below(8) as u32;
            let at = provider.below(transforms.len() + 1);
            let transform = match kind {
                0 => Transform::Predictor(tile),
                1 => Transform::Color(tile),
                _ => Transform::SubtractGreen,
            };
            transforms.insert(at, transform);
        }
    }
    // First, because the other transforms change the number of colours.
    if colors.len() <= 256 && provider.one_in(2) {
        transforms.insert(0, Transform::Palette);
    }
    let options = vp8l::Options {
        transforms,
        cache_bits: provider.below(12) as u32,
        group_bits: provider.one_in(2).then(|| 2 + provider.below(8) as u32),
    };
    let file = webp::file(&[webp::chunk(b"VP8L", &vp8l::encode(&argb, has_alpha, &options))]);
    let plane = |shift: u32| Plane {
        width: size.0 as usize,
        samples: argb.pixels.iter().map(|pixel| (pixel >> shift) as u8).collect(),
    };
    let alpha = if has_alpha { plane(24) } else { Plane::default() };
    GeneratedWebp { file, planes: Some([plane(16), plane(8), plane(0), alpha]) }
}

/// The frame, with alpha in half of the cases.
fn with_alpha(
    frame: Vec<u8>,
    size: (u32, u32),
    provider: &mut FuzzedDataProvider<'_>,
) -> GeneratedWebp {
    let frame = webp::chunk(b"VP8 ", &frame);
    if !provider.one_in(2) {
        return still(frame);
    }
    let (width, height) = size;
    let filter = provider.below(4) as u8;
    let samples = match provider.below(2) {
        0 => spotlight(width, height).samples,
        _ => picture_generator::generate(size.0, size.1, provider).gray().samples,
    };
    let filtered = webp::filter_alpha(&samples, width as usize, filter);
    let alph = match provider.below(3) {
        0 => webp::alph(filter, false, &filtered),
        1 => {
            let argb = Argb::of_alpha(&filtered, width, height);
            webp::alph(filter, true, &vp8l::image_stream(&argb, &vp8l::Options::default()))
        }
        _ => webp::alph(filter, true, &noise_stream(size, provider)),
    };
    let file = webp::file(&[webp::vp8x(webp::ALPHA, width, height), alph, frame]);
    GeneratedWebp { file, planes: None }
}
