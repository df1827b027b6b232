//! Compares the blocks of progressive AC scans with a decoder that follows T.81, annex G, bit by
//! bit, on random codes, histories and data. Most of it is nothing that an encoder would write.

use core::cell::Cell;
use core::iter;

use super::super::ac_refinement::AcRefinement;
use super::super::ac_skip::{LOOKUPS_AFTER_CODE, SkipTable};
use super::super::bit_reader::{BitReader, EntropyData, Fault, WINDOW_BYTES};
use super::super::block_decoder::BlockDecoder;
use super::super::block_window::BlockWindow;
use super::super::coefficients::Coefficients;
use super::super::history_table::HistoryTable;
use super::super::huffman::HuffmanLookup;
use super::super::progressive::AcFirst;
use super::super::spectral_band::BandTables;
use super::super::zigzag::zigzag_order;
use super::writer::{Picture, Random};
use super::{Order, SCALES, frame_of};
use crate::budget::Budget;
use crate::probe::jpeg::{Frame, HuffmanTable, Scale, Scan};

/// The plain decoder. It keeps all coefficients.
struct Plain<'t> {
    codes: Vec<(u8, u32, u32)>,
    band: (usize, usize),
    low: u32,
    eob_run: u32,
    bits: &'t mut dyn FnMut() -> u32,
}

impl Plain<'_> {
    fn number(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |number, _| number << 1 | (self.bits)())
    }

    fn symbol(&mut self) -> Result<u8, Fault> {
        let mut code = 0;
        for length in 1..=16 {
            code = code << 1 | (self.bits)();
            if let Some((symbol, ..)) = self.codes.iter().find(|c| (c.1, c.2) == (code, length)) {
                return Ok(*symbol);
            }
        }
        Err(Fault::InvalidCode)
    }

    fn first(&mut self, block: &mut [i16; 64], nonzero: &mut [bool; 64]) -> Result<(), Fault> {
        if self.eob_run > 0 {
            self.eob_run -= 1;
            return Ok(());
        }
        let mut k = self.band.0;
        while k <= self.band.1 {
            let symbol = self.symbol()?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size > 0 {
                let extra = self.number(size).cast_signed();
                k += run as usize;
                if k > self.band.1 {
                    return Err(Fault::RunTooLong);
                }
                let value = if extra >> (size - 1) == 0 { extra - (1 << size) + 1 } else { extra };
                block[k] = (value << self.low) as i16;
                nonzero[k] = true;
                k += 1;
            } else if run < 15 {
                self.eob_run = (1 << run) + self.number(run) - 1;
                return Ok(());
            } else {
                k += 16;
            }
        }
        Ok(())
    }

    fn correct(&mut self, value: &mut i16) {
        if (self.bits)() == 1 {
            let bit = 1 << self.low;
            *value = if *value < 0 { value.wrapping_sub(bit) } else { value.wrapping_add(bit) };
        }
    }

    fn refine(&mut self, block: &mut [i16; 64], nonzero: &mut [bool; 64]) -> Result<(), Fault> {
        let mut k = self.band.0;
        while self.eob_run == 0 && k <= self.band.1 {
            let symbol = self.symbol()?;
            let mut zeros = u32::from(symbol >> 4);
            let value = match symbol & 15 {
                0 if zeros < 15 => {
                    self.eob_run = (1 << zeros) + self.number(zeros);
                    break;
                }
                0 => 0,
                1 => (self.bits)() as i32 * 2 - 1,
                _ => return Err(Fault::InvalidSymbol),
            };
            loop {
                if k > self.band.1 {
                    if value != 0 {
                        return Err(Fault::RunTooLong);
                    }
                    break;
                }
                if nonzero[k] {
                    self.correct(&mut block[k]);
                } else if zeros == 0 {
                    if value != 0 {
                        block[k] = (value << self.low) as i16;
                        nonzero[k] = true;
                    }
                    k += 1;
                    break;
                } else {
                    zeros -= 1;
                }
                k += 1;
            }
        }
        if self.eob_run > 0 {
            self.eob_run -= 1;
            for k in k..=self.band.1 {
                if nonzero[k] {
                    self.correct(&mut block[k]);
                }
            }
        }
        Ok(())
    }
}

