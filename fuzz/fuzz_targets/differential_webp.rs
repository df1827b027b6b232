//! P6, P7: the samples of a WebP are those of libwebp, or both refuse; and image-webp takes what we take,
//! lossy files whoever wrote them, and lossless ones of an encoder.
//!
//! The samples of image-webp are compared by the tests of the decoders, on files that an encoder could have
//! written. Of others it is no judge: it limits the level of the loop filter once more than libwebp
//! (`vp8-filter-levels-of-libwebp.webp` among the regressions), its coefficients have more than 16 bits
//! (`vp8-coefficient-of-17-bits.webp`), and two symbols of a lossless file have the codes of each other
//! where they are not in order (`vp8l-symbols-out-of-order.webp`), from where on it reads what nobody wrote.
//!
//! Where the others differ by design, it is named below. Data that end early are an error of ours, and
//! to them they can be zeros.
//!
//! An input that is a WebP is taken as it is. Any other chooses a valid one.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{planes, sanitised_view};
use bombproof::{Error, Format, probe};
use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::valid_webp::ValidWebp;
use bombproof_fuzz::{keep_what_was_made, libwebp};
use image_webp::WebPDecoder;
use image_webp::vp8::Vp8Decoder;
use libwebp_sys::VP8StatusCode;

/// What the others take and we do not: a partition that starts with 255, which no encoder writes.
const OTHERS_TAKE: [&str; 1] = ["the first byte of a partition"];

/// At the end of a partition we grant a byte of zeros, as image-webp does and libwebp does not.
const LIBWEBP_REFUSES: VP8StatusCode = VP8StatusCode::VP8_STATUS_NOT_ENOUGH_DATA;

/// All see the same file: the view has no metadata, and of an animation one frame. `written` says that the
/// file is that of an encoder.
fn compare(bytes: &[u8], written: bool) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format != Format::WebP || header.size.pixels() > 100_000 {
        return;
    }
    let ours = planes(&view);
    let frame = chunk(&view, b"VP8 ");
    match (&ours, libwebp::planes(&view)) {
        (Ok(ours), Ok(theirs)) => {
            if let Some(words) = libwebp::difference(ours, &theirs) {
                panic!("{words}");
            }
        }
        (Ok(_), Err(LIBWEBP_REFUSES)) if frame.is_some() => {}
        (Ok(_), Err(error)) => panic!("we make a picture of it, libwebp says {error:?}"),
        (Err(error), Ok(_)) => named("libwebp", error),
        (Err(_), Err(_)) => {}
    }
    let theirs = match frame {
        Some(frame) => Vp8Decoder::decode_frame(Cursor::new(frame)).map(drop),
        // What an encoder did not write can make it panic as well (`vp8l-oversubscribed-code.webp`).
        None if !written => return,
        None => lossless(&view),
    };
    match (&ours, theirs) {
        (Ok(_), Err(error)) => panic!("we make a picture of it, image-webp says {error}"),
        // It was given the frame without its alpha.
        (Err(_), Ok(())) if chunk(&view, b"ALPH").is_some() => {}
        (Err(error), Ok(())) => named("image-webp", error),
        (Ok(_), Ok(())) | (Err(_), Err(_)) => {}
    }
}

fn lossless(view: &[u8]) -> Result<(), image_webp::DecodingError> {
    let mut decoder = WebPDecoder::new(Cursor::new(view))?;
    let bytes = decoder.output_buffer_size().expect("a picture that is small");
    decoder.read_image(&mut vec![0; bytes])
}

/// Panics when another decoder takes what we refuse, for a reason that is not known.
fn named(who: &str, error: &Error) {
    match error {
        Error::Truncated(_) => {}
        Error::Malformed(malformed) if OTHERS_TAKE.contains(&malformed.what()) => {}
        error => panic!("{who} makes a picture of it, we say {error}"),
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
        compare(bytes, false);
        return;
    }
    let ValidWebp { file, planes: expected } =
        ValidWebp::chosen(&mut Choices::at_end_of(bytes, 512));
    keep_what_was_made(&file);
    let written = expected.is_some();
    if let Some(expected) = expected {
        let decoded = planes(&file).unwrap_or_else(|error| panic!("{error}"));
        assert!(decoded == expected, "other pixels than were written");
    }
    compare(&file, written);
});
