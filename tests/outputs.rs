//! P7: the same bytes everywhere. `corpus/OUTPUTS.txt` lists a dozen requests and, for every file of
//! the corpus, the quotes, the outcome and the checksums of the outputs.
//!
//! `RECORD=1 cargo test --test outputs` writes the results again; `git diff` then shows what changed.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::fmt::Write;
use std::fs;

use bombproof::{Error, Interrupt, JpegDetail, Limits, Plan, Rect, Request, probe};

#[path = "support/checksum.rs"]
mod checksum;
#[path = "support/manifest.rs"]
mod manifest;

use checksum::fnv1a64;
use manifest::corpus;

#[test]
fn outputs_and_quotes_are_as_recorded() {
    let path = corpus().join("OUTPUTS.txt");
    let recorded = fs::read_to_string(&path).unwrap();
    let (head, results) = recorded.split_once("\n\n").unwrap();
    let requests: Vec<_> = head.lines().filter_map(named_request).collect();
    assert!(requests.len() >= 12, "{} requests", requests.len());
    let now: String = manifest::entries()
        .iter()
        .map(|entry| describe(&entry.path, &entry.read(), &requests))
        .collect();
    if std::env::var_os("RECORD").is_some() {
        fs::write(path, format!("{head}\n\n{now}")).unwrap();
        return;
    }
    let changed: Vec<_> =
        now.lines().zip(results.lines()).filter(|(now, then)| now != then).collect();
    let first = changed.first().map(|(now, then)| format!("{now}\nrecorded: {then}"));
    assert_eq!(
        first,
        None,
        "{} lines of OUTPUTS.txt differ; `RECORD=1` rewrites it",
        changed.len()
    );
    assert_eq!(now.lines().count(), results.lines().count(), "files or requests are gone, or new");
}

/// A request as a line of the record: `@`, its name, and the calls that build it.
fn named_request(line: &str) -> Option<(&str, Request)> {
    let (name, calls) = line.strip_prefix("@ ")?.split_once(':').unwrap();
    let mut calls = calls.split(',').map(|call| call.split_whitespace().collect::<Vec<_>>());
    let first = calls.next().unwrap();
    let request = match (first[0], &numbers(&first)[..]) {
        ("cover", &[width, height]) => Request::cover(width, height),
        ("contain", &[width, height]) => Request::contain(width, height),
        ("full_size", []) => Request::full_size(),
        _ => panic!("{line}"),
    };
    Some((name, calls.fold(request, |request, call| with_call(request, &call))))
}

fn with_call(request: Request, call: &[&str]) -> Request {
    let byte = |number: &u32| u8::try_from(*number).unwrap();
    match (call[0], &numbers(call)[..]) {
        ("and_size", &[width, height]) => request.and_size(width, height),
        ("crop", &[x, y, width, height]) => request.crop(Rect { x, y, width, height }),
        ("enlarge", []) => request.enlarge(true),
        ("jpeg", [quality]) => request.jpeg(byte(quality)),
        ("png", []) => request.png(),
        ("webp_lossless", []) => request.webp_lossless(),
        ("pixels", []) => request.pixels(),
        ("background", [red, green, blue]) => request.background([red, green, blue].map(byte)),
        ("jpeg_detail_fastest", []) => request.jpeg_detail(JpegDetail::Fastest),
        ("jpeg_detail_best", []) => request.jpeg_detail(JpegDetail::Best),
        ("accept_truncated", [percent]) => request.accept_truncated(byte(percent)),
        _ => panic!("{call:?}"),
    }
}

fn numbers(call: &[&str]) -> Vec<u32> {
    call[1..].iter().map(|number| number.parse().unwrap()).collect()
}

/// A line for each request, or one line for all requests that are refused alike.
fn describe(path: &str, bytes: &[u8], requests: &[(&str, Request)]) -> String {
    let results: Vec<_> = requests.iter().map(|(_, request)| result(bytes, request)).collect();
    let mut description = format!("{path}\n");
    if results[0].starts_with("refused") && results.iter().all(|result| *result == results[0]) {
        writeln!(description, "  *: {}", results[0]).unwrap();
        return description;
    }
    for ((name, _), result) in requests.iter().zip(results) {
        writeln!(description, "  {name}: {result}").unwrap();
    }
    description
}

/// The quotes of memory in bytes and of work, the size and checksum of each output, or the refusal.
fn result(bytes: &[u8], request: &Request) -> String {
    let planned = probe(bytes).and_then(|header| Plan::new(&header, request, &Limits::default()));
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return refusal(&error),
    };
    let quotes = format!("{} bytes, {} ns", plan.memory_bytes(), plan.work());
    match plan.run_all(bytes, &Interrupt::never()) {
        Ok(outputs) => outputs.iter().fold(quotes, |line, output| {
            format!("{line}, {} {}", output.size(), fnv1a64(output.bytes()))
        }),
        Err(error) => format!("{quotes}, {}", refusal(&error)),
    }
}

fn refusal(error: &Error) -> String {
    match error {
        Error::OverLimit { limit, found, allowed, .. } => {
            format!("refused: {} {} {found} {allowed}", error.kind(), limit.name())
        }
        _ => format!("refused: {}", error.kind()),
    }
}
