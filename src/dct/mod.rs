//! The DCTs of JPEG (T.81, A.3.3), in integer arithmetic: forward of 8×8 points, inverse of 8×8, 4×4,
//! 2×2 and 1×1.
//!
//! A reduced transform treats the low N×N coefficients as those of an N-point DCT. The result is
//! the picture with these frequencies and no others, sampled on the coarser grid.
//!
//! Coefficients and what lies between the two passes have 16 bits. Coefficients that no real
//! picture has produce an arbitrary sample, not a panic, and the same one with vectors as without.

#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
use crate::simd;

mod factors;
mod plain;
#[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod vectors;
mod zigzag;

pub(crate) use zigzag::ZIGZAG;

/// Samples or coefficients, eight in a row. Of a reduced transform, the low `N` × `N` are stored
/// one after the other, `N` per row of the square.
pub(crate) type Block = [[i16; 8]; 8];

/// The 1×1 transform: the mean of the block.
#[inline(always)]
pub(crate) fn mean(dc: i16) -> u8 {
    to_sample(i32::from(dc))
}

/// The 2×2 transform.
#[inline(always)]
pub(crate) fn inverse2(block: &Block) -> [[u8; 2]; 2] {
    let [[a, b, c, d, ..], ..] = *block;
    let (a, b, c, d) = (i32::from(a), i32::from(b), i32::from(c), i32::from(d));
    [
        [to_sample(a + b + c + d), to_sample(a - b + c - d)],
        [to_sample(a + b - c - d), to_sample(a - b - c + d)],
    ]
}

/// The 4×4 transform.
#[inline(always)]
pub(crate) fn inverse4([top, bottom, ..]: &Block) -> [[u8; 4]; 4] {
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Some(simd) = simd::baseline() {
        return vectors::inverse4(simd, [*top, *bottom]);
    }
    plain::inverse4([*top, *bottom])
}

/// The 8×8 transform.
#[inline(always)]
pub(crate) fn inverse8(block: &Block) -> [[u8; 8]; 8] {
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Some(simd) = simd::baseline() {
        return vectors::inverse8(simd, block);
    }
    plain::inverse8(block)
}

/// The forward 8×8 transform of samples between −128 and 127. The coefficients are scaled by 8.
#[inline(always)]
pub(crate) fn forward8(samples: &Block) -> Block {
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if let Some(simd) = simd::baseline() {
        return vectors::forward8(simd, samples);
    }
    plain::forward8(samples)
}

/// Divides by 8 and rounds, shifts the level (T.81, A.3.1) and clamps.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn to_sample(value: i32) -> u8 {
    (((value + 4) >> 3) + 128).clamp(0, 255) as u8
}

#[cfg(any(test, feature = "instrument"))]
#[allow(clippy::needless_range_loop, reason = "follows the formula")]
pub(crate) mod reference {
    /// The `n` × `n` samples of the low coefficients. These are in natural order, 8 per row.
    #[must_use]
    pub fn inverse(coefficients: &[i32; 64], n: usize) -> Vec<f64> {
        let mut basis = [[0.0; 8]; 8];
        for (x, row) in basis.iter_mut().enumerate() {
            for (u, value) in row.iter_mut().enumerate() {
                let angle = (2 * x + 1) as f64 * u as f64 * core::f64::consts::PI / (2 * n) as f64;
                *value = angle.cos() * (if u == 0 { 1.0 } else { 2.0 } / n as f64).sqrt();
            }
        }
        let mut columns = [[0.0; 8]; 8];
        for (u, column) in columns.iter_mut().enumerate().take(n) {
            for (y, value) in column.iter_mut().enumerate().take(n) {
                let term = |v: usize| f64::from(coefficients[v * 8 + u]) * basis[y][v];
                *value = (0..n).map(term).sum();
            }
        }
        let mut samples = Vec::new();
        for y in 0..n {
            for x in 0..n {
                let sum: f64 = (0..n).map(|u| columns[u][y] * basis[x][u]).sum();
                samples.push((sum * n as f64 / 8.0 + 128.0).clamp(0.0, 255.0));
            }
        }
        samples
    }
}

#[cfg(test)]
mod tests;
