//! The code lengths of a prefix code of VP8L (RFC 9649, 3.7.2.1.2).

use super::bit_reader::BitReader;
use super::prefix_code::{Lengths, MAX_LENGTH, PrefixCode};
use crate::error::Error;
use crate::probe::webp::errors::{TRUNCATED, malformed};

/// Reads a code over `alphabet` symbols. The length of each symbol's code goes to `lengths`,
/// where that is asked for.
///
/// A code that is not complete is refused, in exact arithmetic.
pub(crate) fn read_prefix_code(
    bits: &mut BitReader<'_>,
    alphabet: u16,
    lengths: Option<&mut Lengths>,
) -> Result<PrefixCode, Error> {
    if bits.flag()? {
        read_simple(bits, alphabet, lengths)
    } else {
        read_normal(bits, alphabet, lengths)
    }
}

/// One or two symbols (RFC 9649, 3.7.2.1.1). Of two the smaller one has the code 0, whichever comes
/// first; twice the same is that one alone.
fn read_simple(
    bits: &mut BitReader<'_>,
    alphabet: u16,
    lengths: Option<&mut Lengths>,
) -> Result<PrefixCode, Error> {
    let mut tally = LengthCounts::new(lengths);
    let two = bits.flag()?;
    let width = if bits.flag()? { 8 } else { 1 };
    let first = symbol(bits.read(width)?, alphabet)?;
    let second = if two { symbol(bits.read(8)?, alphabet)? } else { first };
    tally.skip_to(first.min(second));
    tally.put(1, 1);
    if first != second {
        tally.skip_to(first.max(second));
        tally.put(1, 1);
    }
    Ok(tally.shape())
}

/// Reads a code that is written as a code for lengths, then a length for each symbol.
fn read_normal(
    bits: &mut BitReader<'_>,
    alphabet: u16,
    lengths: Option<&mut Lengths>,
) -> Result<PrefixCode, Error> {
    let mut code_lengths = [0u8; 19];
    for &slot in LENGTH_ORDER.iter().take(4 + bits.read(4)? as usize) {
        if let Some(length) = code_lengths.get_mut(slot) {
            *length = low_byte(bits.read(3)?);
        }
    }
    let length_code = LengthCode::new(&code_lengths)?;
    let mut left = alphabet;
    if bits.flag()? {
        let width = 2 + 2 * bits.read(3)?;
        let limit = 2 + bits.read(width)?;
        left = match u16::try_from(limit) {
            Ok(limit) if limit <= alphabet => limit,
            _ => return Err(TOO_MANY),
        };
    }
    let mut tally = LengthCounts::new(lengths);
    read_lengths(bits, &length_code, alphabet, left, &mut tally)?;
    if bits.are_past_end() {
        return Err(TRUNCATED);
    }
    tally.shape().complete()
}

fn symbol(value: u32, alphabet: u16) -> Result<u16, Error> {
    match u16::try_from(value) {
        Ok(symbol) if symbol < alphabet => Ok(symbol),
        _ => Err(malformed("a symbol outside its alphabet")),
    }
}

/// `left` bounds how many length symbols there are; the rest of the alphabet has no code.
fn read_lengths(
    bits: &mut BitReader<'_>,
    code: &LengthCode,
    alphabet: u16,
    mut left: u16,
    tally: &mut LengthCounts<'_>,
) -> Result<(), Error> {
    if let Some(length) = code.shape.single()
        && length < 16
    {
        // No bit is spent on them: not one step for each, or work would not be linear in the input.
        tally.put(low_byte(u32::from(length)), left);
        return Ok(());
    }
    let mut at_hand = *bits;
    let mut previous = 8;
    while tally.at < alphabet && left > 0 {
        at_hand.refill();
        if let Some(length) = code.shortest {
            let run = at_hand.next().trailing_zeros().min(at_hand.held());
            let run = u16::from(low_byte(run)).min(left).min(alphabet - tally.at);
            if run != 0 {
                if length != 0 {
                    previous = length;
                }
                tally.put(length, run);
                at_hand.skip(u32::from(run));
                left -= run;
                continue;
            }
        }
        left -= 1;
        let symbol = code.symbol(&mut at_hand);
        let (length, run) = match symbol {
            16 => (previous, 3 + at_hand.take(2)),
            17 => (0, 3 + at_hand.take(3)),
            18 => (0, 11 + at_hand.take(7)),
            length => (length, 1),
        };
        if length != 0 {
            previous = length;
        }
        let run = u16::from(low_byte(run));
        if run > alphabet - tally.at {
            *bits = at_hand;
            return Err(if bits.are_past_end() { TRUNCATED } else { TOO_MANY });
        }
        tally.put(length, run);
    }
    *bits = at_hand;
    Ok(())
}

