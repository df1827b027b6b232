//! Runs `MemoryPool` through the orders in which its threads can go on, and the moments at which
//! their time can be up. A thread that nobody wakes ends the program with a deadlock.
//!
//! `cargo run --release --manifest-path tools/pool-model/Cargo.toml`

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use loom::model::Builder;
use loom::thread::{self, JoinHandle};

mod crate_stubs;
#[allow(dead_code, unreachable_pub, missing_debug_implementations, reason = "a part is modelled")]
#[path = "../../../src/pool.rs"]
mod pool;
mod sync;

use crate_stubs::{error, plan, work};
use error::Error;
use pool::{MemoryPool, Permit};

/// No end: only another thread can wake it.
const FOREVER: Duration = Duration::MAX;
/// Until the clock ticks.
const ONE_TICK: Duration = Duration::from_nanos(1);

fn main() {
    check("a permit that is returned wakes a waiter", || {
        let pool = MemoryPool::new(100);
        let held = reserve_now(&pool, 100);
        let waiter = reserve(&pool, 60, FOREVER);
        drop(held);
        assert!(waiter.join().unwrap().is_ok());
    });
    check("a waiter that was served wakes the next one", || {
        let pool = MemoryPool::new(100);
        let held = reserve_now(&pool, 100);
        let waiters = [reserve(&pool, 50, FOREVER), reserve(&pool, 30, FOREVER)];
        drop(held);
        // Nobody returns a permit before both have one.
        let permits = waiters.map(|waiter| waiter.join().unwrap().unwrap());
        assert_eq!(pool.in_use(), permits.iter().map(Permit::bytes).sum());
    });
    check("nobody overtakes a waiter", || {
        let pool = MemoryPool::new(100);
        let held = reserve_now(&pool, 50);
        let large = reserve(&pool, 100, FOREVER);
        if pool.waiting() > 0 {
            let small = pool.reserve_bytes(10, Duration::ZERO).map(|permit| permit.bytes());
            assert!(matches!(small, Err(Error::Busy { .. })), "{small:?}");
        }
        drop(held);
        assert!(large.join().unwrap().is_ok());
    });
    check("a waiter whose time is up wakes the next one", || {
        let pool = MemoryPool::new(100);
        let held = reserve_now(&pool, 50);
        let clock = thread::spawn(sync::tick);
        let large = reserve(&pool, 100, ONE_TICK);
        let small = reserve(&pool, 40, FOREVER);
        assert!(small.join().unwrap().is_ok());
        let refused = large.join().unwrap().map(|permit| permit.bytes());
        assert!(matches!(refused, Err(Error::Busy { needed_bytes: 100, .. })), "{refused:?}");
        clock.join().unwrap();
        assert_eq!((pool.in_use(), pool.waiting()), (50, 0));
        drop(held);
    });
    check("time that is up while a permit is returned loses neither", || {
        let pool = MemoryPool::new(100);
        let held = reserve_now(&pool, 60);
        let clock = thread::spawn(sync::tick);
        let first = reserve(&pool, 80, ONE_TICK);
        let second = reserve(&pool, 80, FOREVER);
        drop(held);
        // It is served, or its time is up.
        drop(first.join().unwrap());
        assert_eq!(second.join().unwrap().map(|permit| permit.bytes()), Ok(80));
        clock.join().unwrap();
        assert_eq!((pool.in_use(), pool.waiting()), (0, 0));
    });
}

/// Runs `model` in every order of its threads in which at most two are interrupted before they wait.
fn check(name: &str, model: impl Fn() + Sync + Send + 'static) {
    static ORDERS: AtomicUsize = AtomicUsize::new(0);
    ORDERS.store(0, Ordering::Relaxed);
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(move || {
        ORDERS.fetch_add(1, Ordering::Relaxed);
        sync::reset_clock();
        model();
    });
    println!("{name}: {} orders", ORDERS.load(Ordering::Relaxed));
}

fn reserve_now(pool: &MemoryPool, bytes: u64) -> Permit {
    pool.reserve_bytes(bytes, Duration::ZERO).unwrap()
}

fn reserve(pool: &MemoryPool, bytes: u64, timeout: Duration) -> JoinHandle<Result<Permit, Error>> {
    let pool = pool.clone();
    thread::spawn(move || pool.reserve_bytes(bytes, timeout))
}
