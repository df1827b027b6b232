//! How far two pictures of the same size are apart.

/// The sum of the absolute differences of all samples.
pub(crate) fn sum_of_differences(a: &[u8], b: &[u8]) -> u64 {
    a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
}
