//! Reads the prefix codes of VP8L (RFC 9649, 3.7.2.1).

use super::bit_reader::BitReader;
use super::prefix_code::{Lengths, MAX_LENGTH, PrefixCode};
use crate::error::Error;
use crate::probe::webp::errors::{TRUNCATED, malformed};

/// Reads a prefix code over `alphabet` symbols. Also stores the code length of each symbol in
/// `lengths`, if given.
///
/// Refuses incomplete codes. The check uses exact arithmetic.
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

/// Reads a simple code: one or two symbols (RFC 9649, 3.7.2.1.1). The smaller of two symbols has
/// the code 0, in whichever order they come. Two equal symbols count as one.
fn read_simple(
    bits: &mut BitReader<'_>,
    alphabet: u16,
    lengths: Option<&mut Lengths>,
) -> Result<PrefixCode, Error> {
    let mut counts = LengthCounts::new(lengths);
    let two = bits.flag()?;
    let width = if bits.flag()? { 8 } else { 1 };
    let first = symbol(bits.read(width)?, alphabet)?;
    let second = if two { symbol(bits.read(8)?, alphabet)? } else { first };
    counts.skip_to(first.min(second));
    counts.add(1, 1);
    if first != second {
        counts.skip_to(first.max(second));
        counts.add(1, 1);
    }
    Ok(counts.code())
}

/// Reads a normal code: a code for code lengths, then the code length of each symbol (RFC 9649,
/// 3.7.2.1.2).
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
    let mut counts = LengthCounts::new(lengths);
    read_lengths(bits, &length_code, alphabet, left, &mut counts)?;
    if bits.are_past_end() {
        return Err(TRUNCATED);
    }
    counts.code().check_complete()
}

fn symbol(value: u32, alphabet: u16) -> Result<u16, Error> {
    match u16::try_from(value) {
        Ok(symbol) if symbol < alphabet => Ok(symbol),
        _ => Err(malformed("a symbol outside its alphabet")),
    }
}

/// Reads the code lengths of the alphabet, in at most `left` length symbols. The rest of the
/// alphabet has no code.
fn read_lengths(
    bits: &mut BitReader<'_>,
    code: &LengthCode,
    alphabet: u16,
    mut left: u16,
    counts: &mut LengthCounts<'_>,
) -> Result<(), Error> {
    if let Some(length) = code.code.single()
        && length < 16
    {
        // Each length takes no bits. A loop over them would not be linear in the input.
        counts.add(low_byte(u32::from(length)), left);
        return Ok(());
    }
    // A copy that the loop keeps in registers.
    let mut local = *bits;
    let mut previous = 8;
    while counts.next_symbol < alphabet && left > 0 {
        local.refill();
        if let Some(length) = code.one_bit_length {
            let run = local.peek().trailing_zeros().min(local.held());
            let run = u16::from(low_byte(run)).min(left).min(alphabet - counts.next_symbol);
            if run != 0 {
                if length != 0 {
                    previous = length;
                }
                counts.add(length, run);
                local.skip(u32::from(run));
                left -= run;
                continue;
            }
        }
        left -= 1;
        let symbol = code.symbol(&mut local);
        let (length, run) = match symbol {
            16 => (previous, 3 + local.read_held(2)),
            17 => (0, 3 + local.read_held(3)),
            18 => (0, 11 + local.read_held(7)),
            length => (length, 1),
        };
        if length != 0 {
            previous = length;
        }
        let run = u16::from(low_byte(run));
        if run > alphabet - counts.next_symbol {
            *bits = local;
            return Err(if bits.are_past_end() { TRUNCATED } else { TOO_MANY });
        }
        counts.add(length, run);
    }
    *bits = local;
    Ok(())
}

/// The prefix code that code lengths are written in. Its own code lengths are at most 7.
struct LengthCode {
    code: PrefixCode,
    /// For each value of the next seven bits: the symbol in the low five bits, and the length of
    /// its code above.
    table: [u8; 128],
    /// The code length, if any, with the one-bit code 0. Each zero bit in a row stands for that
    /// length again, so the reader can handle all of them at once. `None` if the code 0 is a
    /// repetition.
    one_bit_length: Option<u8>,
}

