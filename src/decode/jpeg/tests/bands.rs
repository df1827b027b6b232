//! Compares the blocks of progressive AC scans with a decoder that follows T.81, annex G, bit by
//! bit, on random codes, histories and data. Most of it is nothing that an encoder would write.

use super::super::ac_refinement::AcRefinement;
use super::super::bit_reader::{EntropyData, Fault, WINDOW_BYTES};
use super::super::block_decoder::BlockDecoder;
use super::super::coefficients::Coefficients;
use super::super::history_table::HistoryTable;
use super::super::huffman::HuffmanLookup;
use super::super::progressive::AcFirst;
use super::super::spectral_band::BandTables;
use super::super::zigzag::zigzag_order;
use super::writer::{Picture, Random};
use super::{Order, SCALES, frame_of};
use crate::budget::Budget;
use crate::probe::jpeg::{HuffmanTable, Scale, Scan};

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
    let most = if refines { 2 + u32::from(random.below(20) == 0) } else { 4 };
    let limit = 1 + random.below(16) as u8;
    symbols.retain(|&symbol| u32::from(symbol & 15) < most && symbol >> 4 < limit);
    if random.below(2) == 0 {
        symbols.retain(|&symbol| symbol != 0xF0);
        symbols.insert(0, 0xF0);
    }
    symbols
}

#[derive(Default)]
struct Seen {
    blocks: usize,
    faults: [usize; 3],
}

