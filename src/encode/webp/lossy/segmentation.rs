//! Which macroblocks are coded finely: the smooth ones, where an error is seen most.

use super::quality;
use super::segment::Segment;

/// The logarithm of 64 times the variance of luma, in units of 1/8: at most 160.
///
/// Mean over the quarters of the macroblock, so that an edge in one of them does not hide that the
/// others are smooth.
pub(super) fn activity(luma: &[[u8; 16]; 16]) -> u8 {
    let mut sum = 0;
    for lines in luma.as_chunks::<8>().0 {
        for half in 0..2 {
            let (mut samples, mut squares) = (0u32, 0u32);
            for line in lines {
                for &sample in line.as_chunks::<8>().0.get(half).unwrap_or(&[0; 8]) {
                    samples += u32::from(sample);
                    squares += u32::from(sample) * u32::from(sample);
                }
            }
            // 64 times the variance, at most 64 × 128².
            let variance = squares - samples * samples / 64;
            sum += log2_eighths(variance + SMOOTH);
        }
    }
    u8::try_from(sum / 4).unwrap_or(u8::MAX).min(MAX_ACTIVITY)
}

/// The binary logarithm in units of 1/8, interpolated between powers of two.
fn log2_eighths(value: u32) -> u32 {
    let whole = value.max(1).ilog2();
    8 * whole + ((value << 3 >> whole) & 7)
}

/// Splits the macroblocks with these numbers for each activity into four groups, and returns the
/// segment of each activity and the segments.
pub(super) fn segments(
    histogram: &[u32; ACTIVITIES],
    quality: u8,
) -> ([u8; ACTIVITIES], [Segment; 4]) {
    let (groups, centers) = groups(histogram);
    let total: u64 = histogram.iter().map(|&count| u64::from(count)).sum();
    let weighted = histogram.iter().zip(0u64..).map(|(&count, at)| u64::from(count) * at);
    let mean = weighted.sum::<u64>() / total.max(1);
    let mean = i32::try_from(mean).unwrap_or_default();
    let segments = centers.map(|center| {
        let index = quality::index(quality, center - mean);
        Segment::new(index, quality::filter_level(index))
    });
    (groups, segments)
}

/// Groups of similar activities (k-means), and their centres in ascending order.
fn groups(histogram: &[u32; ACTIVITIES]) -> ([u8; ACTIVITIES], [i32; 4]) {
    let used = |&(_, &count): &(usize, &u32)| count > 0;
    let first = histogram.iter().enumerate().find(used).map_or(0, |(at, _)| at);
    let last = histogram.iter().enumerate().rfind(used).map_or(0, |(at, _)| at);
    let spread = last - first;
    let mut centers = [1, 3, 5, 7].map(|eighth| first + spread * eighth / 8);
    let mut groups = [0; ACTIVITIES];
    for _ in 0..ROUNDS {
        let (mut sums, mut counts) = ([0u64; 4], [0u64; 4]);
        for (activity, (group, &count)) in groups.iter_mut().zip(histogram).enumerate() {
            let distance = |&(_, center): &(usize, &usize)| activity.abs_diff(*center);
            let nearest = centers.iter().enumerate().min_by_key(distance);
            let nearest = nearest.map_or(0, |(index, _)| index);
            sums[nearest] += u64::from(count) * activity as u64;
            counts[nearest] += u64::from(count);
            *group = u8::try_from(nearest).unwrap_or_default();
        }
        for ((center, sum), count) in centers.iter_mut().zip(sums).zip(counts) {
            let mean = (sum + count / 2).checked_div(count);
            *center = mean.and_then(|mean| usize::try_from(mean).ok()).unwrap_or(*center);
        }
    }
    (groups, centers.map(|center| i32::try_from(center).unwrap_or_default()))
}

/// The number of activities.
pub(super) const ACTIVITIES: usize = 168;
const MAX_ACTIVITY: u8 = 167;
/// Added to 64 times the variance, so that nothing counts as smoother than a variance of 16.
const SMOOTH: u32 = 1024;
const ROUNDS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_grows_with_contrast_and_ignores_brightness() {
        let stripes = |low: u8, high: u8| {
            let mut luma = [[low; 16]; 16];
            luma.iter_mut().for_each(|line| line.iter_mut().step_by(2).for_each(|s| *s = high));
            activity(&luma)
        };
        assert_eq!(stripes(20, 20), stripes(250, 250));
        assert_eq!(stripes(20, 40), stripes(200, 220));
        let steps = [0, 8, 32, 128, 255].map(|contrast| stripes(0, contrast));
        assert!(steps.is_sorted_by(|a, b| a < b), "{steps:?}");
    }

    #[test]
    fn smooth_macroblocks_get_a_smaller_step() {
        let mut histogram = [0; ACTIVITIES];
        for (activity, count) in [(30, 100), (31, 50), (60, 80), (90, 10)] {
            histogram[activity] = count;
        }
        let (groups, segments) = segments(&histogram, 75);
        assert_eq!(groups[30], groups[31]);
        assert!(groups[31] < groups[60] && groups[60] < groups[90]);
        let index = |activity: usize| segments[usize::from(groups[activity])].index;
        assert!(index(30) < index(60) && index(60) < index(90));
    }

    #[test]
    fn a_picture_of_one_activity_has_the_step_of_its_quality() {
        let mut histogram = [0; ACTIVITIES];
        histogram[40] = 9;
        let (groups, segments) = segments(&histogram, 75);
        assert_eq!(segments[usize::from(groups[40])].index, quality::index(75, 0));
    }
}