/// The code that code lengths are written in, whose own lengths are 7 at the most.
struct LengthCode {
    shape: PrefixCode,
    /// For each pattern of the next seven bits: the symbol, and the length of its code above it.
    table: [u8; 128],
    /// The code length, no run, whose code is the one bit 0: as many as there are zeros follow each
    /// other.
    shortest: Option<u8>,
}

impl LengthCode {
    fn new(code_lengths: &[u8; 19]) -> Result<Self, Error> {
        let mut tally = LengthCounts::new(None);
        for &length in code_lengths {
            tally.put(length, 1);
        }
        let shape = tally.shape().complete()?;
        if let Some(symbol) = shape.single() {
            let table = [low_byte(u32::from(symbol)); 128];
            return Ok(Self { shape, table, shortest: None });
        }
        let mut table = [0; 128];
        // Left-aligned in seven bits; the stream has its first bit lowest.
        let mut code = 0u8;
        for length in 1..8 {
            let symbols = (0u8..).zip(code_lengths).filter(|(_, other)| **other == length);
            for (symbol, _) in symbols {
                let pattern = usize::from(code.reverse_bits() >> 1);
                for entry in table.iter_mut().skip(pattern).step_by(1 << length) {
                    *entry = symbol | (length << 5);
                }
                code = code.wrapping_add(1 << (7 - length));
            }
        }
        let [first, ..] = table;
        let shortest = (first >> 5 == 1 && first & 0x1F < 16).then_some(first & 0x1F);
        Ok(Self { shape, table, shortest })
    }

    /// The next symbol, whose code may need seven held bits.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "seven bits")]
    fn symbol(&self, bits: &mut BitReader<'_>) -> u8 {
        let entry = self.table.get((bits.next() & 0x7F) as usize).copied().unwrap_or_default();
        bits.skip(u32::from(entry >> 5));
        entry & 0x1F
    }
}

/// Counts code lengths as they come, symbol by symbol.
pub(super) struct LengthCounts<'l> {
    counts: [u16; MAX_LENGTH + 1],
    used: u16,
    first: u16,
    last: u16,
    at: u16,
    lengths: Option<&'l mut Lengths>,
}

impl<'l> LengthCounts<'l> {
    pub(super) fn new(mut lengths: Option<&'l mut Lengths>) -> Self {
        if let Some(lengths) = lengths.as_deref_mut() {
            lengths.fill(0);
        }
        Self { counts: [0; MAX_LENGTH + 1], used: 0, first: 0, last: 0, at: 0, lengths }
    }

    pub(super) const fn skip_to(&mut self, symbol: u16) {
        self.at = symbol;
    }

    /// The next `run` symbols have codes of `length` bits; 0 is no code.
    pub(super) fn put(&mut self, length: u8, run: u16) {
        let end = self.at + run;
        if length != 0 {
            if self.used == 0 {
                self.first = self.at;
            }
            self.used += run;
            self.last = end.saturating_sub(1);
            if let Some(count) = self.counts.get_mut(usize::from(length)) {
                *count += run;
            }
            let range = usize::from(self.at)..usize::from(end);
            if let Some(places) = self.lengths.as_mut().and_then(|all| all.get_mut(range)) {
                places.fill(length);
            }
        }
        self.at = end;
    }

    pub(super) const fn shape(&self) -> PrefixCode {
        PrefixCode { counts: self.counts, used: self.used, first: self.first, last: self.last }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "masked to eight bits")]
const fn low_byte(value: u32) -> u8 {
    (value & 0xFF) as u8
}

const TOO_MANY: Error = malformed("more code lengths than symbols");

