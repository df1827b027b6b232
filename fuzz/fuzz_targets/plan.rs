//! P1, P2: any header that probes, with any request and any limits, is planned without heap, inside
//! the limits and with outputs that make sense.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::choices::{Choices, no_limits};
use bombproof_fuzz::properties::{plan_keeps_the_promise, probe_allocates_nothing};

bombproof_fuzz::target!(|bytes: &[u8]| {
    let Some(header) = probe_allocates_nothing(bytes) else { return };
    let mut choices = Choices::at_end_of(bytes, 96);
    let limits = if choices.once_in(2) { no_limits() } else { choices.limits() };
    let side = choices.one_of(&[u32::MAX, 70_000, 4_096, 300]);
    plan_keeps_the_promise(&header, &choices.wish(side), &limits);
});