/// Counts and symbols of a random table. `symbols` are in the order in which they are wanted.
fn random_table(random: &mut Random, symbols: &[u8]) -> ([u8; 16], Vec<u8>) {
    let (mut counts, mut free, mut used) = ([0; 16], 1, 0);
    for count in &mut counts {
        free = 2 * free.min(1_000);
        let most = (free - 1).min((symbols.len() - used) as u32).min(1 + random.below(12));
        let codes = random.below(most + 1);
        *count = codes as u8;
        free -= codes;
        used += codes as usize;
    }
    (counts, symbols[..used].to_vec())
}

fn random_symbols(random: &mut Random, refines: bool) -> Vec<u8> {
    let mut symbols: Vec<u8> = (0..=255).collect();
    for i in 0..symbols.len() {
        symbols.swap(i, random.below(256) as usize);
    }
    // Mostly short runs of small values, as encoders write.
    let rarely = random.below(if refines { 20 } else { 6 }) == 0;
    let most = match (refines, rarely) {
        (true, rarely) => 2 + u32::from(rarely),
        (false, true) => 16,
        (false, false) => 4,
    };
    let limit = 1 + random.below(16) as u8;
    symbols.retain(|&symbol| u32::from(symbol & 15) < most && symbol >> 4 < limit);
    if random.below(2) == 0 {
        symbols.retain(|&symbol| symbol != 0xF0);
        symbols.insert(0, 0xF0);
    }
    symbols
}

const BLOCKS: usize = 12;

/// A row of blocks, a scan of them, and its data, whatever it means.
struct Case {
    frame: Frame,
    scan: Scan,
    counts: [u8; 16],
    symbols: Vec<u8>,
    data: Vec<u8>,
    /// The coefficients before the scan, in zigzag order.
    start: Vec<[i16; 64]>,
}

/// The outcome of each block up to the first fault, and of the end of the interval if there is none,
/// with the number of bits consumed by then.
type Outcomes = Vec<(Result<(), Fault>, usize)>;

impl Case {
    fn random(random: &mut Random, refines: bool) -> Self {
        let picture = Picture::random((8 * BLOCKS as u32, 8), &[(1, 1)], 1);
        let mut frame = frame_of(&picture.sequential(&[&[0]], &[0])).unwrap();
        frame.progressive = true;
        let first = 1 + random.below(8) as u8 % (1 + random.below(8) as u8);
        let last = first + random.below(64 - u32::from(first)) as u8;
        let low = random.below(3) as u8;
        let bits = if refines { (low + 1) << 4 | low } else { low };
        let id = frame.components()[0].id;
        let scan = Scan::parse(&[1, id, 0, first, last, bits], &frame).unwrap();
        let symbols = random_symbols(random, refines);
        let (counts, symbols) = random_table(random, &symbols);
        let data = (0..400).map(|_| random.below(256) as u8).collect();
        let density = random.below(9);
        let mut value = |k: usize| {
            let value = (1 + random.below(9)) as i16 * if k & 1 == 0 { 8 } else { -8 };
            if random.below(9) < density { value } else { 0 }
        };
        let start = (0..BLOCKS).map(|_| core::array::from_fn(&mut value)).collect();
        Self { frame, scan, counts, symbols, data, start }
    }

