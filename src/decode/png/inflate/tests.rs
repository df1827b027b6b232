//! Streams whole and damaged, compared with miniz_oxide.
#![allow(
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "tests"
)]

use super::*;
use crate::probe::png::Chunks;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flags};

fn inflater<'a, 'b>(
    stream: &'a [u8],
    slice_bytes: usize,
    budget: &'b Budget,
) -> Inflater<'a, 'b, impl Iterator<Item = &'a [u8]>> {
    Inflater::new(stream.chunks(slice_bytes), 1 << 20, budget).unwrap()
}

/// All that comes out of a stream in slices, byte by byte, and why there is no more.
fn inflated(stream: &[u8], slice_bytes: usize) -> (Vec<u8>, Stop) {
    let budget = Budget::new(memory_bytes(1 << 20));
    let mut inflater = inflater(stream, slice_bytes, &budget);
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        match inflater.read(&mut byte, &Interrupt::never()) {
            Ok(()) => bytes.push(byte[0]),
            Err(stop) => return (bytes, stop),
        }
    }
}

/// The same by miniz_oxide; the checksum is not looked at, but must be there.
fn oracle(stream: &[u8]) -> (Vec<u8>, TINFLStatus) {
    let mut bytes = vec![0; 1 << 20];
    let flags = flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | flags::TINFL_FLAG_IGNORE_ADLER32;
    let (status, _, len) = decompress(&mut DecompressorOxide::new(), stream, &mut bytes, 0, flags);
    bytes.truncate(len);
    (bytes, status)
}

/// The image data of all good PNGs of the corpus.
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

/// BitReader of a stream, the lowest first.
#[derive(Default)]
struct BitReader(Vec<u8>, usize);

impl BitReader {
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
fn good_streams_are_inflated_whatever_the_slices() {
    for stream in streams() {
        let (expected, status) = oracle(&stream);
        assert_eq!(status, TINFLStatus::Done);
        for slice_bytes in [1, 7, 30, 8_192, usize::MAX] {
            let (bytes, stop) = inflated(&stream, slice_bytes);
            assert!(bytes == expected && matches!(stop, Stop::Ended));
        }
    }
}

#[test]
fn damage_gives_what_another_inflater_gives() {
    let mut seed = 1_u64;
    let (mut damaged_ones, mut good_ones) = (0, 0);
    for mut stream in streams() {
        stream.truncate(4_000);
        for _ in 0..300 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut damaged = stream.clone();
            // Mostly in the header of the first block, where there is most to get wrong.
            let reach = if seed >> 20 & 3 == 0 { damaged.len() } else { damaged.len().min(60) };
            let at = (seed >> 33) as usize % reach;
            damaged[at] ^= 1 << (seed >> 30 & 7);
            let (expected, status) = oracle(&damaged);
            let (bytes, stop) = inflated(&damaged, 1_000);
            let common = bytes.len().min(expected.len());
            assert_eq!(bytes[..common], expected[..common]);
            match stop {
                Stop::Damaged(_) => {
                    damaged_ones += 1;
                    assert_eq!(status, TINFLStatus::Failed);
                }
                _ if status == TINFLStatus::Done => {
                    good_ones += 1;
                    assert_eq!(bytes.len(), expected.len());
                }
                _ => assert_ne!(status, TINFLStatus::Failed),
            }
        }
    }
    assert!(damaged_ones > 1_000 && good_ones > 1_000, "{damaged_ones} {good_ones}");
}

#[test]
fn a_stream_that_is_cut_gives_what_is_there_and_no_byte_more() {
    let mut stream = streams().into_iter().min_by_key(Vec::len).unwrap();
    let (whole, _) = oracle(&stream);
    let mut shortest = whole.len();
    while stream.pop().is_some() {
        let (bytes, stop) = inflated(&stream, 5);
        assert!(whole.starts_with(&bytes) && bytes.len() <= shortest);
        assert!(matches!(stop, Stop::Ended));
        shortest = bytes.len();
    }
    assert_eq!(shortest, 0);
}

#[test]
fn a_block_of_thirteen_bytes_gets_a_small_table() {
    // 63 literals and the end of the block have codes of six bits: an inflater that looks up two
    // literals at once fills in 4,096 pairs, and 32 MiB of such blocks took it 14 seconds.
    let mut bits = BitReader::default();
    bits.put(0x0178, 16);
    for _ in 0..1_000 {
        // The code of code lengths: 16 and 18 take two bits, 0 and 6 as well.
        bits.put(2 << 1, 3).put(0, 5).put(0, 5).put(8 - 4, 4);
        for length in [2, 0, 2, 2, 0, 0, 0, 2] {
            bits.put(length, 3);
        }
        // In the order of their codes: 0, 6, 16, 18. No code for 193 literals, then 64 of six bits.
        bits.put(0b11, 2).put(138 - 11, 7).put(0b11, 2).put(55 - 11, 7).put(0b10, 2);
        for count in [6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 3] {
            bits.put(0b01, 2).put(count - 3, 2);
        }
        // No distance; the end of the block.
        bits.put(0b00, 2).put(0b11_1111, 6);
    }
    let budget = Budget::new(memory_bytes(1 << 20));
    let mut inflater = inflater(&bits.0, usize::MAX, &budget);
    assert!(matches!(inflater.read(&mut [0], &Interrupt::never()), Err(Stop::Ended)));
    assert!(inflater.block_tables.symbols[..64].iter().all(|&entry| entry != 0));
    assert!(inflater.block_tables.symbols[64..].iter().all(|&entry| entry == 0));
}

#[test]
fn copies_of_every_distance_and_length_repeat_what_is_before() {
    for distance in [1, 2, 3, 7, 8, 15, 16, 17, 31, 40, 300] {
        for length in [3, 4, 15, 16, 17, 33, 258] {
            let start: Vec<u8> = (0..300_u32).map(|n| (n * 7 % 251) as u8).collect();
            let mut window = start.clone();
            window.resize(600, 0);
            repeat(&mut window, 300, distance, length);
            for i in 300..300 + length {
                assert_eq!(window[i], window[i - distance], "{distance} {length}");
            }
            assert_eq!(window[..300], start);
        }
    }
}
