//! The bool decoder of VP8 (RFC 6386, section 7).

/// Decodes one bit after the other, each by the probability that it is 0.
///
/// A small value, to be kept in registers: loops copy it, and put it back when they are done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoolDecoder<'a> {
    data: &'a [u8],
    /// The eight highest bits are compared with the split.
    value: u64,
    /// The range less one: 127 to 254.
    span: u32,
    /// Bits of `value` that are known below the highest eight; negative when it needs a byte.
    spare_bits: i32,
    end: End,
}

/// What lies behind the last byte. One byte of zeros is granted, as all decoders do: an encoder may
/// leave its last zeros out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Ahead,
    Granted,
    Passed,
}

impl<'a> BoolDecoder<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self { data, value: 0, span: 254, spare_bits: -8, end: End::Ahead }
    }

    /// False when `data` start past the range, where no encoder comes to: what such data mean depends on
    /// how many bytes a decoder takes at once.
    pub(crate) fn can_start(data: &[u8]) -> bool {
        data.first() != Some(&0xFF)
    }

    /// True when a bit was decoded that the data do not hold. It, and all bits since, mean nothing.
    pub(crate) fn is_past_end(&self) -> bool {
        self.end == End::Passed
    }

    /// One bit, which is 0 by `probability` / 256.
    #[inline(always)]
    pub(crate) fn bit(&mut self, probability: u8) -> bool {
        self.bit_of::<false>(probability)
    }

    /// The same. `SKEWED` expects what is foreseen, and with it a range that stays large enough.
    #[inline(always)]
    pub(crate) fn bit_of<const SKEWED: bool>(&mut self, probability: u8) -> bool {
        if self.spare_bits < 0 {
            *self = self.refilled();
        }
        let split = (self.span * u32::from(probability)) >> 8;
        let upper = u64::from(split + 1) << 56;
        // Each arm ends by itself, so that what the bit decides needs no second branch.
        if self.value >= upper {
            self.value -= upper;
            self.enlarge::<SKEWED>(self.span - split);
            true
        } else {
            self.enlarge::<SKEWED>(split + 1);
            false
        }
    }

    /// One bit of even probability.
    #[inline(always)]
    pub(crate) fn flag(&mut self) -> bool {
        self.bit(128)
    }

    /// `value`, made negative by a bit of even probability: without a branch, because nobody can
    /// foresee it. Not for the first bit, with which alone the range may stay as large as half of it.
    #[inline(always)]
    pub(crate) fn with_sign(&mut self, magnitude: i32) -> i32 {
        if self.spare_bits < 0 {
            *self = self.refilled();
        }
        let upper = u64::from(self.span / 2 + 1) << 56;
        // All bits set when it is negative.
        let all = if self.value >= upper { -1 } else { 0 };
        self.value -= upper & i64::from(all).cast_unsigned();
        // Either half is enlarged by one bit.
        self.value <<= 1;
        self.span = self.span.wrapping_add_signed(all) | 1;
        self.spare_bits -= 1;
        (magnitude ^ all).wrapping_sub(all)
    }

    /// Goes on with a part of the range, doubled until it is large enough.
    #[inline(always)]
    fn enlarge<const SKEWED: bool>(&mut self, part: u32) {
        if SKEWED && part >= 128 {
            self.span = part - 1;
            return;
        }
        // It is not 0: said so that the processor's instruction needs no case of its own.
        let bits = 7 ^ (part | 1).ilog2();
        self.span = (part << bits) - 1;
        self.value <<= bits;
        self.spare_bits -= bits.cast_signed();
    }

    /// `bits` bits of even probability, the highest first.
    pub(crate) fn literal(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |value, _| (value << 1) | u32::from(self.flag()))
    }

    /// A value behind a flag that says whether it is there.
    pub(crate) fn optional(&mut self, bits: u32) -> Option<u32> {
        self.flag().then(|| self.literal(bits))
    }

    /// A value of `bits` bits and its sign, behind a flag that says whether it is there; else 0.
    pub(crate) fn optional_signed(&mut self, bits: u32) -> i32 {
        let magnitude = self.optional(bits).map(u32::cast_signed);
        magnitude.map_or(0, |magnitude| if self.flag() { -magnitude } else { magnitude })
    }

    /// With more bits to decode from. Takes and gives a value, so that the one in the loop need not
    /// have an address.
    #[cold]
    #[inline(never)]
    fn refilled(mut self) -> Self {
        let (bytes, bits) = if let Some(chunk) = self.data.first_chunk::<8>() {
            self.data = self.data.get(7..).unwrap_or_default();
            (u64::from_be_bytes(*chunk) >> 8, 56)
        } else if let Some((&byte, rest)) = self.data.split_first() {
            self.data = rest;
            (byte.into(), 8)
        } else if self.end == End::Ahead {
            self.end = End::Granted;
            (0, 8)
        } else {
            self.end = End::Passed;
            (0, 56)
        };
        // Behind the bits that are left: up to seven.
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
    fn literals_come_back() {
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
    fn one_byte_of_zeros_is_granted_behind_the_end() {
        let mut decoder = BoolDecoder::new(&[]);
        let flags = [(); 3].map(|()| {
            let flag = decoder.flag();
            (!decoder.is_past_end()).then_some(flag)
        });
        assert_eq!(flags, [Some(false), Some(false), None]);
        let mut decoder = BoolDecoder::new(&[0xFF]);
        assert_eq!(decoder.literal(8), 0xFF);
        assert!(!decoder.is_past_end());
    }

    /// The end is found at the same bit, however many bytes come at once.
    #[test]
    fn data_of_every_length_end_after_their_bits_and_eight_more() {
        for length in 0..40 {
            let data = vec![0xA5; length];
            let mut decoder = BoolDecoder::new(&data);
            let mut spent = 0;
            loop {
                let half = decoder.span / 2 + 1;
                let bit = decoder.flag();
                if decoder.is_past_end() {
                    break;
                }
                // Each bit doubles the range but where a half of it is enough.
                spent += usize::from(bit || half < 128);
            }
            assert_eq!(spent, 8 * length + 1, "{length} bytes");
        }
    }

    /// A probability of 0 leaves a range of 1 for the bit 0 (RFC 6386, 7.3), which is doubled seven
    /// times.
    #[test]
    fn the_smallest_part_of_a_range_is_one() {
        let mut decoder = BoolDecoder::new(&[0, 0b1010_1010]);
        assert!(!decoder.bit(0));
        assert_eq!((decoder.span, decoder.flag(), decoder.flag()), (127, true, false));
    }

    #[test]
    fn data_that_start_past_the_range_are_known() {
        assert!(!BoolDecoder::can_start(&[0xFF, 0]));
        assert!(BoolDecoder::can_start(&[0xFE, 0xFF]) && BoolDecoder::can_start(&[]));
    }

    #[test]
    fn a_sign_is_a_flag() {
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
    fn a_bit_that_is_foreseen_is_the_same() {
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
