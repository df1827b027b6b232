//! PNG files of every colour type, depth, kind of tRNS and interlacing, with the pixels that they
//! must show. The pixels are computed from the samples that are written, without a decoder.

use crate::pictures::{Picture, landscape, luma};
use crate::png::{Options, Samples, file, indexed};

/// A file and its pixels.
pub struct Case {
    /// Colour type, depth, tRNS, interlacing and width.
    pub name: String,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// Straight, 8 bits, rounded.
    pub rgba: Vec<[u8; 4]>,
}

/// All cases. The widths end inside of a byte, of a pass, and of a vector.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (width, height) in [(1, 1), (5, 4), (16, 9), (35, 11)] {
        let picture = landscape(width, height);
        for depth in [1, 2, 4, 8, 16] {
            colors(&mut cases, "gray", Samples::of(&picture.gray(), depth));
        }
        for depth in [8, 16] {
            colors(&mut cases, "rgb", Samples::of(&picture, depth));
            with_alpha(&mut cases, "gray-alpha", Samples::of(&gray_alpha(&picture), depth));
            with_alpha(&mut cases, "rgba", Samples::of(&picture.with_alpha(), depth));
        }
        for depth in [1, 2, 4, 8] {
            palettes(&mut cases, &picture, depth);
        }
        for samples in [
            Samples::of(&picture.gray(), 1),
            Samples::of(&picture, 8),
            Samples::of(&picture.with_alpha(), 16),
        ] {
            filters(&mut cases, &samples);
        }
    }
    cases
}

/// Grey or RGB: a transparent colour that occurs, one that does not, and those that differ from a
/// colour that occurs in one bit, or in all channels but one.
fn colors(cases: &mut Vec<Case>, kind: &str, samples: Samples) {
    let present = samples.values[..samples.channels].to_vec();
    let mut push = |transparent: &str, samples: &Samples, key: Option<&[u16]>| {
        let data = key.map(|key| key.iter().flat_map(|level| level.to_be_bytes()).collect());
        let kind = format!("{kind}-{}-{transparent}", samples.depth);
        let options = Options { transparency: data, ..Options::default() };
        add(cases, &kind, samples, &options, |pixel| {
            let is_key = key.is_some_and(|key| {
                let mask = u16::MAX >> (16 - samples.depth);
                pixel.iter().zip(key).all(|(sample, level)| *sample == level & mask)
            });
            color(pixel, samples.depth, if is_key { 0 } else { 255 })
        });
    };
    push("no-trns", &samples, None);
    push("matching", &samples, Some(&present));
    // No pixel has the colour any more.
    let mut without = samples.clone();
    for pixel in without.values.chunks_exact_mut(samples.channels) {
        if pixel == present {
            pixel[0] ^= 1;
        }
    }
    push("not-matching", &without, Some(&present));
    for bit in 0..samples.depth {
        for channel in 0..samples.channels {
            let mut key = present.clone();
            key[channel] ^= 1 << bit;
            push(&format!("bit-{bit}-of-channel-{channel}"), &samples, Some(&key));
        }
    }
    for channel in 0..samples.channels {
        let key: Vec<u16> = present
            .iter()
            .enumerate()
            .map(|(other, level)| if other == channel { *level } else { level ^ 1 })
            .collect();
        if samples.channels > 1 {
            push(&format!("channel-{channel}-alone"), &samples, Some(&key));
        }
    }
    // PNG, 11.3.1.1: bits above the depth do not count.
    if samples.depth < 16 {
        let key: Vec<u16> = present.iter().map(|level| level | 1 << 15).collect();
        push("bits-above", &samples, Some(&key));
    }
}

/// tRNS beside an alpha channel is ignored.
fn with_alpha(cases: &mut Vec<Case>, kind: &str, samples: Samples) {
    let colors = samples.channels - 1;
    let key = samples.values[..colors].iter().flat_map(|level| level.to_be_bytes()).collect();
    for (transparent, transparency) in [("no-trns", None), ("trns", Some(key))] {
        let kind = format!("{kind}-{}-{transparent}", samples.depth);
        let options = Options { transparency, ..Options::default() };
        add(cases, &kind, &samples, &options, |pixel| {
            color(&pixel[..colors], samples.depth, eight_bits(pixel[colors], samples.depth))
        });
    }
}

