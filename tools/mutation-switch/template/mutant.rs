//! Which mutant of this copy is active.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The number of the active mutant, or 0. `site` is the first number of the caller's.
#[inline(always)]
pub(crate) fn at(site: u32) -> u32 {
    let active = ACTIVE.load(Ordering::Relaxed);
    if active < RECORDING { active } else { start(site, active) }
}

#[cold]
#[inline(never)]
fn start(site: u32, active: u32) -> u32 {
    if active == UNKNOWN {
        ACTIVE.store(environment(), Ordering::Relaxed);
        return at(site);
    }
    if let Some(reached) = REACHED.get(site as usize)
        && !reached.swap(true, Ordering::Relaxed)
    {
        let _ = writeln!(std::io::stderr(), "\nreached {site}");
    }
    0
}

/// Each variable is a bit of the number. Empty ones take nothing from the heap, which tests measure.
fn environment() -> u32 {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    if is_set("MUTANT_RECORD") {
        return RECORDING;
    }
    let bits = BITS.iter().enumerate();
    bits.map(|(bit, name)| u32::from(is_set(name)) << bit).sum()
}

const UNKNOWN: u32 = u32::MAX;
const RECORDING: u32 = u32::MAX - 1;

static ACTIVE: AtomicU32 = AtomicU32::new(UNKNOWN);
static REACHED: [AtomicBool; 1 << BITS.len()] = [const { AtomicBool::new(false) }; 1 << BITS.len()];

const BITS: [&str; 16] = [
    "MUTANT_0", "MUTANT_1", "MUTANT_2", "MUTANT_3", "MUTANT_4", "MUTANT_5", "MUTANT_6", "MUTANT_7",
    "MUTANT_8", "MUTANT_9", "MUTANT_10", "MUTANT_11", "MUTANT_12", "MUTANT_13", "MUTANT_14", "MUTANT_15",
];
