//! P7: the same bytes everywhere. `corpus/OUTPUTS.txt` lists a dozen requests and, for every file of
//! the corpus, the quotes, the outcome and the checksums of the outputs.
//!
//! `RECORD=1 cargo test --test outputs` writes the results again; `git diff` then shows what changed.
//! `tools/compare-outputs` compares other machines.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::fs;

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/outputs.rs"]
mod outputs;

use bombproof::Plan;
use manifest::{Entry, corpus};

/// The recorded lines of each file, by its path, which is the first of them.
fn blocks(results: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut blocks = BTreeMap::new();
    let mut path = "";
    for line in results.lines() {
        if !line.starts_with(' ') {
            path = line;
        }
        blocks.entry(path).or_insert_with(Vec::new).push(line);
    }
    blocks
}

fn files_give_what_is_recorded(format: &str) {
    if is_recording() {
        return;
    }
    let recorded = fs::read_to_string(corpus().join("OUTPUTS.txt")).unwrap();
    let (head, results) = outputs::split(&recorded);
    let requests = outputs::requests(head);
    assert!(requests.len() >= 12, "{} requests", requests.len());
    let blocks = blocks(results);
    for entry in manifest::entries().iter().filter(|entry| entry.format == format) {
        let now = outputs::describe(&entry.path, &entry.read(), &requests, outputs::run);
        let then = blocks.get(&*entry.path).map_or(&[][..], Vec::as_slice);
        assert_eq!(then.len(), now.lines().count(), "{}", entry.path);
        let changed: Vec<_> = now.lines().zip(then).filter(|(now, then)| now != *then).collect();
        if let Some((now, then)) = changed.first() {
            let (path, count) = (&entry.path, changed.len());
            panic!(
                "{path}: {count} lines of OUTPUTS.txt differ, and perhaps those of other files; \
                 `RECORD=1` rewrites it. The first:\n{now}\nrecorded: {then}"
            );
        }
    }
}

fn is_recording() -> bool {
    std::env::var_os("RECORD").is_some()
}

#[test]
fn jpegs_give_what_is_recorded() {
    files_give_what_is_recorded("jpeg");
}

#[test]
fn pngs_give_what_is_recorded() {
    files_give_what_is_recorded("png");
}

#[test]
fn webps_give_what_is_recorded() {
    files_give_what_is_recorded("webp");
}

#[test]
fn other_formats_are_refused_as_recorded() {
    files_give_what_is_recorded("other");
}

/// The same without running a job, which is quick.
#[test]
fn quotes_are_what_is_recorded() {
    if is_recording() {
        return;
    }
    let recorded = fs::read_to_string(corpus().join("OUTPUTS.txt")).unwrap();
    let (head, results) = outputs::split(&recorded);
    let (requests, blocks) = (outputs::requests(head), blocks(results));
    let mut quotes = 0;
    for entry in manifest::entries() {
        let nothing = |_: &Plan, _: &[u8]| Ok(Vec::new());
        let now = outputs::describe(&entry.path, &entry.read(), &requests, nothing);
        let then = &blocks[&*entry.path];
        assert_eq!(then.len(), now.lines().count(), "{}", entry.path);
        for (now, then) in now.lines().zip(then) {
            let is_same = now == *then || then.starts_with(&format!("{now},"));
            assert!(is_same, "{}\n{now}\nrecorded: {then}", entry.path);
            quotes += usize::from(now.ends_with(" ns"));
        }
    }
    assert!(quotes > 5_000, "{quotes} quotes");
}

#[test]
fn every_file_has_a_record() {
    let path = corpus().join("OUTPUTS.txt");
    let recorded = fs::read_to_string(&path).unwrap();
    let (head, results) = outputs::split(&recorded);
    let entries = manifest::entries();
    if is_recording() {
        let requests = outputs::requests(head);
        let describe =
            |entry: &Entry| outputs::describe(&entry.path, &entry.read(), &requests, outputs::run);
        let now: String = entries.iter().map(describe).collect();
        fs::write(path, format!("{head}\n\n{now}")).unwrap();
        return;
    }
    let paths: Vec<&str> = results.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(paths, entries.iter().map(|entry| &*entry.path).collect::<Vec<_>>());
    let formats = ["jpeg", "png", "webp", "other"];
    assert!(entries.iter().all(|entry| formats.contains(&&*entry.format)));
}
