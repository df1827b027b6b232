//! P1, P5: no bytes make `probe` allocate or panic, and a refusal is never a bug.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::properties::probe_allocates_nothing;

bombproof_fuzz::target!(|bytes: &[u8]| {
    probe_allocates_nothing(bytes);
});
