//! The best Huffman codes for the symbols of a scan.

use core::cmp::Reverse;

use crate::probe::jpeg::HuffmanTable;

/// How often each symbol occurs.
pub(super) type Histogram = [u64; 256];

/// The code that takes the fewest bits, of all that a DHT segment can define: at most 16 bits long,
/// and none of only ones (T.81, annex C and K.2).
#[derive(Debug)]
pub(super) struct BestCode {
    /// The number of codes of each length, 1 to 16 bits.
    counts: [u8; MAX_BITS],
    /// The first `len` have a code, the most frequent first.
    symbols: [u8; 256],
    len: usize,
}

impl Default for BestCode {
    /// A code without symbols.
    fn default() -> Self {
        Self { counts: [0; MAX_BITS], symbols: [0; 256], len: 0 }
    }
}

impl BestCode {
    pub(super) fn of(histogram: &Histogram) -> Self {
        let frequency = |symbol: u8| histogram[usize::from(symbol)];
        let mut code = Self::default();
        for symbol in (0..=u8::MAX).filter(|&symbol| frequency(symbol) > 0) {
            code.symbols[code.len & 255] = symbol;
            code.len += 1;
        }
        let symbols = code.symbols.get_mut(..code.len).unwrap_or_default();
        symbols.sort_unstable_by_key(|&symbol| (Reverse(frequency(symbol)), symbol));
        // The first one stands for the code of only ones. It never occurs, so none is longer.
        let mut ascending = [0; MAX_LEAVES];
        for (to, &symbol) in ascending.iter_mut().skip(1).zip(symbols.iter().rev()) {
            *to = frequency(symbol);
        }
        let lengths = lengths(ascending.get(..=code.len).unwrap_or_default());
        for &length in lengths.iter().skip(1).take(code.len) {
            code.counts[usize::from(length.wrapping_sub(1)) & (MAX_BITS - 1)] += 1;
        }
        code
    }

    pub(super) fn table(&self) -> HuffmanTable<'_> {
        let symbols = self.symbols.get(..self.len).unwrap_or_default();
        HuffmanTable { counts: &self.counts, symbols }
    }
}

/// The lengths of the best code for `frequencies` in ascending order, at most [`MAX_BITS`]
/// (package-merge: Larmore and Hirschberg, A fast algorithm for optimal length-limited Huffman
/// codes, 1990).
///
/// There is a list for each length. It has all symbols, and packages of two neighbours of the list
/// for one bit more, in ascending order. A symbol is as long as the number of lists in which it is
/// among the items that the first 2n − 2 of the last list are made of.
fn lengths(frequencies: &[u64]) -> [u8; MAX_LEAVES] {
    let mut is_symbol = [[false; 2 * MAX_LEAVES]; MAX_BITS];
    let (mut items, mut len) = ([0; 2 * MAX_LEAVES], 0);
    for is_symbol in &mut is_symbol {
        let longer = items;
        let pairs = longer.get(..len).unwrap_or_default().as_chunks::<2>().0;
        let mut packages = pairs.iter().map(|[a, b]| a + b).peekable();
        let mut symbols = frequencies.iter().copied().peekable();
        len = 0;
        for (item, is_symbol) in items.iter_mut().zip(is_symbol) {
            let package = packages.peek().copied();
            let symbol = symbols.next_if(|&symbol| package.is_none_or(|sum| symbol <= sum));
            *is_symbol = symbol.is_some();
            let Some(sum) = symbol.or_else(|| packages.next()) else { break };
            *item = sum;
            len += 1;
        }
    }
    let mut lengths = [0; MAX_LEAVES];
    let mut taken = (2 * frequencies.len()).saturating_sub(2);
    for is_symbol in is_symbol.iter().rev() {
        let symbols = is_symbol.iter().take(taken).filter(|&&is_symbol| is_symbol).count();
        lengths.iter_mut().take(symbols).for_each(|length| *length += 1);
        taken = 2 * (taken - symbols);
    }
    lengths
}

