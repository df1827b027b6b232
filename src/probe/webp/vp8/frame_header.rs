//! The frame header of VP8, up to the number of partitions (RFC 6386, sections 9.1 to 9.6).

use super::bool_decoder::BoolDecoder;
use crate::error::Error;
use crate::probe::webp::errors::{TRUNCATED, malformed};
use crate::size::Size;

/// A key frame. The length of each of its partitions is checked against the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Frame {
    pub(crate) size: Size,
    /// The length of the first partition, which holds the headers and the prediction modes.
    pub(crate) first_partition_bytes: u32,
    /// The number of partitions of coefficients: 1, 2, 4 or 8.
    partition_count: usize,
    partition_bytes: [u32; 8],
}

impl Frame {
    /// Reads the header of a key frame from the payload of a VP8 chunk.
    pub(in crate::probe::webp) fn read(chunk: &[u8]) -> Result<Self, Error> {
        let Some((&[t0, t1, t2, s0, s1, s2, w0, w1, h0, h1], data)) =
            chunk.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(malformed("the length of the VP8 chunk"));
        };
        let tag = u32::from_le_bytes([t0, t1, t2, 0]);
        if tag & 1 != 0 {
            return Err(malformed("a VP8 frame that is not a key frame"));
        }
        if (tag >> 1) & 7 > 3 {
            return Err(malformed("the version of the VP8 frame"));
        }
        if (tag >> 4) & 1 == 0 {
            return Err(malformed("a VP8 frame that is not shown"));
        }
        if [s0, s1, s2] != START_CODE {
            return Err(malformed("the start code of the VP8 frame"));
        }
        // The two highest bits ask the player to scale up. Decoders ignore them.
        let width = u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF);
        let height = u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF);
        let size = Size::new(width, height);
        if size.is_empty() {
            return Err(malformed("a side of 0 pixels"));
        }
        let first_partition_bytes = tag >> 5;
        let (first, rest) = usize::try_from(first_partition_bytes)
            .ok()
            .and_then(|length| data.split_at_checked(length))
            .ok_or(TRUNCATED)?;
        let partition_count = FrameHeader::read(first)?.0.partition_count;
        let partition_bytes = partition_bytes(rest, partition_count)?;
        Ok(Self { size, first_partition_bytes, partition_count, partition_bytes })
    }

    /// False for what no file can declare.
    #[cfg(feature = "serde")]
    pub(in crate::probe) fn is_possible(&self) -> bool {
        let Self { size, first_partition_bytes, partition_count, .. } = *self;
        !size.is_empty()
            && size.longer_side() <= 0x3FFF
            && first_partition_bytes < 1 << 19
            && matches!(partition_count, 1 | 2 | 4 | 8)
    }

    /// The length of each partition of coefficients.
    pub(crate) fn partitions(&self) -> &[u32] {
        self.partition_bytes.get(..self.partition_count).unwrap_or_default()
    }

    /// Splits the chunk that the frame was read from into the first partition and those of
    /// coefficients.
    pub(crate) fn split<'a>(&self, chunk: &'a [u8]) -> Result<(&'a [u8], [&'a [u8]; 8]), Error> {
        let lengths = 3 * (self.partition_count - 1);
        let (first, rest) = chunk
            .get(HEADER_BYTES..)
            .and_then(|data| {
                data.split_at_checked(usize::try_from(self.first_partition_bytes).ok()?)
            })
            .ok_or(TRUNCATED)?;
        let mut rest = rest.get(lengths..).ok_or(TRUNCATED)?;
        let mut partitions: [&[u8]; 8] = [&[]; 8];
        for (partition, &bytes) in partitions.iter_mut().zip(self.partitions()) {
            let bytes = usize::try_from(bytes).map_err(|_| TRUNCATED)?;
            (*partition, rest) = rest.split_at_checked(bytes).ok_or(TRUNCATED)?;
        }
        Ok((first, partitions))
    }

    /// An upper bound on the pixels that the first partition can hold.
    ///
    /// Each macroblock codes at least one branch for its luma mode, with a probability of 0 of
    /// 145/256 in every key frame, and one for its chroma mode, with 142/256 (RFC 6386, 11.2). The
    /// boolean decoder splits a range of 128 to 255 into integers, so the likelier outcome takes at
    /// most 0.570 and 0.559 of the range. Together that is at least 1.65 bits. The start and
    /// the end add less than 24 bits in total.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        let bits = 8 * self.first_partition_bytes as u64 + 24;
        bits * 100 / 165 * 256
    }
}

