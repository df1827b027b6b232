//! What all fuzz targets share: the counting allocator, the properties of `tests/support`, how the
//! end of an input chooses a request and limits, and a `main` for builds without a fuzzer.

#[path = "../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../tests/support/libwebp.rs"]
pub mod libwebp;
#[path = "../../tests/support/properties/mod.rs"]
pub mod properties;

pub mod choices;
#[cfg(coverage)]
mod coverage;
pub mod mutation;
mod replay;
pub mod valid_jpeg;
pub mod valid_webp;

#[cfg(fuzzing)]
pub use libfuzzer_sys;
pub use replay::{keep_what_was_made, replay};

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

/// Defines a target: what the fuzzer calls with each input, or, without a fuzzer, a `main` that calls
/// it with the files and folders it is given.
#[macro_export]
macro_rules! target {
    (|$bytes:ident: &[u8]| $body:block) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(|$bytes: &[u8]| $body);

        #[cfg(not(fuzzing))]
        fn main() -> std::process::ExitCode {
            $crate::replay(|$bytes: &[u8]| $body)
        }
    };
}
