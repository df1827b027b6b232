//! Multiplies colours by their alpha, before they are averaged.

use crate::picture::over;

/// Multiplies a row of samples by their alpha, with rounding. `black` is the sample for black: 0,
/// or the value that a luma or chroma plane has for it.
#[inline(always)]
pub(crate) fn premultiply_row(samples: &mut [u8], black: u8, alpha: &[u8]) {
    for (sample, &alpha) in samples.iter_mut().zip(alpha) {
        *sample = over(*sample, black, alpha);
    }
}

/// True when multiplying by this row of alpha changes nothing. Reads the complete row without an
/// early exit, so that the loop is vectorised.
#[inline(always)]
pub(crate) fn is_opaque_row(alpha: &[u8]) -> bool {
    alpha.iter().fold(u8::MAX, |all, &alpha| all & alpha) == u8::MAX
}
