//! P1, P2: any header that `probe` accepts is planned without heap, with any request and limits.
//! The plan is within the limits and has valid outputs.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::fuzzed_data_provider::{FuzzedDataProvider, no_limits};
use bombproof_fuzz::properties::{plan_keeps_the_promise, probe_allocates_nothing};

bombproof_fuzz::target!(|bytes: &[u8]| {
    let Some(header) = probe_allocates_nothing(bytes) else { return };
    let mut provider = FuzzedDataProvider::from_end(bytes, 96);
    let limits = if provider.one_in(2) { no_limits() } else { provider.limits() };
    let side = provider.pick(&[u32::MAX, 70_000, 4_096, 300]);
    plan_keeps_the_promise(&header, &provider.request_parts(side), &limits);
});
