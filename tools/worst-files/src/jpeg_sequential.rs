//! Sequential JPEG: many pixels, dense data, restart markers; profiles and tables.

use bombproof_testkit::bit_writer::JpegBitWriter;
use bombproof_testkit::bombs::icc::functions;
use bombproof_testkit::bombs::jpeg as bombs;
use bombproof_testkit::noise::mix;

use crate::candidate_file::{Candidate, MAX_BYTES};
use crate::jpeg_writer::{Frame, repeat, restart_marker, scan, table};

pub(crate) const ALL: &[Candidate] = &[
    Candidate::new("baseline-4-components.jpg", || cheapest(EIGHTH)),
    Candidate::new("baseline-dense-full.jpg", || noise(FULL)),
    Candidate::new("baseline-dense-half.jpg", || noise(HALF)),
    Candidate::new("baseline-dense-eighth.jpg", || noise(DENSE)),
    Candidate::new("baseline-without-ends.jpg", || without_ends(EIGHTH)),
    Candidate::new("baseline-mixed-codes.jpg", || mixed_codes(DENSE)),
    Candidate::new("baseline-long-codes-eighth.jpg", || long_codes(DENSE)),
    Candidate::new("baseline-long-codes-full.jpg", || long_codes(FULL)),
    Candidate::new("baseline-restarts.jpg", || restarts(DENSE)),
    Candidate::new("baseline-fill-bytes.jpg", fill_bytes),
    Candidate::new("baseline-scans.jpg", baseline_scans),
    Candidate::new("bytes-between-segments.jpg", bytes_between_segments),
    Candidate::new("profile-of-functions.jpg", || bombs::with_icc(&functions())),
    Candidate::new("tables.jpg", || bombs::markers(0xC4, 500, &[0; 17].repeat(3_800))),
];

/// The largest frames that are decoded at scale 1/1, 1/2, 1/4 and 1/8 for an avatar of 256 pixels.
pub(crate) const FULL: Frame = Frame { width: 65_535, height: 632, components: 4 };
pub(crate) const HALF: Frame = Frame { width: 65_535, height: 1_272, components: 4 };
pub(crate) const QUARTER: Frame = Frame { width: 65_535, height: 2_552, components: 4 };
pub(crate) const EIGHTH: Frame = Frame { width: 16_384, height: 16_384, components: 4 };
/// One at 1/8 with 34 bits for each block.
const DENSE: Frame = Frame { width: 12_000, height: 10_000, components: 4 };

pub(crate) const ALL_COMPONENTS: &[u8] = &[1, 2, 3, 4];

/// Two bits per block.
fn cheapest(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(1, &[0])]));
    scan(&mut stream, ALL_COMPONENTS, (0, 63), (0, 0));
    repeat(&mut stream, frame.blocks() * 4, "00");
    stream.end()
}

/// Noise, with as many coefficients per block as the bytes allow,
/// so that every block needs the full inverse transform.
fn noise(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0]), (2, &[2])]));
    // One coefficient, one after a zero, sixteen zeros, the end of block.
    stream.huffman(1, 0, &table(&[(2, &[0x01, 0x11, 0xF0]), (3, &[0x00])]));
    scan(&mut stream, ALL_COMPONENTS, (0, 63), (0, 0));
    let blocks = frame.blocks() * 4;
    let bits_of_block = ((MAX_BYTES - 4_096) * 8 / blocks).saturating_sub(4) * 98 / 100;
    let mut bits = JpegBitWriter::default();
    for block in 0..blocks as u64 {
        bits.put(0, 1);
        let (mut k, mut left) = (1, bits_of_block);
        // A code has two bits, and a sign one.
        while k < 63 && left >= 3 {
            let random = mix(block << 6 | k) as u32;
            if k < 60 && random & 8 == 0 {
                bits.put(0b01, 2);
                k += 2;
            } else {
                bits.put(0b00, 2);
                k += 1;
            }
            bits.put(random & 1, 1);
            left -= 3;
        }
        if k <= 63 {
            bits.put(0b110, 3);
        }
    }
    stream.bytes.extend(bits.finish());
    stream.end()
}

