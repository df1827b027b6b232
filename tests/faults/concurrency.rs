//! Sixty-four threads with honest and hostile files under one pool: together they hold no more than
//! it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use bombproof::{Error, Interrupt, Limits, MemoryPool, Permit, Plan, Request, Thumbnail, probe};
use bombproof_testkit::bombs::{jpeg, png, truncated, webp};

use crate::failing_allocator::{count_in_total, peak_total_bytes, total_bytes};
use crate::jobs::files;

const THREADS: u64 = 64;
const JOBS_OF_A_THREAD: u64 = 8;
const POOL_BYTES: u64 = 3 << 20;

/// One job as a service does it: reserve the quote, run, inspect the result, release the quote.
fn job<T>(
    bytes: &[u8],
    request: &Request,
    pool: &MemoryPool,
    inspect: impl FnOnce(Result<Thumbnail, Error>) -> T,
) -> Result<T, Error> {
    let plan = Plan::new(&probe(bytes)?, request, &Limits::default())?;
    let permit = pool.reserve(&plan, Duration::from_secs(300))?;
    let inspected = count_in_total(|| inspect(plan.run(bytes, &Interrupt::never())));
    drop(permit);
    Ok(inspected)
}

fn alone(bytes: &[u8], request: &Request) -> Thumbnail {
    bombproof::thumbnail(bytes, request, &Limits::default()).unwrap()
}

fn hostile() -> Vec<Vec<u8>> {
    let mut hostile = vec![
        jpeg::flood(0xC0, 64_250, 4_856),
        jpeg::coefficients(3_000, 2_000),
        jpeg::huffman_tables(3_854),
        png::image_data_past_image(20 << 20),
        png::profile(20 << 20),
        png::black((2_000, 2_000), 1, 0),
        webp::unused_groups(500, true),
        webp::one_color(400, 400),
        webp::animated_canvas(3_000, 2_000),
    ];
    hostile.extend(files().iter().map(|(_, file)| truncated(file, 700)));
    hostile
}

