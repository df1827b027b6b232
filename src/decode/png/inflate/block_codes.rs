//! The codes of a deflate block (RFC 1951, 3.2.6 and 3.2.7), and the tables that decode them.

use super::bit_reader::BitReader;
use super::prefix_code::{Corrupt, LengthRun, LengthRuns, PrefixCode, look_up};
use super::symbols::{
    DISTANCE_SYMBOLS, END_OF_BLOCK, LITERAL_LENGTH_SYMBOLS, distance_entry, literal_length_entry,
};
use crate::budget::{Budget, Buffer};
use crate::error::Error;

/// The literal/length code and the distance code of a block.
pub(super) struct BlockCodes {
    literal_lengths: PrefixCode<LITERAL_LENGTH_SYMBOLS>,
    distances: PrefixCode<DISTANCE_SYMBOLS>,
    /// The code lengths of the codes, as they are read. Kept from block to block, because to clear
    /// them takes longer than to read the shortest block.
    literal_length_runs: LengthRuns,
    distance_runs: LengthRuns,
    code_length_runs: LengthRuns,
}

impl BlockCodes {
    pub(super) const EMPTY: Self = Self {
        literal_lengths: PrefixCode::EMPTY,
        distances: PrefixCode::EMPTY,
        literal_length_runs: LengthRuns::EMPTY,
        distance_runs: LengthRuns::EMPTY,
        code_length_runs: LengthRuns::EMPTY,
    };

    /// Sets the fixed codes (3.2.6).
    pub(super) fn set_fixed(&mut self) -> Result<(), Corrupt> {
        let run = |first, end, length| LengthRun { first, count: end - first, length };
        let literal_lengths =
            [run(0, 144, 8), run(144, 256, 9), run(256, 280, 7), run(280, 288, 8)];
        self.literal_lengths.assign(&literal_lengths, false)?;
        self.distances.assign(&[run(0, 32, 5)], false)
    }

    /// Reads the dynamic codes of a block (3.2.7).
    pub(super) fn read_dynamic<'a>(
        &mut self,
        bits: &mut BitReader<'a>,
        slices: &mut impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Corrupt> {
        let literal_lengths = bits.read(5, slices) + 257;
        let distances = bits.read(5, slices) + 1;
        let code_lengths = bits.read(4, slices) + 4;
        if literal_lengths > 286 || distances > 30 {
            return Err(Corrupt);
        }
        let mut lengths = [0; 19];
        for &symbol in CODE_LENGTH_ORDER.iter().take(code_lengths as usize) {
            if let Some(length) = lengths.get_mut(symbol) {
                *length = low_byte(bits.read(3, slices));
            }
        }
        self.code_length_runs.clear();
        for (symbol, &length) in (0..).zip(&lengths) {
            self.code_length_runs.push(symbol, symbol + 1, length);
        }
        let mut code = PrefixCode::<19>::EMPTY;
        code.assign(self.code_length_runs.as_slice(), false)?;
        let mut table = [0; 1 << 7];
        let root_bits = code.fill_table(&mut table, 7, |symbol| u32::from(symbol) << 16);

        // The lengths of both alphabets are one sequence: a repeat may cross the boundary.
        self.literal_length_runs.clear();
        self.distance_runs.clear();
        let (mut position, mut previous, end) = (0, None, literal_lengths + distances);
        while position < end {
            if bits.held() < 7 + 7 {
                *bits = bits.refilled(slices);
            }
            let entry = look_up(&table, root_bits, bits.peek());
            bits.skip(entry & 63);
            let (length, count) = match entry >> 16 {
                16 => (previous.ok_or(Corrupt)?, 3 + bits.take_held(2)),
                17 => (0, 3 + bits.take_held(3)),
                18 => (0, 11 + bits.take_held(7)),
                length => (low_byte(length), 1),
            };
            previous = Some(length);
            let after = position + count;
            let boundary = literal_lengths.clamp(position, after);
            self.literal_length_runs.push(position, boundary, length);
            self.distance_runs.push(
                boundary.saturating_sub(literal_lengths),
                after.saturating_sub(literal_lengths),
                length,
            );
            position = after;
        }
        let has_end_of_block =
            |run: &LengthRun| (run.first..run.first + run.count).contains(&END_OF_BLOCK);
        if position > end || !self.literal_length_runs.as_slice().iter().any(has_end_of_block) {
            return Err(Corrupt);
        }
        self.literal_lengths.assign(self.literal_length_runs.as_slice(), true)?;
        self.distances.assign(self.distance_runs.as_slice(), true)
    }
}

