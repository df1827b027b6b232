//! Tokens → dequantized coefficients (RFC 6386, 13).

use crate::probe::webp::vp8::BoolDecoder;
use crate::vp8::inverse_dct::{BlockPair, inverse_wht, truncate_to_16_bits};
use crate::vp8::nonzero::Nonzero;
use crate::vp8::quantizer::{Quantizer, Steps};
use crate::vp8::tables::{
    BANDS, DEFAULT_TOKEN_PROBABILITIES, EXTRA_BITS_1, EXTRA_BITS_2, EXTRA_BITS_3, EXTRA_BITS_4,
    EXTRA_BITS_5, EXTRA_BITS_6, TOKEN_UPDATE_PROBABILITIES,
};

/// The token probabilities of one block type, by coefficient and not by band, and by context. An
/// unused entry follows that of the last coefficient.
type BlockTypeProbabilities = [[[u8; 11]; 3]; 17];

/// Decodes the tokens of macroblocks.
pub(super) struct TokenDecoder {
    probabilities: [BlockTypeProbabilities; 4],
    expects_likely_bits: bool,
}

/// The dequantized coefficients of a macroblock.
#[derive(Debug)]
pub(super) struct Coefficients {
    /// Eight pairs of luma blocks, two of U and two of V. A pair without coefficients is all zeros.
    pub(super) pairs: [BlockPair; 12],
    pub(super) contents: [[BlockContent; 2]; 12],
    /// Some coefficients are too large for the inverse transform in 16 bits. The forward transform
    /// does not produce such coefficients.
    pub(super) exceeds_16_bit_transform: bool,
}

/// Which coefficients of a block may be other than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BlockContent {
    Empty,
    DcOnly,
    Full,
}

impl BlockContent {
    const fn new(end: usize, dc: i16) -> Self {
        match (end, dc) {
            (2.., _) => Self::Full,
            (_, 0) => Self::Empty,
            _ => Self::DcOnly,
        }
    }
}

impl Coefficients {
    pub(super) const NONE: Self = Self {
        pairs: [[[0; 8]; 4]; 12],
        contents: [[BlockContent::Empty; 2]; 12],
        exceeds_16_bit_transform: false,
    };

    pub(super) fn are_all_zero(&self) -> bool {
        self.contents.as_flattened().iter().all(|&content| content == BlockContent::Empty)
    }
}

impl TokenDecoder {
    /// Reads the updates of the token probabilities (RFC 6386, 13.4).
    ///
    /// With `expects_likely_bits`, decoding a bit has one more branch. Bits that the branch
    /// predictor guesses become cheap, and all others a tenth more expensive. This is for frames
    /// whose worst case matters.
    pub(super) fn read(decoder: &mut BoolDecoder<'_>, expects_likely_bits: bool) -> Self {
        let mut bands = DEFAULT_TOKEN_PROBABILITIES;
        let updates = TOKEN_UPDATE_PROBABILITIES.as_flattened().as_flattened().as_flattened();
        let probabilities = bands.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        for (probability, &update) in probabilities.iter_mut().zip(updates) {
            if decoder.bit(update)
                && let Ok(replacement) = u8::try_from(decoder.literal(8))
            {
                *probability = replacement;
            }
        }
        let probabilities = bands.map(|bands| BANDS.map(|band| bands[band]));
        Self { probabilities, expects_likely_bits }
    }

    /// Reads the coefficients of a macroblock into `coefficients`, which must be zeros. `has_y2`
    /// means that the DC coefficients of luma are coded in a Y2 block.
    #[inline(always)]
    pub(super) fn read_macroblock<'a>(
        &self,
        decoder: BoolDecoder<'a>,
        has_y2: bool,
        quantizer: &Quantizer,
        nonzero: (&mut Nonzero, &mut Nonzero),
        coefficients: &mut Coefficients,
    ) -> BoolDecoder<'a> {
        if self.expects_likely_bits {
            self.read_blocks::<true>(decoder, has_y2, quantizer, nonzero, coefficients)
        } else {
            self.read_blocks::<false>(decoder, has_y2, quantizer, nonzero, coefficients)
        }
    }

    fn read_blocks<'a, const SKEWED: bool>(
        &self,
        decoder: BoolDecoder<'a>,
        has_y2: bool,
        quantizer: &Quantizer,
        (above, left): (&mut Nonzero, &mut Nonzero),
        coefficients: &mut Coefficients,
    ) -> BoolDecoder<'a> {
        let [luma_ac, y2, chroma, luma] = &self.probabilities;
        let Coefficients { pairs, contents, exceeds_16_bit_transform } = coefficients;
        let mut pairs = pairs.iter_mut().zip(contents);
        let mut reader = BlockReader::<SKEWED> { decoder, magnitudes: 0 };

        let mut dc = [0; 16];
        if has_y2 {
            let mut pair = [[0; 8]; 4];
            let context = above.y2 + left.y2;
            let end = reader.read_block(y2, context, 0, &quantizer.y2, (&mut pair, 0));
            (above.y2, left.y2) = (u8::from(end > 0), u8::from(end > 0));
            if end > 0 {
                dc = inverse_wht(&pair);
                reader.magnitudes =
                    dc.iter().fold(0, |bits, dc| bits | u32::from(dc.unsigned_abs()));
            }
        }

        let (probabilities, first) = if has_y2 { (luma_ac, 1) } else { (luma, 0) };
        for (left, dc) in left.luma.iter_mut().zip(dc.as_chunks::<4>().0) {
            let columns = above.luma.as_chunks_mut::<2>().0.iter_mut();
            let columns = columns.zip(dc.as_chunks::<2>().0).zip(pairs.by_ref());
            for ((above, dc), (pair, contents)) in columns {
                let blocks = above.iter_mut().zip(dc).zip(contents);
                for (i, ((above, &dc), content)) in blocks.enumerate() {
                    let (context, steps) = (*above + *left, &quantizer.luma);
                    let end =
                        reader.read_block(probabilities, context, first, steps, (pair, 4 * i));
                    if has_y2 {
                        pair[0][4 * i] = dc;
                    }
                    *content = BlockContent::new(end, pair[0][4 * i]);
                    (*above, *left) = (u8::from(end > first), u8::from(end > first));
                }
            }
        }

        for (above, left) in above.chroma.iter_mut().zip(&mut left.chroma) {
            for (left, (pair, contents)) in left.iter_mut().zip(pairs.by_ref()) {
                for (i, (above, content)) in above.iter_mut().zip(contents).enumerate() {
                    let (context, steps) = (*above + *left, &quantizer.chroma);
                    let end = reader.read_block(chroma, context, 0, steps, (pair, 4 * i));
                    *content = BlockContent::new(end, pair[0][4 * i]);
                    (*above, *left) = (u8::from(end > 0), u8::from(end > 0));
                }
            }
        }
        *exceeds_16_bit_transform = reader.magnitudes > MAX_16_BIT_TRANSFORM_MAGNITUDE;
        reader.decoder
    }
}

