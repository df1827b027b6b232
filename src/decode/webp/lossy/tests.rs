#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use bombproof_testkit::pictures::landscape;
use bombproof_testkit::vp8::{Options, encode_with_planes};
use image_webp::vp8::Vp8Decoder;

use super::inverse_dct::tests::BITS_WERE_LOST;
use super::*;
use crate::budget::Budget;
use crate::interrupt::Interrupt;
use crate::probe::webp::Coding;
use crate::probe::webp::header;
use crate::probe::webp::test_files::{Noise, chunk, riff, vp8};

/// Keeps the planes, and refuses rows that are out of order or of another length.
struct Planes {
    widths: [usize; 3],
    samples: [Vec<u8>; 3],
}

impl RowSink for Planes {
    fn row(&mut self, plane: usize, y: u32, samples: &[u8]) -> Result<(), Error> {
        assert_eq!(samples.len(), self.widths[plane]);
        assert_eq!(self.samples[plane].len(), samples.len() * y as usize);
        self.samples[plane].extend(samples);
        Ok(())
    }
}

fn ours(payload: &[u8]) -> Result<[Vec<u8>; 3], Error> {
    ours_with(payload, LoopFilter::Exact)
}

fn ours_with(payload: &[u8], loop_filter: LoopFilter) -> Result<[Vec<u8>; 3], Error> {
    let (_, still) = header(&riff(&[chunk(b"VP8 ", payload)]))?;
    let Coding::Lossy(frame) = still.coding else { unreachable!() };
    let budget = Budget::new(memory_bytes(&frame));
    let width = frame.size.width as usize;
    let widths = [width, width.div_ceil(2), width.div_ceil(2)];
    let mut planes = Planes { widths, samples: [const { Vec::new() }; 3] };
    let job = Job { budget: &budget, interrupt: &Interrupt::never() };
    decode(payload, &frame, loop_filter, job, &mut planes)?;
    Ok(planes.samples)
}

fn theirs(payload: &[u8]) -> Option<[Vec<u8>; 3]> {
    let frame = Vp8Decoder::decode_frame(payload).ok()?;
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let stride = width.next_multiple_of(16);
    let cut = |samples: &[u8], width: usize, height: usize, stride: usize| {
        samples.chunks(stride).take(height).flat_map(|row| row[..width].to_vec()).collect()
    };
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    Some([
        cut(&frame.ybuf, width, height, stride),
        cut(&frame.ubuf, half_width, half_height, stride / 2),
        cut(&frame.vbuf, half_width, half_height, stride / 2),
    ])
}

/// A frame whose two parts are noise from the first field of the header on: of any number of segments,
/// filters, partitions and probabilities, with levels beyond what encoders make. `scarce` data end
/// early more often than not.
fn noise_frame(noise: &mut Noise, scarce: bool) -> Vec<u8> {
    let width = 1 + noise.number() % 70;
    let height = 1 + noise.number() % 70;
    let macroblocks = (width.div_ceil(16) * height.div_ceil(16)) as usize;
    let (modes, tokens) = if scarce { (1, 4) } else { (20, 1_500) };
    let mut first = noise.bytes(300 + modes * macroblocks);
    // The colour space is not reserved; of one frame in four there are no segments.
    first[0] &= if noise.byte().is_multiple_of(4) { 0x1F } else { 0x7F };
    let mut payload = (((first.len() as u32) << 5) | (1 << 4)).to_le_bytes()[..3].to_vec();
    payload.extend([0x9D, 0x01, 0x2A]);
    payload.extend((width as u16).to_le_bytes());
    payload.extend((height as u16).to_le_bytes());
    payload.extend(first);
    // Lengths for eight partitions; where there are fewer, the rest belongs to the last one.
    let length = tokens * macroblocks / 4 + noise.number() as usize % 30;
    payload.extend((length as u32).to_le_bytes()[..3].repeat(7));
    // Zeros are likelier than ones in some, so that blocks are long, and seldom in others.
    let shape = noise.byte() % 4;
    payload.extend((0..8 * length).map(|_| match shape {
        0 => noise.byte() & noise.byte(),
        1 => noise.byte() | noise.byte() & 0x7F,
        2 if !noise.byte().is_multiple_of(8) => 0,
        _ => noise.byte(),
    }));
    payload
}

