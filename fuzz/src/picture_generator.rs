//! Small pictures of every kind.

use bombproof_testkit::pictures::{Picture, landscape, noise, test_card};

use crate::fuzzed_data_provider::FuzzedDataProvider;

/// An RGB picture.
pub fn generate(width: u32, height: u32, provider: &mut FuzzedDataProvider<'_>) -> Picture {
    let seed = u64::from(provider.u32());
    match provider.below(3) {
        0 => landscape(width, height),
        1 => test_card(width, height),
        _ => noise(width, height, seed),
    }
}
