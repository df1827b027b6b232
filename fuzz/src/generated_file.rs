//! Keeps the file that a target generates from its input.

use std::{env, fs};

/// Writes `file` to the path in `GENERATED_FILE`, so that a regression test can use the file itself
/// rather than the input that led to it. Does nothing while fuzzing.
pub fn save_generated_file(file: &[u8]) {
    if cfg!(fuzzing) {
        return;
    }
    if let Some(path) = env::var_os("GENERATED_FILE") {
        fs::write(path, file).expect("GENERATED_FILE can be written");
    }
}
