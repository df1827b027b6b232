//! Every row of the threat table: what attacks, what has to happen, and what it may cost.
//!
//! Each row has a test `row_NN_…`, with its story in the line above. Costs are counted, never
//! timed: calls of the allocator, peak bytes, and the work done (`bombproof::instrument::Work`).
//! `testkit` builds the attacks, at sizes that a committed file could not have.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[cfg(target_os = "linux")]
#[path = "support/avatar_program.rs"]
mod avatar_program;
#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/payload.rs"]
mod payload;
#[path = "support/sample_difference.rs"]
mod sample_difference;
#[cfg(target_os = "linux")]
#[path = "support/temp_folder.rs"]
mod temp_folder;

#[path = "threats/attack.rs"]
mod attack;

#[path = "threats/metadata.rs"]
mod metadata;
#[path = "threats/pixels.rs"]
mod pixels;
#[path = "threats/requests.rs"]
mod requests;
#[path = "threats/service.rs"]
mod service;
#[path = "threats/structure.rs"]
mod structure;
#[path = "threats/untidy.rs"]
mod untidy;
#[path = "threats/variants.rs"]
mod variants;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

/// The rows that no file can express, and why. Every other row has a file in the corpus.
const NOT_A_FILE: [(u32, &str); 22] = [
    (28, "what a service does with a refused upload: no byte of it is returned"),
    (30, "how the bytes arrive: the reader is the attack"),
    (34, "the target of the request: any good file does"),
    (35, "the size of the output: any noisy file does"),
    (36, "many jobs at once: any good files do"),
    (37, "a limit of the operating system around the process"),
    (38, "an allocator that refuses"),
    (39, "unsafe code: a property of the source"),
    (40, "how a service answers an error"),
    (53, "a file of tests/regressions"),
    (54, "any progressive file whose scans are repeated"),
    (55, "four megabytes between two segments"),
    (56, "900 planes of alpha in any file"),
    (57, "sixty profiles in any file"),
    (58, "the sizes of the request: any good file does"),
    (59, "a request that accepts truncated files, with the floods of row 1"),
    (60, "the crop of the request: any large file does"),
    (61, "the limit in bytes of the request: any file does"),
    (62, "the position of the crop: any elongated file does"),
    (63, "the canvas of the request: any file does"),
    (64, "the size and quality of the output: noise that repeats"),
    (33, "also numbers of the caller: limits raised to their largest values"),
];

#[test]
fn every_row_has_a_test_and_a_file_or_a_reason() {
    let sources = [
        include_str!("threats/metadata.rs"),
        include_str!("threats/pixels.rs"),
        include_str!("threats/requests.rs"),
        include_str!("threats/service.rs"),
        include_str!("threats/structure.rs"),
        include_str!("threats/untidy.rs"),
        include_str!("threats/variants.rs"),
    ]
    .concat();
    let entries = manifest::entries();
    for row in 1..=64u32 {
        let named = sources.matches(&format!("fn row_{row:02}_")).count();
        assert!(named >= 1, "row {row} has no test");
        let file = entries.iter().any(|file| file.threat == Some(row));
        let reason = NOT_A_FILE.iter().any(|(number, _)| *number == row);
        assert!(file || reason, "row {row} has neither a file nor a reason for having none");
    }
    let beyond = entries.iter().filter_map(|file| file.threat).find(|row| *row > 64);
    assert_eq!(beyond, None);
}
