//! P6 and its one exception: data that end early are an error, unless the caller accepts what is
//! there. Then the result says so.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{BadRequest, Error, Limits, Plan, Rect, Request, Thumbnail, probe, thumbnail};
use bombproof_testkit::pictures::landscape;
use bombproof_testkit::vp8::{self, frame_header};
use bombproof_testkit::webp::{chunk, file};

#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/sample_difference.rs"]
mod sample_difference;

use manifest::read;
use sample_difference::sum_of_differences;

/// The valid JPEGs that end with EOI, and their names.
fn jpegs() -> Vec<(String, Vec<u8>)> {
    let jpegs = manifest::valid_entries().into_iter().filter(|entry| entry.format == "jpeg");
    jpegs
        .map(|entry| (entry.path.clone(), entry.read()))
        .filter(|(_, bytes)| bytes.ends_with(&[0xFF, 0xD9]))
        .collect()
}

fn run(bytes: &[u8], request: &Request) -> Result<Thumbnail, Error> {
    thumbnail(bytes, request, &Limits::default())
}

/// All rows as pixels, in the order of the file: the sources of these tests are upright.
fn full(bytes: &[u8], min_percent: u8) -> Result<Thumbnail, Error> {
    run(bytes, &Request::full_size().pixels().accept_truncated(min_percent))
}

