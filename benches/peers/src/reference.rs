//! What a thumbnail should look like: the full decode in sRGB, made small in one step of Lanczos3.

use std::fs;
use std::path::Path;

use similarity::picture::{Rgb, Rgba};
use similarity::reference;
use similarity::ssim::{self, Similarity};

/// All pixels of a file.
pub(crate) fn full_decode(photo: &Path) -> Result<Rgba, String> {
    let file = fs::read(photo).map_err(|error| format!("{}: {error}", photo.display()))?;
    reference::Reference::of(&file)?.converted()
}

/// The best that a peer could make of a file.
#[derive(Debug)]
pub(crate) struct Reference {
    small: Rgb,
}

impl Reference {
    pub(crate) fn of(full: &Rgba, side: u32) -> Self {
        Self { small: reference::cover(full, side as usize).on_white() }
    }

    /// How like the reference a thumbnail is, which is a file itself.
    pub(crate) fn compare(&self, thumbnail: &[u8]) -> Result<Similarity, String> {
        let picture = reference::Reference::of(thumbnail)?.picture.on_white();
        ssim::compare(&self.small, &picture)
    }
}