/// All AC codes are longer than any lookup table covers.
fn long_codes(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(14, &[0xF0]), (15, &[0x00, 0x01])]));
    scan(&mut stream, ALL_COMPONENTS, (0, 63), (0, 0));
    let blocks = frame.blocks() * 4;
    let bits_of_block = (MAX_BYTES - 4_096) * 8 / blocks;
    let mut bits = JpegBitWriter::default();
    for _ in 0..blocks {
        bits.put(0, 1);
        let (mut k, mut left) = (1, bits_of_block - 1);
        while k < 63 && left >= 16 + 15 {
            // Zeros, the code 3 of 15 bits, the sign.
            bits.put(3 << 1, 16);
            left -= 16;
            k += 1;
        }
        if k <= 63 {
            bits.put(2, 15);
        }
    }
    stream.bytes.extend(bits.finish());
    stream.end()
}

/// Seven bits per block: its last coefficient is not 0, so that no code says where it ends.
fn without_ends(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(1, &[0xF0]), (2, &[0xE1])]));
    scan(&mut stream, ALL_COMPONENTS, (0, 63), (0, 0));
    repeat(&mut stream, frame.blocks() * 4, "0000101");
    stream.end()
}

/// Noise of codes that a lookup table covers and codes that it does not.
fn mixed_codes(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(2, &[0x01, 0x00]), (14, &[0x11])]));
    scan(&mut stream, ALL_COMPONENTS, (0, 63), (0, 0));
    let blocks = frame.blocks() * 4;
    let bits_of_block = ((MAX_BYTES - 4_096) * 8 / blocks).saturating_sub(3) * 99 / 100;
    let mut bits = JpegBitWriter::default();
    for block in 0..blocks as u64 {
        bits.put(0, 1);
        let (mut k, mut left) = (1, bits_of_block);
        while k < 62 && left >= 15 {
            let random = mix(block << 6 | k) as u32;
            if random & 8 == 0 {
                bits.put(0b10_0000_0000_0000, 14);
                k += 2;
                left -= 15;
            } else {
                bits.put(0b00, 2);
                k += 1;
                left -= 3;
            }
            bits.put(random & 1, 1);
        }
        bits.put(0b01, 2);
    }
    stream.bytes.extend(bits.finish());
    stream.end()
}

/// A restart marker after every MCU, with a scan for each component: three bytes per block.
fn restarts(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(1, &[0])]));
    stream.restart_interval(1);
    for component in ALL_COMPONENTS {
        scan(&mut stream, &[*component], (0, 63), (0, 0));
        for block in 0..frame.blocks() {
            restart_marker(&mut stream, block);
            stream.bytes.push(0x3F);
        }
    }
    stream.end()
}

/// Entropy-coded data in which every second byte is 0xFF, in a file with several scans to find.
fn fill_bytes() -> Vec<u8> {
    let frame = Frame { width: 8, height: 8, components: 3 };
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(1, &[0])]));
    for component in [1, 2, 3] {
        scan(&mut stream, &[component], (0, 63), (0, 0));
        stream.bytes.push(0x3F);
        stream.bytes.extend([0xFF, 0].repeat((MAX_BYTES - 4_096) / 6));
    }
    stream.end()
}

/// A profile, and then bytes that look like markers, before the frame.
fn bytes_between_segments() -> Vec<u8> {
    let file = bombs::with_icc(&functions());
    let frame = file.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap_or(2);
    let (before, after) = file.split_at(frame);
    [before, &[0xFF, 0].repeat(MAX_BYTES / 2 - 4_096), after].concat()
}

/// One scan per component, so that all coefficients stay in memory.
fn baseline_scans() -> Vec<u8> {
    let frame = Frame { components: 3, ..HALF };
    let mut stream = frame.start(0xC0);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, &table(&[(1, &[0]), (2, &[0x01])]));
    for component in [1, 2, 3] {
        scan(&mut stream, &[component], (0, 63), (0, 0));
        let block = format!("0{}0", "100".repeat(20));
        repeat(&mut stream, frame.blocks(), &block);
    }
    stream.end()
}
