//! Deadlines that pass at any poll, and flags that are set in the middle of a job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bombproof::instrument::{measure_work, stop_at_poll};
use bombproof::{Error, Format, Interrupt, Interrupted, Limits, Plan, Request, probe};

use crate::counting_allocator::live_bytes;
use crate::jobs::{files, outputs};

/// A job that is stopped at any of its polls is interrupted and leaks nothing. When it is not
/// stopped, it still succeeds.
#[test]
fn a_deadline_may_pass_at_every_poll() {
    let mut stopped = 0;
    for (path, bytes) in files() {
        let header = probe(&bytes).unwrap();
        for request in outputs(Request::cover(60, 60)) {
            let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
            let run = || plan.run_all(&bytes, &Interrupt::never());
            let (complete, work) = measure_work(run);
            let complete = complete.unwrap();
            // Each of the first 39, then every seventh, and the last.
            let all = 1..=work.polls;
            for poll in all.filter(|poll| *poll < 40 || poll % 7 == 0 || *poll == work.polls) {
                let before = live_bytes();
                let (late, _) = stop_at_poll(poll, run);
                assert!(
                    matches!(late, Err(Error::Interrupted(Interrupted::Deadline))),
                    "{path}, poll {poll} of {}: {late:?}",
                    work.polls
                );
                assert_eq!(live_bytes(), before, "{path}, poll {poll}: leaked");
                stopped += 1;
            }
            let (unstopped, _) = stop_at_poll(work.polls + 1, run);
            assert_eq!(unstopped.unwrap(), complete, "{path}");
        }
    }
    println!("{stopped} jobs stopped");
    assert!(stopped > 1_500, "only {stopped}");
}

/// P4: the interrupt is polled for each row of MCUs, each row of a PNG, and each band of a WebP.
#[test]
fn the_interrupt_is_polled_for_every_row() {
    for (path, bytes) in files() {
        let header = probe(&bytes).unwrap();
        let request = Request::cover(60, 60).jpeg(80);
        let plan = Plan::new(&header, &request, &Limits::default()).unwrap();
        let (_, work) = measure_work(|| plan.run(&bytes, &Interrupt::never()).unwrap());
        let height = u64::from(header.size().height);
        let least = match header.format() {
            // An MCU is at most 32 rows high.
            Format::Jpeg => height.div_ceil(32),
            Format::Png => height,
            // The first frame of an animation may be smaller than its canvas.
            Format::WebP if header.animated() => 1,
            Format::WebP => height.div_ceil(16),
            other => panic!("nothing is known of {other}"),
        };
        assert!(work.polls >= least, "{path}: {} polls for {height} rows", work.polls);
    }
}

/// Another thread sets the flag, at any moment.
#[test]
fn a_flag_set_in_the_middle_cancels_the_job() {
    let (path, bytes) = files().swap_remove(0);
    let plan = Plan::new(&probe(&bytes).unwrap(), &Request::cover(60, 60), &Limits::default());
    let plan = plan.unwrap();
    let complete = plan.run(&bytes, &Interrupt::never()).unwrap();
    let mut cancelled = 0;
    while cancelled < 5 {
        let flag = Arc::new(AtomicBool::new(false));
        let interrupt = Interrupt::never().or_when(Arc::clone(&flag));
        let setter = std::thread::spawn(move || flag.store(true, Ordering::Relaxed));
        // A few jobs may end before the flag is set.
        loop {
            match plan.run(&bytes, &interrupt) {
                Ok(made) => assert_eq!(made, complete, "{path}"),
                Err(Error::Interrupted(Interrupted::Cancelled)) => break,
                Err(error) => panic!("{path}: {error}"),
            }
        }
        setter.join().unwrap();
        cancelled += 1;
    }
}
