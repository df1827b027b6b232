//! The record of the encoders as CSV: one row per encoded file.

use std::fmt::Write as _;

/// A file of one encoder at one quality.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// The photograph.
    pub(crate) file: String,
    pub(crate) side: u32,
    pub(crate) encoder: String,
    pub(crate) quality: u8,
    pub(crate) bytes: u64,
    pub(crate) ssim: f64,
    pub(crate) ssimulacra2: f64,
}

/// All files of a run, each encoder's with rising quality.
#[derive(Clone, Debug, Default)]
pub(crate) struct Points {
    pub(crate) all: Vec<Point>,
}

impl Points {
    /// The photographs, in the order of measurement.
    pub(crate) fn files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = Vec::new();
        for point in &self.all {
            if files.last() != Some(&point.file.as_str()) {
                files.push(&point.file);
            }
        }
        files
    }

    /// The files that an encoder made of one small picture.
    pub(crate) fn ladder(&self, file: &str, side: u32, encoder: &str) -> Vec<&Point> {
        let of_picture = self.all.iter().filter(|point| point.file == file && point.side == side);
        of_picture.filter(|point| point.encoder == encoder).collect()
    }

    pub(crate) fn to_csv(&self) -> String {
        let mut csv = format!("{HEADER}\n");
        for point in &self.all {
            let Point { file, side, encoder, quality, bytes, ssim, ssimulacra2 } = point;
            let file = file.replace(',', ";");
            let _ = writeln!(
                csv,
                "{file},{side},{encoder},{quality},{bytes},{ssim:.6},{ssimulacra2:.3}"
            );
        }
        csv
    }

    pub(crate) fn from_csv(csv: &str) -> Result<Self, String> {
        let mut lines = csv.lines();
        if lines.next() != Some(HEADER) {
            return Err("the first line is not the header of a record of encoders".to_owned());
        }
        let points = lines.map(|line| point(line).ok_or_else(|| format!("not a row: {line}")));
        Ok(Self { all: points.collect::<Result<_, _>>()? })
    }
}

fn point(line: &str) -> Option<Point> {
    let mut parts = line.split(',');
    let mut next = || parts.next();
    Some(Point {
        file: next()?.to_owned(),
        side: next()?.parse().ok()?,
        encoder: next()?.to_owned(),
        quality: next()?.parse().ok()?,
        bytes: next()?.parse().ok()?,
        ssim: next()?.parse().ok()?,
        ssimulacra2: next()?.parse().ok()?,
    })
}

const HEADER: &str = "file,side_px,encoder,quality,bytes,ssim,ssimulacra2";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Files of one side: photograph, encoder, quality, bytes, SSIM and SSIMULACRA2.
    pub(crate) fn points(side: u32, rows: &[(&str, &str, u8, u64, f64, f64)]) -> Points {
        let point =
            |&(file, encoder, quality, bytes, ssim, ssimulacra2): &(&str, &str, _, _, _, _)| {
                let (file, encoder) = (file.to_owned(), encoder.to_owned());
                Point { file, side, encoder, quality, bytes, ssim, ssimulacra2 }
            };
        Points { all: rows.iter().map(point).collect() }
    }

    #[test]
    fn a_written_record_can_be_read() {
        let written = points(
            64,
            &[
                ("a.png", "x progressive", 40, 900, 0.9, 61.5),
                ("b.png", "y", 50, 1_000, 0.95, 70.0),
            ],
        );
        let read = Points::from_csv(&written.to_csv()).unwrap();
        assert_eq!(read.all, written.all);
        assert_eq!(read.files(), ["a.png", "b.png"]);
        assert_eq!(read.ladder("b.png", 64, "y"), [&written.all[1]]);
        assert!(read.ladder("b.png", 128, "y").is_empty());
        assert!(Points::from_csv("a,b\n").is_err());
        assert!(Points::from_csv(&format!("{HEADER}\n1,2,3\n")).is_err());
    }
}