/// Reads the blocks of a macroblock.
struct BlockReader<'a, const SKEWED: bool> {
    decoder: BoolDecoder<'a>,
    /// The bitwise OR of the magnitudes of all coefficients, except those of level 1,
    /// which are small with any quantizer.
    magnitudes: u32,
}

impl<const SKEWED: bool> BlockReader<'_, SKEWED> {
    /// Reads the coefficients from `first` on into the block that starts at `start` in its
    /// pair. Returns the index past the last one. `context` is the number of neighbouring
    /// blocks, above and left, that have any.
    #[inline(never)]
    fn read_block(
        &mut self,
        probabilities: &BlockTypeProbabilities,
        context: u8,
        first: usize,
        steps: &Steps,
        (pair, start): (&mut BlockPair, usize),
    ) -> usize {
        let pair = pair.as_flattened_mut();
        let mut decoder = self.decoder;
        let mut magnitudes = self.magnitudes;
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
            let magnitude;
            if !decoder.bit_of::<SKEWED>(p[2]) {
                magnitude = steps[n];
                p = &probabilities[n + 1][1];
            } else {
                let level = if !decoder.bit_of::<SKEWED>(p[3]) {
                    if !decoder.bit_of::<SKEWED>(p[4]) {
                        2
                    } else {
                        3 + i32::from(decoder.bit_of::<SKEWED>(p[5]))
                    }
                } else {
                    read_large_level(&mut decoder, p)
                };
                magnitude = level * steps[n];
                magnitudes |= magnitude.unsigned_abs();
                p = &probabilities[n + 1][2];
            }
            pair[(start + ZIGZAG[n]) % 32] = truncate_to_16_bits(decoder.with_sign(magnitude));
            n += 1;
            if n == 16 {
                break;
            }
        }
        self.decoder = decoder;
        self.magnitudes = magnitudes;
        n
    }
}

/// Reads a level of at least 5: the base of a category plus extra bits (RFC 6386, 13.2).
#[inline(always)]
fn read_large_level(decoder: &mut BoolDecoder<'_>, p: &[u8; 11]) -> i32 {
    if !decoder.bit(p[6]) {
        if decoder.bit(p[7]) {
            7 + read_extra_bits(decoder, EXTRA_BITS_2)
        } else {
            5 + read_extra_bits(decoder, EXTRA_BITS_1)
        }
    } else if !decoder.bit(p[8]) {
        if decoder.bit(p[9]) {
            19 + read_extra_bits(decoder, EXTRA_BITS_4)
        } else {
            11 + read_extra_bits(decoder, EXTRA_BITS_3)
        }
    } else if decoder.bit(p[10]) {
        67 + read_extra_bits(decoder, EXTRA_BITS_6)
    } else {
        35 + read_extra_bits(decoder, EXTRA_BITS_5)
    }
}

#[inline(always)]
fn read_extra_bits<const BITS: usize>(
    decoder: &mut BoolDecoder<'_>,
    probabilities: [u8; BITS],
) -> i32 {
    let mut value = 0;
    for probability in probabilities {
        value = 2 * value + i32::from(decoder.bit(probability));
    }
    value
}

/// The transform in 16 bits is exact for coefficients of up to this magnitude.
const MAX_16_BIT_TRANSFORM_MAGNITUDE: u32 = 2_047;

/// Zigzag order (RFC 6386, 13): the index of each coefficient in a pair of
/// blocks, whose rows have eight.
const ZIGZAG: [usize; 16] = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 25, 18, 11, 19, 26, 27];