const LENGTH_ORDER: [usize; 19] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::BitWriter;
    use crate::probe::webp::vp8l::MAX_ALPHABET;

    /// The lengths of a code over `alphabet` symbols. `kinds` are the length symbols in use, all with
    /// codes of the same length; `limit` is how many `symbols` there are, each with its extra bits.
    fn lengths_of(
        alphabet: u16,
        kinds: &[u32],
        limit: Option<u32>,
        symbols: &[(u32, u32, u32)],
    ) -> Result<Vec<u8>, Error> {
        let width = kinds.len().ilog2();
        let mut stream = BitWriter::default();
        let slots =
            1 + LENGTH_ORDER.iter().rposition(|&slot| kinds.contains(&(slot as u32))).unwrap();
        stream.put(slots.max(4) as u32 - 4, 4);
        for slot in LENGTH_ORDER.into_iter().take(slots.max(4)) {
            let used = kinds.contains(&(slot as u32));
            stream.put(if used { width.max(1) } else { 0 }, 3);
        }
        stream.put(limit.is_some().into(), 1);
        if let Some(limit) = limit {
            stream.put(3, 3);
            stream.put(limit - 2, 8);
        }
        for &(symbol, extra, extra_bits) in symbols {
            let code = kinds.iter().position(|&kind| kind == symbol).unwrap() as u32;
            (0..width).rev().for_each(|bit| stream.put(code >> bit, 1));
            stream.put(extra, extra_bits);
        }
        // What follows looks like the first symbol once more, and is not the code's.
        stream.put(0xA0, 8);
        let mut lengths = [0; MAX_ALPHABET];
        let mut bits = BitReader::new(&stream.bytes);
        read_normal(&mut bits, alphabet, Some(&mut lengths))?;
        assert_eq!(bits.read(8)?, 0xA0);
        Ok(lengths[..usize::from(alphabet)].to_vec())
    }

    /// Green, 24 prefixes of lengths, and a cache of 2^11 colours (RFC 9649, 5.2.1 to 5.2.3).
    #[test]
    fn the_largest_alphabet_has_2328_symbols() {
        assert_eq!(MAX_ALPHABET, 2_328);
    }

    #[test]
    fn runs_of_zeros_and_of_the_length_before() {
        // 5 zeros, 1 + 42 × 6 + 3 eights, 19 zeros.
        let mut symbols = vec![(17, 2, 3), (8, 0, 0)];
        symbols.extend([(16, 3, 2); 42]);
        symbols.extend([(16, 0, 2), (18, 8, 7)]);
        let lengths = lengths_of(280, &[8, 16, 17, 18], None, &symbols).unwrap();
        assert_eq!(lengths, [&[0; 5][..], &[8; 256], &[0; 19]].concat());
    }

    #[test]
    fn the_length_before_is_the_last_one_that_was_written_and_eight_at_first() {
        // 1 + 21 × 6 + 1 sevens, and nothing for the rest of the alphabet.
        let mut symbols = vec![(7, 0, 0)];
        symbols.extend([(16, 3, 2); 21]);
        symbols.push((7, 0, 0));
        let lengths = lengths_of(256, &[7, 16], Some(23), &symbols).unwrap();
        assert_eq!(lengths, [[7; 128], [0; 128]].concat());
        // 42 × 6 + 4 eights, by a code of one symbol.
        let mut symbols = vec![(16, 3, 2); 42];
        symbols.push((16, 1, 2));
        assert_eq!(lengths_of(256, &[16], None, &symbols).unwrap(), [8; 256]);
    }

    #[test]
    fn the_last_symbol_of_the_alphabet_ends_a_code() {
        // 11 + 117 zeros and 128 sevens, whose code is the bit 0.
        let mut symbols = vec![(18, 117, 7)];
        symbols.extend([(7, 0, 0); 128]);
        let lengths = lengths_of(256, &[7, 18], None, &symbols).unwrap();
        assert_eq!(lengths, [[0; 128], [7; 128]].concat());
    }

    #[test]
    fn no_more_lengths_than_symbols_may_be_announced() {
        let ones = |limit| lengths_of(32, &[5], Some(limit), &[]);
        assert_eq!(ones(32).unwrap(), [5; 32]);
        assert!(ones(33).unwrap_err().to_string().contains("more code lengths"));
    }

    #[test]
    fn a_run_past_the_alphabet_is_malformed() {
        let run = |extra| lengths_of(256, &[8, 18], None, &[(18, extra, 7), (18, 127, 7)]);
        // 138 + 118 zeros fill it, which is no code; 138 + 119 do not fit.
        let words = |extra| run(extra).unwrap_err().to_string();
        assert!(words(107).contains("incomplete"), "{}", words(107));
        assert!(words(108).contains("more code lengths"), "{}", words(108));
        // Also where there is nothing but runs, whose codes have no bits.
        let words = lengths_of(256, &[18], None, &[(18, 127, 7); 2]).unwrap_err().to_string();
        assert!(words.contains("more code lengths"), "{words}");
    }
}
