//! Files that every careful decoder accepts.

use crate::case::Case;

mod jpeg;
mod jpeg_colors;
mod jpeg_untidy;
mod png;
mod png_colors;
mod webp;

pub fn cases() -> Vec<Case> {
    [
        jpeg::cases(),
        jpeg_colors::cases(),
        jpeg_untidy::cases(),
        png::cases(),
        png_colors::cases(),
        webp::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
