//! The frame header of VP8 (RFC 6386, sections 9.1 to 9.6): only as far as the partitions.

use super::{TRUNCATED, malformed};
use crate::error::Error;
use crate::probe::Format;
use crate::size::Size;

/// A key frame, with the length of each of its partitions held against the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) size: Size,
    /// The partition of the headers and prediction modes.
    pub(crate) first_partition_bytes: u32,
    /// The partitions of coefficients: 1, 2, 4 or 8.
    partition_count: usize,
    partition_bytes: [u32; 8],
}

impl Frame {
    /// Reads the header of a key frame from the payload of a VP8 chunk.
    pub(super) fn read(chunk: &[u8]) -> Result<Self, Error> {
        let Some((&[t0, t1, t2, s0, s1, s2, w0, w1, h0, h1], data)) =
            chunk.split_first_chunk::<10>()
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
        // The two highest bits ask the player to enlarge; decoders do not.
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
        let partition_count = partition_count(first)?;
        let partition_bytes = partition_bytes(rest, partition_count)?;
        Ok(Self { size, first_partition_bytes, partition_count, partition_bytes })
    }

    /// The length of each partition of coefficients.
    pub(crate) fn partitions(&self) -> &[u32] {
        self.partition_bytes.get(..self.partition_count).unwrap_or_default()
    }

    /// Blocks of 16 × 16 pixels, those cut by an edge included.
    pub(crate) const fn macroblocks(&self) -> u64 {
        self.size.width.div_ceil(16) as u64 * self.size.height.div_ceil(16) as u64
    }

    /// The most pixels that the first partition can hold.
    ///
    /// Each macroblock codes at least one branch for its luma mode, whose probability of 0 is
    /// 145/256 in every key frame, and one for its chroma mode, 142/256 (RFC 6386, 11.2). The bool
    /// decoder splits a range of 128 to 255 into whole numbers, which makes the likelier outcome at
    /// the most 0.570 and 0.559 of it: together 1.65 bits. The start, the end and one byte of zeros
    /// that decoders grant beyond the end add less than 24 bits once.
    pub(crate) const fn possible_pixels(&self) -> u64 {
        let bits = 8 * self.first_partition_bytes as u64 + 24;
        bits * 100 / 165 * 256
    }
}

/// The frame header up to `log2_nbr_of_dct_partitions` (RFC 6386, 9.2 to 9.5 and 19.2).
fn partition_count(first: &[u8]) -> Result<usize, Error> {
    let mut header = BoolDecoder::new(first);
    if header.literal(1)? != 0 {
        return Err(Error::unsupported(Format::WebP, "a reserved colour space"));
    }
    header.literal(1)?; // clamping_type
    if header.flag()? {
        let update_map = header.flag()?;
        if header.flag()? {
            header.literal(1)?; // segment_feature_mode
            header.optional_values(4, 7 + 1)?;
            header.optional_values(4, 6 + 1)?;
        }
        if update_map {
            header.optional_values(3, 8)?;
        }
    }
    header.literal(1 + 6 + 3)?; // filter_type, loop_filter_level, sharpness_level
    if header.flag()? && header.flag()? {
        header.optional_values(4 + 4, 6 + 1)?;
    }
    Ok(1 << header.literal(2)?)
}

/// The lengths of all partitions but the last stand in front of them (RFC 6386, 9.5).
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

/// The bool decoder (RFC 6386, section 7), for the few values of the header.
struct BoolDecoder<'a> {
    data: &'a [u8],
    value: u32,
    range: u32,
    /// Bits of `value` below the eight that are compared with the split; negative when it needs a
    /// byte.
    spare_bits: i32,
    ended: bool,
}

impl<'a> BoolDecoder<'a> {
    const fn new(data: &'a [u8]) -> Self {
        Self { data, value: 0, range: 255, spare_bits: -8, ended: false }
    }