impl LengthCode {
    fn new(code_lengths: &[u8; 19]) -> Result<Self, Error> {
        let mut counts = LengthCounts::new(None);
        for &length in code_lengths {
            counts.add(length, 1);
        }
        let prefix_code = counts.code().check_complete()?;
        if let Some(symbol) = prefix_code.single() {
            let table = [low_byte(u32::from(symbol)); 128];
            return Ok(Self { code: prefix_code, table, one_bit_length: None });
        }
        let mut table = [0; 128];
        // Left-aligned in seven bits. In the table index, the first bit is the lowest.
        let mut code = 0u8;
        for length in 1..8 {
            let symbols = (0u8..).zip(code_lengths).filter(|(_, other)| **other == length);
            for (symbol, _) in symbols {
                let reversed = usize::from(code.reverse_bits() >> 1);
                for entry in table.iter_mut().skip(reversed).step_by(1 << length) {
                    *entry = symbol | (length << 5);
                }
                code = code.wrapping_add(1 << (7 - length));
            }
        }
        let [first, ..] = table;
        let one_bit_length = (first >> 5 == 1 && first & 0x1F < 16).then_some(first & 0x1F);
        Ok(Self { code: prefix_code, table, one_bit_length })
    }

    /// Reads a symbol. Needs seven held bits.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "seven bits")]
    fn symbol(&self, bits: &mut BitReader<'_>) -> u8 {
        let entry = self.table.get((bits.peek() & 0x7F) as usize).copied().unwrap_or_default();
        bits.skip(u32::from(entry >> 5));
        entry & 0x1F
    }
}

/// Collects the code lengths of an alphabet, symbol by symbol.
pub(super) struct LengthCounts<'l> {
    counts: [u16; MAX_LENGTH + 1],
    used: u16,
    first: u16,
    last: u16,
    next_symbol: u16,
    lengths: Option<&'l mut Lengths>,
}

impl<'l> LengthCounts<'l> {
    pub(super) fn new(mut lengths: Option<&'l mut Lengths>) -> Self {
        if let Some(lengths) = lengths.as_deref_mut() {
            lengths.fill(0);
        }
        Self { counts: [0; MAX_LENGTH + 1], used: 0, first: 0, last: 0, next_symbol: 0, lengths }
    }

    /// Leaves the symbols before `symbol` without a code.
    pub(super) const fn skip_to(&mut self, symbol: u16) {
        self.next_symbol = symbol;
    }

    /// Adds the next `run` symbols, with codes of `length` bits. A length of 0 means no code.
    pub(super) fn add(&mut self, length: u8, run: u16) {
        let end = self.next_symbol + run;
        if length != 0 {
            if self.used == 0 {
                self.first = self.next_symbol;
            }
            self.used += run;
            self.last = end.saturating_sub(1);
            if let Some(count) = self.counts.get_mut(usize::from(length)) {
                *count += run;
            }
            let range = usize::from(self.next_symbol)..usize::from(end);
            if let Some(lengths) = self.lengths.as_mut().and_then(|all| all.get_mut(range)) {
                lengths.fill(length);
            }
        }
        self.next_symbol = end;
    }

    /// The code with the lengths so far. It may be incomplete.
    pub(super) const fn code(&self) -> PrefixCode {
        PrefixCode { counts: self.counts, used: self.used, first: self.first, last: self.last }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "masked to eight bits")]
const fn low_byte(value: u32) -> u8 {
    (value & 0xFF) as u8
}

const TOO_MANY: Error = malformed("more code lengths than symbols");

