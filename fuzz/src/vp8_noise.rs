//! VP8 key frames with a random header, and noise as modes and tokens.

use bombproof_testkit::noise::mix;
use bombproof_testkit::vp8::{self, BoolEncoder};

use crate::fuzzed_data_provider::FuzzedDataProvider;

/// A key frame with a random header, and noise as modes and tokens. Every sequence of bits is valid
/// there.
pub fn noise_frame((width, height): (u32, u32), provider: &mut FuzzedDataProvider<'_>) -> Vec<u8> {
    let mut out = BoolEncoder::default();
    // Colour space, and whether clamping is required. Decoders always clamp.
    out.flag(false);
    out.flag(provider.one_in(2));
    let has_segments = provider.one_in(2);
    out.flag(has_segments);
    if has_segments {
        segments(&mut out, provider);
    }
    // The loop filter: simple or normal, level and sharpness.
    out.flag(provider.one_in(4));
    out.literal(provider.below(64) as u32, 6);
    out.literal(provider.below(8) as u32, 3);
    let has_deltas = provider.one_in(2);
    out.flag(has_deltas);
    if has_deltas {
        let updates = provider.one_in(2);
        out.flag(updates);
        for _ in 0..if updates { 8 } else { 0 } {
            optional(&mut out, 6, provider);
        }
    }
    let log2_partitions = provider.below(4) as u32;
    out.literal(log2_partitions, 2);
    out.literal(provider.below(128) as u32, 7);
    for _ in 0..5 {
        optional(&mut out, 4, provider);
    }
    // Whether the probabilities are kept, which has no effect on a single frame.
    out.flag(provider.one_in(2));
    let mut seed = u64::from(provider.u32());
    let mut noise = move || {
        seed = mix(seed + 1);
        seed as u32
    };
    let changes = provider.one_in(2);
    for prob in vp8::tables::COEFFICIENT_UPDATE_PROBS.as_flattened().as_flattened().as_flattened() {
        let change = changes && noise() % 256 >= u32::from(*prob);
        out.put(change, *prob);
        if change {
            out.literal(noise() & 0xFF, 8);
        }
    }
    let skips = provider.one_in(2);
    out.flag(skips);
    if skips {
        out.literal(u32::from(provider.byte()), 8);
    }
    let macroblocks = width.div_ceil(16) * height.div_ceil(16);
    for _ in 0..macroblocks * 5 {
        out.literal(noise(), 32);
    }
    let first = out.finish();
    let mut frame = vp8::frame_header(true, first.len(), (width, height));
    frame.extend(first);
    let rows_of_partition = height.div_ceil(16).div_ceil(1 << log2_partitions);
    let partition_bytes = width.div_ceil(16) * rows_of_partition * 800;
    let partitions: Vec<Vec<u8>> = (0..1 << log2_partitions)
        .map(|_| {
            // Mostly 0 bits make tokens that end their block early.
            let sparse = provider.one_in(2);
            let bytes = (0..partition_bytes).map(|_| {
                let byte = noise() as u8;
                if sparse { byte & noise() as u8 } else { byte }
            });
            let mut bytes: Vec<u8> = bytes.collect();
            bytes[0] &= 0x7F;
            bytes
        })
        .collect();
    for partition in &partitions[1..] {
        frame.extend(&(partition.len() as u32).to_le_bytes()[..3]);
    }
    frame.extend(partitions.concat());
    frame
}

fn segments(out: &mut BoolEncoder, provider: &mut FuzzedDataProvider<'_>) {
    let (map, values) = (provider.one_in(2), provider.one_in(2));
    out.flag(map);
    out.flag(values);
    if values {
        // Absolute values or deltas.
        out.flag(provider.one_in(2));
        for bits in [7, 7, 7, 7, 6, 6, 6, 6] {
            optional(out, bits, provider);
        }
    }
    if map {
        for _ in 0..3 {
            let prob = provider.one_in(2).then(|| provider.byte());
            out.flag(prob.is_some());
            if let Some(prob) = prob {
                out.literal(u32::from(prob), 8);
            }
        }
    }
}

/// A flag, and in half of the cases a number with its sign.
fn optional(out: &mut BoolEncoder, bits: u32, provider: &mut FuzzedDataProvider<'_>) {
    let is_present = provider.one_in(2);
    out.flag(is_present);
    if is_present {
        out.literal(u32::from(provider.byte()), bits);
        out.flag(provider.one_in(2));
    }
}
