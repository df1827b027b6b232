//! Any picture that is written is read again: PNG and lossless WebP to the bit, JPEG nearly.
#![cfg_attr(fuzzing, no_main)]

use bombproof::{Layout, Picture, Size};
use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::properties::{
    lossless_files_give_back_every_pixel, lossy_files_give_back_the_picture,
};

const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut choices = Choices::at_end_of(bytes, 8);
    let layout = choices.one_of(&LAYOUTS);
    let [width, height] = [(); 2].map(|()| 1 + u32::from(choices.byte() % 48));
    let size = Size::new(width, height);
    let quality = 1 + choices.byte() % 100;
    // Pixels are the bytes over and over, some times with a step, so that few bytes make a ramp.
    let step = choices.byte() % 4;
    let samples = size.pixels() as usize * layout.bytes_per_pixel();
    let source = if bytes.is_empty() { &[0][..] } else { bytes };
    let rounds = (0..=u8::MAX).cycle().flat_map(|round| source.iter().map(move |b| (round, *b)));
    let pixels = rounds.map(|(round, byte)| byte.wrapping_add(round.wrapping_mul(step)));
    let picture = Picture::new(size, layout, pixels.take(samples).collect()).expect("as many");
    lossless_files_give_back_every_pixel(&picture);
    lossy_files_give_back_the_picture(&picture, quality);
});
