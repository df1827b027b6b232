//! The code lengths of a prefix code of VP8L (RFC 9649, 3.7.2.1.2).

use super::bits::Bits;
use super::code::{MAX_LENGTH, MISSING_SYMBOL, Shape};
use super::heap::Heap;
use super::malformed;
use crate::error::Error;

/// Reads a code that is written as a code for lengths, then a length for each symbol.
pub(super) fn read(
    bits: &mut Bits<'_>,
    alphabet: u16,
    heap: &mut Heap,
    lengths: Option<&mut Lengths>,
) -> Result<Shape, Error> {
    let mut code_lengths = [0u8; 19];
    for &slot in LENGTH_ORDER.iter().take(4 + bits.read(4)? as usize) {
        if let Some(length) = code_lengths.get_mut(slot) {
            *length = low_byte(bits.read(3)?);
        }
    }
    let length_code = LengthCode::new(&code_lengths)?;
    let length_table = length_code.shape.table_bytes();
    heap.take(2 * 19);
    heap.take(length_table);
    heap.give(2 * 19);

    let mut left = alphabet;
    if bits.flag()? {
        let width = 2 + 2 * bits.read(3)?;
        let limit = 2 + bits.read(width)?;
        left = u16::try_from(limit)
            .ok()
            .filter(|&limit| limit <= alphabet)
            .ok_or(malformed("more code lengths than symbols"))?;
    }
    let lengths_bytes = 2 * u64::from(alphabet);
    heap.take(lengths_bytes);
    let shape = read_lengths(bits, &length_code, alphabet, left, lengths)?;
    heap.give(length_table);
    heap.take(shape.table_bytes());
    heap.give(lengths_bytes);
    Ok(shape)
}

/// `left` bounds how many length symbols there are; the rest of the alphabet has no code.
fn read_lengths(
    bits: &mut Bits<'_>,
    code: &LengthCode,
    alphabet: u16,
    mut left: u16,
    lengths: Option<&mut Lengths>,
) -> Result<Shape, Error> {
    let mut tally = Tally::new(lengths);
    let mut previous = 8;
    if let Some(length) = code.shape.single()
        && length < 16
    {
        // No bit is spent on them: not one step for each, or work would not be linear in the input.
        tally.put(low_byte(u32::from(length)), left);
        return tally.shape().complete();
    }
    while tally.at < alphabet && left > 0 {
        left -= 1;
        let (length, run) = match code.symbol(bits)? {
            16 => (previous, 3 + bits.read(2)?),
            17 => (0, 3 + bits.read(3)?),
            18 => (0, 11 + bits.read(7)?),
            length => (length, 1),
        };
        if length != 0 {
            previous = length;
        }
        let run = u16::try_from(run)
            .ok()
            .filter(|&run| run <= alphabet - tally.at)
            .ok_or(malformed("more code lengths than symbols"))?;
        tally.put(length, run);
    }
    tally.shape().complete()
}

/// The code that code lengths are written in, whose own lengths are 7 at the most.
struct LengthCode {
    shape: Shape,
    /// For each pattern of the next seven bits: the symbol, and the length of its code above it.
    table: [u8; 128],
}

impl LengthCode {
    fn new(code_lengths: &[u8; 19]) -> Result<Self, Error> {
        let mut tally = Tally::new(None);
        for &length in code_lengths {
            tally.put(length, 1);
        }
        let shape = tally.shape().complete()?;
        let mut sorted = [0; 19];
        shape.sort(code_lengths, &mut sorted);
        let mut table = [0; 128];
        let mut symbols = sorted.iter();
        let mut code = 0u8;
        for (&count, length) in shape.counts.iter().zip(0u8..).take(8).skip(1) {
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                // `code` is left-aligned in seven bits; the stream has its first bit lowest.
                let pattern = usize::from(code.reverse_bits() >> 1);
                for entry in table.iter_mut().skip(pattern).step_by(1 << length) {
                    *entry = low_byte(u32::from(symbol)) | (length << 5);
                }
                code = code.wrapping_add(1 << (7 - length));
            }
        }
        Ok(Self { shape, table })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Result<u8, Error> {
        if let Some(symbol) = self.shape.single() {
            return Ok(low_byte(u32::from(symbol)));
        }
        let pattern = bits.peek() & 0x7F;
        let entry = usize::try_from(pattern).ok().and_then(|pattern| self.table.get(pattern));
        let &entry = entry.ok_or(MISSING_SYMBOL)?;
        bits.skip(u32::from(entry >> 5))?;
        Ok(entry & 0x1F)
    }
}

/// Counts code lengths as they come, symbol by symbol.
pub(super) struct Tally<'l> {
    counts: [u16; MAX_LENGTH + 1],
    used: u16,
    first: u16,
    at: u16,
    lengths: Option<&'l mut Lengths>,
}

impl<'l> Tally<'l> {
    pub(super) fn new(mut lengths: Option<&'l mut Lengths>) -> Self {
        if let Some(lengths) = lengths.as_deref_mut() {
            lengths.fill(0);
        }
        Self { counts: [0; MAX_LENGTH + 1], used: 0, first: 0, at: 0, lengths }
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

    pub(super) const fn shape(&self) -> Shape {
        Shape { counts: self.counts, used: self.used, first: self.first }
    }
}

/// The code lengths of the largest alphabet: green, lengths and a colour cache of 11 bits.
pub(super) type Lengths = [u8; MAX_ALPHABET];

#[allow(clippy::cast_possible_truncation, reason = "masked to eight bits")]
const fn low_byte(value: u32) -> u8 {
    (value & 0xFF) as u8
}

pub(super) const MAX_ALPHABET: usize = 256 + 24 + (1 << 11);

const LENGTH_ORDER: [usize; 19] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_macros, reason = "tests")]
mod tests {
    use super::*;
    use crate::probe::webp::sample::BitWriter;

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
        stream.put(15, 4);
        for slot in LENGTH_ORDER {
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
        let mut lengths = [0; MAX_ALPHABET];
        let mut bits = Bits::new(&stream.bytes);
        read(&mut bits, alphabet, &mut Heap::default(), Some(&mut lengths))?;
        Ok(lengths[..usize::from(alphabet)].to_vec())
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
    fn a_run_past_the_alphabet_is_malformed() {
        let run = |extra| lengths_of(256, &[8, 18], None, &[(18, extra, 7), (18, 127, 7)]);
        // 138 + 118 zeros fill it, which is no code; 138 + 119 do not fit.
        let words = |extra| run(extra).unwrap_err().to_string();
        assert!(words(107).contains("incomplete"), "{}", words(107));
        assert!(words(108).contains("more code lengths"), "{}", words(108));
    }
}
