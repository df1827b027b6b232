//! Huffman coding of symbols: their histograms, and their codes (T.81, F.1.2 and annex C).

use super::huffman::{BestCode, Histogram};
use super::symbols::{Class, Symbol, SymbolSink};
use super::trellis::Trellis;
use crate::encode::file_writer::FileWriter;
use crate::error::Error;
use crate::probe::jpeg::HuffmanTable;

/// How often each symbol of a scan occurs, for luma and for chroma.
pub(super) struct Histograms {
    dc: [Histogram; 2],
    ac: [Histogram; 2],
}

impl Histograms {
    pub(super) const fn new() -> Self {
        Self { dc: [[0; 256]; 2], ac: [[0; 256]; 2] }
    }

    pub(super) fn trellises(&self) -> [Trellis; 2] {
        self.ac.each_ref().map(Trellis::new)
    }

    /// The best codes. Those that nothing needs are empty.
    pub(super) fn best_codes(&self) -> BestCodes {
        BestCodes {
            dc: self.dc.each_ref().map(BestCode::of),
            ac: self.ac.each_ref().map(BestCode::of),
        }
    }
}

impl SymbolSink for Histograms {
    #[inline(always)]
    fn start_mcu(&mut self) -> Result<(), Error> {
        Ok(())
    }

    #[inline(always)]
    fn put(&mut self, symbol: Symbol) {
        let kinds = if symbol.class == Class::Dc { &mut self.dc } else { &mut self.ac };
        kinds[symbol.kind as usize][symbol.index()] += 1;
    }
}

/// The best DC and AC codes of a scan, for luma and for chroma.
#[derive(Debug, Default)]
pub(super) struct BestCodes {
    dc: [BestCode; 2],
    ac: [BestCode; 2],
}

impl BestCodes {
    /// DC and AC tables, for luma and for chroma.
    pub(super) fn tables(&self) -> [[HuffmanTable<'_>; 2]; 2] {
        [&self.dc, &self.ac].map(|kinds| kinds.each_ref().map(BestCode::table))
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
}

/// The codes of a table by symbol (T.81, C.2).
fn codes(table: &HuffmanTable<'_>) -> [Code; 256] {
    let mut codes = [Code::default(); 256];
    for (symbol, bits, len) in table.codes() {
        codes[usize::from(symbol)] = Code { bits, len };
    }
    codes
}

/// Writes symbols to a file.
pub(super) struct SymbolWriter<'w, 'b> {
    output: &'w mut FileWriter<'b>,
    codes: [Codes; 2],
    bytes: [u8; BUFFER_BYTES],
    len: usize,
    /// The last bits, the newest in the lowest bit, and how many are not in `bytes` yet. At most 31
    /// between two codes.
    bits: u64,
    bit_count: u32,
}

impl<'w, 'b> SymbolWriter<'w, 'b> {
    /// `codes` are those of luma and of chroma.
    pub(super) const fn new(output: &'w mut FileWriter<'b>, codes: [Codes; 2]) -> Self {
        Self { output, codes, bytes: [0; BUFFER_BYTES], len: 0, bits: 0, bit_count: 0 }
    }

    /// Pads the last byte with ones (T.81, F.1.2.3) and hands all bytes to the file.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.put_bits(Code { bits: 0x7F, len: 7 });
        while self.bit_count >= 8 {
            self.bit_count -= 8;
            self.push((self.bits >> self.bit_count).to_le_bytes()[0]);
        }
        self.flush()
    }

    #[inline(always)]
    fn put_bits(&mut self, code: Code) {
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

impl SymbolSink for SymbolWriter<'_, '_> {
    /// Hands the bytes to the file when there is no more room for an MCU.
    #[inline(always)]
    fn start_mcu(&mut self) -> Result<(), Error> {
        if self.len > BUFFER_BYTES - MAX_MCU_BYTES { self.flush() } else { Ok(()) }
    }

    #[inline(always)]
    fn put(&mut self, symbol: Symbol) {
        let codes = &self.codes[symbol.kind as usize];
        let codes = if symbol.class == Class::Dc { &codes.dc } else { &codes.ac };
        let Code { bits, len } = codes[symbol.index()];
        self.put_bits(Code { bits: symbol.after(bits), len: len + symbol.bit_count });
    }
}

const BUFFER_BYTES: usize = 8_192;
/// More than the longest six blocks: 64 codes of 27 bits, all bytes stuffed.
const MAX_MCU_BYTES: usize = 6 * 512;
