//! Tokens → coefficients (RFC 6386, 13).

use super::inverse_dct::{Pair, inverse_walsh, of_16_bits};
use super::quantizer::{Quantizer, Steps};
use super::tables::{TOKEN_UPDATES, TOKENS};
use crate::probe::webp::vp8::BoolDecoder;

/// The same for one kind of block, with an entry for each coefficient instead of each band, and one
/// behind the last.
type OfKind = [[[u8; 11]; 3]; 17];

pub(super) struct Tokens([OfKind; 4]);

/// Which blocks beside a macroblock have coefficients: 1, or 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nonzero {
    luma: [u8; 4],
    chroma: [[u8; 2]; 2],
    /// Of the last macroblock that had a second order block.
    second: u8,
}

impl Nonzero {
    pub(super) const NONE: Self = Self { luma: [0; 4], chroma: [[0; 2]; 2], second: 0 };

    /// Of a macroblock without tokens.
    pub(super) fn skip(&mut self, has_second: bool) {
        let second = if has_second { 0 } else { self.second };
        *self = Self { second, ..Self::NONE };
    }
}

/// The coefficients of a macroblock, multiplied by their steps.
#[derive(Debug)]
pub(super) struct Coefficients {
    /// Eight pairs of blocks of luma, two of U and two of V. Zeros, where a pair has none.
    pub(super) pairs: [Pair; 12],
    pub(super) kinds: [[Kind; 2]; 12],
    /// Some are larger than any that the forward transform makes.
    pub(super) wide: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Empty,
    /// Only DC.
    Flat,
    Full,
}

impl Kind {
    const fn of(end: usize, dc: i32) -> Self {
        match (end, dc) {
            (2.., _) => Self::Full,
            (_, 0) => Self::Empty,
            _ => Self::Flat,
        }
    }
}

impl Coefficients {
    pub(super) const NONE: Self =
        Self { pairs: [[0; 32]; 12], kinds: [[Kind::Empty; 2]; 12], wide: false };

    pub(super) fn are_all_zero(&self) -> bool {
        self.kinds.as_flattened().iter().all(|&kind| kind == Kind::Empty)
    }
}

impl Tokens {
    /// Reads which probabilities are replaced (RFC 6386, 13.4).
    pub(super) fn read(decoder: &mut BoolDecoder<'_>) -> Self {
        let mut bands = TOKENS;
        let updates = TOKEN_UPDATES.as_flattened().as_flattened().as_flattened();
        let probabilities = bands.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        for (probability, &update) in probabilities.iter_mut().zip(updates) {
            if decoder.bit(update)
                && let Ok(replacement) = u8::try_from(decoder.literal(8))
            {
                *probability = replacement;
            }
        }
        Self(bands.map(|bands| BANDS.map(|band| bands[band])))
    }

    /// Reads the coefficients of a macroblock into blocks of zeros. `has_second` says that the DC of
    /// luma are in a block of their own.
    ///
    /// `SKEWED` for a picture whose worst case counts: a branch more for each bit makes bits that are
    /// foreseen cheap, and all others a tenth dearer.
    pub(super) fn macroblock<'a, const SKEWED: bool>(
        &self,
        decoder: BoolDecoder<'a>,
        has_second: bool,
        quantizer: &Quantizer,
        (above, left): (&mut Nonzero, &mut Nonzero),
        coefficients: &mut Coefficients,
    ) -> BoolDecoder<'a> {
        let Self([luma_ac, second, chroma, luma]) = self;
        let Coefficients { pairs, kinds, wide } = coefficients;
        let mut pairs = pairs.iter_mut().zip(kinds);
        let mut reader = Reader::<SKEWED> { decoder, sizes: 0 };

        let mut dc = [0; 16];
        if has_second {
            let mut pair = [0; 32];
            let context = above.second + left.second;
            let steps = &quantizer.luma_dc;
            let end = reader.block(second, context, 0, steps, (&mut pair, 0));
            (above.second, left.second) = (u8::from(end > 0), u8::from(end > 0));
            if end > 0 {
                dc = inverse_walsh(&pair);
                reader.sizes = dc.iter().fold(0, |sizes, dc| sizes | dc.unsigned_abs());
            }
        }

        let (probabilities, first) = if has_second { (luma_ac, 1) } else { (luma, 0) };
        for (left, dc) in left.luma.iter_mut().zip(dc.as_chunks::<4>().0) {
            let columns = above.luma.as_chunks_mut::<2>().0.iter_mut();
            let columns = columns.zip(dc.as_chunks::<2>().0).zip(pairs.by_ref());
            for ((above, dc), (pair, kinds)) in columns {
                for (i, ((above, &dc), kind)) in above.iter_mut().zip(dc).zip(kinds).enumerate() {
                    let (context, steps) = (*above + *left, &quantizer.luma);
                    let end = reader.block(probabilities, context, first, steps, (pair, 4 * i));
                    if has_second {
                        pair[4 * i] = dc;
                    }
                    *kind = Kind::of(end, pair[4 * i]);
                    (*above, *left) = (u8::from(end > first), u8::from(end > first));
                }
            }
        }

        for (above, left) in above.chroma.iter_mut().zip(&mut left.chroma) {
            for (left, (pair, kinds)) in left.iter_mut().zip(pairs.by_ref()) {
                for (i, (above, kind)) in above.iter_mut().zip(kinds).enumerate() {
                    let (context, steps) = (*above + *left, &quantizer.chroma);
                    let end = reader.block(chroma, context, 0, steps, (pair, 4 * i));
                    *kind = Kind::of(end, pair[4 * i]);
                    (*above, *left) = (u8::from(end > 0), u8::from(end > 0));
                }
            }
        }
        *wide = reader.sizes > MAX_SIZE;
        reader.decoder
    }
}

