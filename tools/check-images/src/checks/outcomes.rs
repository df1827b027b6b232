//! Every file gives the expected picture or error, without panic, within its quote, and in time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bombproof::{Error, Limits, Request};

use crate::image_folder::{Expected, File};
use crate::job::{Ended, Job, MEMORY_512_MIB, run_with_enough_memory};
use crate::parallel;
use crate::report::Row;

pub(crate) fn check(files: &[File]) -> Vec<Row> {
    let counts = Mutex::new(BTreeMap::new());
    let rows = parallel::on_each(files, |file| {
        let (avatar, memory) =
            run_with_enough_memory(&file.bytes, &Request::cover(256, 256).jpeg(80));
        let mut label = avatar.label();
        if memory > Limits::default().max_memory_bytes {
            label.push_str(&format!(" (in {} MiB)", memory >> 20));
        }
        *counts.lock().unwrap().entry((file.folder(), label)).or_insert(0_usize) += 1;
        let more = [Request::full_size().pixels(), Request::contain(48, 48).png()];
        let limits = Limits::default();
        let jobs = more.map(|request| Job::run(&file.bytes, &request, &limits));
        rows(file, &avatar, memory, &jobs)
    });
    print_counts(&counts.into_inner().unwrap());
    rows
}

fn rows(file: &File, avatar: &Job, memory: u64, others: &[Job]) -> Vec<Row> {
    let jobs = || std::iter::once(avatar).chain(others);
    let limits = Limits::default();
    let expected = file.expected();
    // The other requests may need more than the default memory. Only
    // the avatar was tried again with more.
    let unexpected = std::iter::once(avatar)
        .filter(|job| !is_expected(expected, job))
        .chain(others.iter().filter(|job| {
            let too_large = expected == Expected::Picture && job.is_over_memory(&limits);
            !too_large && !is_expected(expected, job)
        }))
        .next();
    let row = |check, culprit: Option<&Job>, text: &dyn Fn(&Job) -> String| {
        Row::quiet(check, &file.path, culprit.is_none(), || culprit.map_or(String::new(), text))
    };
    let mut rows = vec![
        row("outcome", unexpected, &|job| format!("{expected:?} expected, but {}", job.message())),
        row("no-panic", jobs().find(|job| matches!(job.ended, Ended::Panicked(_))), &Job::message),
        row("no-heap-for-headers", jobs().find(|job| job.header_allocations > 0), &|job| {
            format!("{} allocations by probe and Plan::new", job.header_allocations)
        }),
        row(
            "within-quote",
            jobs().find(|job| job.quote.is_some_and(|q| job.peak_bytes > q)),
            &|job| {
                format!("{} measured, {:?} quoted; {}", job.peak_bytes, job.quote, job.message())
            },
        ),
    ];
    if file.is_picture() {
        // The bound on the pixels that data can hold must accept every good picture.
        rows.push(row("gate", jobs().find(|job| job.is_not_credible()), &Job::message));
    }
    if file.is_in("bad/") {
        rows.push(row("in-time", jobs().find(|job| job.elapsed > BAD_FILE_MAX_TIME), &|job| {
            format!("{:.2} s; {}", job.elapsed.as_secs_f64(), job.message())
        }));
    } else if memory > limits.max_memory_bytes {
        let held = memory <= MEMORY_512_MIB;
        let text = format!("{} MiB allowed, {:?} quoted", memory >> 20, avatar.quote);
        rows.push(Row::figure("within-512-MiB", &file.path, held, text));
    }
    rows
}

fn is_expected(expected: Expected, job: &Job) -> bool {
    let error = match &job.ended {
        Ended::Panicked(_) => return false,
        Ended::Picture(_) => return matches!(expected, Expected::Picture | Expected::Either),
        Ended::Refused(error) => error,
    };
    let blames_the_file = matches!(
        error,
        Error::Unsupported(_)
            | Error::Malformed(_)
            | Error::Truncated(_)
            | Error::NotCredible { .. }
    );
    match expected {
        Expected::Picture => false,
        Expected::Unsupported => matches!(error, Error::Unsupported(_)),
        Expected::Truncated => matches!(error, Error::Truncated(_)),
        Expected::Refused => blames_the_file,
        Expected::Either => blames_the_file || matches!(error, Error::OverLimit { .. }),
    }
}

fn print_counts(counts: &BTreeMap<(String, String), usize>) {
    let mut totals = BTreeMap::<&str, usize>::new();
    println!("\n{:<28} {:<40} {:>6}", "folder", "outcome at cover 256", "files");
    for ((folder, label), count) in counts {
        println!("{folder:<28} {label:<40} {count:>6}");
        *totals.entry(label).or_default() += count;
    }
    for (label, count) in totals {
        println!("{:<28} {label:<40} {count:>6}", "all");
    }
    println!();
}

const BAD_FILE_MAX_TIME: Duration = Duration::from_secs(2);
