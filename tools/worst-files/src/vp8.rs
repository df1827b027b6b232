//! VP8 frames whose data are noise, so that no branch can be predicted. The
//! probabilities of the tokens decide what the noise means.

use bombproof_testkit::noise::mix;
use bombproof_testkit::vp8::BoolEncoder;
use bombproof_testkit::vp8::frame_header;
use bombproof_testkit::vp8::tables::{COEFFICIENT_UPDATE_PROBS, SUBBLOCK_MODE_PROBS};

/// The probabilities of a token's eleven branches (RFC 6386, 13.2).
pub(crate) type Probabilities = [u8; 11];

/// Nearly always the longest token: 19 branches.
pub(crate) const LONGEST: Probabilities = [1; 11];
/// Any token except for the end of a block.
pub(crate) const ANY: Probabilities = [1, 90, 128, 128, 128, 128, 128, 128, 128, 128, 128];
/// Nearly always 3: seven branches for little more than the sign bit, so that
/// all coefficients of the largest picture fit in the largest input.
pub(crate) const MOST_BRANCHES: Probabilities = [1, 1, 1, 255, 1, 255, 128, 128, 128, 128, 128];
/// The same, but one block in nine ends at each token: half the bits, since alpha needs the others.
pub(crate) const SOMETIMES_ENDED: Probabilities = [28, 1, 1, 255, 1, 255, 128, 128, 128, 128, 128];
/// 2, and sometimes 1 or 0, as often as the bits of the largest picture
/// allow: a mispredicted branch costs more than several predicted ones.
pub(crate) const LARGEST: Probabilities = [1, 5, 5, 254, 255, 128, 128, 128, 128, 128, 128];
/// Small values, and zeros.
pub(crate) const SMALL: Probabilities = [1, 128, 200, 128, 128, 128, 128, 128, 128, 128, 128];

/// A payload of `data_bytes` in eight partitions. All luma is
/// predicted by subblock, and the loop filter is at its strongest.
pub(crate) fn payload(
    (width, height): (u32, u32),
    data_bytes: usize,
    probabilities: Probabilities,
) -> Vec<u8> {
    let modes = modes((width, height), probabilities);
    let partition = data_bytes / 8 / 4 * 4;
    let mut bytes = frame_header(true, modes.len(), (width, height));
    bytes.extend(modes);
    for _ in 0..7 {
        bytes.extend(&(partition as u32).to_le_bytes()[..3]);
    }
    bytes.extend((0..partition as u64).flat_map(|n| mix(n).to_le_bytes()));
    bytes
}

fn modes((width, height): (u32, u32), probabilities: Probabilities) -> Vec<u8> {
    let mut modes = BoolEncoder::default();
    // Colour space, clamping, no segments; the normal filter at its strongest, not
    // sharp, no deltas; eight partitions; the finest quantiser.
    modes.literal(0, 3);
    modes.literal(0, 1);
    modes.literal(63, 6);
    modes.literal(0, 3 + 1);
    modes.literal(3, 2);
    modes.literal(0, 7 + 5);
    modes.flag(true);
    for updates in COEFFICIENT_UPDATE_PROBS.as_flattened().as_flattened() {
        for (update, probability) in updates.iter().zip(probabilities) {
            modes.put(true, *update);
            modes.literal(u32::from(probability), 8);
        }
    }
    // No macroblock is skipped.
    modes.flag(false);
    for _ in 0..width.div_ceil(16) * height.div_ceil(16) {
        modes.put(false, 145);
        for _ in 0..16 {
            // Always DC, whose neighbours are DC as well.
            modes.put(false, SUBBLOCK_MODE_PROBS[0][0][0]);
        }
        modes.put(false, 142);
    }
    modes.finish()
}
