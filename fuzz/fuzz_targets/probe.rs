//! P1: no bytes make `probe` allocate or panic.
#![no_main]

#[path = "../../tests/support/counting_allocator.rs"]
mod counting_allocator;
#[path = "../../tests/support/properties.rs"]
mod properties;

#[global_allocator]
static ALLOCATOR: counting_allocator::CountingAllocator = counting_allocator::CountingAllocator;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    properties::probe_allocates_nothing(bytes);
});
