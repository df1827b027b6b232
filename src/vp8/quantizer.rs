//! The quantizer steps, by which coefficients are multiplied (RFC 6386, 9.6 and 14.1).

use super::tables::{AC_STEPS, DC_STEPS};

/// The quantizer steps of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantizer {
    pub(crate) luma: Steps,
    /// For the Y2 block, which has the DC coefficients of luma.
    pub(crate) y2: Steps,
    pub(crate) chroma: Steps,
}

/// The step of each coefficient: one of DC, and 15 of AC that are all the same.
pub(crate) type Steps = [i32; 16];

/// What a frame adds to the index of a segment, for the kinds of coefficients that have an index of
/// their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexDeltas {
    pub(crate) luma_dc: i32,
    pub(crate) y2_dc: i32,
    pub(crate) y2_ac: i32,
    pub(crate) chroma_dc: i32,
    pub(crate) chroma_ac: i32,
}

impl Quantizer {
    pub(crate) fn new(index: i32, deltas: IndexDeltas) -> Self {
        Self {
            luma: steps(step(&DC_STEPS, index + deltas.luma_dc), step(&AC_STEPS, index)),
            y2: steps(
                2 * step(&DC_STEPS, index + deltas.y2_dc),
                (step(&AC_STEPS, index + deltas.y2_ac) * 155 / 100).max(8),
            ),
            chroma: steps(
                step(&DC_STEPS, index + deltas.chroma_dc).min(132),
                step(&AC_STEPS, index + deltas.chroma_ac),
            ),
        }
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
