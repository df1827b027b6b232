//! The branches of prediction modes in the first partition (RFC 6386, 11.2 and 11.4), and what they
//! cost.

use super::costs::{bit_cost, max_bit_cost};
use crate::vp8::modes::{Mode, SubblockMode};
use crate::vp8::tables::SUBBLOCK_MODE_PROBABILITIES;

/// A branch: its bit, and the probability of 0.
type Branch = (bool, u8);

/// The branches of the luma mode of a macroblock. `None` is prediction by subblocks.
pub(super) const fn luma_mode(mode: Option<Mode>) -> &'static [Branch] {
    match mode {
        None => &[(false, 145)],
        Some(Mode::Dc) => &[(true, 145), (false, 156), (false, 163)],
        Some(Mode::Vertical) => &[(true, 145), (false, 156), (true, 163)],
        Some(Mode::Horizontal) => &[(true, 145), (true, 156), (false, 128)],
        Some(Mode::TrueMotion) => &[(true, 145), (true, 156), (true, 128)],
    }
}

/// The branches of the chroma mode of a macroblock.
pub(super) const fn chroma_mode(mode: Mode) -> &'static [Branch] {
    match mode {
        Mode::Dc => &[(false, 142)],
        Mode::Vertical => &[(true, 142), (false, 114)],
        Mode::Horizontal => &[(true, 142), (true, 114), (false, 183)],
        Mode::TrueMotion => &[(true, 142), (true, 114), (true, 183)],
    }
}

/// The branches of the mode of a subblock: each bit, and the index of its probability.
pub(super) const fn subblock_mode(mode: SubblockMode) -> &'static [(bool, usize)] {
    match mode {
        SubblockMode::Dc => &[(false, 0)],
        SubblockMode::TrueMotion => &[(true, 0), (false, 1)],
        SubblockMode::Vertical => &[(true, 0), (true, 1), (false, 2)],
        SubblockMode::Horizontal => &[(true, 0), (true, 1), (true, 2), (false, 3), (false, 4)],
        SubblockMode::RightDown => {
            &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (false, 5)]
        }
        SubblockMode::VerticalRight => {
            &[(true, 0), (true, 1), (true, 2), (false, 3), (true, 4), (true, 5)]
        }
        SubblockMode::LeftDown => &[(true, 0), (true, 1), (true, 2), (true, 3), (false, 6)],
        SubblockMode::VerticalLeft => {
            &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (false, 7)]
        }
        SubblockMode::HorizontalDown => {
            &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (true, 7), (false, 8)]
        }
        SubblockMode::HorizontalUp => {
            &[(true, 0), (true, 1), (true, 2), (true, 3), (true, 6), (true, 7), (true, 8)]
        }
    }
}

/// The cost of some branches in units of 1/256 bit.
pub(super) const fn cost(branches: &[Branch]) -> u32 {
    let mut cost = 0;
    let mut index = 0;
    while index < branches.len() {
        cost += bit_cost(branches[index].0, branches[index].1);
        index += 1;
    }
    cost
}

/// The most that some branches cost.
pub(super) const fn max_cost(branches: &[Branch]) -> u32 {
    let mut cost = 0;
    let mut index = 0;
    while index < branches.len() {
        cost += max_bit_cost(branches[index].0, branches[index].1);
        index += 1;
    }
    cost
}

/// The cost of each mode of a subblock, by the modes above and to the left.
pub(super) static SUBBLOCK_MODE_COSTS: SubblockModeCosts = subblock_mode_costs(false);

/// The most that each mode costs.
pub(super) static MAX_SUBBLOCK_MODE_COSTS: SubblockModeCosts = subblock_mode_costs(true);

/// The most that the mode of a subblock costs, whatever its neighbours are.
pub(super) const MAX_SUBBLOCK_MODE_COST: u32 = {
    let costs = subblock_mode_costs(true);
    let costs = costs.as_flattened().as_flattened();
    let mut most = 0;
    let mut index = 0;
    while index < costs.len() {
        if costs[index] > most {
            most = costs[index];
        }
        index += 1;
    }
    most as u32
};

type SubblockModeCosts = [[[u16; 10]; 10]; 10];

#[allow(clippy::cast_possible_truncation, reason = "at most seven branches of eight bits")]
const fn subblock_mode_costs(most: bool) -> SubblockModeCosts {
    let mut costs = [[[0; 10]; 10]; 10];
    let mut context = 0;
    while context < 100 {
        let probabilities = &SUBBLOCK_MODE_PROBABILITIES[context / 10][context % 10];
        let mut mode = 0;
        while mode < 10 {
            let branches = subblock_mode(SUBBLOCK_MODES[mode]);
            let mut branch = 0;
            while branch < branches.len() {
                let (bit, index) = branches[branch];
                let p = probabilities[index];
                let cost = if most { max_bit_cost(bit, p) } else { bit_cost(bit, p) };
                costs[context / 10][context % 10][mode] += cost as u16;
                branch += 1;
            }
            mode += 1;
        }
        context += 1;
    }
    costs
}

/// All modes of subblocks, in the order of the tables.
pub(super) const SUBBLOCK_MODES: [SubblockMode; 10] = [
    SubblockMode::Dc,
    SubblockMode::TrueMotion,
    SubblockMode::Vertical,
    SubblockMode::Horizontal,
    SubblockMode::LeftDown,
    SubblockMode::RightDown,
    SubblockMode::VerticalRight,
    SubblockMode::VerticalLeft,
    SubblockMode::HorizontalDown,
    SubblockMode::HorizontalUp,
];

/// All modes of macroblocks.
pub(super) const MODES: [Mode; 4] = [Mode::Dc, Mode::Vertical, Mode::Horizontal, Mode::TrueMotion];
