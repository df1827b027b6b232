//! Progressive JPEG: as many visits to a block as its scans may make, and each as dear as can be.

use bombproof_testkit::bits::{JpegBits, mix};
use bombproof_testkit::jpeg::Stream;

use crate::candidate_file::{Candidate, MAX_BYTES};
use crate::jpeg_sequential::{ALL_COMPONENTS, EIGHTH, FULL, QUARTER};
use crate::jpeg_writer::{Frame, repeat, scan, table};

pub(crate) const ALL: &[Candidate] = &[
    Candidate::new("progressive-dc-refined.jpg", || dc_refined(EIGHTH)),
    Candidate::new("progressive-dc-restarts.jpg", dc_restarts),
    Candidate::new("progressive-zero-runs-quarter.jpg", || {
        zero_runs(Frame { components: 3, height: 2_504, ..QUARTER })
    }),
    Candidate::new("progressive-zero-runs-full.jpg", || zero_runs(Frame { components: 1, ..FULL })),
    Candidate::new("progressive-corrections-full.jpg", || {
        corrections(Frame { components: 1, height: 552, ..FULL })
    }),
    Candidate::new("progressive-single-coefficients.jpg", || {
        single_coefficients(Frame { components: 3, height: 2_504, ..QUARTER })
    }),
    Candidate::new("progressive-skipped-scans.jpg", || skipped_scans(EIGHTH)),
];

/// DC in 14 scans of each component, a bit of noise for each block but in the first.
fn dc_refined(frame: Frame) -> Vec<u8> {
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    for &component in ALL_COMPONENTS {
        scan(&mut stream, &[component], (0, 0), (0, 13));
        repeat(&mut stream, frame.blocks(), "0");
        for low in (0..13).rev() {
            scan(&mut stream, &[component], (0, 0), (low + 1, low));
            let mut bits = JpegBits::default();
            for n in 0..frame.blocks() / 32 + 1 {
                bits.put(mix(n as u64) as u32, 32);
            }
            stream.bytes.extend(bits.finish());
        }
    }
    stream.end()
}

/// The same with a restart marker behind every block, as far as the bytes go.
fn dc_restarts() -> Vec<u8> {
    let blocks = 32_768 / 8 * 189;
    let frame = Frame { width: 32_768, height: 189 * 8, components: 1 };
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.restart_interval(1);
    for low in (0..14).rev() {
        scan(&mut stream, &[1], (0, 0), (if low == 13 { 0 } else { low + 1 }, low));
        for block in 0..blocks {
            if block > 0 {
                stream.bytes.extend([0xFF, 0xD0 | (block as u8).wrapping_sub(1) & 7]);
            }
            stream.bytes.push(0x7F);
        }
    }
    stream.end()
}

/// DC, then AC of nothing and its refinements, in which every block spends five bits on three runs of
/// sixteen zeros and an end: four codes, and 48 zeros to step over.
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

/// Every coefficient is there after the first scan, and each of 13 refinements has a bit of noise for
/// each.
fn corrections(frame: Frame) -> Vec<u8> {
    // A coefficient of size 1; an end of 2^14 blocks and more.
    let mut stream = start(frame, &table(&[(1, &[0x01]), (2, &[0xE0])]));
    scan(&mut stream, &[1], (1, 63), (0, 13));
    let mut bits = JpegBits::default();
    for n in 0..frame.blocks() * 63 {
        bits.put(mix(n as u64) as u32 & 1, 2);
    }
    stream.bytes.extend(bits.finish());
    for low in (0..13).rev() {
        scan(&mut stream, &[1], (1, 63), (low + 1, low));
        let mut bits = JpegBits::default();
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

/// Scans of one coefficient each, which is there or not, by noise.
fn single_coefficients(frame: Frame) -> Vec<u8> {
    let mut stream = start(frame, &table(&[(1, &[0x00]), (2, &[0x01])]));
    let mut visits = 0;
    // Those that a quarter needs, in many steps.
    for k in 1..=4 {
        for low in [3, 2, 1, 0] {
            for component in 1..=frame.components {
                let bytes = frame.blocks() * 2 / 8 + 4_096;
                if stream.bytes.len() + bytes > MAX_BYTES || visits == 19 * frame.components {
                    continue;
                }
                visits += 1;
                scan(&mut stream, &[component], (k, k), (if low == 3 { 0 } else { low + 1 }, low));
                let mut bits = JpegBits::default();
                for n in 0..frame.blocks() {
                    let random = mix((n as u64) << 16 | u64::from(k) << 8 | u64::from(component));
                    // There after the first scan: an end of block, and a bit for it. Else an end.
                    let is_there = random & 3 == 0;
                    match (is_there, low) {
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

/// AC that 1/8 does not need, of nothing but stuffed bytes.
fn skipped_scans(frame: Frame) -> Vec<u8> {
    let mut stream = start(frame, &table(&[(1, &[0x00])]));
    for k in 1..16 {
        scan(&mut stream, &[1], (k, k), (0, 0));
        stream.bytes.extend([0xFF, 0].repeat(MAX_BYTES / 34));
    }
    stream.end()
}

/// A frame with its DC, in one bit a block, and a table for AC.
fn start(frame: Frame, ac: &bombproof_testkit::jpeg_tables::HuffmanTable) -> Stream {
    let mut stream = frame.start(0xC2);
    stream.huffman(0, 0, &table(&[(1, &[0])]));
    stream.huffman(1, 0, ac);
    let components: Vec<u8> = (1..=frame.components).collect();
    scan(&mut stream, &components, (0, 0), (0, 0));
    repeat(&mut stream, frame.blocks() * components.len(), "0");
    stream
}
