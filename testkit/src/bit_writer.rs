//! Bit writers: most significant bit first for JPEG, least significant first for VP8L and deflate.

/// Most significant bit first, with a zero byte stuffed after each 0xFF: the entropy-coded data of
/// JPEG (T.81, F.1.2.3).
#[derive(Default)]
pub struct JpegBitWriter {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl JpegBitWriter {
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

    /// Pads the last byte with ones.
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

/// Least significant bit first: VP8L (RFC 9649, 3) and deflate (RFC 1951, 3.1.1).
#[derive(Default)]
pub struct LsbBitWriter {
    bytes: Vec<u8>,
    count: u32,
}

impl LsbBitWriter {
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

    /// Writes a prefix code, which starts with its most significant bit.
    pub fn put_code(&mut self, code: u32, count: u32) {
        for i in (0..count).rev() {
            self.put(code >> i & 1, 1);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
