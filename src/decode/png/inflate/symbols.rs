//! The symbols of a deflate block (RFC 1951, 3.2.5), and their entries in decoding tables.

// An entry of a decoding table:
//
//   bits 0 to 5    how many bits the symbol takes, extra bits included
//   bits 6 and 7   IS_END_OF_BLOCK, or IS_PAIR beside IS_LITERAL; IS_LINK
//   bits 8 to 13   how many of them are the (first) code
//   bits 14 and 15 HAS_BASE, IS_LITERAL
//   bits 16 to 31  the literals, or the base that the extra bits are added to
//
// A symbol that must not occur has none of the flags. Counts lie where a shift takes them without
// a mask.
pub(super) const IS_LITERAL: u32 = 1 << 15;
pub(super) const HAS_BASE: u32 = 1 << 14;
pub(super) const IS_END_OF_BLOCK: u32 = 1 << 6;
/// The mark of a literal that is followed by another one, in bits 24 to 31.
pub(super) const IS_PAIR: u32 = 1 << 6;
/// The mark of a link to a subtable.
pub(super) const IS_LINK: u32 = 1 << 7;

/// The entry of a symbol whose code has `length` bits, from the entry without a code.
pub(super) const fn with_code(entry: u32, length: u32) -> u32 {
    entry + (length | length << 8)
}

/// The entry of the literal `first` together with the literal `second`, which follows it.
pub(super) const fn pair(first: u32, second: u32) -> u32 {
    let second_bits = second >> 8 & 63;
    (first + second_bits) | IS_PAIR | (second & 0xFF_0000) << 8
}

/// How many literals an entry of literals has.
#[inline(always)]
pub(super) const fn literals(entry: u32) -> usize {
    1 + (entry >> 6 & 1) as usize
}

pub(super) fn literal_length_entry(symbol: u16) -> u32 {
    match symbol.checked_sub(END_OF_BLOCK + 1) {
        Some(index) => base_entry(&LENGTHS, index),
        None if symbol == END_OF_BLOCK => IS_END_OF_BLOCK,
        None => IS_LITERAL | u32::from(symbol) << 16,
    }
}

pub(super) fn distance_entry(symbol: u16) -> u32 {
    base_entry(&DISTANCES, symbol)
}

fn base_entry(table: &[(u16, u8)], index: u16) -> u32 {
    let row = table.get(usize::from(index));
    row.map_or(0, |&(base, extra)| HAS_BASE | u32::from(base) << 16 | u32::from(extra))
}

pub(super) const LITERAL_LENGTH_SYMBOLS: usize = 288;
pub(super) const DISTANCE_SYMBOLS: usize = 32;
pub(super) const END_OF_BLOCK: u16 = 256;

/// The base and the number of extra bits of each length, from symbol 257 on: four symbols for each
/// number of extra bits, and a last symbol for 258 bytes.
const LENGTHS: [(u16, u8); 29] = {
    let mut lengths = bases_and_extra_bits(3, 4);
    lengths[28] = (258, 0);
    lengths
};

/// The same for each distance: two symbols for each number of extra bits.
const DISTANCES: [(u16, u8); 30] = bases_and_extra_bits(1, 2);

/// The bases from `base` on, without a gap: `each` symbols for each number of extra bits, and
/// twice as many without extra bits.
#[allow(clippy::cast_possible_truncation, reason = "13 at most")]
const fn bases_and_extra_bits<const N: usize>(mut base: u16, each: usize) -> [(u16, u8); N] {
    let mut table = [(0, 0); N];
    let mut symbol = 0;
    while symbol < N {
        let extra = if symbol < each { 0 } else { (symbol / each - 1) as u8 };
        table[symbol] = (base, extra);
        base = base.wrapping_add(1 << extra);
        symbol += 1;
    }
    table
}
