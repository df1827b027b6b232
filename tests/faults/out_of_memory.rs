//! An allocator that refuses each of the library's own allocations, alone and with all later ones.

use std::time::Duration;

use bombproof::{
    Error, Interrupt, Limits, MemoryPool, Plan, Request, Thumbnail, probe, read_upload, thumbnails,
};

use crate::counting_allocator::live_bytes;
use crate::failing_allocator::refuse_allocations;
use crate::jobs::{files, outputs};

fn assert_out_of_memory(result: &Result<Vec<Thumbnail>, Error>, place: &str) {
    match result {
        Err(error @ Error::OutOfMemory { bytes, .. }) => {
            assert!(*bytes > 0, "{place}");
            assert!(error.is_retryable(), "{place}");
            assert_eq!(error.http_status(), 503, "{place}");
        }
        other => panic!("{place}: {other:?}"),
    }
}

/// A refusal is a typed error. Nothing leaks or aborts, and the next job succeeds like the one
/// before.
#[test]
fn each_allocation_of_a_job_may_be_refused() {
    let limits = Limits::default();
    let mut refusals = 0;
    for (path, bytes) in files() {
        for request in outputs(Request::cover(60, 60)) {
            let (complete, own_calls) =
                refuse_allocations(0..0, || thumbnails(&bytes, &request, &limits));
            let complete = complete.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(own_calls >= 4, "{path}: the library made only {own_calls} allocations itself");
            for call in 1..=own_calls {
                // This one alone, and this one with all later ones.
                for refused in [call..call + 1, call..u64::MAX] {
                    let place = format!("{path}, allocation {call} of {own_calls}");
                    let before = live_bytes();
                    let (result, _) =
                        refuse_allocations(refused, || thumbnails(&bytes, &request, &limits));
                    assert_out_of_memory(&result, &place);
                    drop(result);
                    assert_eq!(live_bytes(), before, "{place}: leaked");
                    refusals += 1;
                }
            }
            let (again, _) = refuse_allocations(0..0, || thumbnails(&bytes, &request, &limits));
            assert_eq!(again.unwrap(), complete, "{path}");
        }
    }
    println!("{refusals} allocations refused");
    assert!(refusals > 2_000, "only {refusals}");
}

/// A quote that no address space has, by 32 bits or by 64, is no bug.
#[test]
fn an_output_larger_than_the_address_space_is_out_of_memory() {
    let mut limits = Limits::default();
    limits.max_output_side_px = u32::MAX;
    limits.max_memory_bytes = u64::MAX;
    limits.max_work = u64::MAX;
    let bytes = &files()[0].1;
    let request = Request::cover(i32::MAX as u32, i32::MAX as u32).enlarge(true).pixels();
    let plan = Plan::new(&probe(bytes).unwrap(), &request, &limits).unwrap();
    let quote_bytes = plan.memory_bytes();
    assert!(quote_bytes > i64::MAX as u64, "{plan}");
    let (result, own_calls) = refuse_allocations(0..0, || plan.run(bytes, &Interrupt::never()));
    assert!(
        matches!(result, Err(Error::OutOfMemory { bytes, .. }) if bytes == quote_bytes),
        "{result:?}"
    );
    assert_eq!(own_calls, 0);
}

/// The buffer of an upload doubles while it is read: each of its blocks may be refused.
#[test]
fn each_block_of_an_upload_may_be_refused() {
    let upload = vec![7; 1 << 20];
    let limits = Limits::default();
    let (complete, own_calls) = refuse_allocations(0..0, || read_upload(&upload[..], &limits));
    assert_eq!(complete.unwrap(), upload);
    assert!((2..40).contains(&own_calls), "{own_calls} blocks");
    for call in 1..=own_calls {
        let before = live_bytes();
        let (result, _) = refuse_allocations(call..u64::MAX, || read_upload(&upload[..], &limits));
        assert!(matches!(result, Err(Error::OutOfMemory { bytes: 1.., .. })), "{result:?}");
        assert_eq!(live_bytes(), before, "leaked");
    }
}

/// A caller that gets no memory for its place in the queue does not wait, and nothing stays
/// reserved.
#[test]
fn a_place_in_the_queue_may_be_refused() {
    let pool = MemoryPool::new(100);
    let held = pool.reserve_bytes(60, Duration::ZERO).unwrap();
    let (result, own_calls) =
        refuse_allocations(1..2, || pool.reserve_bytes(60, Duration::from_millis(1)).map(drop));
    assert!(matches!(result, Err(Error::OutOfMemory { .. })), "{result:?}");
    assert_eq!((own_calls, pool.waiting(), pool.in_use()), (1, 0, 60));
    drop(held);
    assert!(pool.reserve_bytes(100, Duration::ZERO).is_ok());
}

/// Neither allocates, so that nothing can be refused. Running the plan does.
#[test]
fn probing_and_planning_need_no_memory() {
    for (path, bytes) in files() {
        let (plan, own_calls) = refuse_allocations(1..u64::MAX, || {
            let header = probe(&bytes)?;
            Plan::new(&header, &Request::cover(60, 60), &Limits::default())
        });
        let plan = plan.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(own_calls, 0, "{path}");
        let (result, _) = refuse_allocations(1..u64::MAX, || plan.run(&bytes, &Interrupt::never()));
        assert!(matches!(result, Err(Error::OutOfMemory { .. })), "{path}: {result:?}");
    }
}
