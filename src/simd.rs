//! Vectors of the machine at hand, chosen at run time.
//!
//! The loops are plain Rust, which the compiler turns into vectors. It may use only what every
//! machine of the target has: on x86-64 that is SSE2. [`vectorize`] compiles them a second time, for
//! AVX2 and BMI2. They are integers, so both compute the same.

#[cfg(all(feature = "simd", any(target_arch = "x86", target_arch = "x86_64")))]
use fearless_simd::{Level, Simd};

/// Runs `kernel`, compiled for AVX2 where the machine has it.
///
/// A call costs a few nanoseconds and `kernel` cannot be inlined into its caller, so a row or more
/// is the right amount of work. Functions that it calls must be `#[inline(always)]`; others are
/// compiled once, for every machine.
#[inline(always)]
pub(crate) fn vectorize<R>(kernel: impl FnOnce() -> R) -> R {
    #[cfg(all(feature = "simd", any(target_arch = "x86", target_arch = "x86_64")))]
    if let Some(avx2) = Level::new().as_avx2() {
        return avx2.vectorize(kernel);
    }
    kernel()
}