/// The same filter in every row, the first ones of a picture and of each pass included: above those
/// are zeros (PNG, 9.2).
fn filters(cases: &mut Vec<Case>, samples: &Samples) {
    let Samples { channels, depth, .. } = *samples;
    let colors = if channels == 4 { 3 } else { channels };
    for filter in 0..5 {
        let options = Options { filter: Some(filter), ..Options::default() };
        let kind = format!("filter-{filter}-{channels}-channels-{depth}");
        add(cases, &kind, samples, &options, |pixel| {
            let alpha = pixel.get(colors).map_or(255, |alpha| eight_bits(*alpha, depth));
            color(&pixel[..colors], depth, alpha)
        });
    }
}

/// Alpha values for all colours, for some, for one, and more than there are colours, which makes the
/// chunk invalid. The last colour of the palette is left out once: its pixels are opaque black.
fn palettes(cases: &mut Vec<Case>, picture: &Picture, depth: u8) {
    let size = if depth == 8 { 200 } else { 1 << depth };
    let (samples, palette) = indexed(picture, size, depth);
    let alphas: Vec<u8> = (0..=size).map(|index| (index * 83 + 17) as u8).collect();
    for (transparent, length, colors) in [
        ("no-trns", None, size),
        ("trns-for-all", Some(size), size),
        ("trns-for-half", Some(size / 2), size),
        ("trns-for-one", Some(1), size),
        ("trns-too-long", Some(size + 1), size),
        ("trns-short-palette", Some(1), size - 1),
    ] {
        let kind = format!("palette-{depth}-{transparent}");
        let options = Options {
            palette: Some(palette[..3 * colors].to_vec()),
            transparency: length.map(|length| alphas[..length].to_vec()),
            ..Options::default()
        };
        let valid = length.filter(|length| *length <= colors).unwrap_or(0);
        add(cases, &kind, &samples, &options, |pixel| {
            let index = usize::from(pixel[0]);
            match palette[..3 * colors].chunks_exact(3).nth(index) {
                Some(color) => {
                    let alpha = if index < valid { alphas[index] } else { 255 };
                    [color[0], color[1], color[2], alpha]
                }
                None => [0, 0, 0, 255],
            }
        });
    }
}

fn add(
    cases: &mut Vec<Case>,
    kind: &str,
    samples: &Samples,
    options: &Options,
    pixel: impl Fn(&[u16]) -> [u8; 4],
) {
    let rgba: Vec<_> = samples.values.chunks_exact(samples.channels).map(pixel).collect();
    for interlaced in [false, true] {
        let suffix = if interlaced { "-adam7" } else { "" };
        let options = Options { interlaced, ..options.clone() };
        cases.push(Case {
            name: format!("{kind}{suffix}-{}x{}", samples.width, samples.height),
            bytes: file(samples, &options),
            width: samples.width,
            height: samples.height,
            rgba: rgba.clone(),
        });
    }
}

/// A grey level or a colour.
fn color(samples: &[u16], depth: u8, alpha: u8) -> [u8; 4] {
    let at = |channel: usize| eight_bits(samples[channel % samples.len()], depth);
    [at(0), at(1), at(2), alpha]
}

/// PNG, 13.12: rounded to the nearest level.
fn eight_bits(sample: u16, depth: u8) -> u8 {
    let most = (1_u32 << depth) - 1;
    ((u32::from(sample) * 255 + most / 2) / most) as u8
}

fn gray_alpha(picture: &Picture) -> Picture {
    let gray = |from: &[u8], to: &mut [u8]| to.copy_from_slice(&[luma(&from[..3]), from[3]]);
    picture.with_alpha().map(2, gray)
}
