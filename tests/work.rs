//! P4: the work of a job is known from its header, counts everything that the job does, and is
//! limited before anything is allocated. That no job takes longer, `tools/worst-files` measures.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "a test"
)]

use bombproof::{Error, Limit, Limits, Plan, Rect, Request, probe};
use bombproof_testkit::bombs::{jpeg, png};

#[path = "support/counting_allocator.rs"]
mod counting_allocator;
#[path = "support/manifest.rs"]
mod manifest;

use counting_allocator::{CountingAllocator, measure};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn work(file: &[u8], request: Request) -> u64 {
    Plan::new(&probe(file).unwrap(), &request, &Limits::default()).unwrap().work()
}

fn photo() -> Vec<u8> {
    manifest::read("valid/photo.jpg")
}

#[test]
fn work_over_the_limit_is_refused_before_anything_is_allocated() {
    let file = png::black((8_000, 8_000), 1, 0);
    let needed = work(&file, Request::cover(256, 256));
    let mut limits = Limits::default();
    limits.max_work = needed - 1;
    let (refused, heap) =
        measure(|| bombproof::thumbnail(&file, &Request::cover(256, 256), &limits).unwrap_err());
    assert_eq!(heap.allocations, 0);
    let Error::OverLimit { limit, found, allowed, .. } = refused else { panic!("{refused}") };
    assert_eq!((limit, found, allowed), (Limit::Work, needed, needed - 1));
}

/// With eight sizes the slowest files took more than half a second longer than with one.
#[test]
fn every_output_is_counted() {
    for file in [photo(), manifest::read("valid/photo.png"), manifest::read("valid/photo.webp")] {
        let sides = [50, 60, 70, 80, 90, 100, 110];
        let all = sides
            .into_iter()
            .fold(Request::cover(40, 40), |request, side| request.and_size(side, side));
        // The largest decides how finely the picture is decoded.
        let largest = work(&file, Request::cover(110, 110));
        assert!(work(&file, all) > largest, "{}", work(&file, all));
        let mut before = 0;
        for side in [40, 80, 160, 320] {
            let now = work(&file, Request::cover(side, side).enlarge(true));
            assert!(now > before, "{side}: {now}, {before} before");
            before = now;
        }
    }
}

#[test]
fn what_the_output_costs_depends_on_its_format() {
    let file = photo();
    let request = Request::cover(300, 300);
    let pixels = work(&file, request.pixels());
    for encoded in [request.jpeg(80), request.png(), request.webp(80), request.webp_lossless()] {
        assert!(work(&file, encoded) > pixels);
    }
    assert!(work(&file, request.jpeg(100)) > work(&file, request.jpeg(10)));
    assert!(work(&file, request.webp(100)) > work(&file, request.webp(10)));
}

#[test]
fn what_the_file_declares_is_counted() {
    let request = Request::cover(64, 64);
    // A profile is evaluated for each pixel.
    let large = Request::cover(256, 256).enlarge(true);
    let plain = work(&jpeg::with_icc(&[]), large);
    assert!(work(&manifest::read("valid/icc-cmyk.jpg"), large) > plain + 8_000_000);
    // A crop of the same size at the full scale needs the inverse transform of every block.
    let crop = Request::cover(64, 64).crop(Rect { x: 8, y: 8, width: 64, height: 64 });
    assert!(work(&photo(), crop) > 2 * work(&photo(), Request::cover(64, 64)));
    // Each byte of the data, and each pixel.
    let (small, large) = (png::black((4_000, 2_000), 8, 0), png::black((4_000, 4_000), 8, 0));
    assert!(work(&large, request) > work(&small, request) * 3 / 2);
    let empty_blocks = manifest::read("bombs/idat-empty-4000.png");
    let without = png::black((16, 16), 8, 0);
    assert!(work(&empty_blocks, request) > work(&without, request));
    // Bytes between two segments, which are searched for a marker again and again: 50 times what
    // was quoted.
    let photo = photo();
    let junk = [&photo[..2], &[0xFF, 0].repeat(500_000), &photo[2..]].concat();
    assert!(work(&junk, request) > work(&photo, request) + 10_000_000);
    // More groups of prefix codes than pixels can use.
    let groups = work(&manifest::read("bombs/groups-20000.webp"), request);
    assert!(groups > 20_000 * 1_000, "{groups}");
}

/// A scale of 1/8 reads the DC scans, a larger one those of AC too.
#[test]
fn only_the_scans_that_the_scale_needs_are_counted() {
    let file = manifest::read("valid/photo-progressive.jpg");
    let header = probe(&file).unwrap();
    let plan = |side| Plan::new(&header, &Request::cover(side, side), &Limits::default()).unwrap();
    let scales = [64, 200, 1_000].map(|side| (plan(side).scale_divisor(), plan(side).work()));
    assert!(
        scales.windows(2).all(|pair| pair[0].0 > pair[1].0 && pair[0].1 < pair[1].1),
        "{scales:?}"
    );
}

/// A canvas costs what it has of pixels, whatever the picture has.
#[test]
fn a_canvas_is_counted() {
    let file = png::black((8, 8), 1, 0);
    let quote = |request: Request| work(&file, request.pixels());
    let few = quote(Request::pad(8, 8, [0; 4]));
    assert_eq!(few, quote(Request::contain(8, 8)));
    let pixels = 1_000 * 1_000;
    assert!(quote(Request::pad(1_000, 1_000, [0; 4])) >= few + 4 * pixels);
}

/// Beside the pixels, which have alpha then, the rows of an ellipse cost what they have of lines.
#[test]
fn a_round_cut_is_counted() {
    let file = manifest::read("valid/rgba-8.png");
    let quote = |request: Request| work(&file, request.enlarge(true).pixels());
    let request = Request::cover(100, 300);
    assert!(quote(request.round(true)) >= quote(request) + 300 * 8_000);
}
