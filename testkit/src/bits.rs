//! Bits into bytes, in the three orders of the three formats, and the numbers that noise is made of.

/// Most significant bit first, with a zero stuffed after each 0xFF: JPEG entropy-coded data
/// (T.81, F.1.2.3).
#[derive(Default)]
pub struct JpegBits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl JpegBits {
    pub fn put(&mut self, bits: u32, count: u32) {
        for i in (0..count).rev() {
            self.held = self.held << 1 | (bits >> i & 1);
            self.count += 1;
            if self.count == 8 {
                let byte = (self.held & 0xFF) as u8;
                self.bytes.push(byte);
                if byte == 0xFF {
                    self.bytes.push(0);
                }
                self.held = 0;
                self.count = 0;
            }
        }
    }

    /// Fills the last byte with ones.
    pub fn align(&mut self) {
        while self.count != 0 {
            self.put(1, 1);
        }
    }

    pub fn marker(&mut self, marker: u8) {
        self.align();
        self.bytes.extend([0xFF, marker]);
    }

    pub fn finish(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}

/// Least significant bit first: VP8L (RFC 9649, 3).
#[derive(Default)]
pub struct LsbBits {
    bytes: Vec<u8>,
    count: u32,
}

impl LsbBits {
    pub fn put(&mut self, bits: u32, count: u32) {
        for i in 0..count {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((bits >> i & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
    }

    /// Bits of a prefix code: its first bit is the most significant one.
    pub fn put_code(&mut self, code: u32, count: u32) {
        for i in (0..count).rev() {
            self.put(code >> i & 1, 1);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The boolean entropy encoder of VP8 (RFC 6386, 7.3).
pub struct BoolWriter {
    bytes: Vec<u8>,
    range: u32,
    bottom: u32,
    room: u32,
}

impl Default for BoolWriter {
    fn default() -> Self {
        Self { bytes: Vec::new(), range: 255, bottom: 0, room: 24 }
    }
}

impl BoolWriter {
    /// One bit that is 0 with a probability of `zero_prob` / 256.
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
            self.room -= 1;
            if self.room == 0 {
                self.bytes.push((self.bottom >> 24) as u8);
                self.bottom &= 0xFF_FFFF;
                self.room = 8;
            }
        }
    }

    /// An unsigned number, most significant bit first, all bits equally likely.
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

/// A number whose bits all depend on all bits of `n` (the finaliser of SplitMix64).
pub fn mix(n: u64) -> u64 {
    let n = (n ^ n >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ n >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ n >> 31
}
