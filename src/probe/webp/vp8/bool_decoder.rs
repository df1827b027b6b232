//! The boolean decoder of VP8 (RFC 6386, section 7).

/// Decodes boolean-coded bits, each with the probability that it is 0.
///
/// The decoder is `Copy` so that a loop can keep it in registers: it works on a copy, and stores it
/// back at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoolDecoder<'a> {
    data: &'a [u8],
    /// The next bits of the data. The split is compared with the eight highest.
    value: u64,
    /// The range minus one: 127 to 254.
    span: u32,
    /// The number of known bits in `value` below the highest eight; negative if it needs another
    /// byte.
    spare_bits: i32,
    is_past_end: bool,
}

impl<'a> BoolDecoder<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { data, value: 0, span: 254, spare_bits: -8, is_past_end: false }
    }

    /// Returns false if `data` starts beyond the initial range. No encoder produces such data, and
    /// its meaning would depend on how many bytes a decoder loads at once.
    pub(crate) fn can_start(data: &[u8]) -> bool {
        data.first() != Some(&0xFF)
    }

    /// Returns true once a bit was decoded that needs more bytes than there are: that bit and all
    /// later ones are meaningless.
    ///
    /// Other decoders add a byte of zeros. libwebp does not, and a partition without its last byte
    /// may have other samples.
    pub(crate) fn is_past_end(&self) -> bool {
        self.is_past_end
    }

    /// Decodes a bit that is 0 with a probability of `probability` / 256.
    #[inline(always)]
    pub(crate) fn bit(&mut self, probability: u8) -> bool {
        self.bit_of::<false>(probability)
    }

    /// The same. `SKEWED` is for bits with a predictable outcome, which often leaves the range
    /// large enough: a branch then avoids the shift.
    #[inline(always)]
    pub(crate) fn bit_of<const SKEWED: bool>(&mut self, probability: u8) -> bool {
        if self.spare_bits < 0 {
            *self = self.refilled();
        }
        let split = (self.span * u32::from(probability)) >> 8;
        let upper = u64::from(split + 1) << 56;
        // Each arm ends on its own, so the caller can act on the bit without a second branch.
        if self.value >= upper {
            self.value -= upper;
            self.narrow::<SKEWED>(self.span - split);
            true
        } else {
            self.narrow::<SKEWED>(split + 1);
            false
        }
    }

    /// Decodes a bit with a probability of 1/2.
    #[inline(always)]
    pub(crate) fn flag(&mut self) -> bool {
        self.bit(128)
    }

    /// Returns `magnitude`, negated if the next bit, of probability 1/2, is 1. Has no branch,
    /// because the processor cannot predict the bit.
    ///
    /// Must not decode the first bit of the data: only there may half of the range need no shift.
    #[inline(always)]
    pub(crate) fn with_sign(&mut self, magnitude: i32) -> i32 {
        if self.spare_bits < 0 {
            *self = self.refilled();
        }
        let upper = u64::from(self.span / 2 + 1) << 56;
        // All bits are set if the result is negative.
        let mask = if self.value >= upper { -1 } else { 0 };
        self.value -= upper & i64::from(mask).cast_unsigned();
        // Either half needs a shift by one bit.
        self.value <<= 1;
        self.span = self.span.wrapping_add_signed(mask) | 1;
        self.spare_bits -= 1;
        (magnitude ^ mask).wrapping_sub(mask)
    }

    /// Narrows the range to `part` of it, and shifts it until it is large enough again.
    #[inline(always)]
    fn narrow<const SKEWED: bool>(&mut self, part: u32) {
        if SKEWED && part >= 128 {
            self.span = part - 1;
            return;
        }
        // `part` is not 0. The `| 1` says so to the compiler, which can then use one instruction.
        let bits = 7 ^ (part | 1).ilog2();
        self.span = (part << bits) - 1;
        self.value <<= bits;
        self.spare_bits -= bits.cast_signed();
    }

    /// Decodes a number of `bits` bits with a probability of 1/2 each, the highest first.
    pub(crate) fn literal(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |value, _| (value << 1) | u32::from(self.flag()))
    }

    /// Decodes a flag, and a number of `bits` bits if the flag is set.
    pub(crate) fn optional(&mut self, bits: u32) -> Option<u32> {
        self.flag().then(|| self.literal(bits))
    }

    /// Decodes a flag, and a number of `bits` bits and its sign if the flag is set; otherwise
    /// returns 0.
    pub(crate) fn optional_signed(&mut self, bits: u32) -> i32 {
        let magnitude = self.optional(bits).map(u32::cast_signed);
        magnitude.map_or(0, |magnitude| if self.flag() { -magnitude } else { magnitude })
    }

    /// Returns the decoder with more bits loaded. Works by value, so the caller can keep its
    /// decoder in registers: no reference to it exists.
    #[cold]
    #[inline(never)]
    fn refilled(mut self) -> Self {
        let (bytes, bits) = if let Some(chunk) = self.data.first_chunk::<8>() {
            self.data = self.data.get(7..).unwrap_or_default();
            (u64::from_be_bytes(*chunk) >> 8, 56)
        } else if let Some((&byte, rest)) = self.data.split_first() {
            self.data = rest;
            (byte.into(), 8)
        } else {
            self.is_past_end = true;
            (0, 56)
        };
        // The new bits follow those that are left, up to seven.
        self.value |= (bytes << (64 - bits)) >> (8 + self.spare_bits);
        self.spare_bits += bits;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::BoolEncoder;

    #[test]
    fn literals_survive_a_round_trip() {
        let values: Vec<(u32, u32)> =
            (0..400u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 20, 1 + i % 12)).collect();
        let mut encoder = BoolEncoder::new();
        for &(value, bits) in &values {
            encoder.literal(value & ((1 << bits) - 1), bits);
        }
        let bytes = encoder.finish();
        let mut decoder = BoolDecoder::new(&bytes);
        for (value, bits) in values {
            assert_eq!(decoder.literal(bits), value & ((1 << bits) - 1));
        }
        assert!(!decoder.is_past_end());
    }

    #[test]
    fn nothing_is_added_to_the_data() {
        let mut decoder = BoolDecoder::new(&[]);
        decoder.flag();
        assert!(decoder.is_past_end());
        let mut decoder = BoolDecoder::new(&[0xFF]);
        decoder.flag();
        assert!(!decoder.is_past_end());
        decoder.flag();
        assert!(decoder.is_past_end());
    }

    /// The end is found at the same bit, however many bytes the decoder loads at once.
    #[test]
    fn data_of_every_length_ends_when_its_bits_no_longer_fill_a_byte() {
        for length in 1..40 {
            let data = vec![0xA5; length];
            let mut decoder = BoolDecoder::new(&data);
            let mut used_bits = 0;
            loop {
                let half = decoder.span / 2 + 1;
                let bit = decoder.flag();
                if decoder.is_past_end() {
                    break;
                }
                // Each bit doubles the range, unless the half for 0 is large enough.
                used_bits += usize::from(bit || half < 128);
            }
            assert_eq!(used_bits, 8 * length - 7, "{length} bytes");
        }
    }

    /// A probability of 0 leaves a range of 1 for the bit 0 (RFC 6386, 7.3), which is then doubled
    /// seven times.
    #[test]
    fn a_range_of_one_is_doubled_seven_times() {
        let mut decoder = BoolDecoder::new(&[0, 0b1010_1010]);
        assert!(!decoder.bit(0));
        assert_eq!((decoder.span, decoder.flag(), decoder.flag()), (127, true, false));
    }

    #[test]
    fn data_that_starts_beyond_the_range_is_detected() {
        assert!(!BoolDecoder::can_start(&[0xFF, 0]));
        assert!(BoolDecoder::can_start(&[0xFE, 0xFF]) && BoolDecoder::can_start(&[]));
    }

    #[test]
    fn with_sign_decodes_the_same_bit_as_flag() {
        let data: Vec<u8> = (0..200u8).map(|i| i.wrapping_mul(37)).collect();
        let mut signs = BoolDecoder::new(&data);
        signs.flag();
        let mut flags = signs;
        while !flags.is_past_end() {
            assert_eq!(signs.with_sign(7), if flags.flag() { -7 } else { 7 });
            assert_eq!(signs.is_past_end(), flags.is_past_end());
        }
    }

    #[test]
    fn skewed_bits_decode_like_other_bits() {
        let data: Vec<u8> = (0..200u8).map(|i| i.wrapping_mul(37)).collect();
        let (mut skewed, mut even) = (BoolDecoder::new(&data), BoolDecoder::new(&data));
        let mut probability = 0u8;
        while !even.is_past_end() {
            probability = probability.wrapping_mul(5).wrapping_add(51);
            assert_eq!(skewed.bit_of::<true>(probability), even.bit(probability));
            assert_eq!((skewed.span, skewed.is_past_end()), (even.span, even.is_past_end()));
        }
    }
}
