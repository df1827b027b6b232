//! Avatars per second by threads that share a `MemoryPool`: with room for a job of
//! each thread, and with room for one job, so that jobs wait for each other. For
//! comparison, `image` on as many threads, without a bound on memory.
//!
//! Checked before anything is timed: every avatar equals that of a
//! single thread, and the pool never exceeded its size.
#![allow(missing_docs, reason = "criterion's macros")]

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bombproof::{Interrupt, Limits, MemoryPool, Plan, Request};
use bombproof_benches::{pipelines, sample_images};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn pools(criterion: &mut Criterion) {
    let request = Request::cover(256, 256).jpeg(80);
    for file in sample_images::all().iter().filter(|file| !file.name.ends_with("/12mp")) {
        let upload = &file.bytes;
        let header = bombproof::probe(upload).expect("a header");
        let plan = Plan::new(&header, &request, &Limits::default()).expect("a plan");
        let expected = pipelines::bombproof(upload, 256);
        let quote = plan.memory_bytes();
        let mut group = criterion.benchmark_group(format!("memory-pool/{}", file.name));
        group.sample_size(10).warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1));
        group.throughput(Throughput::Elements(JOBS as u64));
        for threads in THREADS {
            for (name, jobs_at_once) in [("all-at-once", threads as u64), ("one-at-a-time", 1)] {
                let pool = MemoryPool::new(quote * jobs_at_once);
                let most = AtomicU64::new(0);
                let job = || {
                    let permit = pool.reserve(&plan, MAX_WAIT).expect("memory");
                    most.fetch_max(pool.in_use(), Ordering::Relaxed);
                    let avatar = plan.run(upload, &Interrupt::never()).expect("an avatar");
                    drop(permit);
                    avatar.into_bytes()
                };
                on_threads(threads, || assert_eq!(job(), expected, "{}", file.name));
                let most = most.load(Ordering::Relaxed);
                assert!((quote..=quote * jobs_at_once).contains(&most), "{most} of {quote}");
                assert_eq!(pool.in_use(), 0);
                group.bench_function(BenchmarkId::new(name, threads), |bencher| {
                    bencher.iter(|| on_threads(threads, || drop(job())));
                });
            }
            group.bench_function(BenchmarkId::new("image", threads), |bencher| {
                bencher.iter(|| on_threads(threads, || drop(pipelines::image(upload, 256))));
            });
        }
        group.finish();
    }
}

/// Runs the jobs of one batch.
fn on_threads(threads: usize, job: impl Fn() + Sync) {
    let left = AtomicUsize::new(JOBS);
    let take_one =
        || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while take_one().is_ok() {
                    job();
                }
            });
        }
    });
}

const JOBS: usize = 16;
const THREADS: [usize; 3] = [1, 2, 4];
const MAX_WAIT: Duration = Duration::from_secs(60);

criterion_group!(benches, pools);
criterion_main!(benches);
