//! Prices of work: how the stages add up the most time that a job can take.
//!
//! A stage counts what it does at most, as far as the header tells: bytes, blocks, pixels, rows.
//! Beside the code that does it stands a constant: the picoseconds that one of them takes in the
//! worst case, on one core of the machine of BENCHMARKING.md. `tools/worst-files` measures them.

/// The sum of count × picoseconds over `terms`, saturating.
pub(crate) fn sum_ps<const N: usize>(terms: [(u64, u64); N]) -> u64 {
    terms.into_iter().map(|(count, ps)| count.saturating_mul(ps)).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_adds_up_and_saturates() {
        assert_eq!(sum_ps([]), 0);
        assert_eq!(sum_ps([(2, 500), (3, 7)]), 1_021);
        assert_eq!(sum_ps([(u64::MAX, 2), (1, 1)]), u64::MAX);
    }
}
