//! Valid and corrupt streams, compared with miniz_oxide.
#![allow(
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "tests"
)]

use super::copy_match::copy_match;
use super::symbols::{END_OF_BLOCK, IS_LITERAL, literals};
use super::*;
use crate::budget::quote;
use crate::probe::png::Chunks;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};

/// The memory of an inflater of so many bytes.
fn quoted(inflated_bytes: u64) -> u64 {
    let nothing = core::iter::empty::<&[u8]>();
    quote(|budget| Inflater::new(nothing, inflated_bytes, budget).map(drop)).unwrap()
}

fn inflater<'a, 'b>(
    stream: &'a [u8],
    slice_bytes: usize,
    budget: &'b Budget,
) -> Inflater<'a, 'b, impl Iterator<Item = &'a [u8]>> {
    Inflater::new(stream.chunks(slice_bytes), 1 << 20, budget).unwrap()
}

/// Inflates a stream in slices, byte by byte. Returns all bytes, and the error behind the last one.
fn inflated(stream: &[u8], slice_bytes: usize) -> (Vec<u8>, InflateError) {
    let budget = Budget::new(quoted(1 << 20));
    let mut inflater = inflater(stream, slice_bytes, &budget);
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        match inflater.read(&mut byte, &Interrupt::never()) {
            Ok(()) => bytes.push(byte[0]),
            Err(error) => return (bytes, error),
        }
    }
}

/// The same with miniz_oxide. The checksum must be present, but is not verified.
fn inflated_by_miniz(stream: &[u8]) -> (Vec<u8>, TINFLStatus) {
    let mut bytes = vec![0; 1 << 20];
    let flags = flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | flags::TINFL_FLAG_IGNORE_ADLER32;
    let (status, _, len) = decompress(&mut DecompressorOxide::new(), stream, &mut bytes, 0, flags);
    bytes.truncate(len);
    (bytes, status)
}

/// The image data of all valid PNGs of the corpus.
fn streams() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/valid");
    let mut streams = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "png") {
            let file = std::fs::read(path).unwrap();
            let chunks = Chunks::of(&file).map_while(Result::ok);
            let data = chunks.filter(|chunk| &chunk.kind == b"IDAT").map(|chunk| chunk.data);
            streams.push(data.collect::<Vec<_>>().concat());
        }
    }
    assert!(streams.len() > 20);
    streams
}

/// Writes the bits of a stream, the lowest one first.
#[derive(Default)]
struct BitWriter(Vec<u8>, usize);

impl BitWriter {
    fn put(&mut self, bits: u32, count: u32) -> &mut Self {
        for i in 0..count {
            if self.1.is_multiple_of(8) {
                self.0.push(0);
            }
            *self.0.last_mut().unwrap() |= ((bits >> i & 1) << (self.1 % 8)) as u8;
            self.1 += 1;
        }
        self
    }
}

#[test]
fn valid_streams_are_inflated_from_slices_of_any_size() {
    for stream in streams() {
        let (expected, status) = inflated_by_miniz(&stream);
        assert_eq!(status, TINFLStatus::Done);
        for slice_bytes in [1, 7, 30, 8_192, usize::MAX] {
            let (bytes, error) = inflated(&stream, slice_bytes);
            assert!(bytes == expected && matches!(error, InflateError::Truncated));
        }
    }
}

/// Reads as many bytes as `expected` has, then the end of the stream.
fn finished(stream: &[u8], expected: &[u8], slice_bytes: usize) -> Result<(), InflateError> {
    let length = expected.len() as u64;
    let budget = Budget::new(quoted(length));
    let mut inflater = Inflater::new(stream.chunks(slice_bytes), length, &budget).unwrap();
    let mut bytes = vec![0; expected.len()];
    inflater.read(&mut bytes, &Interrupt::never())?;
    assert!(bytes == expected);
    inflater.finish(&Interrupt::never())
}

