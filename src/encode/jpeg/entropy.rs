//! Huffman coding of quantized blocks (T.81, F.1.2).

use super::huffman::{BestCode, Histogram};
use crate::dct::{Block, ZIGZAG};
use crate::encode::file_writer::FileWriter;
use crate::error::Error;
use crate::probe::jpeg::HuffmanTable;

/// What takes the blocks of a scan, in their order.
pub(super) trait BlockSink {
    /// Prepares for the blocks of one more MCU.
    fn start_mcu(&mut self) -> Result<(), Error>;

    /// Takes a block of quantized coefficients. Its DC coefficient is coded as the difference from
    /// `predicted`.
    fn block(&mut self, kind: Kind, block: &Block, predicted: &mut i16);
}

/// The kind of a component. Each has its own steps and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Luma,
    Chroma,
}

/// How often each symbol of the scan occurs, for luma and for chroma.
pub(super) struct Histograms {
    dc: [Histogram; 2],
    ac: [Histogram; 2],
}

impl Histograms {
    pub(super) const fn new() -> Self {
        Self { dc: [[0; 256]; 2], ac: [[0; 256]; 2] }
    }

    /// The best DC and AC codes, for luma and for chroma.
    pub(super) fn best_codes(&self) -> [[BestCode; 2]; 2] {
        [&self.dc, &self.ac].map(|kinds| kinds.each_ref().map(BestCode::of))
    }
}

impl BlockSink for Histograms {
    #[inline(always)]
    fn start_mcu(&mut self) -> Result<(), Error> {
        Ok(())
    }

    #[inline(always)]
    fn block(&mut self, kind: Kind, block: &Block, predicted: &mut i16) {
        let [dc, ac] = [&mut self.dc, &mut self.ac].map(|kinds| &mut kinds[kind as usize]);
        for_each_symbol(
            block,
            predicted,
            #[inline(always)]
            |class, run, value| {
                let histogram = if class == Class::Dc { &mut *dc } else { &mut *ac };
                histogram[symbol(run, value)] += 1;
            },
        );
    }
}

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

    /// The code of `run` and `value`, followed by the bits of `value` (T.81, F.1.2.1).
    #[inline(always)]
    fn coded(&self, class: Class, run: u32, value: i16) -> Code {
        let codes = if class == Class::Dc { &self.dc } else { &self.ac };
        let Code { bits, len } = codes[symbol(run, value)];
        let size = size_category(value);
        // A negative value is coded as one less, in its lowest bits.
        let value = (i32::from(value) + i32::from(value >> 15)).cast_unsigned();
        Code { bits: bits << size | (value & ((1 << size) - 1)), len: len + size }
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

/// The class of a Huffman table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Dc,
    Ac,
}

/// Calls `each` with the class of each symbol, and the run and the value that it stands for (T.81,
/// F.1.2). A run of 16 zeros and the end of the block have the value 0.
#[inline(always)]
fn for_each_symbol(block: &Block, predicted: &mut i16, mut each: impl FnMut(Class, u32, i16)) {
    let coefficients = block.as_flattened();
    let mut nonzero = 0_u64;
    let mut ordered = [0_i16; 64];
    for (k, (to, &index)) in ordered.iter_mut().zip(&ZIGZAG).enumerate() {
        *to = coefficients[usize::from(index & 63)];
        nonzero |= u64::from(*to != 0) << k;
    }
    let dc = ordered[0];
    each(Class::Dc, 0, dc - *predicted);
    *predicted = dc;

    nonzero &= !1;
    let mut next = 1;
    while nonzero != 0 {
        let k = nonzero.trailing_zeros();
        let mut run = k - next;
        while run > 15 {
            each(Class::Ac, 15, 0);
            run -= 16;
        }
        each(Class::Ac, run, ordered[k as usize & 63]);
        next = k + 1;
        nonzero &= nonzero - 1;
    }
    if next < 64 {
        each(Class::Ac, 0, 0);
    }
}

/// The size category of `value`: the number of bits that follow the code.
#[inline(always)]
const fn size_category(value: i16) -> u32 {
    u16::BITS - value.unsigned_abs().leading_zeros()
}

#[inline(always)]
const fn symbol(run: u32, value: i16) -> usize {
    (run << 4 | size_category(value)) as usize & 255
}

/// Writes blocks to a file.
pub(super) struct BlockWriter<'w, 'b> {
    output: &'w mut FileWriter<'b>,
    codes: [Codes; 2],
    bytes: [u8; BUFFER_BYTES],
    len: usize,
    /// The last bits, the newest in the lowest bit, and how many are not in `bytes` yet. At most 31
    /// between two codes.
    bits: u64,
    bit_count: u32,
}

impl<'w, 'b> BlockWriter<'w, 'b> {
    /// `codes` are those of luma and of chroma.
    pub(super) const fn new(output: &'w mut FileWriter<'b>, codes: [Codes; 2]) -> Self {
        Self { output, codes, bytes: [0; BUFFER_BYTES], len: 0, bits: 0, bit_count: 0 }
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

impl BlockSink for BlockWriter<'_, '_> {
    /// Hands the bytes to the file when there is no more room for an MCU.
    #[inline(always)]
    fn start_mcu(&mut self) -> Result<(), Error> {
        if self.len > BUFFER_BYTES - MAX_MCU_BYTES { self.flush() } else { Ok(()) }
    }

    #[inline(always)]
    fn block(&mut self, kind: Kind, block: &Block, predicted: &mut i16) {
        for_each_symbol(
            block,
            predicted,
            #[inline(always)]
            |class, run, value| self.put(self.codes[kind as usize].coded(class, run, value)),
        );
    }
}

const BUFFER_BYTES: usize = 8_192;
/// More than the longest six blocks: 64 codes of 27 bits, all bytes stuffed.
const MAX_MCU_BYTES: usize = 6 * 512;
