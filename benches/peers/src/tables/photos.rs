//! The part of the README that a record makes.

use std::fmt::Write as _;

use crate::charts::svg::label;
use crate::input_files::FORMATS;
use crate::measure::{self, SIDE, SIDES};
use crate::peer::{self, OURS};
use crate::record::{Record, Row};
use crate::statistics::Spread;
use crate::tables::known_deficits::{Measure, reason};

/// Charts, tables, and a line for each thing that another one does better.
pub(crate) fn section(record: &Record, name: &str) -> String {
    let mut text = format!(
        "Record [`{name}`](benches/record/{name}.txt) ([all values](benches/record/{name}.csv)).\n\n"
    );
    for (file, what) in [("time", "time by format and peer"), ("memory", "memory by megapixels")] {
        let _ = writeln!(text, "![Chart: {what}](benches/record/{file}.svg)\n");
    }
    text.push_str(CELLS);
    text.push_str(MORE);
    text.push_str(&photos(record));
    text.push_str(&means(record));
    let behind = behind(record);
    if !behind.is_empty() {
        let _ = writeln!(text, "\nWhere bombproof is behind:\n");
        text.push_str(&behind);
    }
    let _ = writeln!(text, "\n{}", bombs(record));
    text.trim_end().to_owned()
}

/// A file of its own: how like a full decode the avatars are at every side, beside those of sharp.
pub(crate) fn similarity(record: &Record, name: &str) -> String {
    let mut text =
        format!("# Similarity at other sizes\n\nRecord [`{name}`]({name}.txt). {SIMILARITY}\n\n");
    let sides: Vec<String> = SIDES.iter().map(|side| format!("{side}×{side}")).collect();
    let _ = writeln!(text, "| | {} |\n|---|{}", sides.join(" | "), "---|".repeat(SIDES.len()));
    for file in in_order(record) {
        let cell = |side: u32| {
            let [ours, theirs] = [OURS, "sharp"].map(|peer| ssim(record, file, peer, side));
            let (Some(ours), Some(theirs)) = (ours, theirs) else { return "–".to_owned() };
            let words = format!("{ours:.4} / {theirs:.4}");
            if theirs > ours + SSIM_GRAIN { format!("**{words}**") } else { words }
        };
        let _ = writeln!(
            text,
            "| {}<br>`{}` | {} |",
            file.format,
            file.file,
            SIDES.map(cell).join(" | ")
        );
    }
    text
}

/// A file of its own: photographs that were transcoded.
pub(crate) fn transcoded(record: &Record, name: &str) -> String {
    let mut text =
        format!("# Transcoded photographs\n\nRecord [`{name}`](transcoded/{name}.txt). {CELLS}");
    text.push_str(&photos(record));
    text.push_str(&means(record));
    text
}

/// How many times that of bombproof the time of sharp is in the mean of a format.
fn means(record: &Record) -> String {
    let files = in_order(record);
    let mean = |format: &&str| {
        let of_format = files.iter().filter(|file| file.format == *format);
        let ratios: Vec<f64> =
            of_format.filter_map(|file| Some(ratio(record, file, "sharp")?.median)).collect();
        let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
        (!ratios.is_empty()).then(|| format!("{format} ×{mean:.2}"))
    };
    let means: Vec<String> = FORMATS.iter().filter_map(mean).collect();
    format!("\nsharp beside bombproof, geometric mean of the ratios: {}.\n", means.join(", "))
}

/// A row for each file, a column for each peer.
fn photos(record: &Record) -> String {
    let names: Vec<&str> = peer::ALL.iter().map(|peer| peer.name).collect();
    let mut table = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for file in in_order(record) {
        let cells = peer::ALL.map(|peer| cell(record, file, peer.name));
        let _ = writeln!(
            table,
            "| {}, {} MP, {} MB<br>`{}` | {} |",
            file.format,
            label(file.megapixels()),
            label(file.input_bytes as f64 / 1e6),
            file.file,
            cells.join(" | ")
        );
    }
    table
}