#[test]
fn a_stream_is_finished_once_its_last_block_and_its_checksum_were_read() {
    for stream in streams() {
        let (complete, _) = inflated_by_miniz(&stream);
        for slice_bytes in [1, 7, usize::MAX] {
            assert!(finished(&stream, &complete, slice_bytes).is_ok());
            // Bytes after the checksum are not part of the stream.
            let longer = [&stream[..], &[0; 20]].concat();
            assert!(finished(&longer, &complete, slice_bytes).is_ok());
        }
        for missing in 1..=4 {
            let shorter = &stream[..stream.len() - missing];
            assert!(matches!(finished(shorter, &complete, 100), Err(InflateError::Truncated)));
        }
        for bit in 0..32 {
            let mut damaged = stream.clone();
            damaged[stream.len() - 4 + bit / 8] ^= 1 << (bit % 8);
            let refused = finished(&damaged, &complete, 100);
            assert!(matches!(refused, Err(InflateError::Corrupt(what)) if what.contains("Adler")));
        }
        let more = &complete[..complete.len() - 1];
        let refused = finished(&stream, more, 100);
        assert!(matches!(refused, Err(InflateError::Corrupt(what)) if what.contains("go on")));
    }
}

#[test]
fn empty_blocks_before_the_end_are_part_of_the_stream() {
    let checksum = 0x0002_0002_u32.to_be_bytes();
    let stored = |last: u8, data: &[u8]| {
        let length = data.len() as u16;
        [&[last][..], &length.to_le_bytes(), &(!length).to_le_bytes(), data].concat()
    };
    let blocks = [stored(0, &[1]), stored(0, &[]), stored(0, &[]), stored(1, &[])].concat();
    let stream = [&[0x78, 0x01][..], &blocks, &checksum].concat();
    assert!(finished(&stream, &[1], usize::MAX).is_ok());
    // Without a last block, no checksum follows.
    let open = [&[0x78, 0x01][..], &stored(0, &[1]), &stored(0, &[])].concat();
    assert!(matches!(finished(&open, &[1], usize::MAX), Err(InflateError::Truncated)));
}

#[test]
fn a_zlib_header_is_accepted_if_the_specification_allows_it() {
    let block = [1, 1, 0, 0xFE, 0xFF, 7];
    for header in 0..=u16::MAX {
        let [method_and_window, flags] = header.to_be_bytes();
        let (method, window) = (method_and_window % 16, method_and_window / 16);
        // RFC 1950, 2.2: deflate, a window of at most 32 KiB, no preset dictionary, a multiple of 31.
        let is_valid = method == 8 && window < 8 && flags / 32 % 2 == 0 && header % 31 == 0;
        let stream = [&header.to_be_bytes()[..], &block].concat();
        assert_eq!(inflated(&stream, 3).0 == [7], is_valid, "{header:#x}");
    }
}

#[test]
fn codes_for_more_symbols_than_there_are_are_corrupt() {
    // How many literals and lengths, and how many distances (RFC 1951, 3.2.7).
    for (literal_lengths, distances, is_valid) in
        [(257, 1, true), (286, 30, true), (287, 1, false), (288, 1, false), (257, 31, false)]
    {
        let mut bits = BitWriter::default();
        bits.put(0x0178, 16).put(1, 1).put(2, 2);
        bits.put(literal_lengths - 257, 5).put(distances - 1, 5).put(18 - 4, 4);
        // Lengths are 0 or 1: the codes of these are 10 and 0, and a third one is not used.
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
            let length = match symbol {
                1 => 1,
                0 | 18 => 2,
                _ => 0,
            };
            bits.put(length, 3);
        }
        for symbol in 0..literal_lengths + distances {
            if [b'x'.into(), END_OF_BLOCK.into(), literal_lengths].contains(&symbol) {
                bits.put(0, 1);
            } else {
                bits.put(0b01, 2);
            }
        }
        // The literal, and the end of the block.
        bits.put(0, 1).put(1, 1);
        let (bytes, error) = inflated(&bits.0, 100);
        assert_eq!(bytes == b"x", is_valid, "{literal_lengths} {distances}");
        assert_eq!(matches!(error, InflateError::Corrupt(_)), !is_valid);
    }
}