/// The first fields of the frame header (RFC 6386, 9.2 to 9.6 and 19.2). The decoder reads the
/// rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) segments: Option<Segments>,
    pub(crate) filter: Filter,
    partition_count: usize,
}

/// Segments: groups of macroblocks with their own quantizer and filter level (RFC 6386, 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segments {
    /// The probabilities to decode the segment of each macroblock with. Without them, all
    /// macroblocks belong to the first segment.
    pub(crate) map: Option<[u8; 3]>,
    /// True if the values of segments replace those of the frame; false if they are added.
    pub(crate) absolute: bool,
    pub(crate) quantizers: [i32; 4],
    pub(crate) filter_levels: [i32; 4],
}

/// The loop filter of the frame (RFC 6386, 9.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) simple: bool,
    pub(crate) level: i32,
    pub(crate) sharpness: i32,
    /// Added to the level of macroblocks that are predicted within the frame: all, in a key frame.
    pub(crate) intra_delta: i32,
    /// Added to the level of macroblocks with luma predicted per subblock.
    pub(crate) subblocks_delta: i32,
}

impl FrameHeader {
    /// Reads the first partition up to `log2_nbr_of_dct_partitions`, and returns the decoder
    /// positioned after that field.
    pub(crate) fn read(first: &[u8]) -> Result<(Self, BoolDecoder<'_>), Error> {
        let mut decoder = BoolDecoder::new(first);
        // color_space: libwebp shows reserved values as BT.601 too.
        decoder.flag();
        decoder.flag(); // clamping_type: decoders clamp
        let segments = decoder.flag().then(|| Segments::read(&mut decoder));
        let filter = Filter::read(&mut decoder);
        let partition_count = 1 << decoder.literal(2);
        if decoder.is_past_end() {
            return Err(TRUNCATED);
        }
        Ok((Self { segments, filter, partition_count }, decoder))
    }
}

impl Segments {
    fn read(decoder: &mut BoolDecoder<'_>) -> Self {
        let updates_map = decoder.flag();
        let updates_values = decoder.flag();
        // Values that are not sent are 0, and replace those of the frame.
        let absolute = if updates_values { decoder.flag() } else { true };
        let mut values = |bits| match updates_values {
            true => [(); 4].map(|()| decoder.optional_signed(bits)),
            false => [0; 4],
        };
        let (quantizers, filter_levels) = (values(7), values(6));
        let map = updates_map.then(|| {
            [(); 3].map(|()| decoder.optional(8).and_then(|p| u8::try_from(p).ok()).unwrap_or(255))
        });
        Self { map, absolute, quantizers, filter_levels }
    }
}

impl Filter {
    fn read(decoder: &mut BoolDecoder<'_>) -> Self {
        let simple = decoder.flag();
        let level = decoder.literal(6).cast_signed();
        let sharpness = decoder.literal(3).cast_signed();
        let mut deltas = [[0; 4]; 2];
        if decoder.flag() && decoder.flag() {
            deltas = deltas.map(|group| group.map(|_| decoder.optional_signed(6)));
        }
        let [[intra_delta, ..], [subblocks_delta, ..]] = deltas;
        Self { simple, level, sharpness, intra_delta, subblocks_delta }
    }
}

