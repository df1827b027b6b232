//! A scan: quantised coefficients → Huffman symbols, sequential or progressive (T.81, F.1 and G.1).

use super::frame::Frame;
use super::tables::HuffmanTable;
use crate::bit_writer::JpegBitWriter;
use crate::huffman::code_lengths;

/// The parameters of a scan, as in SOS.
#[derive(Clone)]
pub struct Scan {
    /// Indices of components in the frame.
    pub components: Vec<usize>,
    pub start: usize,
    pub end: usize,
    pub high: u32,
    pub low: u32,
}

impl Scan {
    pub fn sequential(components: &[usize]) -> Self {
        Self { components: components.to_vec(), start: 0, end: 63, high: 0, low: 0 }
    }

    pub fn progressive(components: &[usize], band: (usize, usize), bits: (u32, u32)) -> Self {
        let (start, end) = band;
        let (high, low) = bits;
        Self { components: components.to_vec(), start, end, high, low }
    }
}

/// An element of entropy-coded data.
pub enum Token {
    /// A Huffman symbol of a class (0 DC, 1 AC) and table slot, and the extra bits after it.
    Symbol { class: usize, slot: usize, symbol: u8, extra: u32, extra_bits: u32 },
    /// A raw bit: a correction bit, or one of DC refinement.
    Bit(u32),
    /// RSTn.
    Restart(u8),
}

/// The tokens of `scan`, with a restart marker every `interval` MCUs (0 for none).
pub fn tokens(frame: &Frame, scan: &Scan, interval: usize, progressive: bool) -> Vec<Token> {
    let mut coder =
        ScanCoder { tokens: Vec::new(), dc: [0; 4], eob_run: 0, corrections: Vec::new(), slot: 0 };
    for (mcu, blocks) in mcus(frame, scan).into_iter().enumerate() {
        if interval != 0 && mcu != 0 && mcu.is_multiple_of(interval) {
            coder.flush_eob_run();
            coder.tokens.push(Token::Restart(((mcu / interval - 1) % 8) as u8));
            coder.dc = [0; 4];
        }
        for (component, block) in blocks {
            coder.slot = frame.components[component].slot;
            let block = &frame.components[component].blocks[block];
            match (progressive, scan.start, scan.high) {
                (false, _, _) => coder.sequential(component, block),
                (true, 0, 0) => coder.dc_first(component, block, scan.low),
                (true, 0, _) => coder.tokens.push(Token::Bit((block[0] >> scan.low & 1) as u32)),
                (true, _, 0) => coder.ac_first(block, scan),
                (true, _, _) => coder.ac_refine(block, scan),
            }
        }
    }
    coder.flush_eob_run();
    coder.tokens
}

/// Replaces each end of block with runs of 16 zeros, of which the last may pass the end. In `scan`,
/// which must be sequential or the first of an AC band, an end of band for one block counts as well.
pub fn end_blocks_with_zero_runs(tokens: Vec<Token>, scan: &Scan) -> Vec<Token> {
    let mut next = scan.start.max(1);
    let mut replaced = Vec::new();
    for token in tokens {
        let Token::Symbol { class: 1, slot, symbol, .. } = token else {
            next = scan.start.max(1);
            replaced.push(token);
            continue;
        };
        if symbol == 0 && scan.high == 0 {
            while next <= scan.end {
                replaced.push(Token::Symbol {
                    class: 1,
                    slot,
                    symbol: 0xF0,
                    extra: 0,
                    extra_bits: 0,
                });
                next += 16;
            }
        } else {
            replaced.push(token);
            next += usize::from(symbol >> 4) + 1;
        }
        let is_end_of_band = symbol & 15 == 0 && symbol != 0xF0;
        if is_end_of_band || next > scan.end {
            next = scan.start.max(1);
        }
    }
    replaced
}

/// The optimal tables for `tokens`, by class and slot.
pub fn optimal_tables(tokens: &[Token]) -> Vec<(usize, usize, HuffmanTable)> {
    let mut tables = Vec::new();
    for class in 0..2 {
        for slot in 0..2 {
            // The extra symbol 256 gets the code of all ones, which JPEG reserves (T.81, K.2).
            let mut counts = vec![0; 257];
            for token in tokens {
                if let Token::Symbol { class: c, slot: s, symbol, .. } = token
                    && (*c, *s) == (class, slot)
                {
                    counts[usize::from(*symbol)] += 2;
                }
            }
            if counts.iter().all(|count| *count == 0) {
                continue;
            }
            counts[256] = 1;
            let lengths = code_lengths(&counts, 16);
            let mut table = HuffmanTable { counts: [0; 16], symbols: Vec::new() };
            for length in 1..=16_u8 {
                for (symbol, _) in lengths[..256].iter().enumerate().filter(|(_, l)| **l == length)
                {
                    table.counts[usize::from(length) - 1] += 1;
                    table.symbols.push(symbol as u8);
                }
            }
            tables.push((class, slot, table));
        }
    }
    tables
}

