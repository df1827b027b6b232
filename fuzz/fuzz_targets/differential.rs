//! P6, P7: the samples of a PNG are those of the crate `png`, and those of a lossy WebP are those of
//! `image-webp`, or both refuse. Lossless WebP is left out: of changed streams image-webp makes other
//! pixels than libwebp does (`vp8l-noise-read-by-libwebp.webp` among the regressions).
//!
//! Where they differ by design, it is named below: data that end early are an error of ours and zeros
//! of theirs; `image-webp` reads a VP8 partition that starts with 255, which no encoder writes; `png`
//! makes pixels outside of the palette black, and refuses what stands behind the last row.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{Plane, planes, sanitised_view};
use bombproof::{Error, Format, probe};

/// Both see the same file: the view has no metadata, and of an animation one frame.
fn compare(bytes: &[u8]) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.size.pixels() > 100_000 {
        return;
    }
    let size = (header.size.width as usize, header.size.height as usize);
    let ours = || planes(&view);
    match header.format {
        Format::Png => compare_png(ours(), &view, size),
        Format::WebP if chunk(&view, b"VP8 ").is_some() => compare_lossy(ours(), &view, size),
        _ => {}
    }
}

/// What `png` takes and we do not: built for a fuzzer it looks at no checksum, and a pixel outside of
/// the palette it makes black.
const PNG_TAKES: [&str; 2] = ["a wrong CRC", "a pixel outside the palette"];

type Ours = Result<[Plane; 4], Error>;

fn compare_png(ours: Ours, view: &[u8], (width, height): (usize, usize)) {
    let mut decoder = png::Decoder::new(Cursor::new(view));
    decoder.set_transformations(png::Transformations::EXPAND);
    let Ok(mut reader) = decoder.read_info() else { return };
    // More alpha than the palette has colours is no alpha to `png`; we take as much as there are colours.
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
    let ours = match ours {
        Ok(ours) => ours,
        Err(Error::Malformed(malformed)) if PNG_TAKES.contains(&malformed.what()) => return,
        Err(error) => panic!("png makes {width}x{height} of it, we say {error}"),
    };
    let channels = frame.color_type.samples();
    let bytes = if frame.bit_depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let pixels = samples.chunks_exact(channels * bytes).take(width * height);
    for (at, pixel) in pixels.enumerate() {
        for (channel, sample) in pixel.chunks_exact(bytes).enumerate() {
            // Sixteen bits are rounded, not cut.
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

fn compare_lossy(ours: Ours, view: &[u8], (width, height): (usize, usize)) {
    let frame = chunk(view, b"VP8 ").unwrap_or_default();
    let theirs = image_webp::vp8::Vp8Decoder::decode_frame(Cursor::new(frame));
    match (ours, theirs) {
        (Ok([luma, u, v, _]), Ok(theirs)) => {
            let chroma = (width.div_ceil(2), height.div_ceil(2));
            let columns = width.div_ceil(16);
            for (ours, theirs, stride, (width, height)) in [
                (luma, &theirs.ybuf, 16 * columns, (width, height)),
                (u, &theirs.ubuf, 8 * columns, chroma),
                (v, &theirs.vbuf, 8 * columns, chroma),
            ] {
                let lines = ours.samples.chunks_exact(width).zip(theirs.chunks_exact(stride));
                for (y, (ours, theirs)) in lines.take(height).enumerate() {
                    assert!(*ours == theirs[..width], "row {y}");
                }
            }
        }
        (Ok(_), Err(error)) => panic!("image-webp says {error}"),
        (Err(Error::Truncated(_)), _) | (Err(_), Err(_)) => {}
        (Err(Error::Malformed(malformed)), Ok(_))
            if malformed.what() == "the first byte of a partition" => {}
        // Alpha, which the frame alone does not have.
        (Err(_), Ok(_)) if chunk(view, b"ALPH").is_some() => {}
        (Err(error), Ok(_)) => panic!("image-webp makes {width}x{height} of it, we say {error}"),
    }
}

/// The payload of the first chunk of this kind.
fn chunk<'a>(file: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = file.get(12..)?;
    loop {
        let (header, after) = rest.split_first_chunk::<8>()?;
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if header.starts_with(kind) {
            return after.get(..length);
        }
        rest = after.get(length.next_multiple_of(2)..)?;
    }
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    compare(bytes);
});
