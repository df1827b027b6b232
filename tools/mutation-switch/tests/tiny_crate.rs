//! The program on a crate of a few functions, where it is known what the tests notice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LIBRARY: &str = r#"
pub const SIDE_PX: u32 = twice(4);

/// Stays constant.
pub const fn twice(n: u32) -> u32 {
    n + n
}

/// Need not be constant.
pub const fn half(n: u32) -> u32 {
    n / 2
}

pub fn larger(a: u32, b: u32) -> u32 {
    if a > b { a } else { b }
}

pub fn unreached(n: u32) -> bool {
    n != 0
}

pub fn untested(n: u32) -> u32 {
    n - 1
}

/// Only `+` compiles.
pub fn greeting(name: &str) -> String {
    String::from("Hello ") + name
}

/// Never ends where it adds 0.
pub fn steps(mut n: u64) -> u64 {
    let mut steps = 0;
    while n > 0 {
        n -= step();
        steps += 1;
    }
    steps
}

fn step() -> u64 {
    1
}

pub fn sign(n: Option<i32>) -> i32 {
    match n {
        Some(n) if n < 0 => -1,
        Some(n) if let Some(n) = n.checked_sub(1) && n >= 0 && n != 7 => 1,
        _ => 0,
    }
}

#[cfg(not(feature = "never"))]
pub fn left_out() -> bool {
    1 + 1 == 2
}

#[cfg(test)]
mod tests;
"#;

const TESTS: &str = r#"
use super::*;

#[test]
fn numbers() {
    assert_eq!(SIDE_PX, 8);
    assert_eq!([half(8), half(9), half(2)], [4, 4, 1]);
    assert_eq!([larger(3, 5), larger(7, 5), larger(4, 4)], [5, 7, 4]);
    let signs = [None, Some(-7), Some(0), Some(9), Some(8), Some(1)].map(sign);
    assert_eq!(signs, [0, -1, 0, 1, 0, 1]);
}

#[test]
fn words() {
    assert_eq!(greeting("you"), "Hello you");
}

#[test]
fn ends() {
    assert_eq!(steps(7), 7);
}

#[test]
fn checks_nothing() {
    untested(5);
}

#[test]
fn fails_without_a_mutant() {
    panic!();
}
"#;

#[test]
fn survivors_are_those_that_no_test_notices() {
    let root = tiny_crate("survivors");
    let output = run(&root, &["--seconds", "30"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let indented = text.lines().filter_map(|line| line.strip_prefix("    "));
    let mut survivors: Vec<&str> = indented.filter(|name| name.starts_with("src")).collect();
    survivors.sort_unstable();
    assert_eq!(
        survivors,
        [
            "src/lib.rs: larger: >= for > in a > b",
            "src/lib.rs: unreached: == for != in n != 0",
            "src/lib.rs: unreached: returns false",
            "src/lib.rs: unreached: returns true",
            "src/lib.rs: untested: + for - in n - 1",
            "src/lib.rs: untested: / for - in n - 1",
            "src/lib.rs: untested: returns 0",
            "src/lib.rs: untested: returns 1",
        ],
        "{text}"
    );
    let results = fs::read_to_string(root.join("target/mutation-switch/results.tsv")).unwrap();
    assert!(results.contains("\tnoticed\tlib tests::ends (hangs)\tsrc/lib.rs: step: returns 0\n"));
    assert!(
        results.contains("\tnoticed\tlib tests::numbers\tsrc/lib.rs: half: % for / in n / 2\n")
    );
    assert!(!results.contains("twice") && !results.contains("greeting: -"));

    // A second run tries nothing again, and passes with these mutants accepted.
    let accepted = format!("a reason\n    {}\n", survivors.join("\n    "));
    fs::write(root.join("tests/mutants-accepted.txt"), &accepted).unwrap();
    let output = run(&root, &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let again = fs::read_to_string(root.join("target/mutation-switch/results.tsv")).unwrap();
    assert_eq!(again, results);

    // An entry that is no mutant fails.
    let stale = format!("{accepted}    src/lib.rs: gone: returns 0\n");
    fs::write(root.join("tests/mutants-accepted.txt"), stale).unwrap();
    let output = run(&root, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("    src/lib.rs: gone: returns 0\n"));
}

#[test]
fn mutants_are_those_of_code_that_is_built_and_no_constant() {
    let root = tiny_crate("list");
    let output = run(&root, &["--list"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let of = |function: &str| {
        let prefix = format!("src/lib.rs: {function}: ");
        text.lines().filter_map(|line| line.strip_prefix(&prefix)).collect::<Vec<_>>()
    };
    assert_eq!(
        of("sign"),
        [
            "== for < in n < 0",
            "> for < in n < 0",
            "<= for < in n < 0",
            "guard true for n < 0",
            "guard false for n < 0",
            "no - in -1",
            "< for >= in n >= 0",
            "== for != in n != 7",
            "returns 0",
            "returns 1",
            "returns -1",
        ]
    );
    assert_eq!(of("left_out"), [""; 0]);
    assert_eq!(of("numbers"), [""; 0]);
    assert_eq!(of("unreached"), ["== for != in n != 0", "returns true", "returns false"]);
    let other = run(&root, &["--list", "--files", "src/o*.rs"]);
    assert_eq!(String::from_utf8_lossy(&other.stdout), "");
}

/// A crate under git in a folder of its own.
fn tiny_crate(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("src")).unwrap();
    fs::create_dir_all(root.join("tests")).unwrap();
    let manifest = "[package]\nname = \"tiny\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("src/lib.rs"), LIBRARY).unwrap();
    fs::write(root.join("src/tests.rs"), TESTS).unwrap();
    for command in [["git", "init", "--quiet"], ["cargo", "generate-lockfile", "--offline"]] {
        let done = Command::new(command[0]).args(&command[1..]).current_dir(&root).status();
        assert!(done.unwrap().success());
    }
    root
}

fn run(root: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutation-switch"));
    command.arg("--root").arg(root).args(options).output().unwrap()
}
