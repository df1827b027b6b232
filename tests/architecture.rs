//! Who may import whom: the floors of `ARCHITECTURE.md`, and no import cycle anywhere.
//!
//! The test reads every path that starts with `crate`, `super` or `self`, in `use` lines and in
//! code. A file that declares `mod child;` imports its child, so that nothing in a folder imports the
//! `mod.rs` above it. Code under `#[cfg(test)]` may import anything, and is not read.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test reads files of the project"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/source.rs"]
mod source;

use imports::{Graph, Module};

/// Every tree of Rust files that has one root.
const ROOTS: [&str; 16] = [
    "src/lib.rs",
    "testkit/src/lib.rs",
    "corpus/generator/src/main.rs",
    "fuzz/src/lib.rs",
    "benches/lib.rs",
    "benches/peers/src/main.rs",
    "tools/check-images/src/main.rs",
    "tools/similarity/src/lib.rs",
    "tools/worst-files/src/main.rs",
    "examples/avatar/main.rs",
    "examples/upload-service/src/main.rs",
    "examples/upload-service/tests/service/main.rs",
    "tests/avatar_cli.rs",
    "tests/memory.rs",
    "tests/properties.rs",
    "tests/threats.rs",
];

/// The longest file that one reader keeps in mind. Tables are looked up, not read.
const MAX_LINES: usize = 500;

#[test]
fn every_import_goes_down_the_ladder() {
    let graph = read("src/lib.rs");
    let ladder = fs::read_to_string(project().join("ARCHITECTURE.md")).unwrap();
    let floors = floors(&ladder);
    assert!(floors.len() > 5, "ARCHITECTURE.md has no ladder");
    assert_eq!(wrong_floors(&graph, &floors), Vec::<String>::new());
}

#[test]
fn no_files_and_no_folders_import_each_other_in_a_circle() {
    let mut cycles = Vec::new();
    for root in ROOTS {
        let found = read(root).cycles();
        cycles.extend(found.into_iter().map(|cycle| format!("{root}: {cycle}")));
    }
    assert!(cycles.is_empty(), "{}", cycles.join("\n"));
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut folders = vec![project().join("src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            let is_table = path.ends_with("tables.rs");
            assert!(lines <= MAX_LINES || is_table, "{} has {lines} lines", path.display());
        }
    }
    assert!(files > 100, "only {files} files");
}

/// Whoever weakens the reader of imports sees it here.
#[test]
fn an_import_that_runs_up_or_in_a_circle_is_found() {
    let ladder = "# The ladder\n```text\n lib.rs\n plan/   fills orders\n decode/  shrink.rs\n size.rs\n```\n";
    let floors = floors(ladder);
    assert_eq!(floors["plan"], 2);
    assert_eq!(floors["size"], floors["decode"] - 1);
    let tree = |decode: &str, shrink: &str| {
        Graph::of([
            ("", "mod plan; mod decode; mod shrink; mod size; pub use plan::Plan;"),
            ("plan", "mod cost; use crate::{decode::Order, size::{self, Size}};"),
            ("plan::cost", "use crate::shrink::Shrink;"),
            ("decode", decode),
            ("shrink", shrink),
            ("size", "// use crate::plan::Plan;\nconst NAME: &str = \"crate::plan::Plan\";"),
        ])
    };
    let good = tree(
        "use crate::size::Size; pub(in crate::plan) fn f() {}",
        "#[cfg(test)] mod tests { use crate::plan::Plan; }",
    );
    assert_eq!(wrong_floors(&good, &floors), Vec::<String>::new());
    assert_eq!(good.cycles(), Vec::<String>::new());

    for up in [
        "use crate::plan::Plan;",
        "use super::plan;",
        "fn f() { crate::plan::g() }",
        "mod inner { use super::super::plan::Plan; }",
        "use crate::{size::Size, plan::{cost, Plan}};",
        "pub(crate) use crate::plan as other;",
        "use crate::Plan;",
    ] {
        let bad = tree(up, "");
        assert!(!wrong_floors(&bad, &floors).is_empty(), "{up}");
        assert!(!bad.cycles().is_empty(), "{up}");
    }
    let sideways = tree("use crate::shrink::Shrink;", "");
    assert_eq!(wrong_floors(&sideways, &floors), ["decode imports shrink, on its own floor"]);
    assert_eq!(sideways.cycles(), Vec::<String>::new());

    let to_parent = Graph::of([("", "mod a;"), ("a", "mod b;"), ("a::b", "use super::Thing;")]);
    assert_eq!(to_parent.cycles().len(), 1);
    let folders = Graph::of([
        ("", "mod a; mod b;"),
        ("a", "mod x; mod y;"),
        ("b", "mod x; mod y;"),
        ("a::x", "use crate::b::x;"),
        ("b::y", "use crate::a::y;"),
        ("a::y", ""),
        ("b::x", ""),
    ]);
    assert_eq!(folders.cycles(), ["a -> b -> a"]);
}

/// The floor of each module, from the first block of text under a heading with "ladder": the last line is floor
/// 0. Names end in `.rs` or `/`; what else stands on a line explains it.
fn floors(document: &str) -> BTreeMap<String, usize> {
    let lines = document.lines().skip_while(|line| !is_ladder(line)).skip(1);
    let block = lines.skip_while(|line| !line.starts_with("```")).skip(1);
    let lines: Vec<&str> =
        block.take_while(|line| !line.starts_with("```")).filter(|line| !line.is_empty()).collect();
    let mut floors = BTreeMap::new();
    for (floor, line) in lines.iter().rev().enumerate() {
        for word in line.split_whitespace() {
            let Some(name) = word.strip_suffix(".rs").or_else(|| word.strip_suffix('/')) else {
                continue;
            };
            let twice = floors.insert(name.to_owned(), floor);
            assert_eq!(twice, None, "{name} stands on two floors");
        }
    }
    floors
}

fn is_ladder(line: &str) -> bool {
    line.starts_with('#') && line.contains("ladder")
}

/// Imports between modules at the top of the crate that do not go to a lower floor, and modules that are
/// missing in the ladder or in the code.
fn wrong_floors(graph: &Graph, floors: &BTreeMap<String, usize>) -> Vec<String> {
    let top = |module: &str| match module.split("::").next() {
        Some("") | None => "lib".to_owned(),
        Some(top) => top.to_owned(),
    };
    let mut wrong = BTreeSet::new();
    let found: BTreeSet<String> = graph.modules.keys().map(|module| top(module)).collect();
    for module in &found {
        if !floors.contains_key(module) {
            wrong.insert(format!("{module} has no floor in the ladder"));
        }
    }
    for module in floors.keys() {
        if !found.contains(module) {
            wrong.insert(format!("the ladder has {module}, the code does not"));
        }
    }
    for (from, Module { imports, .. }) in &graph.modules {
        for to in imports {
            let (upper, lower) = (top(from), top(to));
            if upper == lower {
                continue;
            }
            let (Some(upper_floor), Some(lower_floor)) = (floors.get(&upper), floors.get(&lower))
            else {
                continue;
            };
            if upper_floor == lower_floor {
                wrong.insert(format!("{from} imports {to}, on its own floor"));
            } else if upper_floor < lower_floor {
                wrong.insert(format!("{from} imports {to}, on a higher floor"));
            }
        }
    }
    wrong.into_iter().collect()
}

fn read(root: &str) -> Graph {
    Graph::read(&project().join(root))
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
