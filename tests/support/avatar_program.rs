//! The `avatar` example as a program.

use std::path::{Path, PathBuf};

/// `cargo test` builds the examples next to the tests: `target/debug/examples/avatar` beside
/// `target/debug/deps/avatar_cli-…`.
pub(crate) fn avatar_program() -> PathBuf {
    let test = std::env::current_exe().expect("the test runs");
    let profile = test.parent().and_then(Path::parent).expect("a test is built into target/*/deps");
    let name = format!("avatar{}", std::env::consts::EXE_SUFFIX);
    let program = profile.join("examples").join(name);
    assert!(program.exists(), "{} is missing: cargo build --examples", program.display());
    program
}