/// The decoding tables of a block, and how many bits index the root of each.
pub(super) struct DecodingTables<'b> {
    pub(super) literal_lengths: Buffer<'b, u32>,
    pub(super) literal_length_bits: u32,
    pub(super) distances: Buffer<'b, u32>,
    pub(super) distance_bits: u32,
    /// How many bytes of the block are read before its literals are paired. A short block does not
    /// pay for that, and must not: a stream may consist of nothing but short blocks.
    pub(super) bytes_before_pairing: usize,
}

impl<'b> DecodingTables<'b> {
    /// Tables that fit any dynamic codes.
    pub(super) fn for_dynamic_codes(budget: &'b Budget) -> Result<Self, Error> {
        Self::new(LITERAL_LENGTH_ENTRIES, DISTANCE_ENTRIES, budget)
    }

    /// Tables that fit the fixed codes.
    pub(super) fn for_fixed_codes(budget: &'b Budget) -> Result<Self, Error> {
        Self::new(FIXED_LITERAL_LENGTH_ENTRIES, FIXED_DISTANCE_ENTRIES, budget)
    }

    fn new(
        literal_length_entries: usize,
        distance_entries: usize,
        budget: &'b Budget,
    ) -> Result<Self, Error> {
        Ok(Self {
            literal_lengths: budget.buffer(literal_length_entries as u64, 0)?,
            literal_length_bits: 0,
            distances: budget.buffer(distance_entries as u64, 0)?,
            distance_bits: 0,
            bytes_before_pairing: 0,
        })
    }

    pub(super) fn fill(&mut self, codes: &BlockCodes) {
        self.literal_length_bits = codes.literal_lengths.fill_table(
            &mut self.literal_lengths,
            MAX_LITERAL_LENGTH_ROOT_BITS,
            literal_length_entry,
        );
        self.distance_bits =
            codes.distances.fill_table(&mut self.distances, MAX_DISTANCE_ROOT_BITS, distance_entry);
        self.bytes_before_pairing = BYTES_BEFORE_PAIRING;
    }

    /// Makes one look-up pass two literals, where both codes are short. `codes` are those that the
    /// tables were filled from.
    #[inline(always)]
    pub(super) fn pair_literals(&mut self, codes: &BlockCodes) {
        let root = self.literal_lengths.get_mut(..1 << self.literal_length_bits);
        codes.literal_lengths.pair_literals(root.unwrap_or_default(), literal_length_entry);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the low byte is meant")]
pub(super) const fn low_byte(value: u32) -> u8 {
    value as u8
}

/// The most bits that index the root of a table.
const MAX_LITERAL_LENGTH_ROOT_BITS: u32 = 11;
const MAX_DISTANCE_ROOT_BITS: u32 = 8;

/// The most entries that codes of up to 15 bits need with such roots, as computed by zlib's
/// `enough 288 11 15` and `enough 32 8 15`.
const LITERAL_LENGTH_ENTRIES: usize = 2_342;
const DISTANCE_ENTRIES: usize = 402;
/// The longest fixed codes have 9 and 5 bits.
const FIXED_LITERAL_LENGTH_ENTRIES: usize = 1 << 9;
const FIXED_DISTANCE_ENTRIES: usize = 1 << 5;

/// So many that to pair the literals of a full table takes no longer than it took to read them.
const BYTES_BEFORE_PAIRING: usize = 512;

/// The order in which the lengths of the code length code are stored (3.2.7).
const CODE_LENGTH_ORDER: [usize; 19] =
    [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
