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

use std::fs;

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/outputs.rs"]
mod outputs;

use manifest::corpus;

#[test]
fn outputs_and_quotes_are_as_recorded() {
    let path = corpus().join("OUTPUTS.txt");
    let recorded = fs::read_to_string(&path).unwrap();
    let (head, results) = outputs::split(&recorded);
    let requests = outputs::requests(head);
    assert!(requests.len() >= 12, "{} requests", requests.len());
    let now: String = manifest::entries()
        .iter()
        .map(|entry| outputs::describe(&entry.path, &entry.read(), &requests, outputs::run))
        .collect();
    if std::env::var_os("RECORD").is_some() {
        fs::write(path, format!("{head}\n\n{now}")).unwrap();
        return;
    }
    let changed: Vec<_> =
        now.lines().zip(results.lines()).filter(|(now, then)| now != then).collect();
    let first = changed.first().map(|(now, then)| format!("{now}\nrecorded: {then}"));
    let count = changed.len();
    assert_eq!(first, None, "{count} lines of OUTPUTS.txt differ; `RECORD=1` rewrites it");
    assert_eq!(now.lines().count(), results.lines().count(), "files are gone, or new");
}
