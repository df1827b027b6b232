//! Files that break a rule, end early, or are of another format.

use crate::case::Case;

mod jpeg;
mod jpeg_frames;
mod jpeg_scans;
mod jpeg_tables;
mod jpeg_untidy;
mod other_formats;
mod png;
mod webp;

pub fn cases() -> Vec<Case> {
    [
        jpeg::cases(),
        jpeg_frames::cases(),
        jpeg_scans::cases(),
        jpeg_tables::cases(),
        jpeg_untidy::cases(),
        other_formats::cases(),
        png::cases(),
        webp::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
