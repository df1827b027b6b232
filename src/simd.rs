//! Vectors of the machine at hand.
//!
//! Most loops are plain Rust, which the compiler turns into vectors. It may use only what every
//! machine of the target has: on x86-64 that is SSE2. [`vectorize`] compiles them a second time, for
//! AVX2 and BMI2, and chooses at run time. Both compute the same: they are integers, or basic
//! operations on `f64` one by one, which Rust never fuses.
//!
//! Where the compiler does not find the vectors, code names them, through `fearless_simd`. It gets
//! those that every machine of the target has from [`baseline`].

#[cfg(all(feature = "simd", target_arch = "aarch64"))]
use fearless_simd::Neon;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
use fearless_simd::{Level, Simd, Sse2};

/// Runs `kernel`, compiled for AVX2 where the machine has it.
///
/// A call costs a few nanoseconds and `kernel` cannot be inlined into its caller, so a row or more
/// is the right amount of work. `kernel` and the functions that it calls must be
/// `#[inline(always)]`; others are compiled once, for every machine.
#[inline(always)]
pub(crate) fn vectorize<R>(kernel: impl FnOnce() -> R) -> R {
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    if let Some(avx2) = Level::new().as_avx2() {
        return avx2.vectorize(kernel);
    }
    kernel()
}

/// The vectors that every machine of the target has.
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn baseline() -> Option<Sse2> {
    Level::baseline().as_sse2()
}

/// The vectors that every machine of the target has.
#[cfg(all(feature = "simd", target_arch = "aarch64"))]
#[inline(always)]
pub(crate) fn baseline() -> Option<Neon> {
    fearless_simd::Level::baseline().as_neon()
}
