//! Packs bits into bytes, the least significant bit first (RFC 9649, 3.1).

use crate::budget::Buffer;
use crate::error::Error;

/// Writes bits to a file, or only counts them.
pub(super) struct BitWriter<'f, 'b> {
    file: Option<&'f mut Buffer<'b, u8>>,
    /// Bits that do not fill four bytes yet.
    pending: u64,
    pending_bits: u32,
    /// The number of all bits so far.
    bits: u64,
}

impl<'f, 'b> BitWriter<'f, 'b> {
    /// A writer that only counts.
    pub(super) const fn counting() -> Self {
        Self { file: None, pending: 0, pending_bits: 0, bits: 0 }
    }

    /// A writer that appends to `file`.
    pub(super) const fn into(file: &'f mut Buffer<'b, u8>) -> Self {
        Self { file: Some(file), pending: 0, pending_bits: 0, bits: 0 }
    }

    /// Writes the low `bits` bits of `value`, at most 32. The other bits must be 0.
    pub(super) fn write(&mut self, value: u32, bits: u32) -> Result<(), Error> {
        self.bits += u64::from(bits);
        self.pending |= u64::from(value) << self.pending_bits;
        self.pending_bits += bits;
        if self.pending_bits >= 32 {
            if let Some(file) = &mut self.file {
                let [a, b, c, d, ..] = self.pending.to_le_bytes();
                file.extend_from_slice(&[a, b, c, d])?;
            }
            self.pending >>= 32;
            self.pending_bits -= 32;
        }
        Ok(())
    }

    /// The number of bits written so far.
    pub(super) const fn bits(&self) -> u64 {
        self.bits
    }

    /// Writes the pending bits, padded with zeros to complete bytes.
    pub(super) fn finish(self) -> Result<(), Error> {
        let bytes = self.pending.to_le_bytes();
        let (pending, _) = bytes.split_at(self.pending_bits.div_ceil(8) as usize);
        match self.file {
            Some(file) => file.extend_from_slice(pending),
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
