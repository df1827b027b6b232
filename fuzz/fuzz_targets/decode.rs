//! P2, P5, P7 at full size, and P6: a prefix of a file is refused, or is the same picture.
#![cfg_attr(fuzzing, no_main)]

use bombproof::Request;
use bombproof_fuzz::fuzzed_data_provider::FuzzedDataProvider;
use bombproof_fuzz::properties::{decode_keeps_the_promise, no_prefix_is_another_picture};

bombproof_fuzz::target!(|bytes: &[u8]| {
    let mut provider = FuzzedDataProvider::from_end(bytes, 64);
    let mut limits = provider.limits();
    limits.max_pixels = limits.max_pixels.min(250_000);
    if decode_keeps_the_promise(bytes, &limits).is_none() || bytes.is_empty() {
        return;
    }
    let lengths = [provider.below(bytes.len()), provider.below(bytes.len())];
    no_prefix_is_another_picture(bytes, &Request::cover(16, 16).pixels(), &limits, &lengths);
});