    /// One bit of even probability.
    fn flag(&mut self) -> Result<bool, Error> {
        if self.spare_bits < 0 {
            let byte = match self.data.split_first() {
                Some((&byte, rest)) => {
                    self.data = rest;
                    byte
                }
                // One byte of zeros beyond the end, as all decoders grant.
                None if !self.ended => {
                    self.ended = true;
                    0
                }
                None => return Err(TRUNCATED),
            };
            self.value = (self.value << 8) | u32::from(byte);
            self.spare_bits += 8;
        }
        let split = 1 + (((self.range - 1) * 128) >> 8);
        let large_split = split << self.spare_bits;
        let bit = self.value >= large_split;
        if bit {
            self.range -= split;
            self.value -= large_split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            self.spare_bits -= 1;
        }
        Ok(bit)
    }

    fn literal(&mut self, bits: u32) -> Result<u32, Error> {
        let mut value = 0;
        for _ in 0..bits {
            value = (value << 1) | u32::from(self.flag()?);
        }
        Ok(value)
    }

    /// Skips `count` values of `bits` bits, each behind a flag that says whether it is there.
    fn optional_values(&mut self, count: u32, bits: u32) -> Result<(), Error> {
        for _ in 0..count {
            if self.flag()? {
                self.literal(bits)?;
            }
        }
        Ok(())
    }
}

const START_CODE: [u8; 3] = [0x9D, 0x01, 0x2A];

/// The samples of black in the studio range of luma and chroma (RFC 6386, 9.2).
pub(crate) const BLACK: u8 = 16;
pub(crate) const NO_CHROMA: u8 = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::webp::sample::BoolEncoder;

    #[test]
    fn literals_come_back() {
        let values: Vec<(u32, u32)> =
            (0..400u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 20, 1 + i % 12)).collect();
        let mut encoder = BoolEncoder::new();
        for &(value, bits) in &values {
            encoder.literal(value & ((1 << bits) - 1), bits);
        }
        let bytes = encoder.finish();
        let mut decoder = BoolDecoder::new(&bytes);
        for (value, bits) in values {
            assert_eq!(decoder.literal(bits).unwrap(), value & ((1 << bits) - 1));
        }
    }

    #[test]
    fn one_byte_of_zeros_is_granted_behind_the_end() {
        let mut decoder = BoolDecoder::new(&[]);
        let flags = [(); 3].map(|()| decoder.flag().ok());
        assert_eq!(flags, [Some(false), Some(false), None]);
        let mut decoder = BoolDecoder::new(&[0xFF]);
        assert_eq!(decoder.literal(8).unwrap(), 0xFF);
    }

    /// Everything that a frame header may hold before the number of partitions.
    #[test]
    fn segments_and_adjustments_are_passed_over() {
        // A value that is there, or not.
        let values = |encoder: &mut BoolEncoder, there: bool, count: u32, bits: u32| {
            for _ in 0..count {
                encoder.literal(there.into(), 1);
                if there {
                    encoder.literal(u32::MAX, bits);
                }
            }
        };
        for case in 0..16 {
            let [map, data, adjusts, there] = [1, 2, 4, 8].map(|bit| case & bit != 0);
            for log2 in 0..4 {
                let mut encoder = BoolEncoder::new();
                encoder.literal(0, 1 + 1); // colour space, clamping
                encoder.literal((map || data).into(), 1);
                if map || data {
                    encoder.literal(map.into(), 1);
                    encoder.literal(data.into(), 1);
                    if data {
                        encoder.literal(1, 1);
                        values(&mut encoder, there, 4, 8);
                        values(&mut encoder, there, 4, 7);
                    }
                    if map {
                        values(&mut encoder, there, 3, 8);
                    }
                }
                encoder.literal(0, 10);
                encoder.literal(adjusts.into(), 1);
                if adjusts {
                    encoder.literal(1, 1);
                    values(&mut encoder, there, 8, 7);
                }
                encoder.literal(log2, 2);
                assert_eq!(partition_count(&encoder.finish()).unwrap(), 1 << log2, "case {case}");
            }
        }
    }

    /// The floor of `possible_pixels`, from every range that the bool decoder can be in.
    #[test]
    fn two_branches_of_a_macroblock_spend_1_65_bits() {
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
