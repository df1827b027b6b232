//! The record of a run as CSV: one row per measured value.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// `photos`, `growth`, `bombs`, `sizes` or `full`.
    pub(crate) suite: String,
    pub(crate) file: String,
    /// One of [`FORMATS`], or `-` if the header cannot be read.
    pub(crate) format: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) input_bytes: u64,
    pub(crate) peer: String,
    /// What was measured, with the unit last. A job that ends without a picture has `refused_ns` or
    /// `gone_ns`.
    pub(crate) measure: String,
    /// Values of the same round were measured one after another.
    pub(crate) round: u32,
    pub(crate) value: f64,
    /// The error message of the peer, or how its process ended.
    pub(crate) words: String,
}

impl Row {
    pub(crate) fn megapixels(&self) -> f64 {
        f64::from(self.width) * f64::from(self.height) / 1e6
    }
}

/// All rows of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) rows: Vec<Row>,
}

impl Record {
    /// The values of one measure, each with its round.
    pub(crate) fn values<'a>(
        &'a self,
        suite: &'a str,
        file: &'a str,
        peer: &'a str,
        measure: &'a str,
    ) -> impl Iterator<Item = (u32, f64)> + 'a {
        self.rows
            .iter()
            .filter(move |row| row.suite == suite && row.file == file)
            .filter(move |row| row.peer == peer && row.measure == measure)
            .map(|row| (row.round, row.value))
    }

    /// All rows of a file.
    pub(crate) fn rows_of(&self, suite: &str, file: &str) -> Vec<Row> {
        let rows = self.rows.iter().filter(|row| row.suite == suite && row.file == file);
        rows.cloned().collect()
    }

    /// One row of each file of a suite, in the order of measurement.
    pub(crate) fn files(&self, suite: &str) -> Vec<&Row> {
        let mut files: Vec<&Row> = Vec::new();
        for row in self.rows.iter().filter(|row| row.suite == suite) {
            if files.iter().all(|known| known.file != row.file) {
                files.push(row);
            }
        }
        files
    }

    /// The number of timed rounds of a suite.
    pub(crate) fn rounds(&self, suite: &str) -> u32 {
        let rows =
            self.rows.iter().filter(|row| row.suite == suite && row.measure.ends_with("time_ns"));
        rows.map(|row| row.round).max().unwrap_or(0)
    }

    pub(crate) fn to_csv(&self) -> String {
        let mut csv = format!("{HEADER}\n");
        for row in &self.rows {
            let Row { suite, file, format, width, height, input_bytes, .. } = row;
            let Row { peer, measure, round, value, words, .. } = row;
            let (file, words) = (unquoted(file), unquoted(words));
            let _ = writeln!(
                csv,
                "{suite},{file},{format},{width},{height},{input_bytes},{peer},{measure},{round},{value},{words}"
            );
        }
        csv
    }

    pub(crate) fn from_csv(csv: &str) -> Result<Self, String> {
        let mut lines = csv.lines();
        if lines.next() != Some(HEADER) {
            return Err("the first line is not the header of a record".to_owned());
        }
        let rows = lines.map(|line| row(line).ok_or_else(|| format!("not a row: {line}")));
        Ok(Self { rows: rows.collect::<Result<_, _>>()? })
    }
}

/// The newest record of a folder that has a suite, and its name.
pub(crate) fn newest_with(folder: &Path, suite: &str) -> Result<Option<(String, Record)>, String> {
    for (name, csv) in newest_first(folder)? {
        let record = Record::from_csv(&csv?)?;
        if record.rows.iter().any(|row| row.suite == suite) {
            return Ok(Some((name, record)));
        }
    }
    Ok(None)
}

/// The names and the contents of the CSV files of a folder. The names of records begin with their dates.
pub(crate) fn newest_first(
    folder: &Path,
) -> Result<impl Iterator<Item = (String, Result<String, String>)>, String> {
    let in_words = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| in_words(folder, error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(|first: char| first.is_ascii_digit())
        })
        .collect();
    paths.sort();
    Ok(paths.into_iter().rev().map(move |path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).map_err(|error| in_words(&path, error)))
    }))
}

/// The measure of the similarity of an avatar in PNG with sides of this length.
pub(crate) fn ssim_measure(side: u32) -> String {
    format!("png_ssim_{side}")
}

fn row(line: &str) -> Option<Row> {
    let mut parts = line.splitn(11, ',');
    let mut next = || parts.next().map(str::to_owned);
    Some(Row {
        suite: next()?,
        file: next()?,
        format: next()?,
        width: next()?.parse().ok()?,
        height: next()?.parse().ok()?,
        input_bytes: next()?.parse().ok()?,
        peer: next()?,
        measure: next()?,
        round: next()?.parse().ok()?,
        value: next()?.parse().ok()?,
        words: next()?,
    })
}

/// The text on one line, without characters that CSV has to quote.
fn unquoted(text: &str) -> String {
    let text = text.replace([',', '"'], ";");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The kinds of files, as the tables and charts name them.
pub(crate) const FORMATS: [&str; 5] =
    ["JPEG baseline", "JPEG progressive", "PNG", "WebP lossy", "WebP lossless"];

/// The side of the avatars that are timed.
pub(crate) const AVATAR_SIDE: u32 = 256;

/// The sides of the avatars that are compared with a reference.
pub(crate) const SIMILARITY_SIDES: [u32; 4] = [64, 128, AVATAR_SIDE, 512];

const HEADER: &str = "suite,file,format,width,height,input_bytes,peer,measure,round,value,words";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A record of PNGs of 2 megapixels and 3 MB: file, peer, measure, round and value.
    pub(crate) fn photos(values: &[(&str, &str, &str, u32, f64)]) -> Record {
        let row = |&(file, peer, measure, round, value): &(&str, &str, &str, u32, f64)| Row {
            suite: "photos".into(),
            file: file.into(),
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
    fn a_written_record_can_be_read() {
        let mut record = photos(&[("a.jpg", "sharp", "time_ns", 4, 0.125)]);
        record.rows[0].words = "a, b".into();
        let row = record.rows[0].clone();
        let csv = record.to_csv();
        let read = Record::from_csv(&csv).unwrap();
        assert_eq!(read.rows, [Row { words: "a; b".into(), ..row }]);
        assert_eq!(read.values("photos", "a.jpg", "sharp", "time_ns").next(), Some((4, 0.125)));
        assert!(Record::from_csv("a,b\n").is_err());
        assert!(Record::from_csv(&format!("{HEADER}\n1,2,3\n")).is_err());
    }
}
