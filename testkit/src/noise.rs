//! Noise that is the same on every machine.

/// A hash of `n`: every bit of `n` affects every bit of the result (the finaliser of SplitMix64).
pub fn mix(n: u64) -> u64 {
    let n = (n ^ n >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ n >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ n >> 31
}
