//! Headers that declare far more than there is: refused with no heap, in microseconds.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bombproof::{Error, Limits, Request};

use crate::image_folder::File;
use crate::job::Ended;
use crate::job::Job;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let mut bombs = vec![
        ("a PNG of 65535x65535 in 65 bytes".to_owned(), png(65_535, 8, true)),
        ("a PNG of 25500x25500 in 49 bytes".to_owned(), png(25_500, 4, false)),
        ("a PNG of 10900x10900 in 65 bytes".to_owned(), png(10_900, 8, true)),
    ];
    for path in ["bad/fuzzdb/lottapixel.jpg"] {
        match files.iter().find(|file| file.path == path) {
            Some(file) => bombs.push((path.to_owned(), file.bytes.clone())),
            None => return vec![Row::figure("bomb", path, false, "missing")],
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
    let held = refused && job.header_allocations == 0 && job.peak == 0 && microseconds <= 10.0;
    let words = format!(
        "{} bytes, {microseconds:.2} us (with assertions on), {} allocations; {}",
        bytes.len(),
        job.header_allocations,
        job.words()
    );
    Row::figure("bomb", name, held, words)
}

/// The signature, a header of `side`² pixels of RGBA, one IDAT chunk of `data` bytes, and an
/// IEND chunk if `ended`.
fn png(side: u32, data: usize, ended: bool) -> Vec<u8> {
    let mut header = Vec::from(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = Vec::from(*b"\x89PNG\r\n\x1a\n");
    let mut deflated = vec![0; data];
    deflated[..2].copy_from_slice(&[0x78, 0x01]);
    let chunks = [(b"IHDR", header), (b"IDAT", deflated), (b"IEND", Vec::new())];
    for (name, content) in chunks.into_iter().take(if ended { 3 } else { 2 }) {
        bytes.extend((content.len() as u32).to_be_bytes());
        let from = bytes.len();
        bytes.extend(name);
        bytes.extend(content);
        let sum = crc(&bytes[from..]);
        bytes.extend(sum.to_be_bytes());
    }
    bytes
}

/// The CRC of a PNG chunk, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

const RUNS: usize = 1_001;
