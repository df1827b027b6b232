//! The symbols of a deflate block (RFC 1951, 3.2.5), and the table entries that they become.

// What an entry of a table says, from bit 16 on a literal, or the base of a length or a distance, whose
// extra bits are counted in bits 8 to 11.
pub(super) const LITERAL: u32 = 1 << 15;
pub(super) const NUMBER: u32 = 1 << 14;
pub(super) const END: u32 = 1 << 13;

pub(super) fn symbol_entry(symbol: u16) -> u32 {
    match symbol.checked_sub(END_OF_BLOCK + 1) {
        Some(index) => number_entry(&LENGTHS, index),
        None if symbol == END_OF_BLOCK => END,
        None => LITERAL | u32::from(symbol) << 16,
    }
}

pub(super) fn distance_entry(symbol: u16) -> u32 {
    number_entry(&OFFSETS, symbol)
}

fn number_entry(numbers: &[(u16, u8)], index: u16) -> u32 {
    let number = numbers.get(usize::from(index));
    number.map_or(0, |&(base, extra)| NUMBER | u32::from(base) << 16 | u32::from(extra) << 8)
}

pub(super) const SYMBOLS: usize = 288;
pub(super) const DISTANCES: usize = 32;
pub(super) const END_OF_BLOCK: u16 = 256;

/// Base and extra bits of the lengths, from symbol 257 on (3.2.5): four symbols for each number of extra
/// bits, and a last one for 258 bytes.
const LENGTHS: [(u16, u8); 29] = {
    let mut lengths = numbers(3, 4);
    lengths[28] = (258, 0);
    lengths
};

/// And of the distances: two for each.
const OFFSETS: [(u16, u8); 30] = numbers(1, 2);

/// Numbers from `base` on, without a gap: `each` symbols for each number of extra bits, but for none
/// twice as many.
#[allow(clippy::cast_possible_truncation, reason = "13 at most")]
const fn numbers<const N: usize>(mut base: u16, each: usize) -> [(u16, u8); N] {
    let mut numbers = [(0, 0); N];
    let mut symbol = 0;
    while symbol < N {
        let extra = if symbol < each { 0 } else { (symbol / each - 1) as u8 };
        numbers[symbol] = (base, extra);
        base = base.wrapping_add(1 << extra);
        symbol += 1;
    }
    numbers
}
