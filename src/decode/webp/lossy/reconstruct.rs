//! Prediction + residuals → the samples of one macroblock.

use super::inverse_dct::{self, Lines};
use super::modes::{Luma, Macroblock, SubblockMode};
use super::predict::{self, Border};
use super::tokens::{Coefficients, Kind};
use super::transpose::Lanes;

/// The lowest samples of the macroblock above, before they were filtered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowest {
    pub(super) luma: [u8; 16],
    pub(super) chroma: [[u8; 8]; 2],
}

impl Lowest {
    /// What lies above the picture (RFC 6386, 12.2 and 12.3).
    pub(super) const OUTSIDE: Self = Self { luma: [127; 16], chroma: [[127; 8]; 2] };
}

/// What macroblocks of a row are rebuilt beside and from.
pub(super) struct Reconstruction {
    luma: Border<16>,
    chroma: [Border<8>; 2],
    has_above: bool,
    has_left: bool,
    /// The residuals of the macroblock; those of chroma side by side.
    luma_residual: [[i16; 16]; 16],
    chroma_residual: [[i16; 16]; 8],
    /// What is transformed, and as much again.
    transformed: [Lines; 12],
    spare: [Lines; 12],
}

impl Reconstruction {
    pub(super) const fn new() -> Self {
        Self {
            luma: Border::of_row(true),
            chroma: [Border::of_row(true); 2],
            has_above: false,
            has_left: false,
            luma_residual: [[0; 16]; 16],
            chroma_residual: [[0; 16]; 8],
            transformed: [[[0; 8]; 4]; 12],
            spare: [[[0; 8]; 4]; 12],
        }
    }

    /// Goes to the first macroblock of a row.
    pub(super) fn start_row(&mut self, is_first: bool) {
        self.luma = Border::of_row(is_first);
        self.chroma = [Border::of_row(is_first); 2];
        (self.has_above, self.has_left) = (!is_first, false);
    }

    /// Makes the next macroblock of the row, whose lines of chroma are of U and of V. `above` becomes its
    /// own lowest samples, and coefficients become zeros. `above_right` are four samples of luma to the
    /// right of `above`.
    pub(super) fn macroblock(
        &mut self,
        macroblock: &Macroblock,
        coefficients: &mut Coefficients,
        above: &mut Lowest,
        above_right: [u8; 4],
        (luma, chroma): (&mut [Lanes; 16], &mut [Lanes; 8]),
    ) {
        let in_picture = (self.has_above, self.has_left);
        let (has_luma, has_chroma) = self.residuals(coefficients);

        self.luma.above = above.luma;
        match &macroblock.luma {
            Luma::Whole(mode) => {
                *luma = predict::whole(*mode, &self.luma, in_picture);
                if has_luma {
                    add_lines(luma, &self.luma_residual);
                }
            }
            Luma::Subblocks(modes) => {
                *luma = self.subblocks(modes, above_right, has_luma);
            }
        }
        next_column(&mut self.luma, luma, 15);
        above.luma = luma[15];

        for (border, above) in self.chroma.iter_mut().zip(&above.chroma) {
            border.above = *above;
        }
        let [u, v] = &self.chroma;
        let u = predict::whole(macroblock.chroma, u, in_picture);
        let v = predict::whole(macroblock.chroma, v, in_picture);
        for (line, (u, v)) in chroma.iter_mut().zip(u.iter().zip(&v)) {
            line[..8].copy_from_slice(u);
            line[8..].copy_from_slice(v);
        }
        if has_chroma {
            add_lines(chroma, &self.chroma_residual);
        }
        let [u, v] = &mut self.chroma;
        next_column(u, chroma, 7);
        next_column(v, chroma, 15);
        above.chroma[0].copy_from_slice(&chroma[7][..8]);
        above.chroma[1].copy_from_slice(&chroma[7][8..]);
        self.has_left = true;
    }

