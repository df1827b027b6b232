//! Columns of a macroblock as lines, for the loop filter.

/// 16 samples along an edge.
pub(super) type Lanes = [u8; 16];

/// The last four columns of one macroblock and all of the next, each as a line of 16 samples. In chroma
/// half of a line is of U and half of V, in turns.
///
/// To go around is to move four bits of each sample's address, those of its line and those of its place
/// in it, past one another; interleaving the upper half of all lines with the lower half moves one.
pub(super) struct Transposed<const LINES: usize> {
    pub(super) lines: [Lanes; LINES],
}

impl Transposed<20> {
    /// Turns the 16 lines of luma that `here` and `left` have.
    pub(super) fn load(&mut self, left: Option<&[Lanes]>, here: &[Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            let ends = left.iter().map(|line| line.last_chunk::<4>());
            for (piece, end) in lines.as_flattened_mut().as_chunks_mut::<4>().0.iter_mut().zip(ends)
            {
                *piece = end.copied().unwrap_or_default();
            }
            go_around(lines, 4);
        }
        if let Some(lines) = self.lines.last_chunk_mut::<16>() {
            lines.copy_from_slice(here);
            go_around(lines, 4);
        }
    }

    /// Turns them back.
    pub(super) fn store(&mut self, left: Option<&mut [Lanes]>, here: &mut [Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            go_around(lines, 2);
            for (line, piece) in left.iter_mut().zip(lines.as_flattened().as_chunks::<4>().0) {
                line[12..].copy_from_slice(piece);
            }
        }
        if let Some(lines) = self.lines.last_chunk_mut::<16>() {
            go_around(lines, 4);
            here.copy_from_slice(lines);
        }
    }
}

impl Transposed<12> {
    /// Turns the eight lines of chroma that `here` and `left` have.
    pub(super) fn load(&mut self, left: Option<&[Lanes]>, here: &[Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            let pieces = lines.as_flattened_mut().as_chunks_mut::<4>().0.as_chunks_mut::<2>().0;
            for ([u, v], line) in pieces.iter_mut().zip(left) {
                u.copy_from_slice(&line[4..8]);
                v.copy_from_slice(&line[12..]);
            }
            go_around(lines, 4);
        }
        if let Some(lines) = self.lines.last_chunk_mut::<8>() {
            lines.copy_from_slice(here);
            go_around(lines, 4);
        }
    }

    /// Turns them back.
    pub(super) fn store(&mut self, left: Option<&mut [Lanes]>, here: &mut [Lanes]) {
        if let (Some(left), Some(lines)) = (left, self.lines.first_chunk_mut::<4>()) {
            go_around(lines, 2);
            let pieces = lines.as_flattened().as_chunks::<4>().0.as_chunks::<2>().0;
            for (line, [u, v]) in left.iter_mut().zip(pieces) {
                line[4..8].copy_from_slice(u);
                line[12..].copy_from_slice(v);
            }
        }
        if let Some(lines) = self.lines.last_chunk_mut::<8>() {
            go_around(lines, 3);
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
fn go_around<const LINES: usize>(lines: &mut [Lanes; LINES], times: usize) {
    let mut other = [[0; 16]; LINES];
    for _ in 0..times / 2 {
        interleave_once(lines, &mut other);
        interleave_once(&other, lines);
    }
    if times % 2 == 1 {
        interleave_once(lines, &mut other);
        *lines = other;
    }
}

/// Not inlined, and from one place to another, so that it is compiled to vectors and not to single
/// samples.
#[inline(never)]
fn interleave_once<const LINES: usize>(lines: &[Lanes; LINES], into: &mut [Lanes; LINES]) {
    interleave(lines, into);
}

/// Puts the values of the upper half of the lines and those of the lower half in turns.
#[inline(always)]
pub(super) fn interleave<T: Copy, const LANES: usize, const LINES: usize>(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::Noise;

    fn noise<const LINES: usize>(noise: &mut Noise) -> [Lanes; LINES] {
        [(); LINES].map(|()| [(); 16].map(|()| noise.byte()))
    }

    #[test]
    fn columns_of_luma_are_turned_and_turned_back() {
        let random = &mut Noise(3);
        let (mut left, mut here): ([Lanes; 16], [Lanes; 16]) = (noise(random), noise(random));
        let (left_before, here_before) = (left, here);
        let mut turned = Transposed::<20>::new();
        turned.load(Some(&left), &here);
        for (i, (left, here)) in left.iter().zip(&here).enumerate() {
            for (k, sample) in left[12..].iter().chain(here).enumerate() {
                assert_eq!(turned.lines[k][i], *sample);
            }
        }
        turned.store(Some(&mut left), &mut here);
        assert_eq!((left, here), (left_before, here_before));
    }

    #[test]
    fn columns_of_chroma_are_turned_and_turned_back() {
        let random = &mut Noise(4);
        let (mut left, mut here): ([Lanes; 8], [Lanes; 8]) = (noise(random), noise(random));
        let (left_before, here_before) = (left, here);
        let mut turned = Transposed::<12>::new();
        turned.load(Some(&left), &here);
        for (i, (left, here)) in left.iter().zip(&here).enumerate() {
            for k in 0..12 {
                let of = |half: usize| if k < 4 { left[half + 4 + k] } else { here[half + k - 4] };
                assert_eq!(turned.lines[k][2 * i..2 * i + 2], [of(0), of(8)]);
            }
        }
        turned.store(Some(&mut left), &mut here);
        assert_eq!((left, here), (left_before, here_before));
    }
}
