//! The loop filter, which smooths the edges of blocks (RFC 6386, 15).
//!
//! An edge is filtered 16 samples at a time. All lanes execute the same instructions on
//! arrays, which the compiler vectorizes.

use super::modes::MacroblockHeader;
use super::transpose::Lanes;
use crate::probe::webp::vp8::{Filter, Segments};
use crate::vp8::modes::LumaPrediction;

/// The four lines on either side of an edge, from the farthest before it to the farthest after it.
pub(super) type Edge = [Lanes; 8];

/// The thresholds of the loop filter for a macroblock. They apply to
/// differences of adjacent samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strength {
    /// The largest difference across an edge that is filtered, for edges of
    /// macroblocks and of subblocks.
    pub(super) macroblock_limit: u8,
    pub(super) subblock_limit: u8,
    /// The largest difference on either side of an edge that is filtered.
    pub(super) interior_limit: u8,
    /// Above this difference next to an edge, fewer samples are changed.
    pub(super) high_variance_threshold: u8,
}

/// The strength for each segment, for luma that is predicted as one block and by subblocks.
pub(super) struct Strengths([[Option<Strength>; 2]; 4]);

impl Strengths {
    /// Computes the strengths (RFC 6386, 9.3, 9.6 and 15.2 to 15.4). The level is clamped
    /// once, after all deltas are added, as in libwebp. The source code of the RFC also
    /// clamps the level of the segment.
    pub(super) fn new(filter: &Filter, segments: Option<&Segments>) -> Self {
        let levels = match segments {
            None => [filter.level; 4],
            Some(segments) if segments.absolute => segments.filter_levels,
            Some(segments) => segments.filter_levels.map(|delta| filter.level + delta),
        };
        Self(levels.map(|level| {
            [0, filter.subblocks_delta].map(|delta| {
                let level = level + filter.intra_delta + delta;
                let level = u8::try_from(level.clamp(0, 63)).unwrap_or_default();
                // Level 0 of the frame disables the filter in all segments.
                (level > 0 && filter.level > 0).then(|| Strength::new(level, filter.sharpness))
            })
        }))
    }

    /// The strength for a macroblock. None if it is not filtered.
    pub(super) fn of(&self, header: &MacroblockHeader) -> Option<Strength> {
        let by_subblocks = matches!(header.luma, LumaPrediction::Subblocks(_));
        self.0[header.segment & 3][usize::from(by_subblocks)]
    }
}

impl Strength {
    fn new(level: u8, sharpness: i32) -> Self {
        let shifted = match sharpness {
            0 => level,
            1..=4 => level >> 1,
            _ => level >> 2,
        };
        let max = if sharpness == 0 { 63 } else { u8::try_from(9 - sharpness).unwrap_or(1) };
        let interior_limit = shifted.min(max).max(1);
        Self {
            macroblock_limit: 2 * (level + 2) + interior_limit,
            subblock_limit: 2 * level + interior_limit,
            interior_limit,
            high_variance_threshold: match level {
                40.. => 2,
                15.. => 1,
                _ => 0,
            },
        }
    }
}

/// The simple filter, for any edge (RFC 6386, 15.2). It reads two lines on
/// either side, and changes one.
#[inline(never)]
pub(super) fn simple([_, _, p1, p0, q0, q1, _, _]: &mut Edge, limit: u8) {
    for i in 0..16 {
        let is_filtered = is_within_limit(p1[i], p0[i], q0[i], q1[i], limit);
        let (s0, t0) = (signed(p0[i]), signed(q0[i]));
        let adjustment = adjustment(signed(p1[i]), s0, t0, signed(q1[i]), -1) & mask(is_filtered);
        p0[i] = unsigned(s0.saturating_add(adjustment.saturating_add(3) >> 3));
        q0[i] = unsigned(t0.saturating_sub(adjustment.saturating_add(4) >> 3));
    }
}

/// The normal filter for edges of subblocks (RFC 6386, 15.3). It changes two lines on either side.
#[inline(never)]
pub(super) fn subblock(edge: &mut Edge, strength: Strength) {
    let before = *edge;
    let [_, _, p1, p0, q0, q1, _, _] = edge;
    for i in 0..16 {
        let Lane { filter_mask, high_variance_mask, samples: [_, s1, s0, t0, t1, _] } =
            lane(&before, i, strength.subblock_limit, strength);
        let adjustment = adjustment(s1, s0, t0, t1, high_variance_mask) & filter_mask;
        let inner = adjustment.saturating_add(4) >> 3;
        let outer = (inner.wrapping_add(1) >> 1) & !high_variance_mask;
        p1[i] = unsigned(s1.saturating_add(outer));
        p0[i] = unsigned(s0.saturating_add(adjustment.saturating_add(3) >> 3));
        q0[i] = unsigned(t0.saturating_sub(inner));
        q1[i] = unsigned(t1.saturating_sub(outer));
    }
}

