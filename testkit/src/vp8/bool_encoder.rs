//! The boolean entropy encoder (RFC 6386, 7.3).

/// Writes boolean-coded bits.
pub struct BoolEncoder {
    bytes: Vec<u8>,
    range: u32,
    bottom: u32,
    free_bits: u32,
}

impl Default for BoolEncoder {
    fn default() -> Self {
        Self { bytes: Vec::new(), range: 255, bottom: 0, free_bits: 24 }
    }
}

impl BoolEncoder {
    /// Writes a bit that is 0 with a probability of `zero_prob` / 256.
    pub fn put(&mut self, bit: bool, zero_prob: u8) {
        let split = 1 + ((self.range - 1) * u32::from(zero_prob) >> 8);
        if bit {
            let (sum, carry) = self.bottom.overflowing_add(split);
            self.bottom = sum;
            if carry {
                self.carry();
            }
            self.range -= split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            if self.bottom & 1 << 31 != 0 {
                self.carry();
            }
            self.bottom <<= 1;
            self.free_bits -= 1;
            if self.free_bits == 0 {
                self.bytes.push((self.bottom >> 24) as u8);
                self.bottom &= 0xFF_FFFF;
                self.free_bits = 8;
            }
        }
    }

    /// Writes an unsigned number, most significant bit first, each bit with a probability of 1/2.
    pub fn literal(&mut self, value: u32, count: u32) {
        for i in (0..count).rev() {
            self.put(value >> i & 1 != 0, 128);
        }
    }

    pub fn flag(&mut self, bit: bool) {
        self.put(bit, 128);
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.literal(0, 32);
        self.bytes
    }

    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
}
