//! The parts that fuzz targets share: the properties of `tests/support`, decisions drawn from an
//! input, mutations, generators of valid files, and a `main` for builds without a fuzzer.

#[cfg(coverage)]
mod coverage;
pub mod fuzzed_data_provider;
mod generated_file;
pub mod jpeg_generator;
pub mod mutation;
mod picture_generator;
mod replay;
mod test_support;
mod vp8_noise;
mod vp8l_noise;
pub mod webp_chunks;
pub mod webp_generator;

pub use generated_file::save_generated_file;
#[cfg(fuzzing)]
pub use libfuzzer_sys;
pub use picture_generator::generate as generate_picture;
pub use replay::replay;
pub use test_support::{libwebp, properties};

// The properties import it from the root, as in the tests.
use test_support::counting_allocator;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

/// Defines a target: the function that the fuzzer calls with each input, or without a fuzzer a
/// `main` that calls it with the files and folders among its arguments.
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