/// Reads the blocks of a macroblock.
struct Reader<'a, const SKEWED: bool> {
    decoder: BoolDecoder<'a>,
    /// All sizes of coefficients, united bit by bit, but for those that are small for any step.
    sizes: u32,
}

impl<const SKEWED: bool> Reader<'_, SKEWED> {
    /// Reads coefficients from the `first` on into a block that starts at `start` in its pair; returns
    /// where they end. `context` is the number of neighbours that have any.
    #[inline(never)]
    fn block(
        &mut self,
        probabilities: &OfKind,
        context: u8,
        first: usize,
        steps: &Steps,
        (pair, start): (&mut Pair, usize),
    ) -> usize {
        let mut decoder = self.decoder;
        let mut sizes = self.sizes;
        let mut n = first % 16;
        let mut p = &probabilities[n][usize::from(context.min(2))];
        'tokens: while decoder.bit_of::<SKEWED>(p[0]) {
            while !decoder.bit_of::<SKEWED>(p[1]) {
                n += 1;
                if n == 16 {
                    break 'tokens;
                }
                p = &probabilities[n][0];
            }
            let size;
            if !decoder.bit_of::<SKEWED>(p[2]) {
                size = steps[n];
                p = &probabilities[n + 1][1];
            } else {
                let level = if !decoder.bit_of::<SKEWED>(p[3]) {
                    if !decoder.bit_of::<SKEWED>(p[4]) {
                        2
                    } else {
                        3 + i32::from(decoder.bit_of::<SKEWED>(p[5]))
                    }
                } else {
                    long(&mut decoder, p)
                };
                size = level * steps[n];
                sizes |= size.unsigned_abs();
                p = &probabilities[n + 1][2];
            }
            pair[(start + PLACES[n]) % 32] = of_16_bits(decoder.with_sign(size));
            n += 1;
            if n == 16 {
                break;
            }
        }
        self.decoder = decoder;
        self.sizes = sizes;
        n
    }
}

/// A level from 5 on: the lowest one of a category, and bits that are added to it (RFC 6386, 13.2).
#[inline(always)]
fn long(decoder: &mut BoolDecoder<'_>, p: &[u8; 11]) -> i32 {
    if !decoder.bit(p[6]) {
        if decoder.bit(p[7]) { 7 + extra(decoder, [165, 145]) } else { 5 + extra(decoder, [159]) }
    } else if !decoder.bit(p[8]) {
        if decoder.bit(p[9]) {
            19 + extra(decoder, [176, 155, 140, 135])
        } else {
            11 + extra(decoder, [173, 148, 140])
        }
    } else if decoder.bit(p[10]) {
        67 + extra(decoder, [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129])
    } else {
        35 + extra(decoder, [180, 157, 141, 134, 130])
    }
}

#[inline(always)]
fn extra<const BITS: usize>(decoder: &mut BoolDecoder<'_>, probabilities: [u8; BITS]) -> i32 {
    let mut value = 0;
    for probability in probabilities {
        value = 2 * value + i32::from(decoder.bit(probability));
    }
    value
}

/// The transform of 16 bits is exact for coefficients up to this.
const MAX_SIZE: u32 = 2_047;

/// The band of each coefficient (RFC 6386, 13.3); the last stands for the end.
const BANDS: [usize; 17] = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0];

/// Where each coefficient stands in a pair of blocks: in zigzag order (RFC 6386, 13), lines of eight.
const PLACES: [usize; 16] = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 25, 18, 11, 19, 26, 27];
