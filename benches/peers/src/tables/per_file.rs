//! Every photograph beside every peer.

use std::fmt::Write as _;

use crate::charts::svg::label;
use crate::peer::{self, OURS};
use crate::record::{AVATAR_SIDE, FORMATS, Record, Row};
use crate::statistics::geometric_mean;
use crate::tables::measurements::{
    files_by_format, grown_mb, heap_mb, is_less, ssim, time_ms, time_ratio,
};

/// A row for each file and a column for each peer, with a legend.
pub(crate) fn per_file(record: &Record) -> String {
    let names: Vec<&str> = peer::ALL.iter().map(|peer| peer.name).collect();
    let mut text = format!("{LEGEND}\n\n| | {} |\n|---|", names.join(" | "));
    let _ = writeln!(text, "{}", "---|".repeat(names.len()));
    for file in files_by_format(record) {
        let cells = peer::ALL.map(|peer| cell(record, file, peer.name));
        let _ = writeln!(
            text,
            "| {}, {} MP, {} MB<br>`{}` | {} |",
            file.format,
            label(file.megapixels()),
            label(file.input_bytes as f64 / 1e6),
            file.file,
            cells.join(" | ")
        );
    }
    text
}

/// The time of sharp divided by that of bombproof, in the mean of each format.
pub(crate) fn mean_ratios(record: &Record) -> String {
    let files = files_by_format(record);
    let mean = |format: &&str| {
        let of_format = files.iter().filter(|file| file.format == *format);
        let ratios = of_format.filter_map(|file| Some(time_ratio(record, file, "sharp")?.median));
        let mean = geometric_mean(&ratios.collect::<Vec<_>>())?;
        Some(format!("{format} ×{mean:.2}"))
    };
    let means: Vec<String> = FORMATS.iter().filter_map(mean).collect();
    format!("Time of sharp divided by that of bombproof, geometric mean: {}.\n", means.join(", "))
}

fn cell(record: &Record, file: &Row, peer: &str) -> String {
    let Some(time) = time_ms(record, file, peer) else { return "refused".to_owned() };
    let mut cell = format!("{} ms ({}–{})", label(time.median), label(time.low), label(time.high));
    if peer != OURS
        && let Some(ratio) = time_ratio(record, file, peer)
    {
        let text = format!("×{:.2} ({:.2}–{:.2})", ratio.median, ratio.low, ratio.high);
        let text = if is_less(ratio) { format!("**{text}**") } else { text };
        let _ = write!(cell, "<br>{text}");
    }
    if let (Some(grown), Some(ssim)) =
        (grown_mb(record, file, peer), ssim(record, file, peer, AVATAR_SIDE))
    {
        let heap = heap_mb(record, file, peer).filter(|_| peer == OURS);
        let heap = heap.map_or_else(String::new, |heap| format!(" (heap {})", label(heap)));
        let _ = write!(cell, "<br>{} MB{heap}, {ssim:.4}", label(grown));
    }
    cell
}

const LEGEND: &str = "\
Each cell has the median time for an avatar (and its quartiles); that time divided by the time of bombproof in the same
round, in **bold** if it is less than 1; how much the process grows at its peak (and the peak of its live heap); and the
SSIM of the luma to a full decode that is resized in one step of Lanczos3, where 1 is equal.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::photos;

    #[test]
    fn a_faster_peer_is_bold() {
        let record = photos(&[
            ("a.png", OURS, "time_ns", 1, 10e6),
            ("a.png", OURS, "time_ns", 2, 20e6),
            ("a.png", "sharp", "time_ns", 1, 5e6),
            ("a.png", "sharp", "time_ns", 2, 10e6),
            ("a.png", "Pillow", "time_ns", 2, 30e6),
        ]);
        let text = per_file(&record);
        let cells: Vec<&str> =
            text.lines().find(|line| line.contains("a.png")).unwrap().split(" | ").collect();
        assert_eq!(cells[0], "| PNG, 2 MP, 3 MB<br>`a.png`");
        assert_eq!(cells[1], "15 ms (12–18)");
        assert_eq!(cells[2], "7.5 ms (6.2–8.8)<br>**×0.50 (0.50–0.50)**");
        assert_eq!((cells[3], cells[4]), ("refused", "30 ms (30–30)<br>×1.50 (1.50–1.50)"));
    }
}