    /// Transforms all coefficients; says whether luma and chroma have any.
    fn residuals(&mut self, coefficients: &mut Coefficients) -> (bool, bool) {
        let Coefficients { pairs, kinds, wide } = coefficients;
        let (luma_kinds, chroma_kinds) = kinds.split_at(8);
        let [has_luma, has_chroma] = [luma_kinds, chroma_kinds]
            .map(|kinds| kinds.as_flattened().iter().any(|&kind| kind != Kind::Empty));
        // The full ones are transformed together: they do not wait for each other.
        let mut places = [0; 12];
        let mut count = 0;
        for (i, (pair, kinds)) in pairs.iter_mut().zip(&*kinds).enumerate() {
            let has_any = if i < 8 { has_luma } else { has_chroma };
            if !has_any {
                continue;
            }
            match kinds[0].max(kinds[1]) {
                Kind::Empty => {
                    self.put_residual(i, &[[0; 8]; 4]);
                    continue;
                }
                Kind::Flat => self.put_residual(i, &inverse_dct::flat(pair)),
                Kind::Full if *wide => self.put_residual(i, &inverse_dct::wide(pair)),
                Kind::Full => {
                    let lines = self.transformed.get_mut(count);
                    if let Some((lines, place)) = lines.zip(places.get_mut(count)) {
                        inverse_dct::narrow(pair, lines);
                        *place = i;
                        count += 1;
                    }
                }
            }
            *pair = [0; 32];
        }
        if count > 0 {
            let full = self.transformed.get_mut(..count).unwrap_or_default();
            inverse_dct::full(full, self.spare.get_mut(..count).unwrap_or_default());
            for (i, &place) in places.iter().enumerate().take(count) {
                let lines = self.transformed[i];
                self.put_residual(place, &lines);
            }
        }
        (has_luma, has_chroma)
    }

    #[inline(always)]
    fn put_residual(&mut self, pair: usize, lines: &Lines) {
        let (residual, x) = if pair < 8 {
            (self.luma_residual.as_mut_slice(), pair % 2 * 8)
        } else {
            (self.chroma_residual.as_mut_slice(), pair / 2 % 2 * 8)
        };
        let y = if pair < 8 { pair / 2 * 4 } else { pair % 2 * 4 };
        for (residual, line) in residual.iter_mut().skip(y).zip(lines) {
            residual[x..x + 8].copy_from_slice(line);
        }
    }

    /// Predicts and makes one subblock after the other. To the right of the last column lie the samples
    /// above the macroblock, for all four rows (RFC 6386, 12.3).
    fn subblocks(
        &self,
        modes: &[SubblockMode; 16],
        above_right: [u8; 4],
        has_residual: bool,
    ) -> [Lanes; 16] {
        // A border of one line and of one column, behind 15 columns that are not used.
        let mut samples = [[0; 32]; 17];
        samples[0][15] = self.luma.corner;
        samples[0][16..].copy_from_slice(&self.luma.above);
        for (line, &left) in samples.iter_mut().skip(1).zip(&self.luma.left) {
            line[15] = left;
        }
        for (i, &mode) in modes.iter().enumerate() {
            let (y, x) = (i / 4 * 4, i % 4 * 4);
            let left = [
                samples[y + 1][x + 15],
                samples[y + 2][x + 15],
                samples[y + 3][x + 15],
                samples[y + 4][x + 15],
            ];
            let border = &samples[y];
            let mut above = [0; 8];
            above[..4].copy_from_slice(&border[x + 16..x + 20]);
            above[4..].copy_from_slice(border.get(x + 20..x + 24).unwrap_or(&above_right));
            let mut block = predict::subblock(mode, left, border[x + 15], above);
            if has_residual {
                let mut residual = [[0; 4]; 4];
                for (line, from) in residual.iter_mut().zip(&self.luma_residual[y..]) {
                    line.copy_from_slice(&from[x..x + 4]);
                }
                add(block.as_flattened_mut(), residual.as_flattened());
            }
            for (line, block) in samples.iter_mut().skip(y + 1).zip(&block) {
                line[x + 16..x + 20].copy_from_slice(block);
            }
        }
        let mut lines = [[0; 16]; 16];
        for (line, samples) in lines.iter_mut().zip(samples.iter().skip(1)) {
            line.copy_from_slice(&samples[16..]);
        }
        lines
    }
}

/// The corner of the next macroblock is the last sample above this one, and its border the column `x` of
/// this one's lines.
#[inline(always)]
fn next_column<const SIDE: usize>(border: &mut Border<SIDE>, lines: &[Lanes; SIDE], x: usize) {
    border.corner = border.above[SIDE - 1];
    for (left, line) in border.left.iter_mut().zip(lines) {
        *left = line[x];
    }
}

fn add_lines<const LINES: usize>(samples: &mut [Lanes; LINES], residual: &[[i16; 16]; LINES]) {
    for (samples, residual) in samples.iter_mut().zip(residual) {
        add(samples, residual);
    }
}

/// Adds residuals to samples. Both are as many as fit a vector.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn add(samples: &mut [u8], residual: &[i16]) {
    for (sample, residual) in samples.iter_mut().zip(residual) {
        *sample = (i16::from(*sample) + residual).clamp(0, 255) as u8;
    }
}
