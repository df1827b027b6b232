//! The complete job, from upload to square JPEG, by format, size of
//! the picture, target and pipeline.
//!
//! Checked before anything is timed: the size of each avatar, and that all pipelines show the same
//! picture.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::time::Duration;

use bombproof::Size;
use bombproof_benches::{pipelines, sample_images};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn thumbnails(criterion: &mut Criterion) {
    for file in sample_images::all() {
        let mut group = criterion.benchmark_group(format!("thumbnail/{}", file.name));
        group.sample_size(10).warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1));
        for side in TARGETS {
            let ours = pipelines::bombproof(&file.bytes, side);
            for (name, pipeline) in pipelines::ALL {
                let avatar = pipeline(&file.bytes, side);
                let size = bombproof::probe(&avatar).expect("a JPEG").size();
                assert_eq!(size, Size::new(side, side), "{name}");
                let difference = pipelines::mean_difference(&ours, &avatar);
                assert!(difference < MOST_DIFFERENCE, "{name} {}: {difference}", file.name);
                group.bench_function(BenchmarkId::new(name, side), |bencher| {
                    bencher.iter(|| pipeline(black_box(&file.bytes), side));
                });
            }
        }
        group.finish();
    }
}

/// An entry in a list, and an avatar.
const TARGETS: [u32; 2] = [64, 256];

/// In steps of 1/255. Other filters and encoders differ less;
/// another crop or swapped channels differ far more.
const MOST_DIFFERENCE: f64 = 12.0;

criterion_group!(benches, thumbnails);
criterion_main!(benches);
