//! The requests of `corpus/OUTPUTS.txt`, and the description of what they give for a file.

use std::fmt::Write;

use bombproof::{
    Error, Interrupt, JpegDetail, JpegEffort, Limits, Plan, Rect, Request, Thumbnail, probe,
};

use crate::checksum::fnv1a64;

/// The head of the record, which names the requests, and the results.
pub(crate) fn split(record: &str) -> (&str, &str) {
    record.split_once("\n\n").unwrap()
}

/// The requests of the head, with their names.
pub(crate) fn requests(head: &str) -> Vec<(&str, Request)> {
    head.lines().filter_map(named_request).collect()
}

/// A request as a line of the record: `@`, its name, and the calls that build it.
fn named_request(line: &str) -> Option<(&str, Request)> {
    let (name, calls) = line.strip_prefix("@ ")?.split_once(':').unwrap();
    let mut calls = calls.split(',').map(|call| call.split_whitespace().collect::<Vec<_>>());
    let first = calls.next().unwrap();
    let request = match (first[0], &numbers(&first)[..]) {
        ("cover", &[width, height]) => Request::cover(width, height),
        ("contain", &[width, height]) => Request::contain(width, height),
        ("pad", &[width, height, ref canvas @ ..]) => {
            let canvas: Vec<u8> = canvas.iter().map(byte).collect();
            Request::pad(width, height, canvas.try_into().unwrap())
        }
        ("full_size", []) => Request::full_size(),
        _ => panic!("{line}"),
    };
    Some((name, calls.fold(request, |request, call| with_call(request, &call))))
}

fn with_call(request: Request, call: &[&str]) -> Request {
    if let &["focus", x, y] = call {
        return request.focus(x.parse().unwrap(), y.parse().unwrap());
    }
    match (call[0], &numbers(call)[..]) {
        ("and_size", &[width, height]) => request.and_size(width, height),
        ("crop", &[x, y, width, height]) => request.crop(Rect { x, y, width, height }),
        ("enlarge", []) => request.enlarge(true),
        ("jpeg", [quality]) => request.jpeg(byte(quality)),
        ("png", []) => request.png(),
        ("webp", [quality]) => request.webp(byte(quality)),
        ("webp_lossless", []) => request.webp_lossless(),
        ("pixels", []) => request.pixels(),
        ("background", [red, green, blue]) => request.background([red, green, blue].map(byte)),
        ("jpeg_detail_fastest", []) => request.jpeg_detail(JpegDetail::Fastest),
        ("jpeg_detail_best", []) => request.jpeg_detail(JpegDetail::Best),
        ("jpeg_full_chroma", []) => request.jpeg_full_chroma(true),
        ("jpeg_progressive", []) => request.jpeg_progressive(true),
        ("jpeg_effort_smallest", []) => request.jpeg_effort(JpegEffort::Smallest),
        ("round", []) => request.round(true),
        ("keep_wide_gamut", []) => request.keep_wide_gamut(true),
        ("attention", []) => request.attention(),
        ("max_bytes", &[bytes]) => request.max_bytes(bytes.into()),
        ("placeholder", []) => request.placeholder(true),
        ("accept_truncated", [percent]) => request.accept_truncated(byte(percent)),
        _ => panic!("{call:?}"),
    }
}

fn byte(number: &u32) -> u8 {
    u8::try_from(*number).unwrap()
}

fn numbers(call: &[&str]) -> Vec<u32> {
    call[1..].iter().map(|number| number.parse().unwrap()).collect()
}

/// The path of a file, and a line for each request, or one line for all that are refused alike.
/// `run` runs a plan.
pub(crate) fn describe(
    path: &str,
    bytes: &[u8],
    requests: &[(&str, Request)],
    run: impl Fn(&Plan, &[u8]) -> Result<Vec<Thumbnail>, Error>,
) -> String {
    let results: Vec<_> =
        requests.iter().map(|(_, request)| result(bytes, request, &run)).collect();
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
fn result(
    bytes: &[u8],
    request: &Request,
    run: impl Fn(&Plan, &[u8]) -> Result<Vec<Thumbnail>, Error>,
) -> String {
    let planned = probe(bytes).and_then(|header| Plan::new(&header, request, &Limits::default()));
    let plan = match planned {
        Ok(plan) => plan,
        Err(error) => return refusal(&error),
    };
    let quotes = format!("{} bytes, {} ns", plan.memory_bytes(), plan.work());
    match run(&plan, bytes) {
        Ok(outputs) => outputs.iter().fold(quotes, |line, output| {
            let line = format!("{line}, {} {}", output.size(), fnv1a64(output.bytes()));
            let placeholder = output.placeholder();
            placeholder.map_or(line.clone(), |placeholder| {
                let [red, green, blue] = placeholder.dominant_color();
                let hash = placeholder.thumb_hash();
                format!("{line} {hash} #{red:02x}{green:02x}{blue:02x}")
            })
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

/// Runs a plan without a deadline.
pub(crate) fn run(plan: &Plan, bytes: &[u8]) -> Result<Vec<Thumbnail>, Error> {
    plan.run_all(bytes, &Interrupt::never())
}
