//! bombproof and sharp by size: of the target, and of the upload.

use std::fmt::Write as _;

use crate::cell_times::{CellTimes, cell_times};
use crate::cells::{MEGAPIXELS, SIDES};
use crate::charts::svg::label;
use crate::record::{FORMATS, Record};
use crate::statistics::{Spread, geometric_mean};

/// The tables and how to read them.
pub(crate) fn sizes(record: &Record) -> String {
    let cells = cell_times(record);
    let ratio = |cell: &CellTimes| cell.ratio;
    let floor = |cell: &CellTimes| cell.floor;
    let by_side = SIDES.map(|side| (label(f64::from(side)), ByColumn::Side(side)));
    let by_size =
        MEGAPIXELS.map(|size| (format!("{} MP", label(size)), ByColumn::Megapixels(size)));
    let mut text = format!(
        "{LEGEND}\n\n## By side of the target\n\n{}\n## By size of the upload\n\n{}\n",
        table(&cells, &by_side, ratio, "×", true),
        table(&cells, &by_size, ratio, "×", true),
    );
    text += &format!("## Where sharp is ahead\n\n{}", behind(&cells));
    if cells.iter().any(|cell| cell.floor.is_some()) {
        text += &format!(
            "\n## Beside the decoders in C\n\n{FLOOR}\n\n{}\n{}",
            table(&cells, &by_side, floor, "", false),
            table(&cells, &by_size, floor, "", false),
        );
    }
    let refusals = refusals(&cells);
    if !refusals.is_empty() {
        text += &format!("\n## Refused\n\n{refusals}");
    }
    text
}

/// The cells of a column.
#[derive(Clone, Copy, Debug)]
enum ByColumn {
    Side(u32),
    Megapixels(f64),
}

impl ByColumn {
    fn has(self, cell: &CellTimes) -> bool {
        match self {
            Self::Side(side) => cell.cell.side == side,
            Self::Megapixels(size) => cell.megapixels == size,
        }
    }
}

/// A row for each format: geometric means, and the lowest value of a cell if wanted.
fn table(
    cells: &[CellTimes],
    columns: &[(String, ByColumn)],
    value: impl Fn(&CellTimes) -> Option<Spread>,
    sign: &str,
    with_lowest: bool,
) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for format in FORMATS {
        let of_format: Vec<&CellTimes> =
            cells.iter().filter(|cell| cell.format == format && value(cell).is_some()).collect();
        if of_format.is_empty() {
            continue;
        }
        let cell = |(_, column): &(String, ByColumn)| {
            let of_column = of_format.iter().filter(|cell| column.has(cell));
            let values: Vec<f64> = of_column.filter_map(|cell| Some(value(cell)?.median)).collect();
            let Some(mean) = geometric_mean(&values) else { return "–".to_owned() };
            let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
            if with_lowest {
                format!("{sign}{mean:.2} ({sign}{lowest:.2})")
            } else {
                format!("{sign}{mean:.2}")
            }
        };
        let row: Vec<String> = columns.iter().map(cell).collect();
        let _ = writeln!(text, "| {format} | {} |", row.join(" | "));
    }
    text
}

/// A row for each cell in which sharp is clearly faster, the worst first.
fn behind(cells: &[CellTimes]) -> String {
    let mut behind: Vec<(&CellTimes, Spread)> = cells
        .iter()
        .filter_map(|cell| Some((cell, cell.ratio?)))
        .filter(|(_, ratio)| ratio.median < CLEARLY_BEHIND)
        .collect();
    if behind.is_empty() {
        return format!("In no cell is the ratio below {CLEARLY_BEHIND}.\n");
    }
    behind.sort_by(|(_, a), (_, b)| a.median.total_cmp(&b.median));
    let compared = cells.iter().filter(|cell| cell.ratio.is_some()).count();
    let mut text = format!(
        "The ratio is below {CLEARLY_BEHIND} in {} of {compared} cells:\n\n\
         | | bombproof | sharp | ratio |\n|---|---|---|---|\n",
        behind.len()
    );
    for (cell, ratio) in behind {
        let milliseconds = |spread: Option<Spread>| {
            spread.map_or_else(|| "–".to_owned(), |spread| format!("{} ms", label(spread.median)))
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | ×{:.2} ({:.2}–{:.2}) |",
            name(cell),
            milliseconds(cell.ours),
            milliseconds(cell.sharp),
            ratio.median,
            ratio.low,
            ratio.high
        );
    }
    text
}

fn refusals(cells: &[CellTimes]) -> String {
    let mut text = String::new();
    for cell in cells {
        if let Some(refusal) = &cell.refusal {
            let _ = writeln!(text, "- {}: {refusal}", name(cell));
        }
    }
    text
}

fn name(cell: &CellTimes) -> String {
    format!("{}, {} MP, {}", cell.format, label(cell.megapixels), cell.cell.name())
}

/// Below this ratio a cell is listed.
const CLEARLY_BEHIND: f64 = 0.95;

const LEGEND: &str = "\
The time of sharp divided by that of bombproof, for one photograph as an upload of six sizes in five formats, and for
targets of six sides, with `cover` and with `contain`: the geometric mean of the cells, and in brackets the lowest of them.
A target larger than the picture counts once, since nothing is enlarged.";

const FLOOR: &str = "\
The time of bombproof divided by that of `djpeg -scale N/8` (libjpeg-turbo), with the smallest N that covers the target,
and of `dwebp -scale` (libwebp): geometric means. These are processes, without the time that they need to start. They
decode and scale, but do not crop, convert colours or encode: no fair comparison, only what code in C with hand-written
SIMD needs for a part of the work.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell_times::tests::record;
    use crate::peer::OURS;

    #[test]
    fn a_column_has_the_mean_and_the_lowest_and_slow_cells_have_a_name() {
        let text = sizes(&record(&[
            (OURS, "cover_64", 10.0),
            ("sharp", "cover_64", 9.0),
            (OURS, "contain_64", 10.0),
            ("sharp", "contain_64", 40.0),
            (OURS, "cover_256", 10.0),
            ("sharp", "cover_256", 9.6),
            ("libjpeg-turbo", "cover_256", 5.0),
        ]));
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| JPEG")).collect();
        assert_eq!(rows[0], "| JPEG baseline | ×1.90 (×0.90) | – | ×0.96 (×0.96) | – | – | – |");
        assert!(rows[1].starts_with("| JPEG baseline | – | – | – | – | ×1.51 (×0.90) |"));
        let slow = "| JPEG baseline, 12 MP, cover 64 | 10 ms | 9 ms | ×0.90 (0.90–0.90) |";
        assert_eq!(rows[2], slow);
        assert!(text.contains("below 0.95 in 1 of 3 cells"));
        assert_eq!(rows[3], "| JPEG baseline | – | – | 2.00 | – | – | – |");
    }

    #[test]
    fn a_refused_cell_is_named() {
        let mut record = record(&[(OURS, "cover_64", 1.0)]);
        record.rows[0].measure = "cover_64_refused_ns".into();
        record.rows[0].words = "too large".into();
        let text = sizes(&record);
        assert!(text.contains("- JPEG baseline, 12 MP, cover 64: too large\n"));
        assert!(text.contains("In no cell"));
    }
}
