//! Interleaving, of which transposing consists.

/// Alternates the values of the upper half of the lines with those of the lower half.
#[inline(always)]
pub(crate) fn interleave<T: Copy, const LANES: usize, const LINES: usize>(
    lines: &[[T; LANES]; LINES],
    into: &mut [[T; LANES]; LINES],
) {
    let (upper, lower) = lines.split_at(LINES / 2);
    for ((pair, upper), lower) in into.as_chunks_mut::<2>().0.iter_mut().zip(upper).zip(lower) {
        let samples = pair.as_flattened_mut().as_chunks_mut::<2>().0;
        for ((samples, &upper), &lower) in samples.iter_mut().zip(upper).zip(lower) {
            *samples = [upper, lower];
        }
    }
}
