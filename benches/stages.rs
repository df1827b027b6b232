//! The time of each stage on the way to an avatar of 256×256, and of the same work by other crates.
//!
//! Rows are shrunk while they are decoded, so these two stages are timed
//! together. `shrink` alone works on as many grey rows. Checked before
//! anything is timed: the stages give the same avatar as `Plan::run`.
#![allow(missing_docs, reason = "criterion's macros")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bombproof::instrument::{Stage, run_by_stage, shrink_grey_rows};
use bombproof::{Interrupt, Limits, Plan, Request};
use bombproof_benches::{pipelines, sample_images};
use criterion::{Criterion, criterion_group, criterion_main};

fn stages(criterion: &mut Criterion) {
    let (request, limits) = (Request::cover(256, 256).jpeg(80), Limits::default());
    for file in sample_images::all() {
        let upload = &file.bytes;
        let header = bombproof::probe(upload).expect("a header");
        let plan = Plan::new(&header, &request, &limits).expect("a plan");
        let expected = plan.run(upload, &Interrupt::never()).expect("an avatar");
        let mut order = Vec::new();
        let by_stages = run_by_stage(&plan, upload, |stage| order.push(stage)).expect("an avatar");
        assert_eq!(expected.bytes(), by_stages, "{}", file.name);
        assert_eq!(order, STAGES.map(|(_, stage)| stage));
        assert!(shrink_grey_rows(&plan).expect("rows") >= 256 * 256, "{}", file.name);
        let other_crates = pipelines::other_crates(upload, 256);
        assert!(pipelines::mean_difference(&by_stages, &other_crates) < 6.0, "{}", file.name);

        let mut group = criterion.benchmark_group(format!("stages/{}", file.name));
        group.sample_size(10).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(800));
        group.bench_function("probe", |b| b.iter(|| bombproof::probe(black_box(upload))));
        group.bench_function("plan", |b| {
            b.iter(|| Plan::new(black_box(&header), &request, &limits));
        });
        for (name, stage) in STAGES {
            group.bench_function(name, |b| {
                b.iter_custom(|rounds| (0..rounds).map(|_| time_in(stage, &plan, upload)).sum());
            });
        }
        group.bench_function("shrink", |b| b.iter(|| shrink_grey_rows(black_box(&plan))));
        group.bench_function("decode-by-other-crates", |b| {
            b.iter(|| pipelines::decode_by_other_crates(black_box(upload)));
        });
        group.finish();
    }
}

/// The time of one stage in one run.
fn time_in(wanted: Stage, plan: &Plan, upload: &[u8]) -> Duration {
    let mut entered = Instant::now();
    let mut time = Duration::ZERO;
    let file = run_by_stage(plan, upload, |stage| {
        if stage == wanted {
            time = entered.elapsed();
        }
        entered = Instant::now();
    });
    black_box(file).expect("an avatar");
    time
}

const STAGES: [(&str, Stage); 3] = [
    ("decode-and-shrink", Stage::DecodeAndShrink),
    ("finish", Stage::Finish),
    ("encode", Stage::Encode),
];

criterion_group!(benches, stages);
criterion_main!(benches);
