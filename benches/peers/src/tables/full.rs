//! All pixels of the photographs, by bombproof and by the crate of each format.

use std::fmt::Write as _;

use crate::charts::svg::label;
use crate::peer::{OURS, crate_of};
use crate::record::{FORMATS, Record, Row};
use crate::statistics::{Spread, geometric_mean};
use crate::tables::measurements::is_less;

/// A row for each file, and the means.
pub(crate) fn full(record: &Record) -> String {
    let mut files = record.files(SUITE);
    files.sort_by_key(|file| FORMATS.iter().position(|format| *format == file.format));
    let mut text = format!("{LEGEND}\n\n{COLUMNS}\n");
    for file in &files {
        let times = |peer: &str| -> Vec<(u32, f64)> {
            record.values(SUITE, &file.file, peer, "time_ns").collect()
        };
        let time = |peer: &str| {
            let milliseconds = Spread::of(times(peer).into_iter().map(|(_, time)| time / 1e6));
            let Some(time) = milliseconds else { return "refused".to_owned() };
            format!("{} ms ({}–{})", label(time.median), label(time.low), label(time.high))
        };
        let ratio = ratio(record, file).map_or_else(
            || "–".to_owned(),
            |ratio| {
                let text = format!("×{:.2} ({:.2}–{:.2})", ratio.median, ratio.low, ratio.high);
                if is_less(ratio) { format!("**{text}**") } else { text }
            },
        );
        let other = crate_of(&file.format);
        let _ = writeln!(
            text,
            "| {}, {} MP, {} MB<br>`{}` | {} | {other}: {} | {ratio} |",
            file.format,
            label(file.megapixels()),
            label(file.input_bytes as f64 / 1e6),
            file.file,
            time(OURS),
            time(other),
        );
    }
    let mean = |format: &&str| {
        let of_format = files.iter().filter(|file| file.format == *format);
        let ratios = of_format.filter_map(|file| Some(ratio(record, file)?.median));
        let mean = geometric_mean(&ratios.collect::<Vec<_>>())?;
        Some(format!("{format} ×{mean:.2}"))
    };
    let means: Vec<String> = FORMATS.iter().filter_map(mean).collect();
    format!("{text}\nGeometric means of the ratio: {}.\n", means.join(", "))
}

/// The time of the crate divided by that of bombproof in the same round.
fn ratio(record: &Record, file: &Row) -> Option<Spread> {
    let times = |peer| -> Vec<_> { record.values(SUITE, &file.file, peer, "time_ns").collect() };
    Spread::of_pairs(&times(OURS), &times(crate_of(&file.format)))
}

const SUITE: &str = "full";

const LEGEND: &str = "\
`bombproof::decode` beside the crate that decodes the format alone, with its default features: from bytes in memory to
all pixels in memory, one thread. The median time (and the quartiles), and the time of the crate divided by that of
bombproof in the same round, in **bold** if it is less than 1. bombproof also converts an embedded profile to sRGB and
turns the picture upright; the crates do not.";

const COLUMNS: &str = "\
| | bombproof | crate | ratio |
|---|---|---|---|";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::photos;

    #[test]
    fn a_file_is_beside_the_crate_of_its_format() {
        let mut record = photos(&[
            ("a.png", OURS, "time_ns", 1, 10e6),
            ("a.png", "png", "time_ns", 1, 8e6),
            ("a.png", "zune-jpeg", "time_ns", 1, 1e6),
        ]);
        record.rows.iter_mut().for_each(|row| row.suite = SUITE.into());
        let text = full(&record);
        let row = "| PNG, 2 MP, 3 MB<br>`a.png` | 10 ms (10–10) | png: 8 ms (8–8) | **×0.80 (0.80–0.80)** |";
        assert!(text.contains(row));
        assert!(text.ends_with("Geometric means of the ratio: PNG ×0.80.\n"));
    }
}
