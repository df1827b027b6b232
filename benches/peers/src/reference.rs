//! What an avatar should look like: the full decode in sRGB, resized in one step of Lanczos3.

use std::fs;
use std::path::Path;

use similarity::picture::{Rgb, Rgba};
use similarity::reference;
use similarity::ssim::{self, Similarity};

/// All pixels of a file.
pub(crate) fn full_decode(path: &Path) -> Result<Rgba, String> {
    let file = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    reference::Reference::of(&file)?.converted()
}

/// The avatar that all peers are compared with.
#[derive(Debug)]
pub(crate) struct Reference {
    small: Rgb,
}

impl Reference {
    pub(crate) fn of(full: &Rgba, side: u32) -> Self {
        Self { small: reference::cover(full, side as usize).on_white() }
    }

    /// Compares an avatar, as a file, with the reference.
    pub(crate) fn compare(&self, avatar: &[u8]) -> Result<Similarity, String> {
        let picture = reference::Reference::of(avatar)?.picture.on_white();
        ssim::compare(&self.small, &picture)
    }
}
