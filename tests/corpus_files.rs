//! The corpus consists of exactly the files in its manifest, unchanged, and of no fewer than it
//! had.
//!
//! A test that walks a folder passes on an empty folder. This one makes sure that there is
//! something to walk.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::tests_outside_test_module,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/manifest.rs"]
mod manifest;

use checksum::fnv1a64;
use manifest::{corpus, entries};

#[test]
fn every_listed_file_is_there_unchanged() {
    for entry in entries() {
        let bytes = entry.read();
        assert_eq!(bytes.len(), entry.bytes, "{}: length", entry.path);
        assert_eq!(fnv1a64(&bytes), entry.fnv1a64, "{}: checksum", entry.path);
    }
}

#[test]
fn every_file_is_listed_once() {
    let entries = entries();
    let listed: BTreeSet<_> = entries.iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(listed.len(), entries.len(), "a path is listed twice");
    let mut found = BTreeSet::new();
    for folder in FOLDERS.map(|(folder, _)| folder) {
        for entry in fs::read_dir(corpus().join(folder)).expect("the folder is there") {
            let name = entry.expect("the folder can be read").file_name();
            found.insert(format!("{folder}/{}", name.to_string_lossy()));
        }
    }
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in the manifest: {unlisted:?}");
}

#[test]
fn no_folder_has_fewer_files_than_it_had() {
    let entries = entries();
    for (folder, minimum) in FOLDERS {
        let count = entries.iter().filter(|entry| entry.folder() == folder).count();
        assert!(count >= minimum, "{folder}: {count} files, there were {minimum}");
    }
    for format in ["jpeg", "png", "webp"] {
        for folder in FOLDERS.map(|(folder, _)| folder) {
            let some =
                entries.iter().any(|entry| entry.format == format && entry.folder() == folder);
            assert!(some, "{folder} has no {format}");
        }
    }
}

#[test]
fn every_entry_says_what_has_to_happen() {
    for entry in entries() {
        let path = &entry.path;
        assert!(entry.what.ends_with('.'), "{path}: `what` is a sentence");
        assert!(entry.outcomes().count() > 0, "{path}: no outcome");
        for outcome in entry.outcomes() {
            assert!(OUTCOMES.contains(&outcome), "{path}: unknown outcome {outcome}");
        }
        let over_limit = entry.outcomes().any(|outcome| outcome == "over_limit");
        assert_eq!(
            over_limit,
            entry.limits().count() > 0,
            "{path}: a limit is named with over_limit"
        );
        let facts = [entry.width, entry.height, entry.upright_width, entry.upright_height];
        assert!(facts.iter().all(|fact| fact.is_some() == entry.may_be_picture()), "{path}: sizes");
        if entry.folder() == "valid" {
            assert!(entry.outcomes().eq(["picture"]), "{path}: a valid file is a picture");
        }
        if entry.folder() == "bombs" {
            assert!(entry.threat.is_some(), "{path}: a bomb has its row in the threat table");
        }
    }
}

/// The folders, and how many files each had when this test was written.
const FOLDERS: [(&str, usize); 3] = [("bombs", 61), ("invalid", 258), ("valid", 235)];

/// The kinds of `bombproof::Error`, and success.
const OUTCOMES: [&str; 6] =
    ["malformed", "not_credible", "over_limit", "picture", "truncated", "unsupported"];
