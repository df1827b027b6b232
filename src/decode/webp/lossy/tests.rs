#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests make small files, and may fail"
)]

use image_webp::vp8::Vp8Decoder;

use super::*;
use crate::budget::quote;
use crate::interrupt::Interrupt;
use crate::probe::webp::Coding;
use crate::probe::webp::header;
use crate::probe::webp::test_files::{Noise, chunk, riff, vp8};
use crate::vp8::inverse_dct::tests::BITS_WERE_LOST;

/// Collects the planes, and panics on rows that are out of order or have the wrong length.
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
    planes(payload, LoopFilter::Exact)
}

/// Y, U and V of a VP8 chunk.
pub(crate) fn planes(payload: &[u8], loop_filter: LoopFilter) -> Result<[Vec<u8>; 3], Error> {
    let (_, still) = header(&riff(&[chunk(b"VP8 ", payload)]))?;
    let Coding::Lossy(frame) = still.coding else { unreachable!() };
    let budget = Budget::new(quote(|budget| Buffers::new(&frame, budget).map(drop))?);
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
    let cropped = |samples: &[u8], width: usize, height: usize, stride: usize| {
        samples.chunks(stride).take(height).flat_map(|row| row[..width].to_vec()).collect()
    };
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    Some([
        cropped(&frame.ybuf, width, height, stride),
        cropped(&frame.ubuf, half_width, half_height, stride / 2),
        cropped(&frame.vbuf, half_width, half_height, stride / 2),
    ])
}

/// A frame that is random from the first field of its header on, with any number of segments and
/// partitions, any filters and probabilities, and levels beyond those that encoders write. With
/// `is_short`, the data usually ends early.
fn random_frame(noise: &mut Noise, is_short: bool) -> Vec<u8> {
    let width = 1 + noise.number() % 70;
    let height = 1 + noise.number() % 70;
    let macroblocks = (width.div_ceil(16) * height.div_ceil(16)) as usize;
    let (modes, tokens) = if is_short { (1, 4) } else { (20, 1_500) };
    let mut first = noise.bytes(300 + modes * macroblocks);
    // The colour space is not the reserved one. One frame in four has no segments.
    first[0] &= if noise.byte().is_multiple_of(4) { 0x1F } else { 0x7F };
    let mut payload = (((first.len() as u32) << 5) | (1 << 4)).to_le_bytes()[..3].to_vec();
    payload.extend([0x9D, 0x01, 0x2A]);
    payload.extend((width as u16).to_le_bytes());
    payload.extend((height as u16).to_le_bytes());
    payload.extend(first);
    // Lengths of eight partitions. If there are fewer, the rest belongs to the last one.
    let length = tokens * macroblocks / 4 + noise.number() as usize % 30;
    payload.extend((length as u32).to_le_bytes()[..3].repeat(7));
    // Zeros are more likely than ones in some frames, which makes blocks long,
    // and less likely in others.
    let shape = noise.byte() % 4;
    payload.extend((0..8 * length).map(|_| match shape {
        0 => noise.byte() & noise.byte(),
        1 => noise.byte() | noise.byte() & 0x7F,
        2 if !noise.byte().is_multiple_of(8) => 0,
        _ => noise.byte(),
    }));
    payload
}

/// image-webp retains all bits of a coefficient, and also clamps the filter level of a
/// segment before deltas are added. libwebp does neither, and neither does this
/// decoder (`tests/regressions.rs`).
fn image_webp_agrees_with_libwebp(payload: &[u8]) -> bool {
    let (header, _) = FrameHeader::read(&payload[10..]).unwrap();
    let has_deltas = header.filter.intra_delta != 0 || header.filter.subblocks_delta != 0;
    !(BITS_WERE_LOST.get() || has_deltas && header.segments.is_some())
}

