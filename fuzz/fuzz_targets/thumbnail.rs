//! P1, P2, P4, P5: no bytes, request or limits make a job panic, exceed its quote or its work bound.
//! P7: the same job gives the same bytes.
#![cfg_attr(fuzzing, no_main)]

use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::properties::job_keeps_the_promise;

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut provider = FuzzedDataProvider::from_end(bytes, 96);
    let limits = provider.limits();
    let request = provider.request_parts(600).request();
    let thumbnail = job_keeps_the_promise(bytes, &request, &limits);
    if provider.one_in(8) {
        assert!(
            thumbnail == job_keeps_the_promise(bytes, &request, &limits),
            "the same job gave two results"
        );
    }
});
