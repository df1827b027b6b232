//! The summary in the README: bombproof and sharp, one row per format.

use std::fmt::Write as _;

use crate::charts::svg::label;
use crate::peer::OURS;
use crate::record::{AVATAR_SIDE, FORMATS, Record, Row};
use crate::statistics::geometric_mean;
use crate::tables::measurements::{files_by_format, grown_mb, ssim, time_ms, time_ratio};

/// The table and how to read it.
pub(crate) fn summary(record: &Record) -> String {
    let mut table = format!("{COLUMNS}\n");
    for format in FORMATS {
        let files = files_by_format(record).into_iter().filter(|file| file.format == format);
        let files: Vec<&Row> = files.collect();
        if !files.is_empty() {
            let _ = writeln!(table, "{}", row(record, format, &files));
        }
    }
    format!("{table}\n{LEGEND}")
}

fn row(record: &Record, format: &str, files: &[&Row]) -> String {
    let of_files = |value: &dyn Fn(&Row) -> Option<f64>| -> Vec<f64> {
        files.iter().filter_map(|file| value(file)).collect()
    };
    let times = of_files(&|file| Some(time_ms(record, file, OURS)?.median));
    let ratios = of_files(&|file| Some(time_ratio(record, file, COMPARED)?.median));
    let time = range(&times).map(|(low, high)| {
        let (low, high) = (label(low), label(high));
        if low == high { format!("{low} ms") } else { format!("{low}–{high} ms") }
    });
    let ratio = range(&ratios)
        .zip(geometric_mean(&ratios))
        .map(|((low, _), mean)| format!("×{mean:.2} (×{low:.2})"));
    let [our_memory, their_memory] = [OURS, COMPARED].map(|peer| {
        let memory = range(&of_files(&|file| grown_mb(record, file, peer)));
        cell(memory.map(|(_, high)| format!("{} MB", label(high))))
    });
    let [our_ssim, their_ssim] = [OURS, COMPARED].map(|peer| {
        let ssim = range(&of_files(&|file| ssim(record, file, peer, AVATAR_SIDE)));
        cell(ssim.map(|(low, _)| format!("{low:.4}")))
    });
    let (time, ratio) = (cell(time), cell(ratio));
    format!(
        "| {format} | {} | {time} | {ratio} | {our_memory} | {their_memory} | {our_ssim} | {their_ssim} |",
        files.len()
    )
}

fn cell(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// The lowest and the highest value.
fn range(values: &[f64]) -> Option<(f64, f64)> {
    let low = values.iter().copied().min_by(f64::total_cmp)?;
    let high = values.iter().copied().max_by(f64::total_cmp)?;
    Some((low, high))
}

const COMPARED: &str = "sharp";

const COLUMNS: &str = "\
| upload | files | time | sharp's time | memory | sharp's memory | SSIM | sharp's SSIM |
|---|---|---|---|---|---|---|---|";

const LEGEND: &str = "\
- Time: the median time for an avatar, from the fastest file to the slowest. sharp's time is divided by that of
  bombproof: the geometric mean of the files, and in brackets the file with the smallest ratio.
- Memory: how much the process grows at its peak. The largest of the files.
- SSIM: similarity of the luma to a full decode that is resized in one step of Lanczos3, where 1 is equal. The lowest of
  the files.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::photos;

    #[test]
    fn a_row_has_the_range_the_mean_and_the_worst_file() {
        let record = photos(&[
            ("a.png", OURS, "time_ns", 1, 10e6),
            ("a.png", OURS, "grown_bytes", 1, 2e6),
            ("a.png", OURS, "png_ssim_256", 0, 0.99),
            ("a.png", COMPARED, "time_ns", 1, 20e6),
            ("b.png", OURS, "time_ns", 1, 30e6),
            ("b.png", OURS, "grown_bytes", 1, 3e6),
            ("b.png", OURS, "png_ssim_256", 0, 0.98),
            ("b.png", COMPARED, "time_ns", 1, 240e6),
        ]);
        let text = summary(&record);
        let expected = "| PNG | 2 | 10–30 ms | ×4.00 (×2.00) | 3 MB | – | 0.9800 | – |";
        assert_eq!(text.lines().nth(2), Some(expected));
        assert!(!text.contains("WebP"));
    }
}
