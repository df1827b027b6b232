//! P6, P7: the samples of a WebP are those of libwebp, or both refuse; those of a lossy one are those of
//! `image-webp` too.
//!
//! Of lossless noise image-webp is no judge (`vp8l-noise-read-by-libwebp.webp` among the regressions).
//! Where the others differ by design, it is named below. Data that end early are an error of ours, and
//! to them they can be zeros.
//!
//! An input that is a WebP is taken as it is. Any other chooses a valid one.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{Plane, planes, sanitised_view};
use bombproof::{Error, Format, probe};
use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::valid_webp::ValidWebp;
use bombproof_fuzz::{keep_what_was_made, libwebp};
use image_webp::vp8::Vp8Decoder;

/// What the others take and we do not: a partition that starts with 255, which no encoder writes.
const OTHERS_TAKE: [&str; 1] = ["the first byte of a partition"];

/// Both see the same file: the view has no metadata, and of an animation one frame.
fn compare(bytes: &[u8]) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format != Format::WebP || header.size.pixels() > 100_000 {
        return;
    }
    let ours = planes(&view);
    agree("libwebp", &ours, &libwebp::planes(&view));
    let Some(frame) = chunk(&view, b"VP8 ") else { return };
    let theirs = Vp8Decoder::decode_frame(Cursor::new(frame));
    let theirs = theirs.map(|frame| {
        let (width, height) = (header.size.width as usize, header.size.height as usize);
        let macroblocks = width.div_ceil(16);
        let plane = |samples: &[u8], stride: usize, width: usize, height: usize| {
            let rows = samples.chunks_exact(stride).take(height);
            Plane { width, samples: rows.flat_map(|row| &row[..width]).copied().collect() }
        };
        let (across, down) = (width.div_ceil(2), height.div_ceil(2));
        [
            plane(&frame.ybuf, 16 * macroblocks, width, height),
            plane(&frame.ubuf, 8 * macroblocks, across, down),
            plane(&frame.vbuf, 8 * macroblocks, across, down),
            Plane::default(),
        ]
    });
    // It is given the frame without its alpha.
    let color = match ours {
        Err(_) if chunk(&view, b"ALPH").is_some() => return,
        Ok([y, u, v, _]) => Ok([y, u, v, Plane::default()]),
        Err(error) => Err(error),
    };
    if !limits_filter_levels_twice(frame) {
        agree("image-webp", &color, &theirs);
    }
}

/// To the level of the loop filter that a segment has, other numbers are added. image-webp limits it to 0
/// to 63 before that and after it, as the source code of RFC 6386 does, and libwebp only after it
/// (`vp8-filter-levels-of-libwebp.webp` among the regressions). This says whether a frame has both.
fn limits_filter_levels_twice(frame: &[u8]) -> bool {
    let mut bits = EvenBits::new(frame.get(10..).unwrap_or_default());
    bits.literal(2); // colour space and clamping
    let mut has_levels = false;
    if bits.literal(1) == 1 {
        let has_map = bits.literal(1) == 1;
        has_levels = bits.literal(1) == 1;
        if has_levels {
            bits.literal(1); // whether they replace that of the frame
            for count in [7, 7, 7, 7, 6, 6, 6, 6] {
                if bits.literal(1) == 1 {
                    bits.literal(count + 1);
                }
            }
        }
        for _ in 0..if has_map { 3 } else { 0 } {
            if bits.literal(1) == 1 {
                bits.literal(8);
            }
        }
    }
    bits.literal(1 + 6 + 3);
    has_levels && bits.literal(1) == 1
}

/// Bits of even probability out of a partition (RFC 6386, 7.3).
struct EvenBits<'a> {
    rest: std::slice::Iter<'a, u8>,
    value: u32,
    range: u32,
    bits_left: u32,
}

impl<'a> EvenBits<'a> {
    fn new(partition: &'a [u8]) -> Self {
        let mut bits = Self { rest: partition.iter(), value: 0, range: 255, bits_left: 8 };
        bits.value = bits.next_byte() << 8 | bits.next_byte();
        bits
    }

    fn next_byte(&mut self) -> u32 {
        self.rest.next().copied().unwrap_or(0).into()
    }

    fn literal(&mut self, count: u32) -> u32 {
        (0..count).fold(0, |number, _| number << 1 | self.bit())
    }

    fn bit(&mut self) -> u32 {
        let split = 1 + ((self.range - 1) >> 1);
        let bit = u32::from(self.value >> 8 >= split);
        if bit == 1 {
            self.value -= split << 8;
            self.range -= split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            self.value <<= 1;
            self.bits_left -= 1;
            if self.bits_left == 0 {
                self.value |= self.next_byte();
                self.bits_left = 8;
            }
        }
        bit
    }
}

/// Planes that we have are the same with them. Alpha of an opaque picture is a plane of theirs only.
fn agree<E: std::fmt::Debug>(
    who: &str,
    ours: &Result<[Plane; 4], Error>,
    theirs: &Result<[Plane; 4], E>,
) {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            for (number, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                if ours.samples.is_empty() {
                    continue;
                }
                assert_eq!(ours.width, theirs.width, "{who}: another width of plane {number}");
                let (width, samples) = (ours.width, ours.samples.iter().zip(&theirs.samples));
                assert_eq!(ours.samples.len(), theirs.samples.len(), "{who}: plane {number}");
                if let Some(at) = samples.map(|(ours, theirs)| ours == theirs).position(|is| !is) {
                    let (x, y) = (at % width, at / width);
                    let (ours, theirs) = (ours.samples[at], theirs.samples[at]);
                    panic!("{who}: {theirs} at {x}, {y} of plane {number}, and we say {ours}");
                }
            }
        }
        (Err(Error::Truncated(_)), _) | (Err(_), Err(_)) => {}
        (Err(Error::Malformed(malformed)), Ok(_)) if OTHERS_TAKE.contains(&malformed.what()) => {}
        (Err(error), Ok(_)) => panic!("{who} makes a picture of it, we say {error}"),
        (Ok(_), Err(error)) => panic!("we make a picture of it, {who} says {error:?}"),
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
    if bytes.starts_with(b"RIFF") {
        compare(bytes);
        return;
    }
    let ValidWebp { file, planes: expected } =
        ValidWebp::chosen(&mut Choices::at_end_of(bytes, 512));
    keep_what_was_made(&file);
    if let Some(expected) = expected {
        let decoded = planes(&file).unwrap_or_else(|error| panic!("{error}"));
        assert!(decoded == expected, "other pixels than were written");
    }
    compare(&file);
});
