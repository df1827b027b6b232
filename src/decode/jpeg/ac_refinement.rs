//! Decodes a refinement scan of a band of AC coefficients (T.81, G.1.2.3).
//!
//! A code says how many coefficients of 0 to pass; those that are nonzero are not counted, and each
//! has a correction bit after the code. Which coefficient the code is for follows from the history
//! of the block by a lookup. The correction bits of a block are collected, and applied at its end,
//! because no code depends on them.

use super::bit_reader::{BitReader, Fault};
use super::block_decoder::BlockDecoder;
use super::block_window::BlockPosition;
use super::coefficients::Coefficients;
use super::huffman::DecodedSymbol;
use super::spectral_band::{BandTables, SpectralBand};
use crate::probe::jpeg::Scan;

pub(super) struct AcRefinement<'p, 'b>(SpectralBand<'p, 'b>);

impl<'p, 'b> AcRefinement<'p, 'b> {
    pub(super) fn new(
        plane: &'p mut Coefficients<'b>,
        tables: BandTables<'p>,
        scan: &Scan,
    ) -> Self {
        Self(SpectralBand::new(plane, tables, scan))
    }
}

impl BlockDecoder for AcRefinement<'_, '_> {
    #[inline(always)]
    fn decode_block(
        &mut self,
        position: BlockPosition,
        bits: &mut BitReader<'_>,
    ) -> Result<(), Fault> {
        let band = &mut self.0;
        let history = band.history(position);
        let before = history & band.mask_from(band.first);
        let mut block = Block { before, history, corrections: 0, correction_count: 0 };
        band.load(position);
        let outcome = band.refine_block(&mut block, bits);
        // Also after a fault, because the rows of a truncated frame may be shown.
        band.apply_corrections(&block);
        band.store(position, if outcome.is_ok() { block.history } else { history });
        outcome
    }

    #[inline(always)]
    fn skip_ended_block(&mut self, position: BlockPosition) -> bool {
        let band = &mut self.0;
        if band.eob_run == 0 {
            return false;
        }
        let is_empty = band.history(position) & band.mask_from(band.first) == 0;
        band.eob_run -= u32::from(is_empty);
        is_empty
    }

    fn end_interval(&mut self) -> Result<(), Fault> {
        self.0.end_interval()
    }
}

/// A block that is being refined.
struct Block {
    /// The coefficients of the band that were nonzero before the scan.
    before: u64,
    /// All coefficients that are nonzero now.
    history: u64,
    /// The correction bits so far, the last one in the lowest bit.
    corrections: u64,
    correction_count: u32,
}

impl Block {
    /// Reads `count` correction bits. A block has at most 63.
    #[inline(always)]
    fn read_corrections(&mut self, mut count: u32, bits: &mut BitReader<'_>) {
        while count > 0 {
            bits.refill();
            let read = count.min(16);
            self.append_corrections(read, bits);
            count -= read;
        }
    }

    /// Reads `count` correction bits, at most 16. A refill must have made them available.
    #[inline(always)]
    fn append_corrections(&mut self, count: u32, bits: &mut BitReader<'_>) {
        self.corrections = self.corrections << count | u64::from(bits.read(count));
        self.correction_count += count;
    }
}

impl SpectralBand<'_, '_> {
    /// Reads the codes and the correction bits of a block.
    #[inline(always)]
    fn refine_block(&mut self, block: &mut Block, bits: &mut BitReader<'_>) -> Result<(), Fault> {
        let mut k = self.first;
        if self.eob_run == 0 {
            while k <= self.last {
                let can_pass;
                (k, can_pass) = self.refine_short_codes(block, k, bits);
                if can_pass {
                    // Nothing is kept from here on, and nothing has a correction bit.
                    k = self.tables.not_kept.pass(k, self.last, &mut block.history, bits);
                    if k > self.last {
                        return Ok(());
                    }
                }
                k = self.refine_any_code(block, k, bits)?;
                if self.eob_run > 0 {
                    break;
                }
            }
        }
        if self.eob_run > 0 {
            self.eob_run -= 1;
            block.read_corrections((block.before & self.mask_from(k)).count_ones(), bits);
        }
        Ok(())
    }

