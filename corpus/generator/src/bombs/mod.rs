//! Small files that ask for much memory or time.

use crate::case::Case;

mod jpeg;
mod png;
mod webp;

pub fn cases() -> Vec<Case> {
    [jpeg::cases(), png::cases(), webp::cases()].into_iter().flatten().collect()
}
