//! The coverage of a replay, for `scripts/fuzz-coverage`: which instrumented places were reached.
//!
//! Instrumented code calls the `__sanitizer` functions before `main`. This needs neither the
//! runtime of LLVM nor a tool of the same version as the compiler.

use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Start and end of the flags, one byte for each place, and of the table of their addresses.
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

/// Prints a line for each place: 1 if it was reached or else 0, and its address.
pub fn print() {
    let [flags, places] = [&FLAGS, &PLACES].map(|range| {
        let [start, end] = [range[0].load(Relaxed), range[1].load(Relaxed)];
        (start, end - start)
    });
    // SAFETY: both tables are statics of this program, and no code that writes flags runs
    // meanwhile.
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
