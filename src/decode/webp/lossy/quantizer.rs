//! The quantizer steps, by which coefficients are multiplied (RFC 6386, 9.6 and 14.1).

use super::tables::{AC_STEPS, DC_STEPS};
use crate::probe::webp::vp8::{BoolDecoder, Segments};

/// The quantizer steps of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantizer {
    pub(super) luma: Steps,
    /// For the Y2 block, which has the DC coefficients of luma.
    pub(super) y2: Steps,
    pub(super) chroma: Steps,
}

/// The step of each coefficient: one of DC, and 15 of AC that are all the same.
pub(super) type Steps = [i32; 16];

/// Reads the quantizer of each segment. Without segments, all are the quantizer of the frame.
pub(super) fn read(decoder: &mut BoolDecoder<'_>, segments: Option<&Segments>) -> [Quantizer; 4] {
    let index = decoder.literal(7).cast_signed();
    let [luma_dc, y2_dc, y2_ac, chroma_dc, chroma_ac] =
        [(); 5].map(|()| decoder.optional_signed(4));
    let quantizer = |index: i32| Quantizer {
        luma: steps(step(&DC_STEPS, index + luma_dc), step(&AC_STEPS, index)),
        y2: steps(
            2 * step(&DC_STEPS, index + y2_dc),
            (step(&AC_STEPS, index + y2_ac) * 155 / 100).max(8),
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

/// The step at `index`, clamped to the table.
fn step(steps: &[i32; 128], index: i32) -> i32 {
    let index = usize::try_from(index).unwrap_or(0);
    steps.get(index).copied().unwrap_or(steps[127])
}