#[test]
fn random_frames_decode_as_with_image_webp() {
    let mut noise = Noise(0xB0B);
    let (mut decoded, mut compared, mut truncated, mut malformed, mut one_byte) = (0, 0, 0, 0, 0);
    for case in 0..1_500 {
        let payload = random_frame(&mut noise, case % 3 == 0);
        BITS_WERE_LOST.set(false);
        match (ours(&payload), theirs(&payload)) {
            (Ok(ours), Some(theirs)) => {
                decoded += 1;
                if image_webp_agrees_with_libwebp(&payload) {
                    // Not assert_eq, which would print a hundred thousand samples.
                    assert!(ours == theirs, "case {case}");
                    compared += 1;
                }
            }
            (Err(Error::Truncated(_)), None) => truncated += 1,
            // image-webp adds a byte of zeros to each partition.
            (Err(Error::Truncated(_)), Some(_)) => one_byte += 1,
            // The meaning of such a first byte depends on the implementation of the decoder.
            (Err(Error::Malformed(_)), _) => malformed += 1,
            (ours, theirs) => panic!("case {case}: {:?}, {:?}", ours.err(), theirs.is_some()),
        }
    }
    let counts = [decoded, compared, truncated, malformed, one_byte];
    assert!(decoded > 600 && compared > 300 && truncated > 100 && malformed > 0, "{counts:?}");
    assert!(one_byte < 10, "{counts:?}");
}

/// Random frames seldom have such coefficients, or they have some that lose bits.
#[test]
fn coefficients_that_need_the_transform_in_32_bits_are_told() {
    let mut noise = Noise(0xD0C);
    let [mut small, mut large] = [0; 2];
    for case in 0..2_000 {
        let (mut header, mut data) = (noise.bytes(400), noise.bytes(4_000));
        // Large steps and, in half of the cases, more ones, which make levels large.
        header[0] |= 0xC0;
        data.iter_mut().step_by(1 + case / 1_000 * 4_000).for_each(|byte| *byte |= noise.byte());
        let mut header = BoolDecoder::new(&header);
        let [quantizer, ..] = quantizer::read(&mut header, None);
        let tokens = TokenDecoder::read(&mut header, case % 2 == 0);
        BITS_WERE_LOST.set(false);
        let mut coefficients = Coefficients::NONE;
        let (mut above, mut left) = (Nonzero::NONE, Nonzero::NONE);
        tokens.read_macroblock(
            BoolDecoder::new(&data),
            case % 3 == 0,
            &quantizer,
            (&mut above, &mut left),
            &mut coefficients,
        );
        let pairs = coefficients.pairs.as_flattened().as_flattened();
        let is_large = pairs.iter().any(|coefficient| coefficient.unsigned_abs() > 2_047);
        if is_large || !BITS_WERE_LOST.get() {
            assert_eq!(coefficients.exceeds_16_bit_transform, is_large, "case {case}");
            *(if is_large { &mut large } else { &mut small }) += 1;
        }
    }
    assert!(small > 50 && large > 50, "{small} {large}");
}

/// A frame that is truncated at any byte, in a container that declares the shorter length, is
/// truncated for both decoders or for none. Only image-webp adds a byte of zeros.
#[test]
fn truncated_frames_end_one_byte_later_than_with_image_webp() {
    let mut noise = Noise(77);
    for partitions_log2 in 0..3 {
        let complete = vp8(33, 50, partitions_log2, &mut noise);
        let mut decoded = 0;
        for end in (0..complete.len()).rev().step_by(11).chain(0..400) {
            let truncated = &complete[..end];
            match (ours(truncated), theirs(truncated)) {
                (Ok(ours), Some(theirs)) => {
                    assert!(ours == theirs);
                    decoded += 1;
                }
                (Err(Error::Truncated(_) | Error::Malformed(_)), None) => {}
                (Err(Error::Truncated(_)), Some(_)) => {
                    assert!(ours(&complete[..=end]).is_ok(), "{end}");
                }
                (ours, theirs) => panic!("{end}: {:?}, {:?}", ours.err(), theirs.is_some()),
            }
        }
        assert!(decoded > 0);
    }
}

#[test]
fn truncation_names_the_row_that_was_reached() {
    // All tokens are in one partition, at the end.
    let complete = vp8(20, 80, 0, &mut Noise(7));
    let mut reached_before = 0;
    let mut ends = 0;
    for end in complete.len() - 1500 * 10..complete.len() {
        match ours(&complete[..end]) {
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
