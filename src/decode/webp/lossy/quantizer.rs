//! What coefficients are multiplied by (RFC 6386, 9.6 and 14.1).

use super::tables::{AC_STEPS, DC_STEPS};
use crate::probe::webp::vp8::BoolDecoder;
use crate::probe::webp::vp8::Segments;

/// The steps of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantizer {
    pub(super) luma: Steps,
    /// The second order block, of the DC of luma.
    pub(super) luma_dc: Steps,
    pub(super) chroma: Steps,
}

/// The step of each coefficient: of DC, and 15 times that of AC.
pub(super) type Steps = [i32; 16];

/// Reads the quantiser of each segment; without segments, all are that of the frame.
pub(super) fn read(decoder: &mut BoolDecoder<'_>, segments: Option<&Segments>) -> [Quantizer; 4] {
    let index = decoder.literal(7).cast_signed();
    let [luma_dc, second_dc, second_ac, chroma_dc, chroma_ac] =
        [(); 5].map(|()| decoder.optional_signed(4));
    let quantizer = |index: i32| Quantizer {
        luma: steps(step(&DC_STEPS, index + luma_dc), step(&AC_STEPS, index)),
        luma_dc: steps(
            2 * step(&DC_STEPS, index + second_dc),
            (step(&AC_STEPS, index + second_ac) * 155 / 100).max(8),
        ),
        chroma: steps(
            step(&DC_STEPS, index + chroma_dc).min(132),
            step(&AC_STEPS, index + chroma_ac),
        ),
    };
    match segments {
        None => [quantizer(index); 4],
        Some(segments) if segments.absolute => segments.quantizers.map(quantizer),
        Some(segments) => segments.quantizers.map(|delta| quantizer(index + delta)),
    }
}

const fn steps(dc: i32, ac: i32) -> Steps {
    let mut steps = [ac; 16];
    steps[0] = dc;
    steps
}

/// The step at `index`, or at the nearest end of the table.
fn step(steps: &[i32; 128], index: i32) -> i32 {
    let index = usize::try_from(index).unwrap_or(0);
    steps.get(index).copied().unwrap_or(steps[127])
}