/// Entropy-coded data. Panics if a table lacks a symbol.
pub fn entropy_coded(tokens: &[Token], table: impl Fn(usize, usize) -> HuffmanTable) -> Vec<u8> {
    let codes: Vec<_> =
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(c, s)| table(c, s).codes()).into_iter().collect();
    let mut bits = JpegBitWriter::default();
    for token in tokens {
        match token {
            Token::Symbol { class, slot, symbol, extra, extra_bits } => {
                let (code, length) = codes[class * 2 + slot][usize::from(*symbol)];
                assert_ne!(length, 0, "symbol {symbol:#x} has no code");
                bits.put(code, length);
                bits.put(*extra, *extra_bits);
            }
            Token::Bit(bit) => bits.put(*bit, 1),
            Token::Restart(n) => bits.marker(0xD0 + n),
        }
    }
    bits.finish()
}

/// The blocks of each MCU as (component, index). Several components are interleaved; a single one
/// is not padded to complete MCUs of the frame (T.81, A.2).
fn mcus(frame: &Frame, scan: &Scan) -> Vec<Vec<(usize, usize)>> {
    let mut mcus = Vec::new();
    if let [only] = scan.components[..] {
        let component = &frame.components[only];
        for y in 0..component.height.div_ceil(8) {
            for x in 0..component.width.div_ceil(8) {
                mcus.push(vec![(only, y * component.blocks_wide + x)]);
            }
        }
        return mcus;
    }
    for my in 0..frame.mcus_high {
        for mx in 0..frame.mcus_wide {
            let mut blocks = Vec::new();
            for &index in &scan.components {
                let component = &frame.components[index];
                for y in 0..component.v {
                    for x in 0..component.h {
                        let row = my * component.v + y;
                        blocks.push((index, row * component.blocks_wide + mx * component.h + x));
                    }
                }
            }
            mcus.push(blocks);
        }
    }
    mcus
}

struct ScanCoder {
    tokens: Vec<Token>,
    dc: [i32; 4],
    /// The blocks of the pending end-of-band run, and their correction bits.
    eob_run: u32,
    corrections: Vec<u32>,
    slot: usize,
}

impl ScanCoder {
    fn symbol(&mut self, class: usize, symbol: u8, extra: u32, extra_bits: u32) {
        self.tokens.push(Token::Symbol { class, slot: self.slot, symbol, extra, extra_bits });
    }

    /// Writes a zero run and a value, as category and extra bits (T.81, F.1.2.1).
    fn value(&mut self, class: usize, run: u32, value: i32) {
        let bits = 32 - value.unsigned_abs().leading_zeros();
        let extra = if value < 0 { value - 1 } else { value } as u32 & ((1 << bits) - 1);
        self.symbol(class, (run << 4 | bits) as u8, extra, bits);
    }

    fn dc_first(&mut self, component: usize, block: &[i32; 64], low: u32) {
        let dc = block[0] >> low;
        let difference = dc - self.dc[component];
        self.dc[component] = dc;
        self.value(0, 0, difference);
    }

    fn sequential(&mut self, component: usize, block: &[i32; 64]) {
        self.dc_first(component, block, 0);
        if self.ac_values(block[1..].iter().copied()) {
            self.symbol(1, 0, 0, 0);
        }
    }

    fn ac_first(&mut self, block: &[i32; 64], scan: &Scan) {
        let values = block[scan.start..=scan.end].iter().map(|value| value / (1 << scan.low));
        if self.ac_values(values) {
            self.extend_eob_run();
        }
    }

    /// Writes the nonzero values, each with the zero run before it. Returns whether zeros remain
    /// after the last one.
    fn ac_values(&mut self, values: impl Iterator<Item = i32>) -> bool {
        let mut run = 0;
        for value in values {
            if value == 0 {
                run += 1;
                continue;
            }
            self.flush_eob_run();
            while run > 15 {
                self.symbol(1, 0xF0, 0, 0);
                run -= 16;
            }
            self.value(1, run, value);
            run = 0;
        }
        run > 0
    }

    fn ac_refine(&mut self, block: &[i32; 64], scan: &Scan) {
        let size = |k: usize| block[k].unsigned_abs() >> scan.low;
        let last_new = (scan.start..=scan.end).rev().find(|&k| size(k) == 1).unwrap_or(0);
        let mut run = 0;
        let mut corrections = Vec::new();
        for k in scan.start..=scan.end {
            if size(k) == 0 {
                run += 1;
                continue;
            }
            while run > 15 && k <= last_new {
                self.flush_eob_run();
                self.symbol(1, 0xF0, 0, 0);
                self.tokens.extend(corrections.drain(..).map(Token::Bit));
                run -= 16;
            }
            if size(k) > 1 {
                corrections.push(size(k) & 1);
                continue;
            }
            self.flush_eob_run();
            self.symbol(1, (run << 4 | 1) as u8, u32::from(block[k] > 0), 1);
            self.tokens.extend(corrections.drain(..).map(Token::Bit));
            run = 0;
        }
        if run > 0 || !corrections.is_empty() {
            self.corrections.append(&mut corrections);
            self.extend_eob_run();
        }
    }

    fn extend_eob_run(&mut self) {
        self.eob_run += 1;
        if self.eob_run == 0x7FFF || self.corrections.len() > 900 {
            self.flush_eob_run();
        }
    }

    fn flush_eob_run(&mut self) {
        if self.eob_run > 0 {
            let bits = 31 - self.eob_run.leading_zeros();
            self.symbol(1, (bits << 4) as u8, self.eob_run - (1 << bits), bits);
            self.eob_run = 0;
        }
        let corrections = std::mem::take(&mut self.corrections);
        self.tokens.extend(corrections.into_iter().map(Token::Bit));
    }
}