/// The order in which a normal code stores the lengths of its length code.
const LENGTH_ORDER: [usize; 19] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::BitWriter;
    use crate::probe::webp::vp8l::MAX_ALPHABET;

    /// Writes and reads a normal code over `alphabet` symbols, and returns its code lengths.
    /// `kinds` are the length symbols in use, all with codes of the same length. `limit` is the
    /// maximum number of length symbols to declare. `symbols` are the length symbols, each with its
    /// extra bits.
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
        // These bits could be read as the first symbol again, but do not belong to the code.
        stream.put(0xA0, 8);
        let mut lengths = [0; MAX_ALPHABET];
        let mut bits = BitReader::new(&stream.bytes);
        read_normal(&mut bits, alphabet, Some(&mut lengths))?;
        assert_eq!(bits.read(8)?, 0xA0);
        Ok(lengths[..usize::from(alphabet)].to_vec())
    }

    /// Green, 24 length prefixes, and a colour cache of 2^11 entries (RFC 9649, 5.2.1 to 5.2.3).
    #[test]
    fn the_largest_alphabet_has_2328_symbols() {
        assert_eq!(MAX_ALPHABET, 2_328);
    }

    #[test]
    fn zeros_and_the_previous_length_can_be_repeated() {
        // 5 zeros, 1 + 42 × 6 + 3 eights, 19 zeros.
        let mut symbols = vec![(17, 2, 3), (8, 0, 0)];
        symbols.extend([(16, 3, 2); 42]);
        symbols.extend([(16, 0, 2), (18, 8, 7)]);
        let lengths = lengths_of(280, &[8, 16, 17, 18], None, &symbols).unwrap();
        assert_eq!(lengths, [&[0; 5][..], &[8; 256], &[0; 19]].concat());
    }

    #[test]
    fn the_previous_length_is_the_last_nonzero_one_and_initially_eight() {
        // 1 + 21 × 6 + 1 sevens, and no code for the rest of the alphabet.
        let mut symbols = vec![(7, 0, 0)];
        symbols.extend([(16, 3, 2); 21]);
        symbols.push((7, 0, 0));
        let lengths = lengths_of(256, &[7, 16], Some(23), &symbols).unwrap();
        assert_eq!(lengths, [[7; 128], [0; 128]].concat());
        // 42 × 6 + 4 eights, with a length code of one symbol.
        let mut symbols = vec![(16, 3, 2); 42];
        symbols.push((16, 1, 2));
        assert_eq!(lengths_of(256, &[16], None, &symbols).unwrap(), [8; 256]);
        // The same where the code of the repetition is the bit 0.
        assert_eq!(lengths_of(256, &[16, 18], None, &symbols).unwrap(), [8; 256]);
    }

    #[test]
    fn the_last_symbol_of_the_alphabet_ends_a_code() {
        // 11 + 117 zeros and 128 sevens. The code for seven is the bit 0.
        let mut symbols = vec![(18, 117, 7)];
        symbols.extend([(7, 0, 0); 128]);
        let lengths = lengths_of(256, &[7, 18], None, &symbols).unwrap();
        assert_eq!(lengths, [[0; 128], [7; 128]].concat());
    }

    #[test]
    fn declaring_more_lengths_than_symbols_is_malformed() {
        let ones = |limit| lengths_of(32, &[5], Some(limit), &[]);
        assert_eq!(ones(32).unwrap(), [5; 32]);
        assert!(ones(33).unwrap_err().to_string().contains("more code lengths"));
    }

    #[test]
    fn a_repetition_past_the_alphabet_is_malformed() {
        let run = |extra| lengths_of(256, &[8, 18], None, &[(18, extra, 7), (18, 127, 7)]);
        // 138 + 118 zeros fill the alphabet without any code; 138 + 119 do not fit.
        let message = |extra| run(extra).unwrap_err().to_string();
        assert!(message(107).contains("incomplete"), "{}", message(107));
        assert!(message(108).contains("more code lengths"), "{}", message(108));
        // The same if all length symbols are repetitions, with codes of no bits.
        let message = lengths_of(256, &[18], None, &[(18, 127, 7); 2]).unwrap_err().to_string();
        assert!(message.contains("more code lengths"), "{message}");
    }
}
