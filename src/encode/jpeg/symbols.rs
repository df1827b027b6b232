//! Quantized blocks → the symbols of a scan (T.81, F.1.2 and G.1.2).

use super::quantizer::QuantizedBlock;
use super::sampling::Kind;
use super::scan::Scan;
use crate::error::Error;

/// What takes the symbols of a scan, in their order.
pub(super) trait SymbolSink {
    /// Prepares for the blocks of one more MCU.
    fn start_mcu(&mut self) -> Result<(), Error>;

    fn put(&mut self, symbol: Symbol);
}

/// A symbol with a Huffman code, and the bits that follow it.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) class: Class,
    pub(super) kind: Kind,
    /// A run of zeros, and the number of bits that follow.
    value: u32,
    bits: u32,
    pub(super) bit_count: u32,
}

/// The class of a Huffman table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Dc,
    Ac,
}

impl Symbol {
    /// A coefficient, or a difference, after `run` zeros. A value of 0 stands for a run of 16 zeros
    /// or for the end of a block.
    #[inline(always)]
    const fn new(class: Class, kind: Kind, run: u32, value: i16) -> Self {
        // The size category. A negative value is coded as one less, in its lowest bits.
        let bit_count = u16::BITS - value.unsigned_abs().leading_zeros();
        let bits = (value as i32 + (value >> 15) as i32).cast_unsigned() & ((1 << bit_count) - 1);
        Self { class, kind, value: run << 4 | bit_count, bits, bit_count }
    }

    /// `run` blocks end, at least one (T.81, G.1.2.2).
    #[inline(always)]
    const fn end_of_blocks(kind: Kind, run: u32) -> Self {
        let bit_count = (run | 1).ilog2();
        let bits = run & ((1 << bit_count) - 1);
        Self { class: Class::Ac, kind, value: bit_count << 4, bits, bit_count }
    }

    /// Its index in a histogram or a table of codes.
    #[inline(always)]
    pub(super) const fn index(&self) -> usize {
        self.value as usize & 255
    }

    /// The symbol's bits after those of its code.
    #[inline(always)]
    pub(super) const fn after(&self, code: u32) -> u32 {
        code << self.bit_count | self.bits
    }
}

/// Turns the blocks of one scan into symbols.
pub(super) struct BlockCoder {
    first: u32,
    last: u32,
    /// The last DC coefficient of each component.
    predicted: [i16; 3],
    /// Blocks whose end is not coded yet. In a sequential scan each has a symbol of its own.
    ended_blocks: u32,
    max_ended_blocks: u32,
    /// Of the last block.
    kind: Kind,
}

impl BlockCoder {
    pub(super) const fn new(scan: &Scan) -> Self {
        Self {
            first: scan.first,
            last: scan.last,
            predicted: [0; 3],
            ended_blocks: 0,
            max_ended_blocks: if scan.is_sequential() { 1 } else { 0x7FFF },
            kind: Kind::Luma,
        }
    }

    /// Hands over the symbols of a block.
    #[inline(always)]
    pub(super) fn block(
        &mut self,
        component: usize,
        block: &QuantizedBlock,
        sink: &mut impl SymbolSink,
    ) {
        self.kind = Kind::of(component);
        let &QuantizedBlock { ref coefficients, mut nonzero } = block;
        if self.first == 0
            && let Some(predicted) = self.predicted.get_mut(component)
        {
            let difference = coefficients[0] - *predicted;
            *predicted = coefficients[0];
            sink.put(Symbol::new(Class::Dc, self.kind, 0, difference));
        }
        if self.last > 0 {
            let mut next = self.first.max(1);
            // The bits of coefficients `next` to `last`.
            nonzero &= (u64::MAX << next) & (u64::MAX >> (63 - self.last));
            if nonzero != 0 {
                self.end_blocks(sink);
            }
            while nonzero != 0 {
                let k = nonzero.trailing_zeros();
                let mut run = k - next;
                while run > 15 {
                    sink.put(Symbol::new(Class::Ac, self.kind, 15, 0));
                    run -= 16;
                }
                sink.put(Symbol::new(Class::Ac, self.kind, run, coefficients[k as usize & 63]));
                next = k + 1;
                nonzero &= nonzero - 1;
            }
            if next <= self.last {
                self.ended_blocks += 1;
                if self.ended_blocks == self.max_ended_blocks {
                    self.end_blocks(sink);
                }
            }
        }
    }

    /// Hands over the symbol of the blocks whose end is not coded yet.
    #[inline(always)]
    pub(super) fn end_blocks(&mut self, sink: &mut impl SymbolSink) {
        if self.ended_blocks > 0 {
            sink.put(Symbol::end_of_blocks(self.kind, self.ended_blocks));
            self.ended_blocks = 0;
        }
    }
}
