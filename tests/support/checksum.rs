//! The checksum of `corpus/MANIFEST.toml`, and of whatever else a test compares with a record.
#![allow(dead_code, reason = "each test that includes this file uses a part of it")]

use std::fmt;

/// FNV-1a with 64 bits over all that is written to it. `Display` prints sixteen hexadecimal digits.
pub(crate) struct Fnv1a64(u64);

impl Fnv1a64 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

impl Default for Fnv1a64 {
    fn default() -> Self {
        Self(OFFSET_BASIS)
    }
}

impl fmt::Write for Fnv1a64 {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

impl fmt::Display for Fnv1a64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The checksum of `bytes` as sixteen hexadecimal digits.
pub(crate) fn fnv1a64(bytes: &[u8]) -> String {
    let mut sum = Fnv1a64::default();
    sum.update(bytes);
    sum.to_string()
}

const OFFSET_BASIS: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0100_0000_01B3;
