//! Headers that declare far more pixels than the data can hold:
//! refused without heap, in microseconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bombproof::{Error, Limits, Request};
use bombproof_testkit::bombs::png;

use crate::image_folder::File;
use crate::job::{Ended, Job};
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let mut bombs = vec![
        ("a PNG of 65535x65535 in 65 bytes".to_owned(), png::flood((65_535, 65_535), 8, 6)),
        ("a PNG of 25500x25500 in 49 bytes".to_owned(), png::flood_without_end((25_500, 25_500))),
        ("a PNG of 10900x10900 in 65 bytes".to_owned(), png::flood((10_900, 10_900), 8, 6)),
    ];
    for path in FILES {
        match files.iter().find(|file| file.path == *path) {
            Some(file) => bombs.push(((*path).to_owned(), file.bytes.clone())),
            None => return vec![Row::figure("bomb", *path, false, "missing")],
        }
    }
    bombs.into_iter().map(|(name, bytes)| row(name, &bytes)).collect()
}

fn row(name: String, bytes: &[u8]) -> Row {
    let request = Request::cover(256, 256).jpeg(80);
    let limits = Limits::default();
    let job = Job::run(bytes, &request, &limits);
    let refused =
        matches!(job.ended, Ended::Refused(Error::OverLimit { .. } | Error::NotCredible { .. }));
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let _ = black_box(bombproof::thumbnail(black_box(bytes), &request, &limits));
            start.elapsed()
        })
        .collect();
    times.sort();
    let microseconds = times[RUNS / 2].as_secs_f64() * 1e6;
    let held = refused
        && job.header_allocations == 0
        && job.peak_bytes == 0
        && microseconds <= MAX_MICROSECONDS;
    let text = format!(
        "{} bytes, {microseconds:.2} us (with assertions on), {} allocations; {}",
        bytes.len(),
        job.header_allocations,
        job.message()
    );
    Row::figure("bomb", name, held, text)
}

/// Bombs in the folder of pictures.
const FILES: &[&str] = &["bad/fuzzdb/lottapixel.jpg"];

/// The median of this many runs is compared with the limit.
const RUNS: usize = 1_001;
const MAX_MICROSECONDS: f64 = 10.0;
