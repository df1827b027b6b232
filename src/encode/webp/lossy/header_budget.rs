//! What the headers of macroblocks may cost. The length of the first partition has 19 bits (RFC
//! 6386, 9.1), so the modes of large frames are limited: to those of complete macroblocks where that
//! is all that fits, and to the cheapest one in the largest frames.

use super::costs::max_bit_cost;
use super::macroblock::Macroblock;
use super::mode_costs::{self, MAX_SUBBLOCK_MODE_COST, MODES, chroma_mode, luma_mode};
use crate::vp8::modes::Mode;

/// The modes that a macroblock may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AllowedModes {
    /// The most that the luma modes of subblocks may cost, in units of 1/256 bit.
    pub(super) max_subblocks_cost: u32,
    /// Only DC prediction of complete macroblocks.
    pub(super) only_dc: bool,
}

impl AllowedModes {
    /// The modes of complete macroblocks.
    pub(super) fn modes(self) -> &'static [Mode] {
        if self.only_dc { &[Mode::Dc] } else { &MODES }
    }
}

/// What is left of the first partition, in units of 1/256 bit.
///
/// Each macroblock may spend what those before it left of their shares.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeaderBudget {
    share: u64,
    left: u64,
    has_segments: bool,
}

impl HeaderBudget {
    pub(super) const fn new(macroblocks: u64) -> Self {
        let all = (MAX_PARTITION_BYTES - FRAME_HEADER_BYTES) * 8 * 256;
        // A frame without macroblocks is refused before.
        let share = match all.checked_div(macroblocks) {
            Some(share) => share,
            None => 0,
        };
        Self { share, left: 0, has_segments: has_segments(macroblocks) }
    }

    /// The modes that the next macroblock may have.
    pub(super) fn next(&mut self) -> AllowedModes {
        self.left += self.share;
        let left = self.left.saturating_sub(u64::from(flags_cost(self.has_segments)));
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        AllowedModes {
            max_subblocks_cost: left.saturating_sub(MAX_CHROMA_COST),
            only_dc: left < MAX_WHOLE_COST + MAX_CHROMA_COST,
        }
    }

    /// Subtracts what the macroblock costs. `luma_cost` is the most that its luma modes cost.
    pub(super) fn spend(&mut self, luma_cost: u32, macroblock: &Macroblock) {
        let chroma_cost = mode_costs::max_cost(chroma_mode(macroblock.chroma));
        let cost = flags_cost(self.has_segments) + luma_cost + chroma_cost;
        self.left = self.left.saturating_sub(cost.into());
    }
}

/// Whether the macroblocks of a frame have segments and skip flags. In the largest ones, the first
/// partition has no room for them.
pub(super) const fn has_segments(macroblocks: u64) -> bool {
    macroblocks <= MAX_MACROBLOCKS_IN_SEGMENTS
}

/// The most bytes of the first partition of any picture.
pub(super) const fn max_bytes(macroblocks: u64) -> u64 {
    let by_subblocks =
        mode_costs::max_cost(luma_mode(None)) + 16 * MAX_SUBBLOCK_MODE_COST + MAX_CHROMA_COST;
    let bits = macroblocks.saturating_mul((by_subblocks + flags_cost(true)) as u64) / 256;
    let bytes = FRAME_HEADER_BYTES.saturating_add(bits / 8 + 1);
    if bytes < MAX_PARTITION_BYTES { bytes } else { MAX_PARTITION_BYTES }
}

/// The most that the segment and the skip flag of a macroblock cost on average: as much as bits of
/// probability 1/2, because fitted probabilities cost no more.
const fn flags_cost(has_segments: bool) -> u32 {
    if has_segments { 3 * max_bit_cost(true, 128) } else { 0 }
}

const fn largest_whole_cost() -> u32 {
    let (mut most, mut index) = (0, 0);
    while index < MODES.len() {
        let cost = mode_costs::max_cost(luma_mode(Some(MODES[index])));
        most = if cost > most { cost } else { most };
        index += 1;
    }
    most
}

const fn largest_chroma_cost() -> u32 {
    let (mut most, mut index) = (0, 0);
    while index < MODES.len() {
        let cost = mode_costs::max_cost(chroma_mode(MODES[index]));
        most = if cost > most { cost } else { most };
        index += 1;
    }
    most
}

const MAX_WHOLE_COST: u32 = largest_whole_cost();
const MAX_CHROMA_COST: u32 = largest_chroma_cost();

/// The longest first partition (RFC 6386, 9.1).
const MAX_PARTITION_BYTES: u64 = (1 << 19) - 1;

/// The most bytes before the first macroblock: less than 200 bits of fields, a flag and a value of
/// eight bits for each of the 1,056 token probabilities, and the end of the partition. An update
/// flag costs at most 8 bits.
const FRAME_HEADER_BYTES: u64 = 25 + 1_056 * 17 / 8 + 8;

/// Up to here, the cheapest modes, a segment and a skip flag fit into the share of a macroblock.
const MAX_MACROBLOCKS_IN_SEGMENTS: u64 = 600_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// 16,383 × 16,383 pixels, and the largest frame with segments.
    #[test]
    fn the_cheapest_modes_always_fit() {
        let cheapest = mode_costs::max_cost(luma_mode(Some(Mode::Dc)))
            + mode_costs::max_cost(chroma_mode(Mode::Dc));
        for macroblocks in [1, 256, MAX_MACROBLOCKS_IN_SEGMENTS, 1024 * 1024] {
            let budget = HeaderBudget::new(macroblocks);
            let least = cheapest + flags_cost(budget.has_segments);
            assert!(budget.share >= least.into(), "{macroblocks}: {} of {least}", budget.share);
        }
    }

    #[test]
    fn large_frames_leave_out_expensive_modes() {
        let whole = |macroblocks| HeaderBudget::new(macroblocks).next();
        assert!(whole(256).max_subblocks_cost > 16 * MAX_SUBBLOCK_MODE_COST);
        assert!(whole(100_000).max_subblocks_cost < 16 * MAX_SUBBLOCK_MODE_COST);
        assert!(!whole(100_000).only_dc && whole(1_000_000).only_dc);
        // A macroblock may use what others left.
        let mut budget = HeaderBudget::new(1_000_000);
        let dc = Macroblock::EMPTY;
        let dc_cost = mode_costs::max_cost(luma_mode(Some(Mode::Dc)));
        let freed = (0..20).any(|_| {
            let allowed = budget.next();
            budget.spend(dc_cost, &dc);
            !allowed.only_dc
        });
        assert!(freed);
    }
}
