//! Every file of the corpus has the outcome that the manifest lists: a picture of that size, or
//! that refusal.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    reason = "a test"
)]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bombproof::{
    BadRequest, Error, Interrupt, Interrupted, Layout, Limits, Picture, Plan, Request, Size, probe,
};

#[path = "support/manifest.rs"]
mod manifest;
#[path = "support/sample_difference.rs"]
mod sample_difference;

use manifest::{Entry, read};
use sample_difference::sum_of_differences;

#[test]
fn every_file_has_the_outcome_of_its_manifest_entry() {
    let mut wrong = Vec::new();
    let entries = manifest::entries();
    for entry in &entries {
        let bytes = entry.read();
        let result = bombproof::thumbnail(&bytes, &Request::cover(256, 256), &Limits::default());
        let outcome = match &result {
            Ok(_) => "picture",
            Err(error) => error.kind(),
        };
        if !entry.outcomes().any(|expected| expected == outcome) {
            wrong.push(format!("{}: {outcome}, {result:?}; {}", entry.path, entry.what));
            continue;
        }
        if let Err(Error::OverLimit { limit, .. }) = &result
            && entry.limits().all(|expected| expected != limit.name())
        {
            wrong.push(format!("{}: {}", entry.path, limit.name()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}

#[test]
fn every_header_agrees_with_the_manifest() {
    let mut headers = 0;
    for entry in manifest::valid_entries() {
        let header = probe(&entry.read()).unwrap_or_else(|error| panic!("{}: {error}", entry.path));
        let path = &entry.path;
        assert_eq!(header.format().name(), entry.format, "{path}");
        assert_eq!(Some(header.size().width), entry.width, "{path}");
        assert_eq!(Some(header.size().height), entry.height, "{path}");
        assert_eq!(Some(header.upright_size().width), entry.upright_width, "{path}");
        assert_eq!(Some(header.upright_size().height), entry.upright_height, "{path}");
        assert_eq!(Some(header.alpha()), entry.alpha, "{path}: alpha");
        assert_eq!(Some(header.animated()), entry.animated, "{path}: animated");
        assert_eq!(Some(header.progressive()), entry.progressive, "{path}: progressive");
        assert_eq!(
            Some(header.orientation().exif_value()),
            entry.orientation,
            "{path}: orientation"
        );
        headers += 1;
    }
    assert!(headers >= 150, "only {headers} headers");
}

/// P6: a file truncated anywhere is refused, unless it still has everything the picture needs. The
/// result is never half a picture: it is the picture of the complete file.
#[test]
fn no_prefix_of_a_file_gives_another_picture() {
    let limits = Limits::default();
    let request = Request::cover(16, 16).pixels();
    let mut prefixes = 0;
    for entry in manifest::valid_entries() {
        let bytes = entry.read();
        if bytes.len() > 3_000 {
            continue;
        }
        let complete = bombproof::thumbnail(&bytes, &request, &limits).unwrap();
        for end in 0..bytes.len() {
            match bombproof::thumbnail(&bytes[..end], &request, &limits) {
                Ok(picture) => assert_eq!(picture, complete, "{} truncated at {end}", entry.path),
                Err(Error::Bug(what)) => panic!("{} truncated at {end}: {what}", entry.path),
                Err(_) => {}
            }
            prefixes += 1;
        }
    }
    assert!(prefixes > 50_000, "only {prefixes} prefixes");
}

#[test]
fn a_plan_runs_on_its_own_bytes_only() {
    let [first, second] = ["valid/photo.jpg", "valid/photo-progressive.jpg"].map(read);
    let plan =
        Plan::new(&probe(&first).unwrap(), &Request::cover(32, 32), &Limits::default()).unwrap();
    assert!(plan.run(&first, &Interrupt::never()).is_ok());
    let other = plan.run(&second, &Interrupt::never());
    assert!(matches!(other, Err(Error::BadRequest(BadRequest::OtherBytes))), "{other:?}");
}

#[test]
fn a_job_is_stopped_by_its_deadline_and_by_its_flag() {
    for entry in manifest::valid_entries() {
        let bytes = entry.read();
        let header = probe(&bytes).unwrap();
        let plan = Plan::new(&header, &Request::cover(32, 32), &Limits::default()).unwrap();
        let late = plan.run(&bytes, &Interrupt::after(Duration::ZERO));
        assert!(
            matches!(late, Err(Error::Interrupted(Interrupted::Deadline))),
            "{}: {late:?}",
            entry.path
        );
        let clock = || Duration::ZERO;
        let late = plan.run(&bytes, &Interrupt::after_by_clock(Duration::ZERO, clock));
        assert!(matches!(late, Err(Error::Interrupted(Interrupted::Deadline))), "{late:?}");
        let flag = Arc::new(AtomicBool::new(true));
        let cancelled = plan.run(&bytes, &Interrupt::never().or_when(flag));
        assert!(
            matches!(cancelled, Err(Error::Interrupted(Interrupted::Cancelled))),
            "{}: {cancelled:?}",
            entry.path
        );
    }
}

/// P7: every run and every thread gives the same bytes. `tests/outputs.rs` compares builds.
#[test]
fn every_thread_gives_the_same_bytes() {
    let files: Vec<_> = manifest::valid_entries().iter().map(Entry::read).collect();
    let all = || -> Vec<Vec<u8>> {
        files
            .iter()
            .flat_map(|bytes| {
                // Colours that a profile converts are compared as pixels, and in many places.
                let has_icc = probe(bytes).unwrap().icc().is_some();
                let pixels = has_icc.then(|| Request::cover(300, 300).pixels());
                let requests = [Some(Request::cover(48, 40).jpeg(85)), pixels];
                requests.into_iter().flatten().map(|request| {
                    let request = request.enlarge(true);
                    let made = bombproof::thumbnail(bytes, &request, &Limits::default()).unwrap();
                    made.into_bytes()
                })
            })
            .collect()
    };
    let first = all();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(all)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), first);
        }
    });
}

