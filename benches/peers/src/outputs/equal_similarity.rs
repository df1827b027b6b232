//! The bytes that an encoder would take for a given similarity: interpolated between its own files.

use crate::outputs::points::Point;

/// How the similarity of a file is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metric {
    Ssim,
    Ssimulacra2,
}

impl Metric {
    pub(crate) const ALL: [Self; 2] = [Self::Ssim, Self::Ssimulacra2];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ssim => "SSIM",
            Self::Ssimulacra2 => "SSIMULACRA2",
        }
    }

    /// A scale on which the logarithm of the bytes is nearly a straight line.
    pub(crate) fn height(self, point: &Point) -> f64 {
        match self {
            Self::Ssim => -(1.0 - point.ssim).ln(),
            Self::Ssimulacra2 => point.ssimulacra2,
        }
    }
}

/// The bytes at a height: on the line between the first two files around it, logarithm of the bytes
/// against height. `None` if no two files are around it. `ladder` has rising qualities.
pub(crate) fn bytes_at(ladder: &[&Point], metric: Metric, height: f64) -> Option<f64> {
    let around = ladder.windows(2).find_map(|pair| {
        let [low, high] = [metric.height(pair[0]), metric.height(pair[1])];
        (low <= height && height <= high).then_some((pair, low, high))
    });
    let (pair, low, high) = around?;
    let share = if high > low { (height - low) / (high - low) } else { 0.0 };
    let [fewer, more] = [pair[0].bytes, pair[1].bytes].map(|bytes| (bytes as f64).ln());
    Some((fewer + share * (more - fewer)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outputs::points::tests::points;

    #[test]
    fn bytes_are_interpolated_in_logarithms() {
        let points = points(
            64,
            &[
                ("a", "x", 50, 1_000, 0.9, 60.0),
                ("a", "x", 60, 4_000, 0.99, 80.0),
                ("a", "x", 70, 9_000, 0.999, 90.0),
            ],
        );
        let ladder: Vec<_> = points.all.iter().collect();
        let at = |metric, height| bytes_at(&ladder, metric, height).map(f64::round);
        assert_eq!(at(Metric::Ssimulacra2, 70.0), Some(2_000.0));
        assert_eq!(at(Metric::Ssimulacra2, 80.0), Some(4_000.0));
        assert_eq!(at(Metric::Ssimulacra2, 85.0), Some(6_000.0));
        assert_eq!(at(Metric::Ssimulacra2, 59.0), None);
        // Half-way between 1 - 0.9 and 1 - 0.99 in logarithms.
        assert_eq!(at(Metric::Ssim, -(0.1_f64 * 0.01).sqrt().ln()), Some(2_000.0));
        assert_eq!(at(Metric::Ssim, -(0.0001_f64).ln()), None);
    }
}
