//! Every picture survives encoding and decoding: in PNG and lossless WebP bit for bit, in JPEG and
//! lossy WebP nearly, in JPEG the same with each of its options, and in Display P3 as well.
#![cfg_attr(fuzzing, no_main)]

use bombproof::{Layout, Picture, Size};
use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::properties::{
    jpeg_options_keep_their_word, lossless_files_give_back_every_pixel,
    lossy_files_give_back_the_picture, wide_colors_are_kept,
};

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut provider = FuzzedDataProvider::from_end(bytes, 8);
    let layout = provider.pick(&LAYOUTS);
    let [width, height] = [(); 2].map(|()| 1 + u32::from(provider.byte() % 48));
    let size = Size::new(width, height);
    let quality = 1 + provider.byte() % 100;
    // The pixels repeat the input, in some cases with a step per round, so that few bytes give a
    // ramp.
    let step = provider.byte() % 4;
    let samples = size.pixels() as usize * layout.bytes_per_pixel();
    let source = if bytes.is_empty() { &[0][..] } else { bytes };
    let rounds = (0..=u8::MAX).cycle().flat_map(|round| source.iter().map(move |b| (round, *b)));
    let pixels = rounds.map(|(round, byte)| byte.wrapping_add(round.wrapping_mul(step)));
    let picture = Picture::new(size, layout, pixels.take(samples).collect())
        .expect("the right number of bytes");
    lossless_files_give_back_every_pixel(&picture);
    lossy_files_give_back_the_picture(&picture, quality);
    jpeg_options_keep_their_word(&picture, quality);
    wide_colors_are_kept(&picture);
});