#[test]
fn sixty_four_threads_hold_no_more_than_the_pool() {
    let request = Request::cover(64, 64).jpeg(80);
    let pool = MemoryPool::new(POOL_BYTES);
    let honest: Vec<(String, Vec<u8>)> = files()
        .into_iter()
        .filter(|(_, bytes)| {
            let plan = Plan::new(&probe(bytes).unwrap(), &request, &Limits::default()).unwrap();
            plan.memory_bytes() <= POOL_BYTES
        })
        .collect();
    assert!(honest.len() >= 15, "only {} files fit the pool", honest.len());
    // What each file gives alone.
    let wanted: Vec<Thumbnail> = honest.iter().map(|(_, bytes)| alone(bytes, &request)).collect();
    let hostile = hostile();
    let (made, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (request, pool, honest, wanted, hostile) =
                (&request, &pool, &honest, &wanted, &hostile);
            let (made, refused) = (&made, &refused);
            scope.spawn(move || {
                for round in 0..JOBS_OF_A_THREAD {
                    let number = (thread * 31 + round * 7) as usize;
                    if (thread + round) % 3 == 0 {
                        let bytes = &hostile[number % hostile.len()];
                        // It may be refused by its header or while it runs.
                        let _ = job(bytes, request, pool, drop);
                        refused.fetch_add(1, Ordering::Relaxed);
                    } else {
                        let place = number % honest.len();
                        let (path, bytes) = &honest[place];
                        let same = job(bytes, request, pool, |made| {
                            made.is_ok_and(|made| made == wanted[place])
                        });
                        assert!(matches!(same, Ok(true)), "{path}: {same:?}");
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!((pool.in_use(), pool.waiting()), (0, 0));
    assert_eq!(total_bytes(), 0, "the jobs leaked");
    let (made, refused) = (made.into_inner(), refused.into_inner());
    assert_eq!(made + refused, THREADS * JOBS_OF_A_THREAD);
    println!("{made} made, {refused} hostile, {} bytes at the peak", peak_total_bytes());
    assert!(peak_total_bytes() as u64 <= POOL_BYTES, "{} bytes", peak_total_bytes());
    // The jobs did run at once: more than a quarter of the pool was in use.
    assert!(peak_total_bytes() as u64 > POOL_BYTES / 4, "{} bytes", peak_total_bytes());
}

/// A job that panics returns its permit, and the others go on.
#[test]
fn a_panicking_holder_does_not_take_the_pool_with_it() {
    let pool = MemoryPool::new(1_000);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..16)
            .map(|thread| {
                let pool = pool.clone();
                scope.spawn(move || {
                    let _permit = pool.reserve_bytes(700, Duration::from_secs(60)).unwrap();
                    assert!(thread % 2 == 0, "on purpose");
                })
            })
            .collect();
        let panicked = handles.into_iter().filter_map(|handle| handle.join().err()).count();
        assert_eq!(panicked, 8);
    });
    assert_eq!((pool.in_use(), pool.waiting()), (0, 0));
}

/// Only another thread can end such a wait.
const FOREVER: Duration = Duration::MAX;
/// How long a test waits for a thread that nobody may have woken. It takes that long only to fail.
const LOST: Duration = Duration::from_secs(60);

/// Reserves on another thread and sends what came of it.
fn reserve(
    pool: &MemoryPool,
    bytes: u64,
    timeout: Duration,
    results: &Sender<Result<Permit, Error>>,
) {
    let (pool, results) = (pool.clone(), results.clone());
    std::thread::spawn(move || results.send(pool.reserve_bytes(bytes, timeout)));
}

fn wait_for_waiting(pool: &MemoryPool, count: usize) {
    while pool.waiting() < count {
        std::thread::yield_now();
    }
}

/// A waiter that gives up leaves the queue, and wakes the next one, which fits.
#[test]
fn a_waiter_that_times_out_does_not_hold_up_the_queue() {
    let mut timeout = Duration::from_millis(100);
    loop {
        let pool = MemoryPool::new(100);
        let held = pool.reserve_bytes(50, Duration::ZERO).unwrap();
        let (results, received) = channel();
        reserve(&pool, 100, timeout, &results);
        wait_for_waiting(&pool, 1);
        // It fits, but it came second.
        reserve(&pool, 40, FOREVER, &results);
        while pool.waiting() == 1 && received.try_recv().is_err() {
            std::thread::yield_now();
        }
        // Too slow: the time of the first was up before the second came.
        if pool.waiting() < 2 {
            timeout *= 2;
            continue;
        }
        // The second may tell of its permit before the first tells that its time was up.
        let results =
            [(); 2].map(|()| received.recv_timeout(LOST).expect("nobody woke the second"));
        let (permits, errors): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        assert!(matches!(errors[..], [Err(Error::Busy { .. })]), "{errors:?}");
        assert!(matches!(&permits[..], [Ok(permit)] if permit.bytes() == 40), "{permits:?}");
        assert_eq!((pool.in_use(), pool.waiting()), (90, 0));
        drop(held);
        return;
    }
}

/// All of them fit at once, but each waits until those before it are served, whichever wakes first.
#[test]
fn a_waiter_that_was_served_wakes_the_next_one() {
    const WAITERS: usize = 8;
    for _ in 0..50 {
        let pool = MemoryPool::new(100);
        let held = pool.reserve_bytes(100, Duration::ZERO).unwrap();
        let (results, received) = channel();
        for _ in 0..WAITERS {
            reserve(&pool, 10, FOREVER, &results);
        }
        wait_for_waiting(&pool, WAITERS);
        drop(held);
        // A permit that is returned would wake the others as well.
        let permits: Vec<Permit> = (0..WAITERS)
            .map(|_| received.recv_timeout(LOST).expect("nobody woke a waiter").unwrap())
            .collect();
        assert_eq!((pool.in_use(), pool.waiting()), (10 * WAITERS as u64, 0));
        drop(permits);
    }
}
