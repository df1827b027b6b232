//! The frame header: uncompressed bytes, then boolean-coded bits (RFC 6386, 9).

use super::bool_encoder::BoolEncoder;
use super::options::Options;
use super::tables::COEFFICIENT_UPDATE_PROBS;

/// The uncompressed part, ten bytes: frame tag, start code and size.
pub fn frame_header(key: bool, first_partition: usize, (width, height): (u32, u32)) -> Vec<u8> {
    let tag = u32::from(!key) | 1 << 4 | (first_partition as u32) << 5;
    let mut bytes = tag.to_le_bytes()[..3].to_vec();
    bytes.extend([0x9D, 0x01, 0x2A]);
    bytes.extend((width as u16).to_le_bytes());
    bytes.extend((height as u16).to_le_bytes());
    bytes
}

/// The compressed part, at the start of the first partition.
pub(super) fn write_frame_header(out: &mut BoolEncoder, options: &Options, skip_prob: u8) {
    out.flag(options.reserved_color_space);
    // Clamping is required.
    out.flag(false);
    out.flag(options.segments);
    if options.segments {
        // The map and the data are updated, with absolute quantisers for two of four segments.
        out.literal(0b111, 3);
        for quantizer in [options.quantizer, options.quantizer / 2] {
            out.flag(true);
            out.literal(quantizer as u32, 7);
            out.flag(false);
        }
        out.literal(0, 2);
        out.literal(0, 4);
        // Only segments 0 and 1 occur, which the first two probabilities of the tree select.
        for prob in [Some(255), Some(128), None] {
            out.flag(prob.is_some());
            if let Some(prob) = prob {
                out.literal(prob, 8);
            }
        }
    }
    out.flag(options.simple_filter);
    out.literal(options.filter_level, 6);
    out.literal(options.sharpness, 3);
    out.flag(false);
    out.literal(options.log2_partitions, 2);
    out.literal(options.quantizer as u32, 7);
    out.literal(0, 5);
    // Probabilities are kept for the next frame, and none is updated.
    out.flag(true);
    for prob in COEFFICIENT_UPDATE_PROBS.as_flattened().as_flattened().as_flattened() {
        out.put(false, *prob);
    }
    out.flag(options.skip);
    if options.skip {
        out.literal(skip_prob.into(), 8);
    }
}