fn cell(record: &Record, file: &Row, peer: &str) -> String {
    let Some(time) = time(record, file, peer) else { return "refused".to_owned() };
    let mut cell = format!("{} ms ({}–{})", label(time.median), label(time.low), label(time.high));
    if peer != OURS
        && let Some(ratio) = ratio(record, file, peer)
    {
        let words = format!("×{:.2} ({:.2}–{:.2})", ratio.median, ratio.low, ratio.high);
        let words = if is_less(ratio) { format!("**{words}**") } else { words };
        let _ = write!(cell, "<br>{words}");
    }
    if let (Some(grown), Some(ssim)) =
        (grown_mb(record, file, peer), ssim(record, file, peer, SIDE))
    {
        let heap = heap_mb(record, file, peer).filter(|_| peer == OURS);
        let heap = heap.map_or_else(String::new, |heap| format!(" (heap {})", label(heap)));
        let _ = write!(cell, "<br>{} MB{heap}, {ssim:.4}", label(grown));
    }
    cell
}

/// What the others do better than bombproof, with the reason; formats with the same one share a line.
fn behind(record: &Record) -> String {
    let files = in_order(record);
    let mut lines: Vec<Behind> = Vec::new();
    for format in FORMATS {
        for measure in [Measure::Time, Measure::Memory, Measure::Similarity] {
            let files = || files.iter().filter(|file| file.format == format);
            let others = peer::ALL.iter().map(|peer| peer.name).filter(|&peer| peer != OURS);
            let ahead: Vec<&str> = others
                .filter(|peer| files().any(|file| loses(record, file, peer, measure)))
                .collect();
            let why = reason(format, measure);
            let same = |line: &&mut Behind| line.measure == measure && line.why == why;
            match lines.iter_mut().find(same) {
                _ if ahead.is_empty() => {}
                Some(line) => {
                    line.formats.push(format);
                    line.ahead.extend(ahead);
                    line.ahead.dedup();
                }
                None => lines.push(Behind { formats: vec![format], measure, ahead, why }),
            }
        }
    }
    let words = |line: Behind| {
        let Behind { formats, measure, ahead, why } = line;
        let (formats, ahead) = (formats.join(" and "), ahead.join(", "));
        format!("- {formats}, {} ({ahead}): {why}\n", measure.name())
    };
    lines.into_iter().map(words).collect()
}

/// A line of what the others do better.
struct Behind {
    formats: Vec<&'static str>,
    measure: Measure,
    ahead: Vec<&'static str>,
    why: &'static str,
}

/// True where a peer is ahead by more than the grain of the measurement.
fn loses(record: &Record, file: &Row, peer: &str, measure: Measure) -> bool {
    let both = |value: fn(&Record, &Row, &str) -> Option<f64>| {
        Some((value(record, file, OURS)?, value(record, file, peer)?))
    };
    match measure {
        Measure::Time => ratio(record, file, peer).is_some_and(is_less),
        Measure::Memory => both(grown_mb).is_some_and(|(ours, theirs)| theirs < ours - 0.5),
        Measure::Similarity => both(|record, file, peer| ssim(record, file, peer, SIDE))
            .is_some_and(|(ours, theirs)| theirs > ours + SSIM_GRAIN),
    }
}

/// Less, as it is printed.
fn is_less(ratio: Spread) -> bool {
    ratio.median < 0.995
}

/// How the hostile files ended, a row for each peer.
fn bombs(record: &Record) -> String {
    let files = record.files("bombs");
    let mut table = format!(
        "What becomes of {} hostile files, and what the dearest of them takes. A picture is no failure where it is cheap:\n\n\
         | | refused | a picture | died or killed | most time | most memory |\n|---|---|---|---|---|---|\n",
        files.len()
    );
    for peer in &peer::ALL {
        let rows =
            || record.rows.iter().filter(|row| row.suite == "bombs" && row.peer == peer.name);
        let count = |measure: &str| rows().filter(|row| row.measure == measure).count();
        let most = |measures: &[&str], unit: &str| {
            let rows = rows().filter(|row| measures.contains(&row.measure.as_str()));
            let most = rows.max_by(|a, b| a.value.total_cmp(&b.value));
            let words = |row: &Row| format!("{} {unit}, `{}`", label(row.value / 1e6), row.file);
            most.map_or_else(String::new, words)
        };
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} |",
            peer.name,
            count("refused_ns"),
            count("picture_ns"),
            count("gone_ns"),
            most(&["refused_ns", "picture_ns", "gone_ns"], "ms"),
            most(&["grown_bytes"], "MB"),
        );
    }
    table
}

/// The files of the suite by format.
fn in_order(record: &Record) -> Vec<&Row> {
    let mut files = record.files("photos");
    files.sort_by_key(|file| FORMATS.iter().position(|format| *format == file.format));
    files
}