/// Stored blocks start at a byte boundary, wherever the block before them ended and however many of
/// their bytes were read ahead.
#[test]
fn stored_blocks_follow_blocks_that_end_at_any_bit() {
    let (mut bits, mut expected) = (BitWriter::default(), Vec::new());
    bits.put(0x0178, 16);
    for round in 0..120_u32 {
        // A block with the fixed codes: of eight bits, or of nine from 144 on.
        bits.put(0, 1).put(1, 2);
        for index in 0..round % 9 {
            let literal = (round * 37 + index * 90) % 256;
            let (code, count) =
                if literal < 144 { (0x30 + literal, 8) } else { (0x190 + literal - 144, 9) };
            bits.put(code.reverse_bits() >> (32 - count), count);
            expected.push(literal as u8);
        }
        bits.put(0, 7);
        // One or two stored blocks.
        for block in 0..=round % 2 {
            let length = (round + block) % 21;
            bits.put(0, 3);
            bits.put(0, bits.1.next_multiple_of(8) as u32 - bits.1 as u32);
            bits.put(length, 16).put(!length & 0xFFFF, 16);
            for index in 0..length {
                bits.put(round + index, 8);
                expected.push((round + index) as u8);
            }
        }
    }
    bits.put(1, 1).put(1, 2).put(0, 7);
    let mut checksum = Adler32::EMPTY;
    checksum.add(&expected);
    let stream = [&bits.0[..], &checksum.value().to_be_bytes()].concat();
    assert_eq!(inflated_by_miniz(&stream), (expected.clone(), TINFLStatus::Done));
    for slice_bytes in [1, 2, 3, 7, 30, usize::MAX] {
        assert!(finished(&stream, &expected, slice_bytes).is_ok());
        assert!(inflated(&stream, slice_bytes).0 == expected);
    }
}

#[test]
fn corrupt_streams_inflate_as_with_miniz() {
    let mut seed = 1_u64;
    let (mut corrupt_streams, mut valid_streams) = (0, 0);
    for mut stream in streams() {
        stream.truncate(4_000);
        for _ in 0..300 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut damaged = stream.clone();
            // Three in four are damaged in the header of the first block, where most can go wrong.
            let end = if seed >> 20 & 3 == 0 { damaged.len() } else { damaged.len().min(60) };
            let position = (seed >> 33) as usize % end;
            damaged[position] ^= 1 << (seed >> 30 & 7);
            let (expected, status) = inflated_by_miniz(&damaged);
            let (bytes, error) = inflated(&damaged, 1_000);
            let common = bytes.len().min(expected.len());
            assert_eq!(bytes[..common], expected[..common]);
            match error {
                InflateError::Corrupt(_) => {
                    corrupt_streams += 1;
                    assert_eq!(status, TINFLStatus::Failed);
                }
                _ if status == TINFLStatus::Done => {
                    valid_streams += 1;
                    assert_eq!(bytes.len(), expected.len());
                }
                _ => assert_ne!(status, TINFLStatus::Failed),
            }
        }
    }
    assert!(corrupt_streams > 1_000 && valid_streams > 1_000, "{corrupt_streams} {valid_streams}");
}

#[test]
fn a_truncated_stream_delivers_a_prefix() {
    let mut stream = streams().into_iter().min_by_key(Vec::len).unwrap();
    let (complete, _) = inflated_by_miniz(&stream);
    let mut shortest = complete.len();
    while stream.pop().is_some() {
        let (bytes, error) = inflated(&stream, 5);
        assert!(complete.starts_with(&bytes) && bytes.len() <= shortest);
        // Whatever can be decoded is delivered before the error.
        assert_eq!(bytes.len(), inflated_by_miniz(&stream).0.len());
        assert!(matches!(error, InflateError::Truncated));
        shortest = bytes.len();
    }
    assert_eq!(shortest, 0);
}

