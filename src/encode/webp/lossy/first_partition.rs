//! The first partition: the frame header and the header of each macroblock (RFC 6386, 9 and 19.2).

use super::bool_encoder::BoolEncoder;
use super::macroblock::Macroblock;
use super::mode_costs;
use super::probabilities::probability;
use super::segment::{INDEX_DELTAS, Segment};
use crate::vp8::modes::{LumaPrediction, SubblockMode, SubblockModes};
use crate::vp8::tables::{
    DEFAULT_TOKEN_PROBABILITIES, Probabilities, SUBBLOCK_MODE_PROBABILITIES,
    TOKEN_UPDATE_PROBABILITIES,
};

/// What the first partition says.
pub(super) struct FirstPartition<'a> {
    pub(super) segments: &'a [Segment; 4],
    pub(super) has_segments: bool,
    pub(super) has_skip_flags: bool,
    pub(super) probabilities: &'a Probabilities,
    pub(super) macroblocks: &'a [Macroblock],
    pub(super) columns: usize,
}

/// The probabilities of the headers of macroblocks.
struct HeaderProbabilities {
    segment: [u8; 3],
    not_skipped: u8,
}

impl FirstPartition<'_> {
    /// Encodes the partition. `modes_above` has the modes of a row of macroblocks.
    pub(super) fn write(
        &self,
        encoder: &mut BoolEncoder<'_, '_>,
        modes_above: &mut [SubblockModes],
    ) {
        let header_probabilities = self.header_probabilities();
        encoder.literal(0, 1); // color_space
        encoder.literal(1, 1); // clamping_type: no sample exceeds a byte
        encoder.literal(u32::from(self.has_segments), 1);
        if self.has_segments {
            self.write_segments(encoder, header_probabilities.segment);
        }
        encoder.literal(0, 1); // filter_type: normal
        let [first, ..] = self.segments;
        // Level 0 of the frame disables the filter in all segments.
        let level = self.segments.iter().map(|segment| segment.filter_level).max().unwrap_or(0);
        encoder.literal(level.into(), 6);
        encoder.literal(0, 3); // sharpness_level
        encoder.literal(0, 1); // loop_filter_adj_enable
        encoder.literal(0, 2); // log2_nbr_of_dct_partitions
        encoder.literal(first.index.into(), 7);
        let deltas = INDEX_DELTAS;
        for delta in
            [deltas.luma_dc, deltas.y2_dc, deltas.y2_ac, deltas.chroma_dc, deltas.chroma_ac]
        {
            encoder.optional_signed(delta, 4);
        }
        encoder.literal(0, 1); // refresh_entropy_probs
        self.write_probabilities(encoder);
        encoder.literal(u32::from(self.has_skip_flags), 1);
        if self.has_skip_flags {
            encoder.literal(header_probabilities.not_skipped.into(), 8);
        }
        self.write_headers(encoder, &header_probabilities, modes_above);
    }

    fn header_probabilities(&self) -> HeaderProbabilities {
        let mut segments = [0; 4];
        let mut skipped = [0; 2];
        for macroblock in self.macroblocks {
            segments[usize::from(macroblock.segment & 3)] += 1;
            skipped[usize::from(macroblock.is_skipped())] += 1;
        }
        let [a, b, c, d] = segments;
        let segment = [[a + b, c + d], [a, b], [c, d]].map(probability);
        HeaderProbabilities { segment, not_skipped: probability(skipped) }
    }

    /// Writes the quantizer and the filter level of each segment (RFC 6386, 9.3).
    fn write_segments(&self, encoder: &mut BoolEncoder<'_, '_>, probabilities: [u8; 3]) {
        encoder.literal(1, 1); // update_mb_segmentation_map
        encoder.literal(1, 1); // update_segment_feature_data
        encoder.literal(1, 1); // segment_feature_mode: absolute values
        for segment in self.segments {
            encoder.optional_signed(segment.index.into(), 7);
        }
        for segment in self.segments {
            encoder.optional_signed(segment.filter_level.into(), 6);
        }
        for probability in probabilities {
            encoder.literal(1, 1);
            encoder.literal(probability.into(), 8);
        }
    }

    fn write_probabilities(&self, encoder: &mut BoolEncoder<'_, '_>) {
        let flat = |table: &'static Probabilities| {
            table.as_flattened().as_flattened().as_flattened().iter()
        };
        let probabilities = self.probabilities.as_flattened().as_flattened().as_flattened();
        let tables = flat(&DEFAULT_TOKEN_PROBABILITIES).zip(flat(&TOKEN_UPDATE_PROBABILITIES));
        for (&probability, (&default, &update)) in probabilities.iter().zip(tables) {
            encoder.bit(probability != default, update);
            if probability != default {
                encoder.literal(probability.into(), 8);
            }
        }
    }

    fn write_headers(
        &self,
        encoder: &mut BoolEncoder<'_, '_>,
        probabilities: &HeaderProbabilities,
        modes_above: &mut [SubblockModes],
    ) {
        modes_above.fill(SubblockModes::default());
        for row in self.macroblocks.chunks(self.columns.max(1)) {
            let mut modes_left = SubblockModes::default();
            for (macroblock, modes_above) in row.iter().zip(&mut *modes_above) {
                if self.has_segments {
                    let [half, low, high] = probabilities.segment;
                    let segment = macroblock.segment;
                    encoder.bit(segment > 1, half);
                    encoder.bit(segment & 1 == 1, if segment > 1 { high } else { low });
                }
                if self.has_skip_flags {
                    encoder.bit(macroblock.is_skipped(), probabilities.not_skipped);
                }
                write_modes(macroblock, encoder, modes_above, &mut modes_left);
            }
        }
    }
}

fn write_modes(
    macroblock: &Macroblock,
    encoder: &mut BoolEncoder<'_, '_>,
    modes_above: &mut SubblockModes,
    modes_left: &mut SubblockModes,
) {
    let mode = match macroblock.luma {
        LumaPrediction::Macroblock(mode) => Some(mode),
        LumaPrediction::Subblocks(_) => None,
    };
    for &(bit, probability) in mode_costs::luma_mode(mode) {
        encoder.bit(bit, probability);
    }
    if let LumaPrediction::Subblocks(modes) = &macroblock.luma {
        write_subblock_modes(modes, encoder, modes_above, modes_left);
    }
    [*modes_left, *modes_above] = macroblock.edge_modes();
    for &(bit, probability) in mode_costs::chroma_mode(macroblock.chroma) {
        encoder.bit(bit, probability);
    }
}

fn write_subblock_modes(
    modes: &[SubblockMode; 16],
    encoder: &mut BoolEncoder<'_, '_>,
    modes_above: &SubblockModes,
    modes_left: &SubblockModes,
) {
    let mut modes_above = *modes_above;
    for (row, &left) in modes.as_chunks::<4>().0.iter().zip(modes_left) {
        let mut left = left;
        for (&mode, above) in row.iter().zip(&mut modes_above) {
            let probabilities = &SUBBLOCK_MODE_PROBABILITIES[*above as usize][left as usize];
            for &(bit, index) in mode_costs::subblock_mode(mode) {
                encoder.bit(bit, probabilities[index]);
            }
            (*above, left) = (mode, mode);
        }
    }
}
