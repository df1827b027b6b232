//! VP8L streams with a random structure, and noise as pixels.

use bombproof_testkit::bit_writer::LsbBitWriter;
use bombproof_testkit::noise::mix;
use bombproof_testkit::vp8l::{self, Argb};

use crate::fuzzed_data_provider::FuzzedDataProvider;

/// A stream with random transforms, colour cache, groups and prefix codes, and noise as pixels.
pub fn noise_stream(size: (u32, u32), provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let mut bits = LsbBitWriter::default();
    let (mut width, height) = size;
    let mut kinds = vec![0, 1, 2, 3];
    while !kinds.is_empty() && provider.one_in(2) {
        let kind = kinds.remove(provider.below(kinds.len()));
        bits.put(1, 1);
        bits.put(kind, 2);
        match kind {
            0 | 1 => {
                let tile = 2 + provider.below(8) as u32;
                bits.put(tile - 2, 3);
                let size = (width.div_ceil(1 << tile), height.div_ceil(1 << tile));
                noise_image(&mut bits, size, None, provider);
            }
            2 => {}
            _ => {
                let colors = 1 + provider.byte() as u32 % provider.pick(&[2, 4, 16, 256]);
                bits.put(colors - 1, 8);
                noise_image(&mut bits, (colors, 1), None, provider);
                width = width.div_ceil(1 << vp8l::palette_width_bits(colors));
            }
        }
    }
    bits.put(0, 1);
    let tile = provider.one_in(2).then(|| 2 + provider.below(8) as u32);
    noise_image(&mut bits, (width, height), Some(tile), provider);
    bits.finish()
}

/// An entropy-coded image. `groups` is None for the images inside transforms, which have one group.
fn noise_image(
    bits: &mut LsbBitWriter,
    (width, height): (u32, u32),
    groups: Option<Option<u32>>,
    provider: &mut FuzzedDataProvider<'_>,
) {
    let cache_bits = if provider.one_in(2) { 1 + provider.below(11) as u32 } else { 0 };
    bits.put(u32::from(cache_bits > 0), 1);
    if cache_bits > 0 {
        bits.put(cache_bits, 4);
    }
    let mut count = 1;
    if let Some(tile) = groups {
        bits.put(u32::from(tile.is_some()), 1);
        if let Some(tile) = tile {
            bits.put(tile - 2, 3);
            let (width, height) = (width.div_ceil(1 << tile), height.div_ceil(1 << tile));
            let (step, most) = (1 + provider.below(3) as u32, 1 + provider.below(5) as u32);
            let seed = u64::from(provider.byte());
            let number = |at: u32| (mix(seed + u64::from(at)) as u32 % most) * step;
            let pixels: Vec<u32> = (0..width * height).map(|at| number(at) << 8).collect();
            count = pixels.iter().max().map_or(1, |most| 1 + (most >> 8));
            vp8l::write_image(bits, &Argb { width, height, pixels }, 0, None);
        }
    }
    let cache = if cache_bits > 0 { 1 << cache_bits } else { 0 };
    for _ in 0..count {
        for alphabet in [256 + 24 + cache, 256, 256, 256, 40] {
            prefix_code(bits, alphabet, provider);
        }
    }
    let mut seed = u64::from(provider.u32());
    for _ in 0..width * height {
        for _ in 0..provider.pick(&[1, 2, 2, 3]) {
            seed = mix(seed + 1);
            bits.put(seed as u32, 32);
        }
    }
}

/// A complete prefix code for some symbols of the alphabet.
fn prefix_code(bits: &mut LsbBitWriter, alphabet: usize, provider: &mut FuzzedDataProvider<'_>) {
    let most = provider.pick(&[1, 2, 5, 40, 300]).min(alphabet);
    let count = 1 + provider.below(most);
    let first = provider.below(alphabet);
    let symbol = |nth: usize| (first + nth * 7) % alphabet;
    if count <= 2 && (0..count).all(|nth| symbol(nth) < 256) {
        let symbols: Vec<usize> = (0..count).map(symbol).collect();
        return vp8l::write_simple_code(bits, &symbols);
    }
    // A tree: leaves are split until there are enough of them.
    let mut leaves = vec![0_u8];
    let mut seed = u64::from(provider.u32());
    while leaves.len() < count {
        seed = mix(seed + 1);
        let at = seed as usize % leaves.len();
        if leaves[at] < 15 {
            leaves[at] += 1;
            leaves.push(leaves[at]);
        }
    }
    let mut lengths = vec![0; alphabet];
    for (nth, &length) in leaves.iter().enumerate() {
        // A symbol that repeats would leave the code incomplete. The next free one takes its
        // length.
        let free = (symbol(nth)..alphabet).chain(0..alphabet).find(|&at| lengths[at] == 0);
        lengths[free.unwrap_or(0)] = length.max(1);
    }
    vp8l::write_normal_code(bits, &lengths);
}
