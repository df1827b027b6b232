//! Generates WebP files for tests.

#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use image_webp::{ColorType, WebPEncoder};

use crate::size::Size;

/// One chunk, padded to an even length.
pub(crate) fn chunk(id: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_vec();
    bytes.extend((payload.len() as u32).to_le_bytes());
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

pub(crate) fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((body.len() as u32 + 4).to_le_bytes());
    bytes.extend(b"WEBP");
    bytes.extend(body);
    bytes
}

pub(crate) fn vp8x(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let mut payload = vec![flags, 0, 0, 0];
    payload.extend(&(width - 1).to_le_bytes()[..3]);
    payload.extend(&(height - 1).to_le_bytes()[..3]);
    chunk(b"VP8X", &payload)
}

/// A frame of an animation at `x`, `y`.
pub(crate) fn anmf(x: u32, y: u32, width: u32, height: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut payload = Vec::new();
    for value in [x / 2, y / 2, width - 1, height - 1, 40] {
        payload.extend(&value.to_le_bytes()[..3]);
    }
    payload.push(0);
    payload.extend(chunks.concat());
    chunk(b"ANMF", &payload)
}

/// The payload of a VP8L chunk.
pub(crate) fn vp8l(width: u32, height: u32, color: ColorType, samples: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    WebPEncoder::new(&mut file).encode(samples, width, height, color).unwrap();
    let length = u32::from_le_bytes(file[16..20].try_into().unwrap()) as usize;
    file[20..20 + length].to_vec()
}

/// The payload of a lossless ALPH chunk with these filtered samples.
pub(crate) fn lossless_alpha(width: u32, height: u32, filter: u8, samples: &[u8]) -> Vec<u8> {
    let pixels: Vec<u8> = samples.iter().flat_map(|&sample| [0, sample, 0]).collect();
    let stream = vp8l(width, height, ColorType::Rgb8, &pixels);
    assert_eq!(stream[..5], stream_header(Size::new(width, height)));
    let mut payload = vec![1 | (filter << 2)];
    payload.extend(&stream[5..]);
    payload
}

/// The payload of a VP8 chunk: a key frame of 2^`partitions_log2` partitions.
///
/// All symbols after the first fields of its header are noise. Every sequence of bits decodes to a
/// picture, as long as there are enough of them.
pub(crate) fn vp8(width: u16, height: u16, partitions_log2: u8, noise: &mut Noise) -> Vec<u8> {
    let macroblocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
    let mut first = BoolEncoder::new();
    first.literal(0, 1 + 1 + 1); // colour space, clamping, no segments
    first.literal(noise.byte().into(), 1 + 6 + 3); // loop filter
    first.literal(0, 1); // no adjustments
    first.literal(partitions_log2.into(), 2);
    for _ in 0..250 + 20 * macroblocks {
        first.literal(noise.byte().into(), 8);
    }
    let first = first.finish();
    let tag = ((first.len() as u32) << 5) | (1 << 4);
    let mut payload = tag.to_le_bytes()[..3].to_vec();
    payload.extend([0x9D, 0x01, 0x2A]);
    payload.extend(width.to_le_bytes());
    payload.extend(height.to_le_bytes());
    payload.extend(first);
    let count = 1 << partitions_log2;
    let lengths: Vec<usize> = (0..count).map(|i| 1500 * macroblocks + i).collect();
    for length in &lengths[1..] {
        payload.extend(&(*length as u32).to_le_bytes()[..3]);
    }
    for length in lengths[1..].iter().chain(&lengths[..1]) {
        payload.extend((0..*length).map(|_| noise.byte()));
    }
    payload
}

/// A reproducible stream of pseudorandom bytes (xorshift64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn byte(&mut self) -> u8 {
        (self.number() >> 32) as u8
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }
}

/// Encodes bits of probability 1/2 for the boolean decoder of VP8 (RFC 6386, section 7).
pub(crate) struct BoolEncoder {
    /// The output. A carry may still change it.
    bytes: Vec<u8>,
    /// The low end of the range, below the output.
    low: u64,
    range: u64,
    shifts: u32,
}

impl BoolEncoder {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), low: 0, range: 255, shifts: 0 }
    }

    fn bit(&mut self, bit: bool) {
        let split = 1 + (((self.range - 1) * 128) >> 8);
        if bit {
            self.low += split;
            self.range -= split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            self.low <<= 1;
            self.shifts += 1;
            if self.shifts == 8 {
                self.shifts = 0;
                self.output_byte();
            }
        }
    }

    /// Moves the byte above the lowest eight bits to the output, and propagates its carry.
    fn output_byte(&mut self) {
        let byte_and_carry = self.low >> 8;
        self.low &= 0xFF;
        if byte_and_carry > 0xFF {
            for byte in self.bytes.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
        self.bytes.push((byte_and_carry & 0xFF) as u8);
    }

    pub(crate) fn literal(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.bit((value >> bit) & 1 == 1);
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.literal(0, 24);
        self.bytes
    }
}

/// The five bytes before a VP8L stream of `size`. Each side is 1 to 16,384.
pub(crate) const fn stream_header(size: Size) -> [u8; 5] {
    let [b0, b1, b2, b3] =
        (((size.width - 1) & 0x3FFF) | (((size.height - 1) & 0x3FFF) << 14)).to_le_bytes();
    [0x2F, b0, b1, b2, b3]
}

/// Writes a VP8L stream bit by bit.
#[derive(Default)]
pub(crate) struct BitWriter {
    pub(crate) bytes: Vec<u8>,
    /// The number of bits in the last byte; 0 if it is full.
    bits_in_last: u32,
}

impl BitWriter {
    /// Starts with the header of a VP8L chunk.
    pub(crate) fn vp8l(width: u32, height: u32) -> Self {
        Self { bytes: stream_header(Size::new(width, height)).to_vec(), bits_in_last: 0 }
    }

    pub(crate) fn put(&mut self, value: u32, bits: u32) {
        for bit in 0..bits {
            if self.bits_in_last == 0 {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= (((value >> bit) & 1) << self.bits_in_last) as u8;
            self.bits_in_last = (self.bits_in_last + 1) % 8;
        }
    }

    /// Writes a prefix code of one symbol.
    pub(crate) fn single(&mut self, symbol: u32) {
        self.put(0b1_0_1, 3);
        self.put(symbol, 8);
    }

    /// Writes a prefix code with these lengths for the first symbols. The other symbols have no
    /// code.
    pub(crate) fn lengths(&mut self, lengths: &[u32]) {
        self.put(0, 1);
        self.put(15, 4);
        // In the code of the code lengths, 0 to 15 have four bits each, and 16 to 18 have no code.
        for symbol in [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] {
            self.put(if symbol < 16 { 4 } else { 0 }, 3);
        }
        self.put(1, 1);
        self.put(4, 3);
        self.put(lengths.len() as u32 - 2, 10);
        for length in lengths {
            self.put(length.reverse_bits() >> 28, 4);
        }
    }
}
