//! Which of the places that the compiler marks were reached, for `scripts/fuzz-coverage`.
//!
//! The compiler calls the functions with their `__sanitizer` names before `main`. That takes no
//! runtime of LLVM, and no tool that must be of the same version as the compiler.

use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Where the flags of all places are, one byte each, and where their table of addresses is.
static FLAGS: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];
static PLACES: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_bool_flag_init(start: usize, end: usize) {
    FLAGS[0].store(start, Relaxed);
    FLAGS[1].store(end, Relaxed);
}

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_pcs_init(start: usize, end: usize) {
    PLACES[0].store(start, Relaxed);
    PLACES[1].store(end, Relaxed);
}

/// Prints the address of each place, behind 1 when it was reached and 0 when not.
pub fn print() {
    let [flags, places] = [&FLAGS, &PLACES].map(|range| {
        let [start, end] = [range[0].load(Relaxed), range[1].load(Relaxed)];
        (start, end - start)
    });
    // SAFETY: both tables are statics of this program, and nothing runs that writes flags meanwhile.
    let (flags, places) = unsafe {
        (
            slice::from_raw_parts(flags.0 as *const u8, flags.1),
            slice::from_raw_parts(
                places.0 as *const [usize; 2],
                places.1 / size_of::<[usize; 2]>(),
            ),
        )
    };
    for (flag, [address, _]) in flags.iter().zip(places) {
        println!("{} {address:#x}", flag & 1);
    }
}
