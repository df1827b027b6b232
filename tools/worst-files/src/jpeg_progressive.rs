//! Progressive JPEG: as many scans of each block as the limits
//! accept, each as expensive as possible.

use bombproof_testkit::bit_writer::JpegBitWriter;
use bombproof_testkit::jpeg::Stream;
use bombproof_testkit::noise::mix;

use crate::candidate_file::{Candidate, MAX_BYTES};
use crate::jpeg_sequential::{ALL_COMPONENTS, EIGHTH, FULL, QUARTER};
use crate::jpeg_writer::{Frame, repeat, restart_marker, scan, table};

pub(crate) const ALL: &[Candidate] = &[
    Candidate::new("progressive-dc-refined.jpg", || dc_refined(EIGHTH)),
    Candidate::new("progressive-dc-restarts.jpg", dc_restarts),
    Candidate::new("progressive-zero-runs-quarter.jpg", || {
        zero_runs(Frame { components: 3, height: 2_504, ..QUARTER })
    }),
    Candidate::new("progressive-zero-runs-full.jpg", || zero_runs(Frame { components: 1, ..FULL })),
    Candidate::new("progressive-corrections-full.jpg", || {
        corrections(Frame { components: 1, height: 270, ..FULL })
    }),
    Candidate::new("progressive-single-coefficients.jpg", || {
        single_coefficients(Frame { components: 3, height: 2_504, ..QUARTER })
    }),
    Candidate::new("progressive-skipped-scans.jpg", || skipped_scans(EIGHTH)),
];

/// 14 DC scans per component. Each except for the first has a bit of noise per block.
fn dc_refined(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    for &component in ALL_COMPONENTS {
        scan(&mut stream, &[component], (0, 0), (0, 13));
        repeat(&mut stream, frame.blocks(), "0");
        for low in (0..13).rev() {
            scan(&mut stream, &[component], (0, 0), (low + 1, low));
            let mut bits = JpegBitWriter::default();
            for block in (0..frame.blocks()).step_by(32) {
                let count = 32.min(frame.blocks() - block) as u32;
                bits.put(mix(block as u64 / 32) as u32 >> (32 - count), count);
            }
            stream.bytes.extend(bits.finish());
        }
    }
    stream.end()
}

/// The same with a restart marker after every block, for as many blocks as the bytes allow.
fn dc_restarts() -> Vec<u8> {
    let blocks = 32_768 / 8 * 189;
    let frame = Frame { width: 32_768, height: 189 * 8, components: 1 };
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.restart_interval(1);
    for low in (0..14).rev() {
        scan(&mut stream, &[1], (0, 0), (if low == 13 { 0 } else { low + 1 }, low));
        for block in 0..blocks {
            restart_marker(&mut stream, block);
            stream.bytes.push(0x7F);
        }
    }
    stream.end()
}

/// DC, then AC scans and refinements without coefficients. Every block has five bits, for
/// three runs of sixteen zeros and an end of block: four codes, and 48 zeros to skip.
fn zero_runs(frame: Frame) -> Vec<u8> {
    let mut stream = start(frame, &table(&[(1, &[0xF0]), (2, &[0x00])]));
    let scans = (MAX_BYTES - stream.bytes.len() - 4_096) / (frame.blocks() * 5 / 8 + 64);
    let mut left = scans;
    for component in 1..=frame.components {
        scan(&mut stream, &[component], (1, 63), (0, 13));
        repeat(&mut stream, frame.blocks(), "00010");
        left -= 1;
    }
    for low in (0..13).rev() {
        for component in 1..=frame.components {
            if left > 0 {
                scan(&mut stream, &[component], (1, 63), (low + 1, low));
                repeat(&mut stream, frame.blocks(), "00010");
                left -= 1;
            }
        }
    }
    stream.end()
}

/// The first scan has every coefficient, and each of 13 refinements
/// has a bit of noise for every coefficient.
fn corrections(frame: Frame) -> Vec<u8> {
    // A coefficient of size 1; an end-of-band run of 2^14 blocks or more.
    let mut stream = start(frame, &table(&[(1, &[0x01]), (2, &[0xE0])]));
    scan(&mut stream, &[1], (1, 63), (0, 13));
    let mut bits = JpegBitWriter::default();
    for n in 0..frame.blocks() * 63 {
        bits.put(mix(n as u64) as u32 & 1, 2);
    }
    stream.bytes.extend(bits.finish());
    for low in (0..13).rev() {
        scan(&mut stream, &[1], (1, 63), (low + 1, low));
        let mut bits = JpegBitWriter::default();
        let mut left = frame.blocks();
        let mut n = 0;
        while left > 0 {
            let run = left.min(32_767);
            if run >= 16_384 {
                bits.put(0b10, 2);
                bits.put(run as u32 - 16_384, 14);
            } else {
                break;
            }
            for _ in 0..run * 63 {
                n += 1;
                bits.put(mix(n << 4 | u64::from(low)) as u32 & 1, 1);
            }
            left -= run;
        }
        stream.bytes.extend(bits.finish());
    }
    stream.end()
}

/// Scans of one coefficient each. Noise decides in which blocks it is present.
fn single_coefficients(frame: Frame) -> Vec<u8> {
    let mut stream = start(frame, &table(&[(1, &[0x00]), (2, &[0x01])]));
    let mut scans = 0;
    // The coefficients that scale 1/4 needs, in many scans.
    for k in 1..=4 {
        for low in [3, 2, 1, 0] {
            for component in 1..=frame.components {
                let bytes = frame.blocks() * 2 / 8 + 4_096;
                if stream.bytes.len() + bytes > MAX_BYTES || scans == 19 * frame.components {
                    continue;
                }
                scans += 1;
                scan(&mut stream, &[component], (k, k), (if low == 3 { 0 } else { low + 1 }, low));
                let mut bits = JpegBitWriter::default();
                for n in 0..frame.blocks() {
                    let random = mix((n as u64) << 16 | u64::from(k) << 8 | u64::from(component));
                    // In a refinement, a present coefficient has an end of band and a
                    // correction bit.
                    let is_present = random & 3 == 0;
                    match (is_present, low) {
                        (false, _) => bits.put(0, 1),
                        (true, 3) => bits.put(0b100, 3),
                        (true, _) => bits.put((random >> 8 + low) as u32 & 1, 2),
                    }
                }
                stream.bytes.extend(bits.finish());
            }
        }
    }
    stream.end()
}

/// AC scans that scale 1/8 does not need, with nothing but stuffed bytes: ones, of which three are a
/// coefficient.
fn skipped_scans(frame: Frame) -> Vec<u8> {
    let mut stream = start(frame, &table(&[(1, &[0x00]), (2, &[0x00, 0x01])]));
    for k in 1..10 {
        scan(&mut stream, &[1], (k, k), (0, 0));
        stream.bytes.extend([0xFF, 0].repeat((frame.blocks() * 3).div_ceil(8)));
    }
    stream.end()
}

/// A frame with its DC scan, at one bit per block, and a table for AC.
fn start(frame: Frame, ac: &bombproof_testkit::jpeg::HuffmanTable) -> Stream {
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, ac);
    let components: Vec<u8> = (1..=frame.components).collect();
    scan(&mut stream, &components, (0, 0), (0, 0));
    repeat(&mut stream, frame.blocks() * components.len(), "0");
    stream
}