/// Reads the lengths of all partitions except the last, stored before the partitions (RFC 6386,
/// 9.5). The last partition extends to the end of the chunk.
fn partition_bytes(rest: &[u8], count: usize) -> Result<[u32; 8], Error> {
    let (lengths, data) = rest.split_at_checked(3 * (count - 1)).ok_or(TRUNCATED)?;
    let mut left = u32::try_from(data.len()).map_err(|_| malformed("the length of a chunk"))?;
    let mut bytes = [0; 8];
    for (length, slot) in lengths.chunks_exact(3).zip(&mut bytes) {
        if let &[l0, l1, l2] = length {
            *slot = u32::from_le_bytes([l0, l1, l2, 0]);
            left = left.checked_sub(*slot).ok_or(TRUNCATED)?;
        }
    }
    if let Some(last) = bytes.get_mut(count - 1) {
        *last = left;
    }
    Ok(bytes)
}

/// The length of the frame tag, the start code and the size.
const HEADER_BYTES: usize = 10;
const START_CODE: [u8; 3] = [0x9D, 0x01, 0x2A];

/// The luma sample of black, in studio range (RFC 6386, 9.2).
pub(crate) const BLACK: u8 = 16;
/// The chroma sample of greys, in studio range (RFC 6386, 9.2).
pub(crate) const NO_CHROMA: u8 = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::test_files::BoolEncoder;

    /// Covers all fields that a frame header may have before the number of partitions.
    #[test]
    fn segments_and_filter_deltas_are_read_in_every_combination() {
        // Optional values, all present or all absent.
        let values = |encoder: &mut BoolEncoder, present: bool, count: u32, bits: u32| {
            for _ in 0..count {
                encoder.literal(present.into(), 1);
                if present {
                    encoder.literal(u32::MAX, bits);
                }
            }
        };
        for case in 0..16 {
            let [map, data, deltas, present] = [1, 2, 4, 8].map(|bit| case & bit != 0);
            for log2 in 0..4 {
                let mut encoder = BoolEncoder::new();
                encoder.literal(0, 1 + 1); // colour space, clamping
                encoder.literal((map || data).into(), 1);
                if map || data {
                    encoder.literal(map.into(), 1);
                    encoder.literal(data.into(), 1);
                    if data {
                        encoder.literal(1, 1);
                        values(&mut encoder, present, 4, 8);
                        values(&mut encoder, present, 4, 7);
                    }
                    if map {
                        values(&mut encoder, present, 3, 8);
                    }
                }
                encoder.literal(0, 10);
                encoder.literal(deltas.into(), 1);
                if deltas {
                    encoder.literal(1, 1);
                    values(&mut encoder, present, 8, 7);
                }
                encoder.literal(log2, 2);
                let first = encoder.finish();
                let (header, _) = FrameHeader::read(&first).unwrap();
                assert_eq!(header.partition_count, 1 << log2, "case {case}");
                // All bits of a value are set, including the last one, its sign.
                let [quantizer, level] = [-127, -63].map(|value| [value * i32::from(present); 4]);
                let segments = (map || data).then(|| Segments {
                    map: map.then_some([255; 3]),
                    absolute: true,
                    quantizers: if data { quantizer } else { [0; 4] },
                    filter_levels: if data { level } else { [0; 4] },
                });
                assert_eq!(header.segments, segments, "case {case}");
                let delta = if deltas && present { -63 } else { 0 };
                let Filter { intra_delta, subblocks_delta, .. } = header.filter;
                assert_eq!((intra_delta, subblocks_delta), (delta, delta), "case {case}");
            }
        }
    }

    /// Confirms the constant in `possible_pixels` for every range of the boolean decoder.
    #[test]
    fn two_branches_of_a_macroblock_take_at_least_1_65_bits() {
        let least_bits = |probability: u32| {
            (128u32..256)
                .flat_map(|range| {
                    let split = 1 + (((range - 1) * probability) >> 8);
                    [split, range - split].map(|part| (f64::from(range) / f64::from(part)).log2())
                })
                .fold(8.0, f64::min)
        };
        assert!(least_bits(145) + least_bits(142) >= 1.65);
    }
}
