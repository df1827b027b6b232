//! The boolean encoder of VP8 (RFC 6386, 7).

use crate::budget::Buffer;
use crate::error::Error;

/// Encodes boolean-coded bits into a file, or only counts the bytes that they take.
pub(super) struct BoolEncoder<'f, 'b> {
    file: Option<&'f mut Buffer<'b, u8>>,
    /// The lower end of the range. Its lowest eight bits align with `range`; the `pending_bits`
    /// above them, and a carry, are not in the file yet.
    low: u64,
    /// 128 to 255.
    range: u32,
    pending_bits: u32,
    /// The bits by which the range was shifted so far.
    shifted_bits: u64,
    error: Option<Error>,
}

impl<'f, 'b> BoolEncoder<'f, 'b> {
    /// An encoder that only counts.
    pub(super) const fn counting() -> Self {
        Self { file: None, low: 0, range: 255, pending_bits: 0, shifted_bits: 0, error: None }
    }

    /// An encoder that appends to `file`.
    pub(super) const fn into(file: &'f mut Buffer<'b, u8>) -> Self {
        Self { file: Some(file), low: 0, range: 255, pending_bits: 0, shifted_bits: 0, error: None }
    }

    /// Encodes `bit`, which is 0 with a probability of `probability` / 256.
    #[inline(always)]
    pub(super) fn bit(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        if bit {
            self.low += u64::from(split);
            self.range -= split;
        } else {
            self.range = split;
        }
        // The range is not 0. The `| 1` says so to the compiler.
        let shift = 7 ^ (self.range | 1).ilog2();
        self.range <<= shift;
        self.low <<= shift;
        self.pending_bits += shift;
        if self.pending_bits >= CHUNK_BITS {
            self.flush();
        }
    }

    /// Encodes the low `bits` bits of `value`, the highest first, with a probability of 1/2 each.
    pub(super) fn literal(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.bit(value >> bit & 1 == 1, 128);
        }
    }

    /// Encodes a flag, and if `value` is not 0, `bits` bits of its magnitude and its sign.
    pub(super) fn optional_signed(&mut self, value: i32, bits: u32) {
        self.bit(value != 0, 128);
        if value != 0 {
            self.literal(value.unsigned_abs(), bits);
            self.bit(value < 0, 128);
        }
    }

    /// Writes the rest, so that a decoder reads no bit that is not there. Returns the number of
    /// bytes.
    pub(super) fn finish(mut self) -> Result<u64, Error> {
        let bytes = (self.shifted_bits + u64::from(self.pending_bits) + 8).div_ceil(8);
        // Eight bits of the lower end, and those that were shifted out of them.
        let bits = self.pending_bits + 8;
        let padded = bits.next_multiple_of(8);
        self.carry(self.low >> bits & 1 == 1);
        let rest = (self.low << (64 - bits)).to_be_bytes();
        let (rest, _) = rest.split_at(padded as usize / 8);
        if let Some(file) = &mut self.file {
            file.extend_from_slice(rest)?;
        }
        self.error.map_or(Ok(bytes), Err)
    }

    #[cold]
    #[inline(never)]
    fn flush(&mut self) {
        let below = self.pending_bits + 8 - CHUNK_BITS;
        let chunk = self.low >> below;
        self.carry(chunk >> CHUNK_BITS & 1 == 1);
        if let Some(file) = &mut self.file
            && let Err(error) = file.extend_from_slice(&chunk.to_be_bytes()[4..])
        {
            self.error = Some(error);
        }
        self.low &= (1 << below) - 1;
        self.pending_bits -= CHUNK_BITS;
        self.shifted_bits += u64::from(CHUNK_BITS);
    }

    /// Adds a carry to the last byte. The range stays below 1, so that one before the first byte
    /// does not occur.
    fn carry(&mut self, carry: bool) {
        if let Some(file) = &mut self.file
            && carry
        {
            for byte in file.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
    }
}

/// The bits that are written at once.
const CHUNK_BITS: u32 = 32;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data")]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::probe::webp::test_files::Noise;
    use crate::probe::webp::vp8::BoolDecoder;

    /// The decoder reads every bit, and none that is not there. Bits against the odds make carries
    /// run through bytes of 255.
    #[test]
    fn the_decoder_reads_what_was_encoded_and_the_count_is_exact() {
        let mut noise = Noise(5);
        let budget = Budget::new(1 << 16);
        for round in 0..400 {
            let count = (noise.number() % 700) as usize;
            let bits: Vec<(bool, u8)> = (0..count)
                .map(|_| match round % 4 {
                    0 => (noise.byte() < 128, 128),
                    1 => (true, 1 + noise.byte() % 4),
                    2 => (noise.byte() < 250, 255 - noise.byte() % 3),
                    _ => (noise.byte() < 100, noise.byte().max(1)),
                })
                .collect();
            let mut file = budget.empty_buffer(2_000).unwrap();
            file.extend_from_slice(b"before").unwrap();
            let mut encoder = BoolEncoder::into(&mut file);
            let mut counter = BoolEncoder::counting();
            for &(bit, probability) in &bits {
                encoder.bit(bit, probability);
                counter.bit(bit, probability);
            }
            let bytes = encoder.finish().unwrap();
            assert_eq!(counter.finish().unwrap(), bytes);
            assert_eq!(file.len() as u64, 6 + bytes);
            assert_eq!(&file[..6], b"before");
            assert!(BoolDecoder::can_start(&file[6..]));
            let mut decoder = BoolDecoder::new(&file[6..]);
            for &(bit, probability) in &bits {
                assert_eq!(decoder.bit(probability), bit, "round {round}");
            }
            assert!(!decoder.is_past_end());
        }
    }

    #[test]
    fn a_file_that_is_full_is_an_error() {
        let budget = Budget::new(8);
        let mut file = budget.empty_buffer(8).unwrap();
        let mut encoder = BoolEncoder::into(&mut file);
        encoder.literal(0x5A5A_5A5A, 32);
        encoder.literal(0x5A5A_5A5A, 32);
        assert!(matches!(encoder.finish(), Err(Error::Bug(_))));
    }
}
