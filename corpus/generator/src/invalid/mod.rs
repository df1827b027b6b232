//! Files that break a rule, end early, or are of another kind.

use crate::manifest::{Case, Outcome};
use crate::valid::ConcatAll;

mod containers;
mod jpeg;
mod jpeg_frames;
mod png;
mod webp;

pub fn cases() -> Vec<Case> {
    [containers::cases(), jpeg::cases(), jpeg_frames::cases(), png::cases(), webp::cases()]
        .concat_all()
}

/// A bad file of `format` in corpus/invalid/.
fn bad(format: &'static str, name: &str, what: &str, outcome: Outcome, bytes: Vec<u8>) -> Case {
    let extension = if format == "jpeg" { "jpg" } else { format };
    Case {
        path: format!("invalid/{name}.{extension}"),
        what: what.to_owned(),
        format,
        threat: None,
        outcome,
        bytes,
    }
}

fn malformed() -> Outcome {
    Outcome::error("malformed")
}

fn truncated() -> Outcome {
    Outcome::error("truncated")
}

fn unsupported() -> Outcome {
    Outcome::error("unsupported")
}
