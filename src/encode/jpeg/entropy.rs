//! Huffman coding of quantized blocks (T.81, F.1.2).

use crate::dct::{Block, ZIGZAG};
use crate::encode::file_writer::FileWriter;
use crate::error::Error;
use crate::probe::jpeg::HuffmanTable;

/// The codes of one kind of component.
pub(super) struct Codes {
    dc: [Code; 256],
    ac: [Code; 256],
}

/// A code and its length in bits. The length is 0 where the table has no code.
#[derive(Clone, Copy, Default)]
struct Code {
    bits: u32,
    len: u32,
}

impl Codes {
    pub(super) fn new(dc: &HuffmanTable<'_>, ac: &HuffmanTable<'_>) -> Self {
        Self { dc: codes(dc), ac: codes(ac) }
    }
}

/// The codes of a table by symbol (T.81, C.2).
fn codes(table: &HuffmanTable<'_>) -> [Code; 256] {
    let mut codes = [Code::default(); 256];
    let mut symbols = table.symbols.iter();
    let mut bits = 0;
    for (len, &count) in (1..).zip(table.counts) {
        for &symbol in symbols.by_ref().take(usize::from(count)) {
            codes[usize::from(symbol)] = Code { bits, len };
            bits += 1;
        }
        bits <<= 1;
    }
    codes
}

/// Writes blocks to a file.
pub(super) struct BlockWriter<'w, 'b> {
    output: &'w mut FileWriter<'b>,
    bytes: [u8; BUFFER_BYTES],
    len: usize,
    /// The last bits, the newest in the lowest bit, and how many are not in `bytes` yet. At most 31
    /// between two codes.
    bits: u64,
    bit_count: u32,
}

impl<'w, 'b> BlockWriter<'w, 'b> {
    pub(super) const fn new(output: &'w mut FileWriter<'b>) -> Self {
        Self { output, bytes: [0; BUFFER_BYTES], len: 0, bits: 0, bit_count: 0 }
    }

    /// Hands the bytes to the file when there is no more room for an MCU.
    #[inline(always)]
    pub(super) fn make_room(&mut self) -> Result<(), Error> {
        if self.len > BUFFER_BYTES - MAX_MCU_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes a block of quantized coefficients, with its DC coefficient as the difference from
    /// `predicted`. There must be room for it.
    #[inline(always)]
    pub(super) fn write(&mut self, block: &Block, predicted: &mut i16, codes: &Codes) {
        let coefficients = block.as_flattened();
        let mut nonzero = 0_u64;
        let mut ordered = [0_i16; 64];
        for (k, (to, &index)) in ordered.iter_mut().zip(&ZIGZAG).enumerate() {
            *to = coefficients[usize::from(index & 63)];
            nonzero |= u64::from(*to != 0) << k;
        }
        let dc = ordered[0];
        self.put_value(&codes.dc, 0, dc - *predicted);
        *predicted = dc;

        nonzero &= !1;
        let mut next = 1;
        while nonzero != 0 {
            let k = nonzero.trailing_zeros();
            let mut run = k - next;
            while run > 15 {
                self.put(codes.ac[ZERO_RUN]);
                run -= 16;
            }
            self.put_value(&codes.ac, run << 4, ordered[k as usize & 63]);
            next = k + 1;
            nonzero &= nonzero - 1;
        }
        if next < 64 {
            self.put(codes.ac[END_OF_BLOCK]);
        }
    }

    /// Pads the last byte with ones (T.81, F.1.2.3) and hands all bytes to the file.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.put(Code { bits: 0x7F, len: 7 });
        while self.bit_count >= 8 {
            self.bit_count -= 8;
            self.push((self.bits >> self.bit_count).to_le_bytes()[0]);
        }
        self.flush()
    }

    /// Writes the size category of `value` together with `run`, and the bits of `value` (T.81,
    /// F.1.2.1).
    #[inline(always)]
    fn put_value(&mut self, codes: &[Code; 256], run: u32, value: i16) {
        let size = u16::BITS - value.unsigned_abs().leading_zeros();
        // A negative value is coded as one less, in its lowest bits.
        let value = (i32::from(value) + i32::from(value >> 15)).cast_unsigned();
        let code = codes[(run | size) as usize & 255];
        self.put(Code {
            bits: code.bits << size | (value & ((1 << size) - 1)),
            len: code.len + size,
        });
    }

    #[inline(always)]
    fn put(&mut self, code: Code) {
        self.bits = self.bits << code.len | u64::from(code.bits);
        self.bit_count += code.len;
        if self.bit_count < 32 {
            return;
        }
        self.bit_count -= 32;
        let four = (self.bits >> self.bit_count).to_le_bytes();
        let [d, c, b, a, ..] = four;
        if [a, b, c, d].contains(&0xFF) {
            [a, b, c, d].into_iter().for_each(|byte| self.push(byte));
        } else if let Some(to) = self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut) {
            *to = [a, b, c, d];
            self.len += 4;
        } else {
            self.len = BUFFER_BYTES + 1;
        }
    }

    /// Appends a byte, and a zero after a byte of ones (T.81, F.1.2.3).
    fn push(&mut self, byte: u8) {
        let stuffed = [byte, 0];
        let len = 1 + usize::from(byte == 0xFF);
        for (to, from) in self.bytes.iter_mut().skip(self.len).zip(stuffed.iter().take(len)) {
            *to = *from;
        }
        self.len += len;
    }

    fn flush(&mut self) -> Result<(), Error> {
        let bytes = self.bytes.get(..self.len).ok_or(Error::Bug("a block longer than any"))?;
        self.output.append(bytes)?;
        self.len = 0;
        Ok(())
    }
}

/// Sixteen coefficients of 0.
const ZERO_RUN: usize = 0xF0;
/// All further coefficients of the block are 0.
const END_OF_BLOCK: usize = 0x00;
const BUFFER_BYTES: usize = 8_192;
/// More than the longest six blocks: 64 codes of 27 bits, all bytes stuffed.
const MAX_MCU_BYTES: usize = 6 * 512;
