//! P1, P2, P5: any bytes as a colour profile, alone and in every container. Of an input that is a
//! picture the bytes from the header of its profile on are used.
#![cfg_attr(fuzzing, no_main)]

use bombproof::Limits;
use bombproof_fuzz::properties::any_profile_keeps_the_promise;

bombproof_fuzz::target!(|bytes: &[u8]| {
    // The signature is at offset 36 of the header. Without it there is no profile.
    let Some(signature) = bytes.windows(4).position(|four| four == b"acsp") else { return };
    let profile = &bytes[signature.saturating_sub(36)..];
    any_profile_keeps_the_promise(profile, &Limits::default());
});