    /// Decodes short codes of coefficients that become nonzero and lie close to each other, with
    /// the correction bits before them. Returns the index of the next coefficient, and whether all
    /// from there on are 0 and not kept. Otherwise the next code is none of those.
    #[inline(always)]
    fn refine_short_codes(
        &mut self,
        block: &mut Block,
        mut k: u32,
        bits: &mut BitReader<'_>,
    ) -> (u32, bool) {
        let kept = u64::MAX >> (63 - self.last_kept);
        // Shifted by one, because `k` may become 64.
        let ahead = ((block.before | kept) & self.mask_from(self.first)) >> 1;
        loop {
            bits.refill();
            for _ in 0..SHORT_CODES_PER_REFILL {
                if ahead >> (k - 1) == 0 {
                    return (k, true);
                }
                let Some((DecodedSymbol { symbol, value }, code_bits)) =
                    self.tables.codes.peek_short(bits)
                else {
                    return (k, false);
                };
                let run = symbol >> 4;
                let zeros = !(block.before >> k).to_le_bytes()[0];
                let distance = NTH_SET_BIT[usize::from(zeros)][usize::from(run)];
                let next = k + u32::from(distance);
                if symbol & 15 != 1 || next > self.last {
                    return (k, false);
                }
                bits.consume(code_bits);
                block.append_corrections(u32::from(distance - run), bits);
                self.set(next, value);
                block.history |= 1 << next;
                k = next + 1;
            }
        }
    }

    /// Decodes any code with the correction bits before its coefficient. Returns the index of the
    /// next coefficient. The code that ends the block only sets the EOB run.
    #[inline(always)]
    fn refine_any_code(
        &mut self,
        block: &mut Block,
        k: u32,
        bits: &mut BitReader<'_>,
    ) -> Result<u32, Fault> {
        let symbol = self.tables.codes.decode_symbol(bits)?;
        let run = symbol >> 4;
        let value = match symbol & 15 {
            0 if run < 15 => {
                self.eob_run = (1 << run) + bits.read(run.into());
                return Ok(k);
            }
            0 => 0,
            1 => bits.read(1).cast_signed() * 2 - 1,
            _ => return Err(Fault::InvalidSymbol),
        };
        let next = nth_zero(block.before, k, run);
        if next > self.last {
            block.read_corrections((block.before & self.mask_from(k)).count_ones(), bits);
            return if value == 0 { Ok(self.last + 1) } else { Err(Fault::RunTooLong) };
        }
        block.read_corrections(next - k - u32::from(run), bits);
        if value != 0 {
            self.set(next, value);
            block.history |= 1 << next;
        }
        Ok(next + 1)
    }

    /// Applies the correction bits of a block to the values that are kept.
    #[inline(always)]
    fn apply_corrections(&mut self, block: &Block) {
        let mut kept = block.before & (u64::MAX >> (63 - self.last_kept));
        // The first one in the highest bit. Zeros follow the last one.
        let mut corrections = block.corrections << 1 << (63 - block.correction_count);
        if kept == 0 {
            return;
        }
        if self.last_kept <= 4 {
            // Visits all: how many are nonzero is hard to predict.
            for k in 1..=4 {
                let was_nonzero = kept >> k & 1;
                self.correct(k, corrections >> 63 & was_nonzero);
                corrections <<= was_nonzero;
            }
            return;
        }
        while kept != 0 {
            self.correct(kept.trailing_zeros(), corrections >> 63);
            kept &= kept - 1;
            corrections <<= 1;
        }
    }

    /// Moves coefficient `k` away from 0 if its correction bit is 1.
    #[inline(always)]
    fn correct(&mut self, k: u32, bit: u64) {
        let bit = i16::from(bit == 1) << self.low_bit;
        let value = self.value(k);
        let sign = *value >> 15;
        *value = value.wrapping_add((bit ^ sign).wrapping_sub(sign));
    }
}

/// The index of 0 bit number `n`, counted from 0 and from bit `k` on, 64 or more if there is none.
#[inline(always)]
fn nth_zero(set: u64, mut k: u32, mut n: u8) -> u32 {
    while k < 64 {
        let zeros = !(set >> k).to_le_bytes()[0];
        let distance = NTH_SET_BIT[usize::from(zeros)][usize::from(n & 15)];
        if distance != NOT_IN_BYTE {
            return k + u32::from(distance);
        }
        // A byte without it has at most `n`.
        n = n.wrapping_sub(zeros.count_ones().to_le_bytes()[0]);
        k += 8;
    }
    k
}

/// The position of each set bit of a byte, in ascending order. [`NOT_IN_BYTE`] follows the last one.
static NTH_SET_BIT: [[u8; 16]; 256] = nth_set_bits();

/// Over every index of a coefficient.
const NOT_IN_BYTE: u8 = 64;

#[allow(clippy::cast_possible_truncation, clippy::indexing_slicing, reason = "a constant")]
const fn nth_set_bits() -> [[u8; 16]; 256] {
    let mut table = [[NOT_IN_BYTE; 16]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut n) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][n] = bit as u8;
                n += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
}

/// Such a code has at most 10 bits with its sign, and 7 correction bits. A refill makes 56 available.
const SHORT_CODES_PER_REFILL: u32 = 3;
