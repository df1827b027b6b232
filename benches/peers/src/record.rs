//! The record of a run: one row for each thing that was measured, as CSV.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// One measured value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// `photos`, `growth` or `bombs`.
    pub(crate) suite: String,
    pub(crate) file: String,
    /// One of [`FORMATS`](crate::input_files::FORMATS), or `-` where no header can be read.
    pub(crate) format: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) input_bytes: u64,
    pub(crate) peer: String,
    /// What was measured, its unit last; `refused_ns` and `gone_ns` for jobs that end without a
    /// picture.
    pub(crate) measure: String,
    /// Values of one round were measured next to each other.
    pub(crate) round: u32,
    pub(crate) value: f64,
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
    /// The values of one measure, with the rounds that they come from.
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

    /// One row of each file of a suite, in the order in which they were measured.
    pub(crate) fn files(&self, suite: &str) -> Vec<&Row> {
        let mut files: Vec<&Row> = Vec::new();
        for row in self.rows.iter().filter(|row| row.suite == suite) {
            if files.iter().all(|known| known.file != row.file) {
                files.push(row);
            }
        }
        files
    }

    /// How often the jobs of a suite were timed.
    pub(crate) fn rounds(&self, suite: &str) -> u32 {
        let rows = self.rows.iter().filter(|row| row.suite == suite && row.measure == "time_ns");
        rows.map(|row| row.round).max().unwrap_or(0)
    }

    pub(crate) fn to_csv(&self) -> String {
        let mut csv = format!("{HEADER}\n");
        for row in &self.rows {
            let Row { suite, file, format, width, height, input_bytes, .. } = row;
            let Row { peer, measure, round, value, words, .. } = row;
            let (file, words) = (plain(file), plain(words));
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

/// The newest record of a folder; their names begin with their dates.
pub(crate) fn newest(folder: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(|first: char| first.is_ascii_digit())
        })
        .max()
        .ok_or_else(|| format!("no record in {}", folder.display()))
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

/// Words without what would need quoting.
fn plain(words: &str) -> String {
    let plain = words.replace([',', '"'], ";");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

const HEADER: &str = "suite,file,format,width,height,input_bytes,peer,measure,round,value,words";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let row = Row {
            suite: "photos".into(),
            file: "a.jpg".into(),
            format: "PNG".into(),
            width: 3,
            height: 2,
            input_bytes: 99,
            peer: "sharp".into(),
            measure: "time_ns".into(),
            round: 4,
            value: 0.125,
            words: "a, b".into(),
        };
        let csv = Record { rows: vec![row.clone()] }.to_csv();
        let read = Record::from_csv(&csv).unwrap();
        assert_eq!(read.rows, [Row { words: "a; b".into(), ..row }]);
        assert_eq!(read.values("photos", "a.jpg", "sharp", "time_ns").next(), Some((4, 0.125)));
        assert!(Record::from_csv("a,b\n").is_err());
        assert!(Record::from_csv(&format!("{HEADER}\n1,2,3\n")).is_err());
    }
}
