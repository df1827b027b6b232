//! P1, P2, P5: pictures of any size and orientation, which are planned without pixels, with any
//! request.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::fuzzed_data_provider::{FuzzedDataProvider, no_limits};
use bombproof_fuzz::properties::{plan_keeps_the_promise, probe_allocates_nothing};
use bombproof_testkit::exif::{ByteOrder, orientation};
use bombproof_testkit::{bombs, png, webp};

/// An animation with a canvas of up to 2^24 pixels a side and a frame of 16×16.
fn animated_webp(width: u32, height: u32, tiff: &[u8]) -> Vec<u8> {
    let flags = webp::ANIMATION | webp::ALPHA | webp::EXIF;
    let frame = webp::anmf((0, 0), (16, 16), &[bombs::webp::lossy(16, 16)]);
    let exif = webp::chunk(b"EXIF", tiff);
    webp::file(&[webp::vp8x(flags, width, height), webp::anim(), frame, exif])
}

/// A PNG of one bit per pixel, with enough data for its size to be credible.
fn one_bit_png(size: (u32, u32), interlace: u8, tiff: &[u8]) -> Vec<u8> {
    let row_bytes = u64::from(size.0).div_ceil(8) + 1;
    let inflated = (row_bytes * u64::from(size.1)).min(16 << 20);
    let data = vec![0; (inflated / 1_000 + 64) as usize];
    let header = png::header(size, 1, 0, interlace);
    png::from_chunks(&[(b"IHDR", &header), (b"eXIf", tiff), (b"IDAT", &data), (b"IEND", b"")])
}

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut provider = FuzzedDataProvider::from_end(bytes, 128);
    let tiff = orientation(ByteOrder::Big, u16::from(provider.byte() % 10));
    let file = if provider.one_in(2) {
        let [width, height] = [(); 2].map(|()| 1 + (provider.u32() >> 8 >> (provider.byte() % 24)));
        animated_webp(width, height, &tiff)
    } else {
        let [width, height] = [(); 2].map(|()| 1 + (provider.u32() >> 1 >> (provider.byte() % 31)));
        one_bit_png((width, height), provider.byte() % 2, &tiff)
    };
    let Some(header) = probe_allocates_nothing(&file) else { return };
    let side = provider.pick(&[u32::MAX, 70_000, 4_096, 300]);
    plan_keeps_the_promise(&header, &provider.request_parts(side), &no_limits());
});