const MAX_BITS: usize = 16;
/// All symbols, and the code of only ones.
const MAX_LEAVES: usize = 257;

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "test data")]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::probe::jpeg::{STANDARD_AC, STANDARD_DC};

    /// The bits of all symbols in the code of `table`.
    fn bits(histogram: &Histogram, table: &HuffmanTable<'_>) -> u64 {
        table.codes().map(|(symbol, _, len)| histogram[usize::from(symbol)] * u64::from(len)).sum()
    }

    /// The bits in a code without a longest length (Huffman's own construction), and the length of
    /// its longest code.
    fn unlimited(histogram: &Histogram) -> (u64, u32) {
        let mut trees: Vec<(u64, u32)> =
            histogram.iter().filter(|&&n| n > 0).map(|&n| (n, 0)).collect();
        trees.push((0, 0));
        let mut bits = 0;
        while trees.len() > 1 {
            trees.sort_unstable_by_key(|&tree| Reverse(tree));
            let (a, b) = (trees.pop().unwrap(), trees.pop().unwrap());
            bits += a.0 + b.0;
            trees.push((a.0 + b.0, a.1.max(b.1) + 1));
        }
        (bits, trees[0].1)
    }

    /// No defect, a code for each symbol that occurs and for no other, and none of only ones.
    fn assert_valid(histogram: &Histogram, code: &BestCode) {
        let table = code.table();
        assert_eq!(table.defect(true), None);
        assert!(table.codes().all(|(_, code, len)| len <= 16 && code != (1 << len) - 1));
        let mut symbols = table.symbols.to_vec();
        symbols.sort_unstable();
        let occurring = (0..=u8::MAX).filter(|&symbol| histogram[usize::from(symbol)] > 0);
        assert_eq!(symbols, occurring.collect::<Vec<_>>());
        assert_eq!(table.counts.iter().map(|&n| usize::from(n)).sum::<usize>(), symbols.len());
    }

    fn histograms() -> impl Strategy<Value = Histogram> {
        let count = (0_u32..40, 0_u64..16);
        (prop::collection::vec(count, 0..=256), 1_u32..40).prop_map(|(counts, max)| {
            let mut histogram = [0; 256];
            for (to, (shift, low)) in histogram.iter_mut().zip(counts) {
                *to = low << (shift % max);
            }
            histogram
        })
    }

    proptest! {
        #[test]
        fn no_code_is_better(histogram in histograms()) {
            let code = BestCode::of(&histogram);
            assert_valid(&histogram, &code);
            let (best, longest) = unlimited(&histogram);
            let bits = bits(&histogram, &code.table());
            prop_assert!(bits == best || bits > best && longest > 16);
        }

        #[test]
        fn no_code_of_sixteen_bits_is_better(powers in prop::collection::vec(0_u32..30, 1..30)) {
            assert_best(&powers.iter().map(|power| 1_u64 << power).collect::<Vec<_>>());
        }

        #[test]
        fn the_codes_of_the_standard_are_no_better(counts in prop::collection::vec(0_u64..1 << 30, 162)) {
            for table in STANDARD_DC.iter().chain(&STANDARD_AC) {
                let mut histogram = [0; 256];
                for (&symbol, &count) in table.symbols.iter().zip(&counts) {
                    histogram[usize::from(symbol)] = count;
                }
                let best = BestCode::of(&histogram);
                prop_assert!(bits(&histogram, &best.table()) <= bits(&histogram, table));
            }
        }
    }

    /// The fewest bits of any code, by trying how many of the most frequent symbols left get the
    /// next length: `open` nodes of the tree are `depth` bits long.
    fn best_by_trying(
        descending: &[u64],
        open: usize,
        depth: usize,
        known: &mut HashMap<(usize, usize, usize), Option<u64>>,
    ) -> Option<u64> {
        let key = (descending.len(), open, depth);
        if descending.is_empty() {
            return Some(0);
        }
        if depth == MAX_BITS {
            return (descending.len() <= open).then_some(0);
        }
        if let Some(&bits) = known.get(&key) {
            return bits;
        }
        let tries = (0..=open.min(descending.len())).filter_map(|count| {
            let rest = &descending[count..];
            let deeper = (2 * (open - count)).min(descending.len());
            let bits = best_by_trying(rest, deeper, depth + 1, known)?;
            Some(bits + rest.iter().sum::<u64>())
        });
        let bits = tries.min();
        known.insert(key, bits);
        bits
    }

    fn assert_best(frequencies: &[u64]) {
        let mut histogram = [0; 256];
        histogram[..frequencies.len()].copy_from_slice(frequencies);
        let code = BestCode::of(&histogram);
        assert_valid(&histogram, &code);
        let mut descending: Vec<u64> = frequencies.iter().copied().filter(|&n| n > 0).collect();
        descending.push(0);
        descending.sort_unstable_by_key(|&n| Reverse(n));
        let best = best_by_trying(&descending, 1, 0, &mut HashMap::new()).unwrap();
        assert_eq!(bits(&histogram, &code.table()), best);
    }

    /// Each frequency is larger than the sum of all before it. Without a longest length, the code of
    /// the last of 30 would have 30 bits.
    #[test]
    fn a_code_that_would_be_too_long_is_limited_in_the_best_way() {
        for len in [16, 17, 18, 20, 30] {
            let frequencies: Vec<u64> = (0..len).map(|power| 1 << power).collect();
            assert_best(&frequencies);
        }
        let fibonacci = |next: &mut (u64, u64)| {
            *next = (next.1, next.0 + next.1);
            Some(next.0)
        };
        assert_best(&(0..40).scan((1, 1), |next, _| fibonacci(next)).collect::<Vec<_>>());
    }

    #[test]
    fn one_symbol_takes_one_bit_and_none_take_no_table() {
        let mut histogram = [0; 256];
        assert_eq!(BestCode::of(&histogram).table().symbols, []);
        histogram[255] = 9;
        let code = BestCode::of(&histogram);
        assert_eq!(code.table().codes().collect::<Vec<_>>(), [(255, 0, 1)]);
    }

    #[test]
    fn all_symbols_have_a_code() {
        let code = BestCode::of(&[1; 256]);
        assert_valid(&[1; 256], &code);
        assert_eq!(code.counts[7..9], [255, 1]);
    }
}
