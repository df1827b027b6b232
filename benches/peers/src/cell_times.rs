//! What a record says of each cell of the suite `sizes`.

use crate::cells::{Cell, nominal_megapixels};
use crate::floor::floor_of;
use crate::peer::OURS;
use crate::record::{FORMATS, Record};
use crate::statistics::Spread;

/// What a record says of one cell.
#[derive(Debug)]
pub(crate) struct CellTimes {
    pub(crate) format: String,
    /// The size of the suite that the upload stands for.
    pub(crate) megapixels: f64,
    pub(crate) cell: Cell,
    /// Milliseconds.
    pub(crate) ours: Option<Spread>,
    pub(crate) sharp: Option<Spread>,
    /// The time of sharp divided by that of bombproof in the same round.
    pub(crate) ratio: Option<Spread>,
    /// The time of bombproof divided by that of the decoder in C.
    pub(crate) floor: Option<Spread>,
    /// Why bombproof returned no picture.
    pub(crate) refusal: Option<String>,
}

/// The cells of a record: by format, and in the order of measurement.
pub(crate) fn cell_times(record: &Record) -> Vec<CellTimes> {
    let mut files = record.files(SUITE);
    files.sort_by_key(|file| FORMATS.iter().position(|format| *format == file.format));
    let mut cells = Vec::new();
    for file in files {
        let of_file = Record { rows: record.rows_of(SUITE, &file.file) };
        for cell in Cell::of_picture(file.width, file.height) {
            let measure = cell.measure("time_ns");
            let times = |peer: &str| -> Vec<(u32, f64)> {
                of_file.values(SUITE, &file.file, peer, &measure).collect()
            };
            let (ours, sharp) = (times(OURS), times("sharp"));
            let floor = floor_of(&file.format).map(times).unwrap_or_default();
            let refused = [cell.measure("refused_ns"), cell.measure("gone_ns")];
            let refusal = of_file
                .rows
                .iter()
                .find(|row| row.peer == OURS && refused.contains(&row.measure))
                .map(|row| row.words.clone());
            let milliseconds =
                |times: &[(u32, f64)]| Spread::of(times.iter().map(|(_, time)| time / 1e6));
            let times_of_cell = CellTimes {
                format: file.format.clone(),
                megapixels: nominal_megapixels(file.megapixels()),
                cell,
                ours: milliseconds(&ours),
                sharp: milliseconds(&sharp),
                ratio: Spread::of_pairs(&ours, &sharp),
                floor: Spread::of_pairs(&floor, &ours),
                refusal,
            };
            if times_of_cell.ours.is_some() || times_of_cell.refusal.is_some() {
                cells.push(times_of_cell);
            }
        }
    }
    cells
}

const SUITE: &str = "sizes";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::record::Row;

    /// Rows of a JPEG of 12 megapixels: peer, cell and milliseconds.
    pub(crate) fn record(values: &[(&str, &str, f64)]) -> Record {
        let row = |&(peer, cell, ms): &(&str, &str, f64)| Row {
            suite: SUITE.into(),
            file: "a.jpg".into(),
            format: "JPEG baseline".into(),
            width: 4_000,
            height: 3_000,
            input_bytes: 3_000_000,
            peer: peer.into(),
            measure: format!("{cell}_time_ns"),
            round: 1,
            value: ms * 1e6,
            words: String::new(),
        };
        Record { rows: values.iter().map(row).collect() }
    }
}