#[test]
fn a_block_of_thirteen_bytes_fills_a_small_table() {
    // 63 literals and the end of the block have codes of six bits. An inflater that
    // looks up two literals at once fills 4,096 entries for their pairs, and needs 14
    // seconds for 32 MiB of such blocks.
    let mut bits = BitWriter::default();
    bits.put(0x0178, 16);
    for _ in 0..1_000 {
        // The code length code: 0, 6, 16 and 18 have codes of two bits.
        bits.put(2 << 1, 3).put(0, 5).put(0, 5).put(8 - 4, 4);
        for length in [2, 0, 2, 2, 0, 0, 0, 2] {
            bits.put(length, 3);
        }
        // The codes are in the order 0, 6, 16, 18. 193 literals without a code,
        // then 64 of six bits.
        bits.put(0b11, 2).put(138 - 11, 7).put(0b11, 2).put(55 - 11, 7).put(0b10, 2);
        for count in [6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 3] {
            bits.put(0b01, 2).put(count - 3, 2);
        }
        // No distance code, then the end of the block.
        bits.put(0b00, 2).put(0b11_1111, 6);
    }
    let budget = Budget::new(quoted(1 << 20));
    let mut inflater = inflater(&bits.0, usize::MAX, &budget);
    assert!(matches!(inflater.read(&mut [0], &Interrupt::never()), Err(InflateError::Truncated)));
    assert!(inflater.dynamic_tables.literal_lengths[..64].iter().all(|&entry| entry != 0));
    assert!(inflater.dynamic_tables.literal_lengths[64..].iter().all(|&entry| entry == 0));
}

/// To pair the literals of a short block takes longer than to read it, and a stream may have no others.
#[test]
fn only_a_long_block_has_pairs_of_literals() {
    for (blocks, literals_per_block, has_pairs) in [(50, 200, false), (1, 9_000, true)] {
        let mut bits = BitWriter::default();
        bits.put(0x0178, 16);
        for _ in 0..blocks {
            bits.put(0, 1).put(2, 2).put(0, 5).put(0, 5).put(18 - 4, 4);
            // The codes of the lengths 0, 1 and 2 are 0, 10 and 11.
            for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
                bits.put([1, 2, 2].get(symbol).copied().unwrap_or(0), 3);
            }
            // The codes of a, b and the end of the block are 0, 10 and 11. No distance has one.
            for symbol in 0..=u32::from(END_OF_BLOCK) + 1 {
                match symbol {
                    97 => bits.put(0b01, 2),
                    98 | 256 => bits.put(0b11, 2),
                    _ => bits.put(0, 1),
                };
            }
            for _ in 0..literals_per_block {
                bits.put(0, 1);
            }
            bits.put(0b11, 2);
        }
        let budget = Budget::new(quoted(1 << 20));
        let mut inflater = inflater(&bits.0, usize::MAX, &budget);
        let mut bytes = vec![0; blocks * literals_per_block];
        inflater.read(&mut bytes, &Interrupt::never()).unwrap();
        assert!(bytes.iter().all(|&byte| byte == b'a'));
        let is_pair = |entry: &u32| entry & IS_LITERAL != 0 && literals(*entry) == 2;
        assert_eq!(inflater.dynamic_tables.literal_lengths.iter().any(is_pair), has_pairs);
    }
}

#[test]
fn matches_of_every_distance_and_length_repeat_earlier_bytes() {
    for distance in (1..=40).chain([300]) {
        for length in (3..70).chain([257, 258]) {
            let start: Vec<u8> = (0..300_u32).map(|n| (n * 7 % 251) as u8).collect();
            let mut window = start.clone();
            window.resize(600, 0);
            copy_match(&mut window, 300, distance, length);
            for i in 300..300 + length {
                assert_eq!(window[i], window[i - distance], "{distance} {length}");
            }
            assert_eq!(window[..300], start);
        }
    }
}
