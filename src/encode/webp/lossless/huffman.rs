//! Huffman codes for given symbol counts, and how they are stored (RFC 9649, 3.7.2.1).

use super::bit_writer::BitWriter;
use crate::error::Error;

/// 256 green values and 24 prefixes of run lengths.
pub(super) const GREEN_SYMBOLS: usize = 256 + 24;

/// A canonical code for the symbols below `N`.
pub(super) struct Code<const N: usize> {
    /// 0 for an unused symbol, and for the only symbol.
    lengths: [u8; N],
    /// The codes with reversed bits, because the first bit is written first.
    codes: [u16; N],
    /// The only symbol of the code. It takes no bits.
    single: Option<u8>,
}

impl<const N: usize> Code<N> {
    /// The best code for these counts. It takes at most 8 bits per symbol on average, or 9 when `N`
    /// is over 256.
    pub(super) fn fitted(counts: &[u32; N]) -> Self {
        if counts.iter().filter(|&&count| count > 0).count() <= 1 {
            let symbol = counts.iter().position(|&count| count > 0).unwrap_or(0);
            // A run length repeats a literal, so the only symbol is a literal and fits in a `u8`.
            let single = Some(u8::try_from(symbol).unwrap_or(0));
            return Self { lengths: [0; N], codes: [0; N], single };
        }
        let fitted = Self::with_lengths(lengths(counts, MAX_CODE_BITS));
        let flat = Self::with_lengths(flat_lengths());
        if fitted.bits(counts) <= flat.bits(counts) { fitted } else { flat }
    }

    fn with_lengths(lengths: [u8; N]) -> Self {
        let mut codes = [0; N];
        let mut next = 0u16;
        for length in 1..=MAX_CODE_BITS {
            for (code, _) in codes.iter_mut().zip(&lengths).filter(|(_, len)| **len == length) {
                *code = next.reverse_bits() >> (16 - u32::from(length));
                next = next.wrapping_add(1);
            }
            next = next.wrapping_shl(1);
        }
        Self { lengths, codes, single: None }
    }

    /// The bits of all symbols with these counts.
    pub(super) fn bits(&self, counts: &[u32; N]) -> u64 {
        counts.iter().zip(&self.lengths).map(|(&n, &len)| u64::from(n) * u64::from(len)).sum()
    }

    pub(super) fn write(&self, symbol: usize, writer: &mut BitWriter<'_, '_>) -> Result<(), Error> {
        match (self.codes.get(symbol), self.lengths.get(symbol)) {
            (Some(&code), Some(&length)) => writer.write(u32::from(code), u32::from(length)),
            _ => Err(Error::Bug("a symbol outside its code")),
        }
    }

    /// Writes the code itself: its only symbol, or the lengths of all symbols.
    pub(super) fn write_lengths(&self, writer: &mut BitWriter<'_, '_>) -> Result<(), Error> {
        if let Some(symbol) = self.single {
            return write_single(symbol, writer);
        }
        let mut counts = [0u32; LENGTH_SYMBOLS];
        self.for_each_length_symbol(|symbol, _, _| {
            if let Some(count) = counts.get_mut(symbol) {
                *count += 1;
            }
            Ok(())
        })?;
        let single = counts.iter().filter(|&&count| count > 0).count() == 1;
        let code = if single {
            Code::with_lengths([0; LENGTH_SYMBOLS])
        } else {
            Code::with_lengths(lengths(&counts, MAX_LENGTH_CODE_BITS))
        };
        writer.write(0, 1)?;
        // All 19 lengths of the code length code are stored: 4 + 15.
        writer.write(15, 4)?;
        for symbol in LENGTH_SYMBOL_ORDER {
            // The only symbol is stored with length 1 and takes no bits.
            let is_single = single && counts[symbol] > 0;
            writer.write(if is_single { 1 } else { u32::from(code.lengths[symbol]) }, 3)?;
        }
        writer.write(0, 1)?;
        self.for_each_length_symbol(|symbol, extra, extra_bits| {
            code.write(symbol, writer)?;
            writer.write(extra, extra_bits)
        })
    }

    /// Calls `each` with each symbol of the code length code, its extra bits and their number.
    /// Three or more zeros become symbols 17 and 18.
    fn for_each_length_symbol(
        &self,
        mut each: impl FnMut(usize, u32, u32) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for run in self.lengths.chunk_by(|a, b| a == b) {
            let length = usize::from(run.first().copied().unwrap_or_default());
            let mut remaining = u32::try_from(run.len())
                .map_err(|_| Error::Bug("a code with more than 2^32 symbols"))?;
            while length == 0 && remaining >= 3 {
                let zeros = remaining.min(138);
                if zeros >= 11 {
                    each(18, zeros - 11, 7)?
                } else {
                    each(17, zeros - 3, 3)?
                }
                remaining -= zeros;
            }
            for _ in 0..remaining {
                each(length, 0, 0)?;
            }
        }
        Ok(())
    }
}

/// Writes a code with one symbol, which takes no bits.
pub(super) fn write_single(symbol: u8, writer: &mut BitWriter<'_, '_>) -> Result<(), Error> {
    // A simple code with one symbol of 8 bits.
    writer.write(0b101, 3)?;
    writer.write(u32::from(symbol), 8)
}

