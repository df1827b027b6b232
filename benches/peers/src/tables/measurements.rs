//! What a record says of one photograph and one peer, in the units of the tables.

use crate::peer::OURS;
use crate::record::{FORMATS, Record, Row, ssim_measure};
use crate::statistics::Spread;

/// The photographs, by format.
pub(crate) fn files_by_format(record: &Record) -> Vec<&Row> {
    let mut files = record.files(SUITE);
    files.sort_by_key(|file| FORMATS.iter().position(|format| *format == file.format));
    files
}

/// Milliseconds for an avatar.
pub(crate) fn time_ms(record: &Record, file: &Row, peer: &str) -> Option<Spread> {
    Spread::of(record.values(SUITE, &file.file, peer, "time_ns").map(|(_, time)| time / 1e6))
}

/// The time of a peer divided by that of bombproof in the same round.
pub(crate) fn time_ratio(record: &Record, file: &Row, peer: &str) -> Option<Spread> {
    let times = |peer| -> Vec<_> { record.values(SUITE, &file.file, peer, "time_ns").collect() };
    Spread::of_pairs(&times(OURS), &times(peer))
}

/// Megabytes by which the process grows at its peak.
pub(crate) fn grown_mb(record: &Record, file: &Row, peer: &str) -> Option<f64> {
    median_mb(record, file, peer, "grown_bytes")
}

/// Megabytes of live heap at the peak, of a peer whose allocator counts.
pub(crate) fn heap_mb(record: &Record, file: &Row, peer: &str) -> Option<f64> {
    median_mb(record, file, peer, "heap_bytes")
}

/// The similarity of an avatar in PNG to the reference.
pub(crate) fn ssim(record: &Record, file: &Row, peer: &str, side: u32) -> Option<f64> {
    record.values(SUITE, &file.file, peer, &ssim_measure(side)).next().map(|(_, ssim)| ssim)
}

fn median_mb(record: &Record, file: &Row, peer: &str, measure: &str) -> Option<f64> {
    let bytes = record.values(SUITE, &file.file, peer, measure);
    Some(Spread::of(bytes.map(|(_, bytes)| bytes / 1e6))?.median)
}

/// A ratio that is printed as less than 1.
pub(crate) fn is_less(ratio: Spread) -> bool {
    ratio.median < 0.995
}

/// Differences in SSIM that rounding alone can make.
pub(crate) const SSIM_PRECISION: f64 = 0.0005;

const SUITE: &str = "photos";