#[test]
fn a_truncated_file_is_refused_at_every_scale_unless_that_is_accepted() {
    let (mut accepted, mut refused) = (0, 0);
    for (path, bytes) in jpegs() {
        for part in 1..12 {
            let prefix = &bytes[..bytes.len() * part / 12];
            for request in [Request::full_size(), Request::cover(8, 8), Request::contain(40, 40)] {
                let strict = run(prefix, &request);
                match run(prefix, &request.accept_truncated(1)) {
                    // What is missing was not needed at this scale.
                    Ok(thumbnail) if thumbnail.truncated().is_none() => {
                        assert_eq!(thumbnail, run(&bytes, &request).unwrap(), "{path}, {part}/12");
                        assert_eq!(thumbnail, strict.unwrap(), "{path}, {part}/12");
                    }
                    Ok(thumbnail) => {
                        let truncated =
                            thumbnail.truncated().expect("the place where the data end");
                        assert!(
                            matches!(strict, Err(Error::Truncated(same)) if same == truncated),
                            "{path}, {part}/12: {strict:?}"
                        );
                        accepted += 1;
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), strict.unwrap_err().kind(), "{path}, {part}/12");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(accepted > 500 && refused > 1_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn accepting_truncation_changes_no_complete_file() {
    for (path, bytes) in jpegs() {
        let request = Request::cover(20, 20).png();
        let lenient = run(&bytes, &request.accept_truncated(1)).unwrap();
        assert_eq!(lenient.truncated(), None, "{path}");
        assert_eq!(lenient, run(&bytes, &request).unwrap(), "{path}");
    }
}

#[test]
fn rows_before_the_end_are_those_of_the_complete_picture_and_the_rest_is_gray() {
    let bytes = read("valid/gray.jpg");
    let complete = full(&bytes, 1).unwrap();
    let height = complete.size().height;
    let mut depths = Vec::new();
    for length in (bytes.len() / 3..bytes.len() - 2).step_by(7) {
        let Ok(partial) = full(&bytes[..length], 1) else { continue };
        let (reached, expected) = partial.truncated().unwrap().rows().unwrap();
        assert_eq!((expected, partial.size()), (height, complete.size()));
        let there = reached as usize * complete.size().width as usize;
        assert_eq!(partial.bytes()[..there], complete.bytes()[..there], "{length} bytes");
        assert!(partial.bytes()[there..].iter().all(|&sample| sample == 128), "{length} bytes");
        depths.push(reached);
    }
    depths.dedup();
    assert!(depths.is_sorted() && depths.len() > 1, "{depths:?}");
}

#[test]
fn a_progressive_picture_has_all_rows_once_its_first_scans_are_there() {
    let bytes = read("valid/photo-progressive.jpg");
    let complete = full(&bytes, 1).unwrap();
    let mut differences = Vec::new();
    for part in 4..10 {
        let partial = full(&bytes[..bytes.len() * part / 10], 100).unwrap();
        assert!(partial.truncated().is_some());
        let sum = sum_of_differences(partial.bytes(), complete.bytes());
        differences.push(sum / complete.bytes().len() as u64);
    }
    assert!(differences.is_sorted_by(|a, b| a >= b), "{differences:?}");
    assert!(differences[0] < 16, "{differences:?}");
}

#[test]
fn the_accepted_share_counts_rows_of_the_crop() {
    let bytes = read("valid/photo.jpg");
    let size = probe(&bytes).unwrap().size();
    let half = &bytes[..bytes.len() / 2];
    let request = Request::cover(24, 24);
    let partial = run(half, &request.accept_truncated(10)).unwrap();
    let (reached, expected) = partial.truncated().unwrap().rows().unwrap();
    let percent = (reached * 100 / expected) as u8;
    assert!((20..80).contains(&percent), "{percent} %");
    assert!(matches!(run(half, &request.accept_truncated(percent + 10)), Err(Error::Truncated(_))));

    let top = Rect { x: 0, y: 0, width: size.width, height: reached / 2 };
    assert!(run(half, &request.crop(top).accept_truncated(100)).unwrap().truncated().is_some());
    let bottom = Rect { y: size.height - 8, height: 8, ..top };
    assert!(matches!(
        run(half, &request.crop(bottom).accept_truncated(1)),
        Err(Error::Truncated(_))
    ));
}

#[test]
fn accepting_truncation_does_not_change_the_quote() {
    for (path, bytes) in jpegs() {
        let header = probe(&bytes).unwrap();
        let request = Request::cover(20, 20);
        let quote =
            |request| Plan::new(&header, &request, &Limits::default()).unwrap().memory_bytes();
        assert_eq!(quote(request), quote(request.accept_truncated(50)), "{path}");
    }
}

#[test]
fn a_truncated_png_or_webp_is_always_refused() {
    for path in ["valid/filter-paeth.png", "valid/lossy.webp", "valid/lossless.webp"] {
        let bytes = read(path);
        let prefix = &bytes[..bytes.len() - bytes.len() / 8];
        let error = run(prefix, &Request::cover(8, 8).accept_truncated(1)).unwrap_err();
        assert_eq!(error.kind(), "truncated", "{path}");
    }
}

#[test]
fn the_accepted_share_is_one_to_a_hundred_percent() {
    let bytes = read("valid/gray.jpg");
    for percent in [0, 101, 255] {
        let error = run(&bytes, &Request::cover(8, 8).accept_truncated(percent)).unwrap_err();
        assert!(matches!(error, Error::BadRequest(BadRequest::Percent)), "{percent}");
    }
}

/// The first partition of a lossy WebP holds the prediction modes of all macroblocks, and its length
/// is declared. When it is cut, or declared shorter than it is, bits are missing, and what a decoder
/// reads instead would be other pixels.
#[test]
fn a_first_partition_of_vp8_that_is_too_short_is_refused() {
    let options = vp8::Options { log2_partitions: 2, ..Default::default() };
    let frame = vp8::encode(&landscape(96, 80), &options);
    let picture = |frame: &[u8]| full(&file(&[chunk(b"VP8 ", frame)]), 1);
    assert!(picture(&frame).is_ok());
    let length = (u32::from_le_bytes([frame[0], frame[1], frame[2], 0]) >> 5) as usize;
    let partition = 10..10 + length;
    let declared =
        |length: usize, data: &[u8]| [&frame_header(true, length, (96, 80)), data].concat();
    assert!(length > 200, "only {length} bytes");
    for kept in 1..length {
        let cut = [&frame[10..10 + kept], &frame[partition.end..]].concat();
        // Cut, and declared too short where it is complete.
        for data in [&cut[..], &frame[10..]] {
            let made = picture(&declared(kept, data));
            let is_refused = matches!(
                made,
                Err(Error::Truncated(_) | Error::Malformed(_) | Error::NotCredible { .. })
            );
            assert!(is_refused, "{kept} of {length} bytes: {made:?}");
        }
    }
    // Longer than the chunk.
    let past_end = picture(&declared(frame.len(), &frame[10..]));
    assert!(matches!(past_end, Err(Error::Truncated(_))), "{past_end:?}");
}
