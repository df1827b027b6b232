//! The time of a refusal, for every bomb whose header is enough to
//! refuse it, by row of the threat table.
//!
//! Checked before anything is timed: each bomb is refused without a single allocation.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::time::Duration;

use bombproof::{Error, Limits, Request};
use bombproof_testkit::bombs::jpeg::ScanFlood;
use bombproof_testkit::bombs::webp::NestedSizes;
use bombproof_testkit::bombs::{jpeg, png, webp};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[path = "../tests/support/counting_allocator.rs"]
#[allow(unused_imports, reason = "its tests run in the tests of the library")]
mod counting_allocator;

use counting_allocator::{CountingAllocator, measure};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Row of the threat table, name, file.
fn bombs() -> Vec<(u32, &'static str, Vec<u8>)> {
    let scans = ScanFlood { side: 4_096, bands: 63, refined: 0, dc_data: true };
    let sizes = NestedSizes { canvas: (40, 40), frame: (20, 20), alpha: (20, 20), vp8: (30, 22) };
    let largest = (1 << 31) - 1;
    vec![
        (1, "jpeg-64250", jpeg::flood(0xC0, 64_250, 4_856)),
        (1, "png-65535", png::flood((65_535, 65_535), 8, 6)),
        (1, "webp-16383", webp::absent_pixels(16_383, 16_383)),
        (2, "jpeg-absent", jpeg::flood(0xC0, 10_000, 2_000)),
        (2, "png-absent", png::absent_pixels((10_000, 10_000), 6, 0, 500)),
        (2, "webp-absent", webp::absent_pixels(10_000, 10_000)),
        (7, "png-2000-chunks", png::chunks(2_000, false)),
        (7, "webp-2000-chunks", webp::chunks(2_000, false)),
        (8, "jpeg-64-scans", jpeg::scans(scans)),
        (9, "jpeg-progressive-65535", jpeg::flood(0xC2, 65_535, 166)),
        (10, "jpeg-2000-comments", jpeg::markers(0xFE, 2_000, b"")),
        (11, "jpeg-dnl", jpeg::height_in_dnl(8)),
        (12, "jpeg-arithmetic", jpeg::other_process(0xC9)),
        (14, "jpeg-12-bits", jpeg::precision(12)),
        (15, "jpeg-sampling-5", jpeg::sampling([(5, 1), (1, 1), (1, 1)])),
        (16, "jpeg-two-frames", jpeg::frame_headers(2, 65_535)),
        (18, "webp-canvas-2-24", webp::animated_canvas(1 << 24, 255)),
        (19, "webp-one-color", webp::one_color(16_384, 7_000)),
        (20, "webp-nested-sizes", webp::nested(sizes)),
        (21, "webp-flat-alpha", webp::zero_entropy_alpha(3_000, 3_000)),
        (22, "png-chunk-of-4-gib", png::chunk_past_end(b"iCCP", u32::MAX)),
        (22, "webp-chunk-of-4-gib", webp::chunk_past_end(b"ICCP", u32::MAX)),
        (25, "png-adam7-65535", png::absent_pixels((65_535, 65_535), 6, 1, 100)),
        (31, "png-1x1000000", png::black((1, 1_000_000), 8, 0)),
        (33, "png-2-31", png::flood((largest, largest), 16, 6)),
        (43, "webp-canvas-1", webp::canvas_around((1, 1), (16_383, 16_383))),
        (46, "png-palette-47", png::palette_of(47)),
        (49, "jpeg-99-scans", jpeg::scans(ScanFlood { refined: 35, ..scans })),
    ]
}

fn refusals(criterion: &mut Criterion) {
    let request = Request::cover(256, 256).jpeg(80);
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("refusals");
    group.sample_size(20).warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_millis(400));
    for (row, name, bomb) in bombs() {
        let (refused, heap) = measure(|| bombproof::thumbnail(&bomb, &request, &limits));
        let error = refused.expect_err(name);
        assert!(!matches!(error, Error::Bug(_)), "{name}: {error}");
        assert_eq!(heap.allocations, 0, "{name}: {error}");
        group.throughput(Throughput::Bytes(bomb.len() as u64));
        group.bench_function(format!("row-{row:02}-{name}"), |b| {
            b.iter(|| bombproof::thumbnail(black_box(&bomb), &request, &limits).is_err());
        });
    }
    group.finish();
}

criterion_group!(benches, refusals);
criterion_main!(benches);
