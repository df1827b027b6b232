//! The resizer of the finish stage beside `fast_image_resize`, on the same grey planes, with Lanczos3
//! by both. The first targets are those of a job: small planes have at most twice the side of the
//! target. Checked before anything is timed: both show the same picture.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::time::Duration;

use bombproof::Size;
use bombproof::instrument::resize_grey;
use bombproof_testkit::pictures::landscape;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};

fn resize(criterion: &mut Criterion) {
    for (source, target) in CASES {
        let picture = landscape(source.width, source.height);
        let plane: Vec<u8> = picture.samples.iter().step_by(picture.channels).copied().collect();
        let ours = resize_grey(&plane, source, target).expect("a plane");
        let theirs = by_fast_image_resize(&plane, source, target);
        let differences = ours.iter().zip(&theirs).map(|(a, b)| u64::from(a.abs_diff(*b)));
        let mean = differences.sum::<u64>() as f64 / ours.len() as f64;
        assert!(ours.len() == theirs.len() && mean < MOST_DIFFERENCE, "{source} {target}: {mean}");

        let mut group = criterion.benchmark_group(format!("resize/{source} to {target}"));
        group.sample_size(10).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(800));
        group.throughput(Throughput::Elements(target.pixels()));
        group.bench_function("bombproof", |b| {
            b.iter(|| resize_grey(black_box(&plane), source, target));
        });
        group.bench_function("fast_image_resize", |b| {
            b.iter(|| by_fast_image_resize(black_box(&plane), source, target));
        });
        group.finish();
    }
}

fn by_fast_image_resize(plane: &[u8], source: Size, target: Size) -> Vec<u8> {
    let source = ImageRef::new(source.width, source.height, plane, PixelType::U8);
    let mut resized = Image::new(target.width, target.height, PixelType::U8);
    Resizer::new().resize(&source.expect("complete rows"), &mut resized, None).expect("a resize");
    resized.into_vec()
}

const CASES: [(Size, Size); 9] = [
    (Size::new(500, 375), Size::new(256, 192)),
    (Size::new(375, 375), Size::new(256, 256)),
    (Size::new(128, 128), Size::new(64, 64)),
    (Size::new(1_008, 756), Size::new(512, 384)),
    (Size::new(2_016, 1_512), Size::new(1_024, 768)),
    (Size::new(4_032, 3_024), Size::new(2_048, 1_536)),
    (Size::new(2_000, 1_500), Size::new(256, 192)),
    (Size::new(1_000, 750), Size::new(900, 675)),
    (Size::new(250, 188), Size::new(1_000, 752)),
];

/// In steps of 1/255: fast_image_resize rounds between its passes.
const MOST_DIFFERENCE: f64 = 0.5;

criterion_group!(benches, resize);
criterion_main!(benches);