fn compare(random: &mut Random, refines: bool, seen: &mut Seen) {
    const BLOCKS: usize = 12;
    let picture = Picture::random((8 * BLOCKS as u32, 8), &[(1, 1)], 1);
    let file = picture.sequential(&[&[0]], &[0]);
    let mut frame = frame_of(&file).unwrap();
    frame.progressive = true;
    let first = 1 + random.below(8) as u8 % (1 + random.below(8) as u8);
    let last = first + random.below(64 - u32::from(first)) as u8;
    let low = random.below(3) as u8;
    let bits = if refines { (low + 1) << 4 | low } else { low };
    let scan = Scan::parse(&[1, frame.components()[0].id, 0, first, last, bits], &frame).unwrap();
    let symbols = random_symbols(random, refines);
    let (counts, symbols) = random_table(random, &symbols);
    let table = HuffmanTable { counts: &counts, symbols: &symbols };
    let (mut codes, mut not_kept) = (HuffmanLookup::EMPTY, HistoryTable::EMPTY);
    codes.build(&table);
    not_kept.build(&table, refines);
    let data: Vec<u8> = (0..400).map(|_| random.below(256) as u8).collect();
    let stuffed: Vec<u8> = data
        .iter()
        .flat_map(|&byte| [byte, 0].into_iter().take(1 + usize::from(byte == 0xFF)))
        .collect();
    let density = random.below(9);
    let start: Vec<[i16; 64]> = (0..BLOCKS)
        .map(|_| {
            core::array::from_fn(|k| {
                let value = (1 + random.below(9)) as i16 * if k & 1 == 0 { 8 } else { -8 };
                if random.below(9) < density { value } else { 0 }
            })
        })
        .collect();
    for scale in SCALES {
        let mut consumed = 0;
        let mut next_bit = || {
            let byte = data.get(consumed / 8).copied().unwrap_or_default();
            consumed += 1;
            u32::from(byte >> (7 - (consumed - 1) % 8) & 1)
        };
        let mut plain = Plain {
            codes: table.codes().collect(),
            band: (first.into(), last.into()),
            low: low.into(),
            eob_run: 0,
            bits: &mut next_bit,
        };
        let order = Order::whole(&frame, [scale; 4]);
        let budget = Budget::new(1 << 20);
        let mut plane = Coefficients::new(&order, 0, &budget).unwrap();
        plane.history = budget.buffer(BLOCKS, 0).unwrap();
        let per_block = plane.blocks.values_per_block;
        let kept = |k: usize| Some(usize::from(zigzag_order(scale)[k])).filter(|i| *i < per_block);
        for (i, block) in start.iter().enumerate() {
            for k in (0..64).filter(|&k| block[k] != 0) {
                plane.history[i] |= 1 << k;
                if let Some(index) = kept(k) {
                    plane.values[i * per_block + index] = block[k];
                }
            }
        }
        let mut entropy_budget = Budget::new(WINDOW_BYTES as u64);
        let mut entropy = EntropyData::new(&mut entropy_budget).unwrap();
        entropy.start(&stuffed);
        let mut expected = start.clone();
        let tables = BandTables { codes: &codes, not_kept: &not_kept };
        let blocks = plane.blocks;
        let mut bits = entropy.reader();
        let (mut outcomes, mut ends, mut histories) = (Vec::new(), Vec::new(), Vec::new());
        let mut decode = |decoder: &mut dyn FnMut(u32) -> (Result<(), Fault>, usize)| {
            for x in 0..BLOCKS as u32 {
                let (outcome, end) = decoder(x);
                outcomes.push(outcome);
                ends.push(end);
                if outcome.is_err() {
                    break;
                }
            }
        };
        if refines {
            let mut decoder = AcRefinement::new(&mut plane, tables, &scan);
            decode(&mut |x| {
                let position = blocks.position(x, 0);
                let skipped = decoder.skip_ended_block(position);
                let outcome =
                    if skipped { Ok(()) } else { decoder.decode_block(position, &mut bits) };
                (outcome, bits.consumed_bits())
            });
        } else {
            let mut decoder = AcFirst::new(&mut plane, tables, &scan);
            decode(&mut |x| {
                let position = blocks.position(x, 0);
                let skipped = decoder.skip_ended_block(position);
                let outcome =
                    if skipped { Ok(()) } else { decoder.decode_block(position, &mut bits) };
                (outcome, bits.consumed_bits())
            });
        }
        for (i, (outcome, end)) in outcomes.iter().zip(&ends).enumerate() {
            let mut nonzero = start[i].map(|value| value != 0);
            let plain_outcome = if refines {
                plain.refine(&mut expected[i], &mut nonzero)
            } else {
                plain.first(&mut expected[i], &mut nonzero)
            };
            assert_eq!(*outcome, plain_outcome, "block {i} at {scale:?}");
            let history = (0..64).filter(|&k| nonzero[k]).fold(0, |set, k| set | 1_u64 << k);
            histories.push((outcome.is_ok(), history, *end));
            match outcome {
                Ok(()) => seen.blocks += 1,
                Err(Fault::InvalidCode) => seen.faults[0] += 1,
                Err(Fault::RunTooLong) => seen.faults[1] += 1,
                Err(_) => seen.faults[2] += 1,
            }
        }
        drop(plain);
        if histories.last().is_some_and(|last| last.0) {
            assert_eq!(histories.last().map(|last| last.2), Some(consumed), "{scale:?}");
        }
        for (i, (decoded, history, _)) in histories.iter().enumerate() {
            if *decoded {
                assert_eq!(plane.history[i], *history, "history of block {i} at {scale:?}");
            }
            for (k, index) in (1..64).filter_map(|k| kept(k).map(|index| (k, index))) {
                let value = plane.values[i * per_block + index];
                assert_eq!(value, expected[i][k], "coefficient {k} of block {i} at {scale:?}");
            }
        }
        assert!(
            scale != Scale::Eighth
                || plane.values.iter().enumerate().all(|(i, v)| *v == start[i][0])
        );
    }
}

#[test]
fn first_scans_agree_with_a_decoder_that_goes_bit_by_bit() {
    let (mut random, mut seen) = (Random(1), Seen::default());
    for _ in 0..3_000 {
        compare(&mut random, false, &mut seen);
    }
    assert!(seen.blocks > 20_000, "{} {:?}", seen.blocks, seen.faults);
    assert!(seen.faults[..2].iter().all(|&count| count > 200), "{:?}", seen.faults);
}

#[test]
fn refinements_agree_with_a_decoder_that_goes_bit_by_bit() {
    let (mut random, mut seen) = (Random(2), Seen::default());
    for _ in 0..3_000 {
        compare(&mut random, true, &mut seen);
    }
    assert!(seen.blocks > 20_000, "{} {:?}", seen.blocks, seen.faults);
    assert!(seen.faults.iter().all(|&count| count > 50), "{:?}", seen.faults);
}
