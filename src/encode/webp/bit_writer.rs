//! Bits into bytes, the least significant first (RFC 9649, 3.1).

use crate::budget::Buffer;
use crate::error::Error;

/// Writes bits to a file, or only counts them.
pub(super) struct BitWriter<'f, 'b> {
    file: Option<&'f mut Buffer<'b, u8>>,
    waiting: u64,
    waiting_bits: u32,
    bits: u64,
}

impl<'f, 'b> BitWriter<'f, 'b> {
    pub(super) const fn counting() -> Self {
        Self { file: None, waiting: 0, waiting_bits: 0, bits: 0 }
    }

    pub(super) const fn into(file: &'f mut Buffer<'b, u8>) -> Self {
        Self { file: Some(file), waiting: 0, waiting_bits: 0, bits: 0 }
    }

    /// Writes the `bits` low bits of `value`, at most 32; the others must be 0.
    pub(super) fn write(&mut self, value: u32, bits: u32) -> Result<(), Error> {
        self.bits += u64::from(bits);
        self.waiting |= u64::from(value) << self.waiting_bits;
        self.waiting_bits += bits;
        if self.waiting_bits >= 32 {
            if let Some(file) = &mut self.file {
                let [a, b, c, d, ..] = self.waiting.to_le_bytes();
                file.extend_from_slice(&[a, b, c, d])?;
            }
            self.waiting >>= 32;
            self.waiting_bits -= 32;
        }
        Ok(())
    }

    /// How many bits were written so far.
    pub(super) const fn bits(&self) -> u64 {
        self.bits
    }

    /// Writes the bits that wait, filled up with zeros to a byte.
    pub(super) fn finish(self) -> Result<(), Error> {
        let bytes = self.waiting.to_le_bytes();
        let (waiting, _) = bytes.split_at(self.waiting_bits.div_ceil(8) as usize);
        match self.file {
            Some(file) => file.extend_from_slice(waiting),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;
    use crate::budget::Budget;

    #[test]
    fn bits_fill_bytes_from_the_least_significant() {
        let budget = Budget::new(64);
        let mut file = budget.empty_buffer(64).unwrap();
        let mut writer = BitWriter::into(&mut file);
        writer.write(0b1, 1).unwrap();
        writer.write(0b0110, 4).unwrap();
        writer.write(0xFFFF_FFFF, 32).unwrap();
        writer.write(0, 0).unwrap();
        writer.write(0b10, 2).unwrap();
        assert_eq!(writer.bits(), 39);
        writer.finish().unwrap();
        assert_eq!(&file[..], [0b1110_1101, 0xFF, 0xFF, 0xFF, 0b0101_1111]);
    }
}
