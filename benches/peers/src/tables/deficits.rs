//! Where a peer is ahead of bombproof, and why.

use crate::peer::{self, OURS};
use crate::record::{AVATAR_SIDE, FORMATS, Record, Row};
use crate::tables::known_deficits::{Measure, explanation};
use crate::tables::measurements::{
    SSIM_PRECISION, files_by_format, grown_mb, is_less, ssim, time_ratio,
};

/// A list of what peers do better, each with its explanation.
/// Formats with the same explanation share a line.
pub(crate) fn deficits(record: &Record) -> String {
    let files = files_by_format(record);
    let mut lines: Vec<Deficit> = Vec::new();
    for format in FORMATS {
        for measure in [Measure::Time, Measure::Memory, Measure::Similarity] {
            let files = || files.iter().filter(|file| file.format == format);
            let others = peer::ALL.iter().map(|peer| peer.name).filter(|&peer| peer != OURS);
            let ahead: Vec<&str> = others
                .filter(|peer| files().any(|file| is_behind(record, file, peer, measure)))
                .collect();
            let why = explanation(format, measure);
            let same = |line: &&mut Deficit| line.measure == measure && line.why == why;
            match lines.iter_mut().find(same) {
                _ if ahead.is_empty() => {}
                Some(line) => {
                    line.formats.push(format);
                    line.ahead.extend(ahead);
                    line.ahead.dedup();
                }
                None => lines.push(Deficit { formats: vec![format], measure, ahead, why }),
            }
        }
    }
    let text = |line: Deficit| {
        let Deficit { formats, measure, ahead, why } = line;
        let (formats, ahead) = (formats.join(" and "), ahead.join(", "));
        format!("- {formats}, {} ({ahead}):\n  {why}\n", measure.name())
    };
    lines.into_iter().map(text).collect()
}

/// One line of the list.
struct Deficit {
    formats: Vec<&'static str>,
    measure: Measure,
    ahead: Vec<&'static str>,
    why: &'static str,
}

/// True if a peer is ahead by more than the precision of the measurement.
fn is_behind(record: &Record, file: &Row, peer: &str, measure: Measure) -> bool {
    let both = |value: fn(&Record, &Row, &str) -> Option<f64>| {
        Some((value(record, file, OURS)?, value(record, file, peer)?))
    };
    match measure {
        Measure::Time => time_ratio(record, file, peer).is_some_and(is_less),
        Measure::Memory => both(grown_mb).is_some_and(|(ours, theirs)| theirs < ours - 0.5),
        Measure::Similarity => both(|record, file, peer| ssim(record, file, peer, AVATAR_SIDE))
            .is_some_and(|(ours, theirs)| theirs > ours + SSIM_PRECISION),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::photos;

    /// Peer, measure and value, all of one file.
    fn of(values: &[(&str, &str, f64)]) -> String {
        let values: Vec<_> = values
            .iter()
            .map(|&(peer, measure, value)| ("a.png", peer, measure, 1, value))
            .collect();
        deficits(&photos(&values))
    }

    #[test]
    fn a_faster_peer_has_a_line() {
        let text = of(&[(OURS, "time_ns", 10e6), ("sharp", "time_ns", 5e6)]);
        assert!(text.starts_with("- PNG, time (sharp):\n  "));
    }

    #[test]
    fn a_difference_below_the_precision_of_a_measure_is_no_deficit() {
        let with = |grown: f64, ssim: f64| {
            let ours = [(OURS, "grown_bytes", 2e6), (OURS, "png_ssim_256", 0.99)];
            let theirs = [("image", "grown_bytes", grown), ("image", "png_ssim_256", ssim)];
            of(&[ours, theirs].concat())
        };
        assert_eq!(with(1.6e6, 0.9904), "");
        assert!(with(1.4e6, 0.99).starts_with("- PNG, memory (image):\n"));
        assert!(with(2e6, 0.991).starts_with("- PNG, SSIM (image):\n"));
    }
}
