//! Quantization steps at quality 50, in zigzag order.

use crate::dct::ZIGZAG;

/// T.81, K.1.
#[rustfmt::skip]
pub(super) const LUMA_STEPS: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
    26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
    56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
#[rustfmt::skip]
pub(super) const CHROMA_STEPS: [u8; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Steps that grow with the square of the frequency. At the same similarity, by SSIM and by
/// SSIMULACRA2, a file has fewer bytes than with the steps of T.81. At the same quality it has about
/// the same similarity.
pub(super) const SQUARE_LUMA_STEPS: [u8; 64] = square_steps(20, 36);
pub(super) const SQUARE_CHROMA_STEPS: [u8; 64] = square_steps(15, 7);

/// `first` for the mean, and twice as much where the squares of both frequencies add up to
/// `doubled_at`.
#[allow(clippy::cast_possible_truncation, reason = "at most 15 + 15 · 98 / 7 = 225")]
const fn square_steps(first: u32, doubled_at: u32) -> [u8; 64] {
    let mut steps = [0; 64];
    let mut k = 0;
    while k < 64 {
        let (u, v) = (ZIGZAG[k] as u32 % 8, ZIGZAG[k] as u32 / 8);
        let square = u * u + v * v;
        steps[k] = (first + (first * square + doubled_at / 2) / doubled_at) as u8;
        k += 1;
    }
    steps
}
