//! The loop filter, which softens the edges of blocks (RFC 6386, 15).
//!
//! Edges are filtered 16 samples at a time: lanes that share all instructions, in arrays that the
//! compiler turns into vectors.

use super::modes::{Luma, Macroblock};
use super::transpose::Lanes;
use crate::probe::webp::vp8::{Filter, Segments};

/// Four lines of samples on either side of an edge, the farthest before it first.
pub(super) type Edge = [Lanes; 8];

/// How strong the edges of a macroblock are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strength {
    /// The largest step across the edges of macroblocks and of subblocks that is filtered.
    pub(super) macroblock_limit: u8,
    pub(super) subblock_limit: u8,
    /// The largest step on either side.
    pub(super) interior_limit: u8,
    /// The step beside an edge from which on little is changed.
    pub(super) high_variance: u8,
}

/// The strength for each segment, and for luma that is predicted whole or by subblocks.
pub(super) struct Strengths([[Option<Strength>; 2]; 4]);

impl Strengths {
    /// RFC 6386, 9.3, 9.6 and 15.2 to 15.4. The level is limited once, when all has been added to it, as in
    /// libwebp; the source code of the RFC limits that of the segment before.
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
                // A frame without a filter has none in its segments either.
                (level > 0 && filter.level > 0).then(|| Strength::new(level, filter.sharpness))
            })
        }))
    }

    pub(super) fn of(&self, macroblock: &Macroblock) -> Option<Strength> {
        let by_subblocks = matches!(macroblock.luma, Luma::Subblocks(_));
        self.0[macroblock.segment & 3][usize::from(by_subblocks)]
    }
}

impl Strength {
    fn new(level: u8, sharpness: i32) -> Self {
        let softened = match sharpness {
            0 => level,
            1..=4 => level >> 1,
            _ => level >> 2,
        };
        let most = if sharpness == 0 { 63 } else { u8::try_from(9 - sharpness).unwrap_or(1) };
        let interior_limit = softened.min(most).max(1);
        Self {
            macroblock_limit: 2 * (level + 2) + interior_limit,
            subblock_limit: 2 * level + interior_limit,
            interior_limit,
            high_variance: match level {
                40.. => 2,
                15.. => 1,
                _ => 0,
            },
        }
    }
}

/// The simple filter, of any edge (RFC 6386, 15.2). Looks at two lines on either side, and changes one.
#[inline(never)]
pub(super) fn simple([_, _, p1, p0, q0, q1, _, _]: &mut Edge, limit: u8) {
    for i in 0..16 {
        let near = is_near(p1[i], p0[i], q0[i], q1[i], limit);
        let (before, after) = (signed(p0[i]), signed(q0[i]));
        let change = change(signed(p1[i]), before, after, signed(q1[i]), -1) & mask(near);
        p0[i] = unsigned(before.saturating_add(change.saturating_add(3) >> 3));
        q0[i] = unsigned(after.saturating_sub(change.saturating_add(4) >> 3));
    }
}

/// The normal filter of edges between subblocks (RFC 6386, 15.3). Changes two lines on either side.
#[inline(never)]
pub(super) fn subblock(edge: &mut Edge, strength: Strength) {
    let before = *edge;
    let [_, _, p1, p0, q0, q1, _, _] = edge;
    for i in 0..16 {
        let Lane { filtered, varies, around: [_, s1, s0, t0, t1, _] } =
            lane(&before, i, strength.subblock_limit, strength);
        let change = change(s1, s0, t0, t1, varies) & filtered;
        let after = change.saturating_add(4) >> 3;
        let outer = (after.wrapping_add(1) >> 1) & !varies;
        p1[i] = unsigned(s1.saturating_add(outer));
        p0[i] = unsigned(s0.saturating_add(change.saturating_add(3) >> 3));
        q0[i] = unsigned(t0.saturating_sub(after));
        q1[i] = unsigned(t1.saturating_sub(outer));
    }
}

/// The normal filter of edges between macroblocks (RFC 6386, 15.3). Changes three lines on either side.
#[inline(never)]
pub(super) fn macroblock(edge: &mut Edge, strength: Strength) {
    let before = *edge;
    let [_, p2, p1, p0, q0, q1, q2, _] = edge;
    for i in 0..16 {
        let Lane { filtered, varies, around: [s2, s1, s0, t0, t1, t2] } =
            lane(&before, i, strength.macroblock_limit, strength);
        let change = change(s1, s0, t0, t1, -1) & filtered;
        // Where the samples vary, only the two at the edge are changed, as by the simple filter.
        let (sharp, wide) = (change & varies, i16::from(change & !varies));
        let s0 = s0.saturating_add(sharp.saturating_add(3) >> 3);
        let t0 = t0.saturating_sub(sharp.saturating_add(4) >> 3);
        let (far, middle, near) = (part(9 * wide), part(18 * wide), part(27 * wide));
        p2[i] = unsigned(s2.saturating_add(far));
        p1[i] = unsigned(s1.saturating_add(middle));
        p0[i] = unsigned(s0.saturating_add(near));
        q0[i] = unsigned(t0.saturating_sub(near));
        q1[i] = unsigned(t1.saturating_sub(middle));
        q2[i] = unsigned(t2.saturating_sub(far));
    }
}

/// What the normal filters ask of the eight samples across an edge.
struct Lane {
    /// All bits set where the edge is filtered.
    filtered: i8,
    /// All bits set where the samples beside the edge vary.
    varies: i8,
    /// The inner six, signed.
    around: [i8; 6],
}

#[inline(always)]
fn lane(edge: &Edge, i: usize, limit: u8, strength: Strength) -> Lane {
    let [p3, p2, p1, p0, q0, q1, q2, q3] = edge;
    let (p3, p2, p1, p0) = (p3[i], p2[i], p1[i], p0[i]);
    let (q0, q1, q2, q3) = (q0[i], q1[i], q2[i], q3[i]);
    let beside = p1.abs_diff(p0).max(q1.abs_diff(q0));
    let outer = p3.abs_diff(p2).max(p2.abs_diff(p1)).max(q2.abs_diff(q1)).max(q3.abs_diff(q2));
    let even = mask(beside.max(outer) <= strength.interior_limit);
    Lane {
        filtered: even & mask(is_near(p1, p0, q0, q1, limit)),
        varies: mask(beside > strength.high_variance),
        around: [signed(p2), signed(p1), signed(p0), signed(q0), signed(q1), signed(q2)],
    }
}

/// True when the step across the edge is small enough to come from the coding. Limits are below 255,
/// so that saturated sums are past all of them.
#[inline(always)]
fn is_near(p1: u8, p0: u8, q0: u8, q1: u8, limit: u8) -> bool {
    let across = p0.abs_diff(q0);
    across.saturating_add(across).saturating_add(p1.abs_diff(q1) >> 1) <= limit
}

/// By how much the two samples at the edge come nearer to each other, in eighths. Each sum may saturate
/// by itself: all three have the sign of the last.
#[inline(always)]
fn change(p1: i8, p0: i8, q0: i8, q1: i8, outer: i8) -> i8 {
    let across = q0.saturating_sub(p0);
    (p1.saturating_sub(q1) & outer)
        .saturating_add(across)
        .saturating_add(across)
        .saturating_add(across)
}

/// A product of at most 27 × 128, in 128ths, rounded.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "at most 27 when divided")]
const fn part(product: i16) -> i8 {
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
