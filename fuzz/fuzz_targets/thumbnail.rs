//! P1, P2, P4, P5: no bytes, request or limits make a job panic, pass its quote or work without end.
//! P7: the same job makes the same bytes.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::choices::Choices;
use bombproof_fuzz::properties::job_keeps_the_promise;

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut choices = Choices::at_end_of(bytes, 96);
    let limits = choices.limits();
    let request = choices.wish(600).request();
    let made = job_keeps_the_promise(bytes, &request, &limits);
    if choices.once_in(8) {
        assert!(made == job_keeps_the_promise(bytes, &request, &limits), "made twice, two results");
    }
});