    fn table(&self) -> HuffmanTable<'_> {
        HuffmanTable { counts: &self.counts, symbols: &self.symbols }
    }

    /// Decodes with the plain decoder. Returns the coefficients and which of them are nonzero.
    fn decode_plainly(&self) -> (Outcomes, Vec<[i16; 64]>, Vec<[bool; 64]>) {
        let consumed = Cell::new(0);
        let mut next_bit = || {
            let at = consumed.replace(consumed.get() + 1);
            let byte = self.data.get(at / 8).copied().unwrap_or_default();
            u32::from(byte >> (7 - at % 8) & 1)
        };
        let mut plain = Plain {
            codes: self.table().codes().collect(),
            band: (self.scan.first.into(), self.scan.last.into()),
            low: self.scan.low.into(),
            eob_run: 0,
            bits: &mut next_bit,
        };
        let (mut outcomes, mut blocks) = (Outcomes::new(), self.start.clone());
        let mut nonzero: Vec<_> = self.start.iter().map(|b| b.map(|value| value != 0)).collect();
        for (block, nonzero) in blocks.iter_mut().zip(&mut nonzero) {
            let outcome = if self.scan.refines() {
                plain.refine(block, nonzero)
            } else {
                plain.first(block, nonzero)
            };
            outcomes.push((outcome, consumed.get()));
            if outcome.is_err() {
                break;
            }
        }
        if outcomes.iter().all(|(outcome, _)| outcome.is_ok()) {
            let end = if plain.eob_run > 0 { Err(Fault::RunTooLong) } else { Ok(()) };
            outcomes.push((end, consumed.get()));
        }
        (outcomes, blocks, nonzero)
    }

    /// Passes the codes of complete blocks, whatever the band.
    fn skip_plainly(&self) -> Outcomes {
        let consumed = Cell::new(0);
        let mut next_bit = || {
            let at = consumed.replace(consumed.get() + 1);
            let byte = self.data.get(at / 8).copied().unwrap_or_default();
            u32::from(byte >> (7 - at % 8) & 1)
        };
        let codes = self.table().codes().collect();
        let mut plain = Plain { codes, band: (1, 63), low: 0, eob_run: 0, bits: &mut next_bit };
        let mut skip = || {
            let mut k = 1;
            while k < 64 {
                let symbol = plain.symbol()?;
                plain.number((symbol & 15).into());
                k += match symbol {
                    0 => return Ok(()),
                    0xF0 => 16,
                    _ if symbol & 15 == 0 => return Err(Fault::InvalidSymbol),
                    _ => usize::from(symbol >> 4) + 1,
                };
                if k > 64 && symbol != 0xF0 {
                    return Err(Fault::RunTooLong);
                }
            }
            Ok(())
        };
        let mut outcomes = Outcomes::new();
        while outcomes.len() < BLOCKS && outcomes.last().is_none_or(|(outcome, _)| outcome.is_ok())
        {
            let outcome = skip();
            outcomes.push((outcome, consumed.get()));
        }
        outcomes
    }

    /// The same by lookups.
    fn skip(&self) -> Outcomes {
        let (mut codes, mut table) = (HuffmanLookup::EMPTY, SkipTable::EMPTY);
        codes.build(&self.table());
        table.build(&self.table());
        let stuffed = self.stuffed_data();
        let budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&budget).unwrap();
        entropy.start(&stuffed);
        let mut bits = entropy.reader();
        let mut outcomes = Outcomes::new();
        while outcomes.len() < BLOCKS && outcomes.last().is_none_or(|(outcome, _)| outcome.is_ok())
        {
            bits.refill();
            let outcome = table.skip(1, LOOKUPS_AFTER_CODE, &codes, &mut bits);
            outcomes.push((outcome, bits.consumed_bits()));
        }
        outcomes
    }

    fn stuffed_data(&self) -> Vec<u8> {
        let stuffing = |&byte: &u8| iter::repeat_n(0, usize::from(byte == 0xFF));
        self.data.iter().flat_map(|byte| iter::once(*byte).chain(stuffing(byte))).collect()
    }

    /// The coefficients before the scan as the decoder keeps them.
    fn plane<'b>(&self, scale: Scale, budget: &'b Budget) -> Coefficients<'b> {
        let order = Order::whole(&self.frame, [scale; 4]);
        let mut plane = Coefficients::new(&order, 0, budget).unwrap();
        plane.history = budget.buffer(BLOCKS as u64, 0).unwrap();
        let per_block = plane.blocks.values_per_block;
        for (i, block) in self.start.iter().enumerate() {
            for k in (0..64).filter(|&k| block[k] != 0) {
                plane.history[i] |= 1 << k;
                if let Some(index) = kept(scale, k) {
                    plane.values[i * per_block + index] = block[k];
                }
            }
        }
        plane
    }

    fn decode(&self, scale: Scale, plane: &mut Coefficients<'_>) -> Outcomes {
        let (mut codes, mut not_kept) = (HuffmanLookup::EMPTY, HistoryTable::EMPTY);
        codes.build(&self.table());
        if scale != Scale::Full {
            not_kept.build(&self.table(), self.scan.refines());
        }
        let tables = BandTables { codes: &codes, not_kept: &not_kept };
        let stuffed = self.stuffed_data();
        let budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&budget).unwrap();
        entropy.start(&stuffed);
        let (blocks, bits) = (plane.blocks, entropy.reader());
        if self.scan.refines() {
            decode_blocks(AcRefinement::new(plane, tables, &self.scan), blocks, bits)
        } else {
            decode_blocks(AcFirst::new(plane, tables, &self.scan), blocks, bits)
        }
    }

    /// Compares the decoder with the plain one at all scales.
    fn check(&self) -> Outcomes {
        let (expected, blocks, nonzero) = self.decode_plainly();
        for scale in SCALES {
            let budget = Budget::new(1 << 20);
            let mut plane = self.plane(scale, &budget);
            let per_block = plane.blocks.values_per_block;
            let outcomes = self.decode(scale, &mut plane);
            assert_eq!(outcomes.len(), expected.len(), "{scale:?}");
            for (i, (own, plain)) in outcomes.iter().zip(&expected).enumerate() {
                assert_eq!(own.0, plain.0, "block {i} at {scale:?}");
                if i == BLOCKS {
                    break;
                }
                if own.0.is_ok() {
                    assert_eq!(own.1, plain.1, "bits of block {i} at {scale:?}");
                    let history = (0..64).map(|k| u64::from(nonzero[i][k]) << k).sum::<u64>();
                    assert_eq!(plane.history[i], history, "history of block {i} at {scale:?}");
                }
                for (k, index) in (0..64).filter_map(|k| Some((k, kept(scale, k)?))) {
                    let value = plane.values[i * per_block + index];
                    assert_eq!(value, blocks[i][k], "coefficient {k} of block {i} at {scale:?}");
                }
            }
        }
        expected
    }
}

