//! What a thumbnail should look like: the full decode in sRGB, made small in one step of Lanczos3.

use std::fs;
use std::path::Path;

use likeness::oracle;
use likeness::picture::Rgb;
use likeness::ssim::{self, Likeness};

/// The best that a peer could make of a file.
#[derive(Debug)]
pub(crate) struct Reference {
    small: Rgb,
}

impl Reference {
    pub(crate) fn of(photo: &Path) -> Result<Self, String> {
        let file = fs::read(photo).map_err(|error| format!("{}: {error}", photo.display()))?;
        let full = oracle::Reference::of(&file)?.converted()?;
        Ok(Self { small: oracle::cover(&full, 256).on_white() })
    }

    /// How like the reference a thumbnail is, which is a file itself.
    pub(crate) fn compare(&self, thumbnail: &[u8]) -> Result<Likeness, String> {
        let picture = oracle::Reference::of(thumbnail)?.picture.on_white();
        ssim::compare(&self.small, &picture)
    }
}
