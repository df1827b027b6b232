//! P6, P7: the samples of a PNG are those of the crate `png`.
//!
//! Intended differences are named below: `png` decodes pixels outside the palette as black, and
//! refuses data after the last row.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{planes, sanitised_view};
use bombproof::{Error, Format, probe};

/// Both decode the same file: the sanitised view, which has no metadata and one frame of an
/// animation.
fn compare(bytes: &[u8]) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format != Format::Png || header.size.pixels() > 100_000 {
        return;
    }
    let (width, height) = (header.size.width as usize, header.size.height as usize);
    let mut decoder = png::Decoder::new(Cursor::new(&view));
    decoder.set_transformations(png::Transformations::EXPAND);
    let Ok(mut reader) = decoder.read_info() else { return };
    // `png` ignores the alpha of a palette if it has more entries than colours. We use as many as
    // there are colours.
    let info = reader.info();
    if let (Some(palette), Some(alpha)) = (&info.palette, &info.trns)
        && info.color_type == png::ColorType::Indexed
        && alpha.len() > palette.len() / 3
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

/// What `png` accepts and we refuse. Built for a fuzzer it ignores checksums, and pixels outside
/// the palette are black.
const PNG_ACCEPTS: [&str; 2] = ["a wrong CRC", "a pixel outside the palette"];

bombproof_fuzz::target!(|bytes: &[u8]| {
    compare(bytes);
});