/// Nearly equal lengths: k = ⌊log2 N⌋ bits for as many symbols as possible, k + 1 for the others.
fn flat_lengths<const N: usize>() -> [u8; N] {
    let short = N.ilog2();
    let with_short = (2usize << short) - N;
    let mut lengths = [0; N];
    for (symbol, length) in lengths.iter_mut().enumerate() {
        *length = u8::try_from(short).unwrap_or(0) + u8::from(symbol >= with_short);
    }
    lengths
}

/// The lengths of an optimal code for counts of which at least two are not 0. While a length
/// exceeds `max_bits`, the counts are halved, which makes them more equal.
fn lengths<const N: usize>(counts: &[u32; N], max_bits: u8) -> [u8; N] {
    let mut counts = *counts;
    loop {
        let lengths = optimal_lengths(&counts);
        if lengths.iter().all(|&length| length <= max_bits) {
            return lengths;
        }
        // In the end all counts are 1. Equal counts of 280 symbols need at most 9 bits, of 19 at
        // most 5.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = count.div_ceil(2);
        }
    }
}

/// Huffman's algorithm on sorted counts. It creates inner nodes in ascending order of weight, so
/// the two lightest items are always first among the remaining leaves and inner nodes.
fn optimal_lengths<const N: usize>(counts: &[u32; N]) -> [u8; N] {
    let mut leaves = [(0u32, 0u16); N];
    for ((leaf, symbol), &count) in leaves.iter_mut().zip(0u16..).zip(counts) {
        *leaf = (count, symbol);
    }
    leaves.sort_unstable();
    let unused = leaves.partition_point(|&(count, _)| count == 0);
    let leaf_count = N - unused;
    let leaves = &leaves[unused..];

    // Only the parents of leaves and inner nodes are stored.
    let mut weights = [0u32; N];
    let mut leaf_parents = [0u16; N];
    let mut node_parents = [0u16; N];
    let (mut next_leaf, mut next_node) = (0, 0);
    let node_count = leaf_count.saturating_sub(1);
    for (node, parent) in (0..node_count).zip(0u16..) {
        let mut weight = 0;
        for _ in 0..2 {
            let takes_leaf = next_leaf < leaf_count
                && (next_node >= node || leaves[next_leaf].0 <= weights[next_node]);
            if takes_leaf {
                weight += leaves[next_leaf].0;
                leaf_parents[next_leaf] = parent;
                next_leaf += 1;
            } else {
                weight += weights[next_node];
                node_parents[next_node] = parent;
                next_node += 1;
            }
        }
        weights[node] = weight;
    }
    // The last node is the root. The depths of the others follow, from the last to the first.
    let mut depths = [0u8; N];
    for node in (0..node_count.saturating_sub(1)).rev() {
        depths[node] = depths[usize::from(node_parents[node])].saturating_add(1);
    }
    let mut lengths = [0; N];
    for (&(_, symbol), &parent) in leaves.iter().zip(&leaf_parents) {
        lengths[usize::from(symbol)] = depths[usize::from(parent)].saturating_add(1);
    }
    lengths
}

const MAX_CODE_BITS: u8 = 15;
const MAX_LENGTH_CODE_BITS: u8 = 7;
const LENGTH_SYMBOLS: usize = 19;
const LENGTH_SYMBOL_ORDER: [usize; LENGTH_SYMBOLS] =
    [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::disallowed_macros, reason = "test data")]
mod tests {
    use super::*;

    fn kraft_sum<const N: usize>(lengths: &[u8; N]) -> u32 {
        lengths.iter().filter(|&&length| length > 0).map(|&length| 1 << (15 - length)).sum()
    }

    #[test]
    fn every_code_is_complete_and_not_longer_than_a_flat_one() {
        let mut fibonacci = [0u32; GREEN_SYMBOLS];
        let (mut a, mut b) = (1, 1);
        for count in fibonacci.iter_mut().take(40) {
            *count = a;
            (a, b) = (b, a + b);
        }
        let mut two = [0; GREEN_SYMBOLS];
        (two[3], two[277]) = (1, u32::MAX / 2);
        let mut squares = [0; GREEN_SYMBOLS];
        for (count, i) in squares.iter_mut().zip(0u32..) {
            *count = i * i;
        }
        for counts in [fibonacci, two, squares, [1; GREEN_SYMBOLS]] {
            let code = Code::fitted(&counts);
            assert_eq!(kraft_sum(&code.lengths), 1 << 15);
            assert!(counts.iter().zip(&code.lengths).all(|(n, len)| *n == 0 || *len > 0));
            let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
            assert!(code.bits(&counts) <= 9 * all);
        }
        assert_eq!(kraft_sum(&flat_lengths::<GREEN_SYMBOLS>()), 1 << 15);
        assert_eq!(flat_lengths::<256>(), [8; 256]);
    }

    #[test]
    fn known_counts_have_the_expected_lengths() {
        assert_eq!(optimal_lengths(&[5, 0, 9, 12, 13, 16, 45]), [4, 0, 4, 3, 3, 3, 1]);
        assert_eq!(optimal_lengths(&[1, 1, 2, 4, 8]), [4, 4, 3, 2, 1]);
        assert_eq!(lengths(&[1, 1, 2, 4, 8], 3), [3, 3, 3, 3, 1]);
    }
}
