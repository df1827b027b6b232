//! P6, P7: the samples of a PNG are those of the crate `png`.
//!
//! Intended differences are named below. The view that both decode has a CRC that fits each chunk,
//! and an IEND.
//!
//! An input that is a PNG is compared as it is. Any other generates a valid one: every colour type and
//! depth, with a transparent colour that is in the picture, or differs from one in some bits.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{planes, sanitised_view};
use bombproof::{Error, Format, probe};
use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::{generate_picture, save_generated_file};
use bombproof_testkit::png::{Options, SIGNATURE, Samples, file, indexed};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// Both decode the same file: the sanitised view, which has no metadata and one frame of an
/// animation.
fn compare(bytes: &[u8]) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format() != Format::Png || header.size().pixels() > 100_000 {
        return;
    }
    let (width, height) = (header.size().width as usize, header.size().height as usize);
    let mut decoder = png::Decoder::new(Cursor::new(&view));
    decoder.set_transformations(png::Transformations::EXPAND);
    let Ok(mut reader) = decoder.read_info() else { return };
    // `png` compares bits of a transparent level that samples of less than eight bits do not have.
    let info = reader.info();
    let depth = info.bit_depth as u32;
    if info.color_type == png::ColorType::Grayscale
        && depth < 8
        && let Some(transparent) = &info.trns
        && transparent.iter().any(|level| level >> depth != 0)
    {
        return;
    }
    let Some(length) = reader.output_buffer_size().filter(|&length| length < 1 << 21) else {
        return;
    };
    let mut samples = vec![0; length];
    let Ok(frame) = reader.next_frame(&mut samples) else { return };
    let ours = match planes(&view) {
        Ok(ours) => ours,
        Err(Error::Malformed(malformed)) if PNG_ACCEPTS.contains(&malformed.what()) => return,
        // `png` does not read what follows the last row.
        Err(Error::Malformed(malformed))
            if malformed.what() == DAMAGED && !can_be_inflated(&view) =>
        {
            return;
        }
        // The checksum, or the end of the last block.
        Err(Error::Truncated(_)) => return,
        Err(error) => panic!("png decodes {width}x{height}, we refuse: {error}"),
    };
    let channels = frame.color_type.samples();
    let bytes = if frame.bit_depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let pixels = samples.chunks_exact(channels * bytes).take(width * height);
    for (at, pixel) in pixels.enumerate() {
        for (channel, sample) in pixel.chunks_exact(bytes).enumerate() {
            // 16 bits are rounded, not truncated.
            let sample = match *sample {
                [high, low] => {
                    ((u32::from(u16::from_be_bytes([high, low])) * 255 + 32_895) >> 16) as u8
                }
                _ => sample[0],
            };
            assert_eq!(ours[channel].samples[at], sample, "channel {channel} of pixel {at}");
        }
    }
}

fn generate(provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let (width, height) = (1 + provider.below(40) as u32, 1 + provider.below(20) as u32);
    let picture = generate_picture(width, height, provider);
    let interlaced = provider.one_in(2);
    let idat_bytes = 1 + provider.below(2_000);
    let has_transparency = !provider.one_in(4);
    let mut options = Options { interlaced, idat_bytes, ..Options::default() };
    let samples = match provider.below(5) {
        0 => {
            let depth = provider.pick(&[1, 2, 4, 8]);
            let colors = 1 + provider.below(1 << depth);
            let (samples, palette) = indexed(&picture, colors, depth);
            options.palette = Some(palette);
            let alphas = 1 + provider.below(colors);
            options.transparency =
                has_transparency.then(|| (0..alphas).map(|_| provider.byte()).collect());
            return file(&samples, &options);
        }
        1 => Samples::of(&picture.gray(), provider.pick(&[1, 2, 4, 8, 16])),
        2 => Samples::of(&picture, provider.pick(&[8, 16])),
        // The first two channels as grey and alpha.
        3 => Samples::of(
            &picture.map(2, |from, to| to.copy_from_slice(&from[..2])),
            provider.pick(&[8, 16]),
        ),
        _ => Samples::of(&picture.with_alpha(), provider.pick(&[8, 16])),
    };
    if has_transparency && samples.channels % 2 == 1 {
        let pixel = provider.below(samples.values.len() / samples.channels);
        let mut color = samples.values[pixel * samples.channels..][..samples.channels].to_vec();
        if provider.one_in(2) {
            color[provider.below(samples.channels)] ^= 1 << provider.below(samples.depth.into());
        }
        options.transparency = Some(color.iter().flat_map(|level| level.to_be_bytes()).collect());
    }
    file(&samples, &options)
}

/// Whether the image data of a PNG without damaged chunks can be inflated to the end of its stream.
fn can_be_inflated(png: &[u8]) -> bool {
    let (mut stream, mut chunks) = (Vec::new(), png.get(8..).unwrap_or_default());
    while let Some(length) = chunks.first_chunk() {
        let length = u32::from_be_bytes(*length) as usize;
        if chunks.get(4..8) == Some(b"IDAT") {
            stream.extend_from_slice(&chunks[8..8 + length]);
        }
        chunks = &chunks[12 + length..];
    }
    // Unlike the readers of flate2, it refuses a distance that reaches back past the start.
    decompress_to_vec_zlib_with_limit(&stream, 1 << 21).is_ok()
}

/// What we say of data that breaks a rule of deflate.
const DAMAGED: &str = "the image data is damaged";

/// What `png` accepts and we refuse. Built for a fuzzer it ignores checksums, and it never reads
/// the end of the stream.
const PNG_ACCEPTS: [&str; 2] =
    ["a wrong Adler-32 checksum", "the image data go on after the last row"];

bombproof_fuzz::target!(|bytes: &[u8]| {
    if bytes.starts_with(&SIGNATURE) {
        compare(bytes);
        return;
    }
    let generated = generate(&mut FuzzedDataProvider::from_end(bytes, 64));
    save_generated_file(&generated);
    assert!(sanitised_view(&generated).is_ok(), "a valid file is refused");
    compare(&generated);
});
