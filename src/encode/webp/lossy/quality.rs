//! What a quality means: the steps of the quantizer and the loop filter.

use crate::vp8::tables::AC_STEPS;

/// The index of the quantizer for macroblocks whose activity is above or below the mean of the
/// picture by `activity`, in units of 1/8 of its logarithm.
pub(super) fn index(quality: u8, activity: i32) -> u8 {
    let base = INDICES[usize::from(quality.clamp(1, 100)) - 1];
    let activity = activity.clamp(-MAX_ACTIVITY_DIFFERENCE, MAX_ACTIVITY_DIFFERENCE);
    let wanted = log2(AC_STEPS[usize::from(base)]) + activity * ACTIVITY_STRENGTH / 8 - FINER;
    let distance = |&(_, &step): &(usize, &i32)| log2(step).abs_diff(wanted);
    let nearest = AC_STEPS.iter().enumerate().min_by_key(distance).map_or(0, |(index, _)| index);
    u8::try_from(nearest).unwrap_or(127)
}

/// The smallest index of the quantizer at a quality.
#[cfg(test)]
pub(super) fn finest_index(quality: u8) -> u8 {
    index(quality, -MAX_ACTIVITY_DIFFERENCE)
}

/// The level of the loop filter for a quantizer.
pub(super) fn filter_level(index: u8) -> u8 {
    let step = AC_STEPS[usize::from(index) & 127];
    u8::try_from((step * FILTER_STRENGTH / 64).clamp(0, 63)).unwrap_or(63)
}

/// The binary logarithm in units of 1/256, interpolated between powers of two.
fn log2(step: i32) -> i32 {
    let whole = step.max(1).ilog2();
    let mantissa = (step << 8 >> whole) & 255;
    256 * whole.cast_signed() + mantissa
}

/// How far above or below the mean of the picture an activity counts: a factor of 16 in variance.
const MAX_ACTIVITY_DIFFERENCE: i32 = 32;
/// What the choice of levels by their cost in bits takes away, a smaller step gives back: in units of
/// 1/256 of its logarithm.
const FINER: i32 = 60;
/// By how much the logarithm of the step grows with that of the variance, in units of 1/256.
const ACTIVITY_STRENGTH: i32 = 66;
/// The level of the loop filter is this times the step, divided by 64.
const FILTER_STRENGTH: i32 = 20;

/// The index of the quantizer for each quality: 127 × (1 - c^(1/3)), where c falls linearly from 1
/// at quality 100 to 1/2 at 75, and from there to 0.
const INDICES: [u8; 100] = [
    103, 96, 92, 89, 86, 83, 81, 79, 77, 75, 73, 72, 70, 69, 68, 66, 65, 64, 63, 62, 61, 60, 59,
    58, 57, 56, 55, 54, 53, 52, 51, 51, 50, 49, 48, 48, 47, 46, 45, 45, 44, 43, 43, 42, 41, 41, 40,
    40, 39, 38, 38, 37, 37, 36, 36, 35, 35, 34, 33, 33, 32, 32, 31, 31, 30, 30, 29, 29, 28, 28, 28,
    27, 27, 26, 26, 24, 23, 22, 21, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
    1, 0, 0,
];
