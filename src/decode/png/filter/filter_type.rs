//! Filter types (PNG, 9.2).

pub(in crate::decode::png) const NONE: u8 = 0;
pub(super) const SUB: u8 = 1;
pub(super) const UP: u8 = 2;
pub(super) const AVERAGE: u8 = 3;
pub(super) const PAETH: u8 = 4;

/// True for the five types that PNG defines.
pub(in crate::decode::png) const fn is_known(filter: u8) -> bool {
    filter <= PAETH
}

/// True for the filters that predict a pixel from the one on its left. Each pixel waits for the one
/// before it.
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) const fn is_serial(filter: u8) -> bool {
    matches!(filter, SUB | AVERAGE | PAETH)
}
