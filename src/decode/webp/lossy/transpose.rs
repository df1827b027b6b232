//! Transposes macroblocks, so that the loop filter processes columns as lines.

use crate::vp8::interleave::interleave;

/// 16 samples along an edge.
pub(super) type Lanes = [u8; 16];

/// The last four columns of a macroblock and all columns of the next one, each as a line of 16
/// samples. In chroma, the samples of a line alternate between U and V.
///
/// Transposing 16 × 16 samples swaps the four bits of the line and the four bits of the
/// column in the index of each sample. Interleaving the upper half of the lines with the
/// lower half rotates the index by one bit.
pub(super) struct Transposed<const LINES: usize> {
    pub(super) lines: [Lanes; LINES],
}

impl Transposed<20> {
    /// Transposes the 16 luma lines of `here` and of `left`.
    pub(super) fn load(&mut self, left: Option<&[Lanes]>, here: &[Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            let ends = left.iter().map(|line| line.last_chunk::<4>());
            for (piece, end) in lines.as_flattened_mut().as_chunks_mut::<4>().0.iter_mut().zip(ends)
            {
                *piece = end.copied().unwrap_or_default();
            }
            interleave_repeatedly(lines, 4);
        }
        if let Some(lines) = self.lines.last_chunk_mut::<16>() {
            lines.copy_from_slice(here);
            interleave_repeatedly(lines, 4);
        }
    }

    /// Transposes the lines back.
    pub(super) fn store(&mut self, left: Option<&mut [Lanes]>, here: &mut [Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            interleave_repeatedly(lines, 2);
            for (line, piece) in left.iter_mut().zip(lines.as_flattened().as_chunks::<4>().0) {
                line[12..].copy_from_slice(piece);
            }
        }
        if let Some(lines) = self.lines.last_chunk_mut::<16>() {
            interleave_repeatedly(lines, 4);
            here.copy_from_slice(lines);
        }
    }
}

impl Transposed<12> {
    /// Transposes the eight chroma lines of `here` and of `left`.
    pub(super) fn load(&mut self, left: Option<&[Lanes]>, here: &[Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            let pieces = lines.as_flattened_mut().as_chunks_mut::<4>().0.as_chunks_mut::<2>().0;
            for ([u, v], line) in pieces.iter_mut().zip(left) {
                u.copy_from_slice(&line[4..8]);
                v.copy_from_slice(&line[12..]);
            }
            interleave_repeatedly(lines, 4);
        }
        if let Some(lines) = self.lines.last_chunk_mut::<8>() {
            lines.copy_from_slice(here);
            interleave_repeatedly(lines, 4);
        }
    }

    /// Transposes the lines back.
    pub(super) fn store(&mut self, left: Option<&mut [Lanes]>, here: &mut [Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            interleave_repeatedly(lines, 2);
            let pieces = lines.as_flattened().as_chunks::<4>().0.as_chunks::<2>().0;
            for (line, [u, v]) in left.iter_mut().zip(pieces) {
                line[4..8].copy_from_slice(u);
                line[12..].copy_from_slice(v);
            }
        }
        if let Some(lines) = self.lines.last_chunk_mut::<8>() {
            interleave_repeatedly(lines, 3);
            here.copy_from_slice(lines);
        }
    }
}

impl<const LINES: usize> Transposed<LINES> {
    pub(super) const fn new() -> Self {
        Self { lines: [[0; 16]; LINES] }
    }
}

/// Interleaves the halves of the lines `times` times.
#[inline(always)]
fn interleave_repeatedly<const LINES: usize>(lines: &mut [Lanes; LINES], times: usize) {
    let mut scratch = [[0; 16]; LINES];
    for _ in 0..times / 2 {
        interleave_once(lines, &mut scratch);
        interleave_once(&scratch, lines);
    }
    if times % 2 == 1 {
        interleave_once(lines, &mut scratch);
        *lines = scratch;
    }
}

/// Not inlined and not in place, because otherwise the compiler does not vectorize it.
#[inline(never)]
fn interleave_once<const LINES: usize>(lines: &[Lanes; LINES], into: &mut [Lanes; LINES]) {
    interleave(lines, into);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    fn noise<const LINES: usize>(noise: &mut Noise) -> [Lanes; LINES] {
        [(); LINES].map(|()| [(); 16].map(|()| noise.byte()))
    }

    #[test]
    fn columns_of_luma_are_transposed_and_restored() {
        let random = &mut Noise(3);
        let (mut left, mut here): ([Lanes; 16], [Lanes; 16]) = (noise(random), noise(random));
        let (left_before, here_before) = (left, here);
        let mut transposed = Transposed::<20>::new();
        transposed.load(Some(&left), &here);
        for (i, (left, here)) in left.iter().zip(&here).enumerate() {
            for (k, sample) in left[12..].iter().chain(here).enumerate() {
                assert_eq!(transposed.lines[k][i], *sample);
            }
        }
        transposed.store(Some(&mut left), &mut here);
        assert_eq!((left, here), (left_before, here_before));
    }

    #[test]
    fn columns_of_chroma_are_transposed_and_restored() {
        let random = &mut Noise(4);
        let (mut left, mut here): ([Lanes; 8], [Lanes; 8]) = (noise(random), noise(random));
        let (left_before, here_before) = (left, here);
        let mut transposed = Transposed::<12>::new();
        transposed.load(Some(&left), &here);
        for (i, (left, here)) in left.iter().zip(&here).enumerate() {
            for k in 0..12 {
                let of = |half: usize| if k < 4 { left[half + 4 + k] } else { here[half + k - 4] };
                assert_eq!(transposed.lines[k][2 * i..2 * i + 2], [of(0), of(8)]);
            }
        }
        transposed.store(Some(&mut left), &mut here);
        assert_eq!((left, here), (left_before, here_before));
    }
}
