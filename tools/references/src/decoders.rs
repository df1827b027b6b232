//! The references: libpng and libjpeg-turbo in a program of their own (`decoders.c`), libwebp in this
//! one.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use bombproof::instrument::Blocks;

#[path = "../../../tests/support/libwebp.rs"]
pub(crate) mod libwebp;

/// What `decoders` makes of a file.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// Each with its width, its height, and its values.
    planes: Vec<(usize, usize, Vec<u8>)>,
    /// What it printed: warnings.
    pub(crate) warnings: String,
}

/// Runs `decoders WHAT`. The error is what it printed before it refused the file.
pub(crate) fn decode(what: &str, bytes: &[u8]) -> Result<Decoded, String> {
    let program = std::env::current_exe().map_err(in_words)?.with_file_name("decoders");
    let mut child = Command::new(program)
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(in_words)?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let output = thread::scope(|scope| {
        // It may not read all of a file that it refuses.
        scope.spawn(move || stdin.write_all(bytes).is_ok());
        child.wait_with_output().map_err(in_words)
    })?;
    let warnings = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    if !output.status.success() {
        return Err(if warnings.is_empty() { output.status.to_string() } else { warnings });
    }
    let value_bytes = if what == "coefficients" { 4 * 64 } else { 1 };
    let mut planes = Vec::new();
    let mut rest = &output.stdout[..];
    while let Some((size, values)) = rest.split_first_chunk::<8>() {
        let [width, height] = [&size[..4], &size[4..]]
            .map(|side| side.iter().rev().fold(0, |side, &byte| side << 8 | usize::from(byte)));
        let (values, after) = values
            .split_at_checked(width * height * value_bytes)
            .ok_or("a plane that ends early")?;
        planes.push((width, height, values.to_vec()));
        rest = after;
    }
    Ok(Decoded { planes, warnings })
}

impl Decoded {
    /// The width, the height and the samples of each plane.
    pub(crate) fn planes(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        self.planes.iter().map(|(width, height, samples)| (*width, *height, &samples[..]))
    }

    /// The first coefficient that differs, in words. The padding of a component to whole MCUs is
    /// ours alone.
    pub(crate) fn coefficient_difference(&self, ours: &[Blocks]) -> Option<String> {
        if self.planes.len() != ours.len() {
            return Some(format!("{} components, we have {}", self.planes.len(), ours.len()));
        }
        for (number, ((width, _, values), ours)) in self.planes().zip(ours).enumerate() {
            for (at, theirs) in values.chunks_exact(4 * 64).enumerate() {
                let (x, y) = (at % width, at / width);
                let theirs =
                    theirs.as_chunks::<4>().0.iter().map(|&bytes| i32::from_le_bytes(bytes));
                let Some(block) = ours.blocks.get(y * ours.columns + x) else {
                    return Some(format!("component {number} lacks block {x}, {y}"));
                };
                if let Some(k) = theirs.clone().zip(block).position(|(a, b)| a != *b) {
                    let theirs = theirs.clone().nth(k).unwrap_or(0);
                    return Some(format!(
                        "component {number}, block {x}, {y}, coefficient {k}: libjpeg-turbo has \
                         {theirs}, and we have {}",
                        block[k]
                    ));
                }
            }
        }
        None
    }
}

pub(crate) fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
