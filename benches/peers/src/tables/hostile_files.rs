//! How each peer handles the hostile files.

use std::fmt::Write as _;

use crate::charts::svg::label;
use crate::peer;
use crate::record::{Record, Row};

/// A row for each peer: how its jobs ended, and the most that one of them cost.
pub(crate) fn hostile_files(record: &Record) -> String {
    let files = record.files("bombs");
    let mut table = format!(
        "How each peer handles {} hostile files, and the most that one of them costs. To return a picture is no failure if\n\
         it is cheap.\n\n{COLUMNS}\n",
        files.len()
    );
    for peer in &peer::ALL {
        let rows =
            || record.rows.iter().filter(|row| row.suite == "bombs" && row.peer == peer.name);
        let count = |measure: &str| rows().filter(|row| row.measure == measure).count();
        let most = |measures: &[&str], unit: &str| {
            let rows = rows().filter(|row| measures.contains(&row.measure.as_str()));
            let most = rows.max_by(|a, b| a.value.total_cmp(&b.value));
            let text = |row: &Row| format!("{} {unit}, `{}`", label(row.value / 1e6), row.file);
            most.map_or_else(String::new, text)
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

const COLUMNS: &str = "\
| | refused | picture | died or killed | most time | most memory |
|---|---|---|---|---|---|";