/// The place of coefficient `k` among the kept values of a block.
fn kept(scale: Scale, k: usize) -> Option<usize> {
    let index = usize::from(zigzag_order(scale)[k]);
    (index < (scale.side() * scale.side()) as usize).then_some(index)
}

fn decode_blocks(
    mut decoder: impl BlockDecoder,
    blocks: BlockWindow,
    mut bits: BitReader<'_>,
) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for x in 0..BLOCKS as u32 {
        let position = blocks.position(x, 0);
        let is_skipped = decoder.skip_ended_block(position);
        let outcome = if is_skipped { Ok(()) } else { decoder.decode_block(position, &mut bits) };
        outcomes.push((outcome, bits.consumed_bits()));
        if outcome.is_err() {
            return outcomes;
        }
    }
    outcomes.push((decoder.end_interval(), bits.consumed_bits()));
    outcomes
}

/// Checks random cases. Returns how many blocks were decoded, and how many had each fault.
fn check_random_cases(seed: u64, refines: bool) -> (usize, [usize; 3]) {
    let (mut random, mut decoded, mut faults) = (Random(seed), 0, [0; 3]);
    for _ in 0..3_000 {
        for (outcome, _) in Case::random(&mut random, refines).check() {
            match outcome {
                Ok(()) => decoded += 1,
                Err(Fault::InvalidCode) => faults[0] += 1,
                Err(Fault::RunTooLong) => faults[1] += 1,
                Err(_) => faults[2] += 1,
            }
        }
    }
    (decoded, faults)
}

#[test]
fn first_scans_agree_with_a_decoder_that_goes_bit_by_bit() {
    let (decoded, [invalid_code, run_too_long, _]) = check_random_cases(1, false);
    assert!(
        decoded > 5_000 && invalid_code > 50 && run_too_long > 50,
        "{decoded} {invalid_code} {run_too_long}"
    );
}

#[test]
fn refinements_agree_with_a_decoder_that_goes_bit_by_bit() {
    let (decoded, faults) = check_random_cases(2, true);
    assert!(decoded > 5_000 && faults.iter().all(|&count| count > 10), "{decoded} {faults:?}");
}

#[test]
fn skipped_codes_agree_with_a_decoder_that_goes_code_by_code() {
    let (mut random, mut skipped, mut faults) = (Random(3), 0, 0);
    for _ in 0..3_000 {
        let case = Case::random(&mut random, false);
        let (own, plain) = (case.skip(), case.skip_plainly());
        assert_eq!(own.len(), plain.len());
        for (own, plain) in own.iter().zip(plain) {
            assert_eq!(own.0, plain.0);
            if own.0.is_ok() {
                assert_eq!(own.1, plain.1);
                skipped += 1;
            } else {
                faults += 1;
            }
        }
    }
    assert!(skipped > 1_500 && faults > 1_000, "{skipped} {faults}");
}
