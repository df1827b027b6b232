//! Every option changes what it says: each setter of `Request` and each field of `Limits` has a test
//! of its name, which compares the outcome with and without it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::collections::BTreeSet;

use bombproof::{Formats, Limits};

#[path = "support/manifest.rs"]
mod manifest;
#[path = "options/format.rs"]
mod format;
#[path = "options/limits.rs"]
mod limits;
#[path = "options/look.rs"]
mod look;
#[path = "options/request.rs"]
mod request;

#[test]
fn every_setter_of_a_request_has_a_test() {
    let setters = public_functions("Request");
    assert!(setters.contains("background") && setters.contains("and_size"), "{setters:?}");
    let mut tested = tests(include_str!("options/request.rs"));
    tested.extend(tests(include_str!("options/format.rs")));
    tested.extend(tests(include_str!("options/look.rs")));
    assert_eq!(setters, tested);
}

#[test]
fn every_field_of_the_limits_has_a_test() {
    let mut fields = fields(&format!("{:#?}", Limits::default()));
    assert!(fields.remove("formats"), "{fields:?}");
    let formats = self::fields(&format!("{:#?}", Formats::ALL));
    fields.extend(formats.into_iter().map(|format| format!("formats_{format}")));
    assert!(fields.contains("max_pixels") && fields.contains("formats_webp"), "{fields:?}");
    assert_eq!(fields, tests(include_str!("options/limits.rs")));
}

/// The names of the public functions in `src/` that belong to `name`.
fn public_functions(name: &str) -> BTreeSet<String> {
    let mut folders = vec![manifest::root().join("src")];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                // Formatted code ends an item with a brace at the start of a line.
                for block in text.split(&format!("\nimpl {name} {{\n")).skip(1) {
                    let block = block.split("\n}\n").next().unwrap_or_default();
                    names.extend(block.lines().filter_map(public_function));
                }
            }
        }
    }
    names
}

fn public_function(line: &str) -> Option<String> {
    let declaration = line.strip_prefix("    pub ")?;
    let declaration = declaration.strip_prefix("const ").unwrap_or(declaration);
    let (name, _) = declaration.strip_prefix("fn ")?.split_once('(')?;
    Some(name.to_owned())
}

/// The names of the fields in a structure that was printed with `{:#?}`.
fn fields(printed: &str) -> BTreeSet<String> {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| !line.starts_with([' ', '}'])).filter_map(|line| {
        let (name, _) = line.split_once(':')?;
        Some(name.to_owned())
    });
    names.collect()
}

/// The names of the tests in a file.
fn tests(source: &str) -> BTreeSet<String> {
    let tests = source.split("#[test]\nfn ").skip(1);
    tests.filter_map(|test| Some(test.split_once('(')?.0.to_owned())).collect()
}
