//! P6, P7: the samples of a WebP are those of libwebp, or both refuse. image-webp accepts every
//! lossy file that we accept, and every lossless one from an encoder.
//!
//! The samples of image-webp are compared by the tests of the decoders, on files that an encoder
//! could have written. On other files it deviates. It clamps the level of the loop filter once more
//! than libwebp (`vp8-filter-levels-of-libwebp.webp` among the regressions). Its coefficients have
//! more than 16 bits (`vp8-coefficient-of-17-bits.webp`). It swaps the codes of two symbols that a
//! lossless file declares out of order (`vp8l-symbols-out-of-order.webp`), and misreads all data
//! after them.
//!
//! Intended differences are named below. Truncated data are an error to us; image-webp adds a byte of
//! zeros to each partition, and libwebp reads on in the padding of the chunk.
//!
//! An input that is a WebP is compared as it is. Any other generates a valid one.
#![cfg_attr(fuzzing, no_main)]

use std::io::Cursor;

use bombproof::instrument::{planes, sanitised_view};
use bombproof::{Error, Format, probe};
use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::webp_chunks::parse_file;
use bombproof_fuzz::webp_generator::GeneratedWebp;
use bombproof_fuzz::{libwebp, save_generated_file};
use image_webp::WebPDecoder;
use image_webp::vp8::Vp8Decoder;

/// All decode the same file: the sanitised view, which has no metadata and one frame of an
/// animation. `is_encoded` tells whether an encoder wrote it.
fn compare(bytes: &[u8], is_encoded: bool) {
    let Ok(view) = sanitised_view(bytes) else { return };
    let Ok(header) = probe(&view) else { return };
    if header.format() != Format::WebP || header.size().pixels() > 100_000 {
        return;
    }
    let ours = planes(&view);
    let frame = chunk(&view, b"VP8 ");
    match (&ours, libwebp::planes(&view)) {
        (Ok(ours), Ok(theirs)) => {
            if let Some(difference) = libwebp::difference(ours, &theirs) {
                panic!("{difference}");
            }
        }
        (Ok(_), Err(error)) => panic!("we decode it, libwebp refuses: {error:?}"),
        (Err(error), Ok(_)) => check_refusal("libwebp", error),
        (Err(_), Err(_)) => {}
    }
    let theirs = match frame {
        Some(frame) => Vp8Decoder::decode_frame(Cursor::new(frame)).map(drop),
        // Other files can even make it panic (`vp8l-oversubscribed-code.webp`).
        None if !is_encoded => return,
        None => lossless(&view),
    };
    match (&ours, theirs) {
        // Like libwebp, we ignore the reserved colour space.
        (Ok(_), Err(image_webp::DecodingError::ColorSpaceInvalid(_))) => {}
        (Ok(_), Err(error)) => panic!("we decode it, image-webp refuses: {error}"),
        // It decoded the frame without its alpha.
        (Err(_), Ok(())) if chunk(&view, b"ALPH").is_some() => {}
        (Err(error), Ok(())) => check_refusal("image-webp", error),
        (Ok(_), Ok(())) | (Err(_), Err(_)) => {}
    }
}

fn lossless(view: &[u8]) -> Result<(), image_webp::DecodingError> {
    let mut decoder = WebPDecoder::new(Cursor::new(view))?;
    let bytes = decoder.output_buffer_size().expect("the picture is small");
    decoder.read_image(&mut vec![0; bytes])
}

/// Panics if `decoder` accepts a file that we refuse for a reason other than the intended ones.
fn check_refusal(decoder: &str, error: &Error) {
    match error {
        Error::Truncated(_) => {}
        Error::Malformed(malformed) if OTHERS_ACCEPT.contains(&malformed.what()) => {}
        error => panic!("{decoder} decodes it, we refuse: {error}"),
    }
}

/// The payload of the first chunk with this name.
fn chunk(file: &[u8], name: &[u8; 4]) -> Option<Vec<u8>> {
    let chunks = parse_file(file)?;
    chunks.into_iter().find(|chunk| &chunk.name == name).map(|chunk| chunk.payload)
}

/// What the others accept and we refuse: a partition that starts with 255, which no encoder writes.
const OTHERS_ACCEPT: [&str; 1] = ["the first byte of a partition"];

bombproof_fuzz::target!(|bytes: &[u8]| {
    if bytes.starts_with(b"RIFF") {
        compare(bytes, false);
        return;
    }
    let GeneratedWebp { file, planes: expected } =
        GeneratedWebp::generate(&mut FuzzedDataProvider::from_end(bytes, 512));
    save_generated_file(&file);
    let is_encoded = expected.is_some();
    if let Some(expected) = expected {
        let decoded = planes(&file).unwrap_or_else(|error| panic!("{error}"));
        assert!(decoded == expected, "the pixels differ from those encoded");
    }
    compare(&file, is_encoded);
});
