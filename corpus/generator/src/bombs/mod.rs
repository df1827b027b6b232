//! Small files that ask for much memory or time.

use crate::manifest::{Case, Facts, Outcome};
use crate::valid::ConcatAll;

mod jpeg;
mod png;
mod webp;

pub fn cases() -> Vec<Case> {
    [jpeg::cases(), png::cases(), webp::cases()].concat_all()
}

/// A bomb of `format` in corpus/bombs/.
fn bomb(
    format: &'static str,
    name: &str,
    threat: u32,
    what: &str,
    outcome: Outcome,
    bytes: Vec<u8>,
) -> Case {
    let extension = if format == "jpeg" { "jpg" } else { format };
    Case {
        path: format!("bombs/{name}.{extension}"),
        what: what.to_owned(),
        format,
        threat: Some(threat),
        outcome,
        bytes,
    }
}

fn error(kind: &'static str) -> Outcome {
    Outcome::error(kind)
}

fn over(limits: &[&'static str]) -> Outcome {
    Outcome::over(limits)
}

fn picture(width: u32, height: u32) -> Outcome {
    Outcome::picture(Facts::new(width, height))
}

/// More pixels than the default limits allow; the bytes could not hold them either.
fn flood() -> Outcome {
    over(&["max_side_px", "max_pixels", "max_memory_bytes"]).or(error("not_credible"))
}