/// image-webp keeps all bits of a coefficient, and limits the filter level of a segment before deltas are
/// added too: two things that libwebp does not, nor do we (`tests/regressions.rs`).
fn image_webp_is_a_judge(payload: &[u8]) -> bool {
    let (header, _) = FrameHeader::read(&payload[10..]).unwrap();
    let has_deltas = header.filter.intra_delta != 0 || header.filter.subblocks_delta != 0;
    !(BITS_WERE_LOST.get() || has_deltas && header.segments.is_some())
}

#[test]
fn noise_is_to_us_what_it_is_to_another_decoder() {
    let mut noise = Noise(0xB0B);
    let (mut decoded, mut compared, mut ended, mut impossible) = (0, 0, 0, 0);
    for case in 0..1_500 {
        let payload = noise_frame(&mut noise, case % 3 == 0);
        BITS_WERE_LOST.set(false);
        match (ours(&payload), theirs(&payload)) {
            (Ok(ours), Some(theirs)) => {
                decoded += 1;
                if image_webp_is_a_judge(&payload) {
                    // Not by assert_eq: nobody reads a hundred thousand samples.
                    assert!(ours == theirs, "case {case}");
                    compared += 1;
                }
            }
            (Err(Error::Truncated(_)), None) => ended += 1,
            // What follows from such a byte depends on how a decoder is made.
            (Err(Error::Malformed(_)), _) => impossible += 1,
            (ours, theirs) => panic!("case {case}: {:?}, {:?}", ours.err(), theirs.is_some()),
        }
    }
    let counts = [decoded, compared, ended, impossible];
    assert!(decoded > 600 && compared > 300 && ended > 100 && impossible > 0, "{counts:?}");
}

/// What the encoder predicted the next macroblock from is what is there before the filter.
#[test]
fn without_the_loop_filter_planes_are_those_that_prediction_sees() {
    let picture = landscape(77, 53);
    for subblocks in [false, true] {
        let (quantizer, filter_level) = (60, 40);
        let options = Options { quantizer, filter_level, subblocks, ..Options::default() };
        let (payload, expected) = encode_with_planes(&picture, &options);
        let planes = ours_with(&payload, LoopFilter::Skipped).unwrap();
        assert!(planes != ours(&payload).unwrap());
        let widths = [77, 39, 39];
        for ((plane, expected), width) in planes.iter().zip(expected).zip(widths) {
            for (y, row) in plane.chunks_exact(width).enumerate() {
                let start = expected.index(0, y);
                assert_eq!(row, &expected.samples[start..start + width], "row {y}");
            }
        }
    }
}

/// Cut at every byte, with a container that agrees, a frame ends early where it does for another
/// decoder.
#[test]
fn a_frame_ends_at_the_same_byte_as_for_another_decoder() {
    let mut noise = Noise(77);
    for partitions_log2 in 0..3 {
        let whole = vp8(33, 50, partitions_log2, &mut noise);
        let mut decoded = 0;
        for end in (0..whole.len()).rev().step_by(11).chain(0..400) {
            let cut = &whole[..end];
            match (ours(cut), theirs(cut)) {
                (Ok(ours), Some(theirs)) => {
                    assert!(ours == theirs);
                    decoded += 1;
                }
                (Err(Error::Truncated(_) | Error::Malformed(_)), None) => {}
                (ours, theirs) => panic!("{end}: {:?}, {:?}", ours.err(), theirs.is_some()),
            }
        }
        assert!(decoded > 0);
    }
}

#[test]
fn truncation_names_the_row_that_was_reached() {
    // All tokens are in one partition, at the end.
    let whole = vp8(20, 80, 0, &mut Noise(7));
    let mut reached_before = 0;
    let mut ends = 0;
    for end in whole.len() - 1500 * 10..whole.len() {
        match ours(&whole[..end]) {
            Err(Error::Truncated(end)) => {
                let (reached, expected) = end.rows().unwrap();
                assert!(
                    reached >= reached_before && reached.is_multiple_of(16) && expected == 80,
                    "{end}"
                );
                reached_before = reached;
                ends += 1;
            }
            Ok(_) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(ends > 5 && reached_before == 64, "{ends} {reached_before}");
}
