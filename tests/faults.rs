//! What goes wrong around a job: memory that is refused, readers that fail, deadlines that pass, and
//! sixty-four threads at once.
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

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/failing_allocator.rs"]
mod failing_allocator;
#[path = "support/manifest.rs"]
mod manifest;

#[path = "faults/deadlines.rs"]
mod deadlines;
#[path = "faults/memory.rs"]
mod memory;
#[path = "faults/readers.rs"]
mod readers;
#[path = "faults/storm.rs"]
mod storm;

#[global_allocator]
static ALLOCATOR: failing_allocator::FailingAllocator = failing_allocator::FailingAllocator;

/// A file of every kind that takes memory in a way of its own.
const KINDS: [&str; 20] = [
    "photo.jpg",
    "photo-progressive.jpg",
    "sampling-410.jpg",
    "scans-apart-restart-4.jpg",
    "gray.jpg",
    "cmyk-adobe-0.jpg",
    "icc-cmyk.jpg",
    "icc-display-p3.jpg",
    "orientation-6.jpg",
    "rgb-8.png",
    "rgba-16-adam7.png",
    "palette-4.png",
    "gray-alpha-8.png",
    "icc-gbr.png",
    "photo.webp",
    "lossless-groups.webp",
    "lossless-alpha.webp",
    "alpha-raw-gradient.webp",
    "alpha-lossless-vertical.webp",
    "animated-small-first-frame.webp",
];

/// The files of [`KINDS`] with their names.
fn files() -> Vec<(String, Vec<u8>)> {
    let rows = manifest::rows();
    let file = |name: &str| {
        let path = format!("valid/{name}");
        let row = rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path}"));
        (path, row.read())
    };
    KINDS.iter().map(|name| file(name)).collect()
}

/// Each way out.
fn outputs(request: bombproof::Request) -> [bombproof::Request; 5] {
    [
        request.jpeg(80),
        request.png(),
        request.webp_lossless(),
        request.pixels(),
        request.and_size(30, 20).and_size(7, 7).png(),
    ]
}