/// The normal filter for edges of macroblocks (RFC 6386, 15.3). It changes
/// three lines on either side.
#[inline(never)]
pub(super) fn macroblock(edge: &mut Edge, strength: Strength) {
    let before = *edge;
    let [_, p2, p1, p0, q0, q1, q2, _] = edge;
    for i in 0..16 {
        let Lane { filter_mask, high_variance_mask, samples: [s2, s1, s0, t0, t1, t2] } =
            lane(&before, i, strength.macroblock_limit, strength);
        let adjustment = adjustment(s1, s0, t0, t1, -1) & filter_mask;
        // Where the variance is high, only the two samples at the edge change,
        // as with the simple filter.
        let narrow = adjustment & high_variance_mask;
        let wide = i16::from(adjustment & !high_variance_mask);
        let s0 = s0.saturating_add(narrow.saturating_add(3) >> 3);
        let t0 = t0.saturating_sub(narrow.saturating_add(4) >> 3);
        let (far, middle, near) = (div_128(9 * wide), div_128(18 * wide), div_128(27 * wide));
        p2[i] = unsigned(s2.saturating_add(far));
        p1[i] = unsigned(s1.saturating_add(middle));
        p0[i] = unsigned(s0.saturating_add(near));
        q0[i] = unsigned(t0.saturating_sub(near));
        q1[i] = unsigned(t1.saturating_sub(middle));
        q2[i] = unsigned(t2.saturating_sub(far));
    }
}

/// The eight samples across an edge, as the normal filters need them. All bits of a mask are equal.
struct Lane {
    /// Set if the edge is filtered here.
    filter_mask: i8,
    /// Set if the samples next to the edge differ by more than the threshold.
    high_variance_mask: i8,
    /// The inner six samples, signed.
    samples: [i8; 6],
}

#[inline(always)]
fn lane(edge: &Edge, i: usize, limit: u8, strength: Strength) -> Lane {
    let [p3, p2, p1, p0, q0, q1, q2, q3] = edge;
    let (p3, p2, p1, p0) = (p3[i], p2[i], p1[i], p0[i]);
    let (q0, q1, q2, q3) = (q0[i], q1[i], q2[i], q3[i]);
    let inner = p1.abs_diff(p0).max(q1.abs_diff(q0));
    let outer = p3.abs_diff(p2).max(p2.abs_diff(p1)).max(q2.abs_diff(q1)).max(q3.abs_diff(q2));
    let interior_mask = mask(inner.max(outer) <= strength.interior_limit);
    Lane {
        filter_mask: interior_mask & mask(is_within_limit(p1, p0, q0, q1, limit)),
        high_variance_mask: mask(inner > strength.high_variance_threshold),
        samples: [signed(p2), signed(p1), signed(p0), signed(q0), signed(q1), signed(q2)],
    }
}

/// True if the difference across the edge is small enough to be a coding artefact. Limits are
/// below 255, so that saturated sums exceed all of them.
#[inline(always)]
fn is_within_limit(p1: u8, p0: u8, q0: u8, q1: u8, limit: u8) -> bool {
    let across = p0.abs_diff(q0);
    across.saturating_add(across).saturating_add(p1.abs_diff(q1) >> 1) <= limit
}

/// How far the two samples at the edge move towards each other, in units of 1/8. `outer_mask`
/// selects whether `p1` and `q1` count. Saturating every sum has the same result as saturating the
/// total, because `across` is added three times with the same sign.
#[inline(always)]
fn adjustment(p1: i8, p0: i8, q0: i8, q1: i8, outer_mask: i8) -> i8 {
    let across = q0.saturating_sub(p0);
    (p1.saturating_sub(q1) & outer_mask)
        .saturating_add(across)
        .saturating_add(across)
        .saturating_add(across)
}

/// Divides a product of at most 27 × 128 by 128, rounded.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the quotient is at most 27")]
const fn div_128(product: i16) -> i8 {
    ((product + 63) >> 7) as i8
}

#[inline(always)]
const fn mask(condition: bool) -> i8 {
    if condition { -1 } else { 0 }
}

#[inline(always)]
const fn signed(sample: u8) -> i8 {
    (sample ^ 0x80).cast_signed()
}

#[inline(always)]
const fn unsigned(sample: i8) -> u8 {
    sample.cast_unsigned() ^ 0x80
}
