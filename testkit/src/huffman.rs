//! Length-limited Huffman codes from symbol counts (package-merge), for JPEG and VP8L.

/// Optimal code lengths of at most `limit` bits, and 0 for a count of 0. A single symbol gets one
/// bit.
pub fn code_lengths(counts: &[u32], limit: u32) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let mut leaves: Vec<(u64, Vec<usize>)> = (0..counts.len())
        .filter(|&symbol| counts[symbol] > 0)
        .map(|symbol| (u64::from(counts[symbol]), vec![symbol]))
        .collect();
    if let [(_, symbols)] = &leaves[..] {
        lengths[symbols[0]] = 1;
        return lengths;
    }
    leaves.sort_by_key(|(count, symbols)| (*count, symbols[0]));
    let mut row = leaves.clone();
    for _ in 1..limit {
        let mut merged = leaves.clone();
        for pair in row.chunks_exact(2) {
            let symbols = [&pair[0].1[..], &pair[1].1[..]].concat();
            merged.push((pair[0].0 + pair[1].0, symbols));
        }
        merged.sort_by_key(|(count, _)| *count);
        row = merged;
    }
    for (_, symbols) in row.iter().take((2 * leaves.len()).saturating_sub(2)) {
        for &symbol in symbols {
            lengths[symbol] += 1;
        }
    }
    lengths
}

/// The canonical codes of `lengths`, in the order of length, then symbol.
pub fn canonical_codes(lengths: &[u8]) -> Vec<u32> {
    let mut codes = vec![0; lengths.len()];
    let mut code = 0;
    for length in 1..=16 {
        for (symbol, _) in lengths.iter().enumerate().filter(|(_, l)| **l == length) {
            codes[symbol] = code;
            code += 1;
        }
        code <<= 1;
    }
    codes
}