fn time(record: &Record, file: &Row, peer: &str) -> Option<Spread> {
    Spread::of(record.values("photos", &file.file, peer, "time_ns").map(|(_, time)| time / 1e6))
}

fn ratio(record: &Record, file: &Row, peer: &str) -> Option<Spread> {
    let times = |peer| -> Vec<_> { record.values("photos", &file.file, peer, "time_ns").collect() };
    Spread::of_pairs(&times(OURS), &times(peer))
}

fn grown_mb(record: &Record, file: &Row, peer: &str) -> Option<f64> {
    let grown = record.values("photos", &file.file, peer, "grown_bytes");
    Some(Spread::of(grown.map(|(_, bytes)| bytes / 1e6))?.median)
}

fn heap_mb(record: &Record, file: &Row, peer: &str) -> Option<f64> {
    let heap = record.values("photos", &file.file, peer, "heap_bytes");
    Some(Spread::of(heap.map(|(_, bytes)| bytes / 1e6))?.median)
}

fn ssim(record: &Record, file: &Row, peer: &str, side: u32) -> Option<f64> {
    record.values("photos", &file.file, peer, &measure::ssim_at(side)).next().map(|(_, ssim)| ssim)
}

/// Differences that rounding makes.
const SSIM_GRAIN: f64 = 0.0005;

const SIMILARITY: &str = "\
SSIM of the luma of an avatar in PNG against a full decode made small in one step of Lanczos3, bombproof / sharp; **bold** where
sharp is ahead by more than 0.0005, which is what rounding makes.";

const MORE: &str = "\
Beside this: [similarity at other sizes](benches/record/similarity.md), and [the same photographs transcoded](benches/record/transcoded.md), as
progressive JPEG and as lossy WebP.

";

const CELLS: &str = "\
In a cell: the median time of an avatar (and its quartiles); how many times that of bombproof it is, pair by pair, **bold** where
it is less; what the process grew by (and the peak of live heap); and how like the avatar is to a full decode made small in one
step of Lanczos3 (SSIM of the luma, 1 is equal).

";

#[cfg(test)]
mod tests {
    use super::*;

    /// Peer, measure, round, value: all of one file.
    fn record(values: &[(&str, &str, u32, f64)]) -> Record {
        let row = |&(peer, measure, round, value): &(&str, &str, u32, f64)| Row {
            suite: "photos".into(),
            file: "a.png".into(),
            format: "PNG".into(),
            width: 2_000,
            height: 1_000,
            input_bytes: 3_000_000,
            peer: peer.into(),
            measure: measure.into(),
            round,
            value,
            words: String::new(),
        };
        Record { rows: values.iter().map(row).collect() }
    }

    #[test]
    fn who_is_ahead_is_bold_and_has_a_line() {
        let record = record(&[
            (OURS, "time_ns", 1, 10e6),
            (OURS, "time_ns", 2, 20e6),
            ("sharp", "time_ns", 1, 5e6),
            ("sharp", "time_ns", 2, 10e6),
            ("Pillow", "time_ns", 2, 30e6),
        ]);
        let text = section(&record, "name");
        let cells: Vec<&str> =
            text.lines().find(|line| line.contains("a.png")).unwrap().split(" | ").collect();
        assert_eq!(cells[0], "| PNG, 2 MP, 3 MB<br>`a.png`");
        assert_eq!(cells[1], "15 ms (12–18)");
        assert_eq!(cells[2], "7.5 ms (6.2–8.8)<br>**×0.50 (0.50–0.50)**");
        assert_eq!((cells[3], cells[4]), ("refused", "30 ms (30–30)<br>×1.50 (1.50–1.50)"));
        assert!(text.contains("- PNG, time (sharp): "));
    }

    #[test]
    fn less_than_the_grain_of_a_measure_is_not_ahead() {
        let with = |grown: f64, ssim: f64| {
            let ours = [(OURS, "grown_bytes", 1, 2e6), (OURS, "png_ssim_256", 0, 0.99)];
            let theirs = [("image", "grown_bytes", 1, grown), ("image", "png_ssim_256", 0, ssim)];
            behind(&record(&[ours, theirs].concat()))
        };
        assert_eq!(with(1.6e6, 0.9904), "");
        assert!(with(1.4e6, 0.99).starts_with("- PNG, memory (image): "));
        assert!(with(2e6, 0.991).starts_with("- PNG, similarity (image): "));
    }
}