/// A job of one size makes its rows while those of its planes come in. A job of twice the same size
/// holds the planes.
#[test]
fn an_output_made_while_rows_come_in_is_the_one_made_from_complete_planes() {
    let size = Size::new(160, 900);
    let samples = (0..size.pixels() * 3).map(|i| (i * i / 977 + i * 3) as u8).collect();
    let tall = Picture::new(size, Layout::Rgb, samples).unwrap();
    let mut files = vec![tall.to_png().unwrap(), tall.to_jpeg(90).unwrap()];
    files.extend(manifest::valid_entries().iter().map(Entry::read));
    let mut streamed = 0;
    for bytes in files {
        let header = probe(&bytes).unwrap();
        let plan = |request: Request| Plan::new(&header, &request, &Limits::default()).unwrap();
        let fits: [fn(u32, u32) -> Request; 2] = [Request::cover, Request::contain];
        for (fit, (width, height)) in
            fits.iter().flat_map(|fit| [(48, 40), (150, 33), (300, 800)].map(|size| (fit, size)))
        {
            let request = fit(width, height).enlarge(height < width).pixels();
            let (once, twice) = (plan(request), plan(request.and_size(width, height)));
            let made = once.run(&bytes, &Interrupt::never()).unwrap();
            let from_planes = twice.run(&bytes, &Interrupt::never()).unwrap();
            assert!(made.bytes() == from_planes.bytes(), "{once}");
            // The second output alone makes so much of a difference.
            let less = twice.memory_bytes() - once.memory_bytes();
            streamed += u32::from(less > made.bytes().len() as u64);
        }
    }
    assert!(streamed > 100, "{streamed}");
}

#[test]
fn several_sizes_come_from_one_decode_and_resemble_those_made_alone() {
    let bytes = read("valid/photo.jpg");
    let request = Request::cover(200, 200).and_size(200, 100).and_size(50, 50).pixels();
    let all = bombproof::thumbnails(&bytes, &request, &Limits::default()).unwrap();
    let sizes: Vec<Size> = all.iter().map(bombproof::Thumbnail::size).collect();
    assert_eq!(sizes, [Size::new(200, 200), Size::new(200, 100), Size::new(50, 50)]);
    let alone = bombproof::thumbnail(&bytes, &Request::cover(50, 50).pixels(), &Limits::default());
    let alone = alone.unwrap();
    // It comes from a finer decode: other bytes, but the same picture.
    let difference = sum_of_differences(all[2].bytes(), alone.bytes());
    assert!(difference < alone.bytes().len() as u64 * 3, "{difference}");
}
