//! Files that every careful decoder has to take.

use crate::manifest::{Case, Facts, Outcome};

pub mod jpeg;
mod jpeg_colors;
mod png;
mod webp;

pub fn cases() -> Vec<Case> {
    [jpeg::cases(), jpeg_colors::cases(), png::cases(), webp::cases()].concat_all()
}

/// A good file of `format` in corpus/valid/.
pub fn good(format: &'static str, name: &str, what: &str, facts: Facts, bytes: Vec<u8>) -> Case {
    let extension = if format == "jpeg" { "jpg" } else { format };
    Case {
        path: format!("valid/{name}.{extension}"),
        what: what.to_owned(),
        format,
        threat: None,
        outcome: Outcome::picture(facts),
        bytes,
    }
}

/// One list of cases from several.
pub trait ConcatAll {
    fn concat_all(self) -> Vec<Case>;
}

impl<const N: usize> ConcatAll for [Vec<Case>; N] {
    fn concat_all(self) -> Vec<Case> {
        self.into_iter().flatten().collect()
    }
}
