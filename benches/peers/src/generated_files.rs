//! The files that show the newest record: the tables, the charts, and the benchmark section of the
//! README.

use std::fs;
use std::path::PathBuf;

use crate::outputs::points::Points;
use crate::record::{self, Record};
use crate::tables::deficits::deficits;
use crate::tables::full::full;
use crate::tables::hostile_files::hostile_files;
use crate::tables::outputs::outputs;
use crate::tables::per_file::{mean_ratios, per_file};
use crate::tables::similarity::similarity;
use crate::tables::sizes::sizes;
use crate::tables::summary::summary;
use crate::{charts, peer};

/// Writes every file.
pub(crate) fn write() -> Result<(), String> {
    for (path, content) in all()? {
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", fs::canonicalize(&path).unwrap_or(path).display());
    }
    Ok(())
}

/// The folder of the records.
pub(crate) fn folder() -> PathBuf {
    peer::folder().with_file_name("record")
}

/// Each file and its content.
fn all() -> Result<Vec<(PathBuf, String)>, String> {
    let read = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let newest = |folder: PathBuf| -> Result<(String, Record), String> {
        let found = record::newest_with(&folder, "photos")?;
        found.ok_or_else(|| format!("no record of photographs in {}", folder.display()))
    };
    let (name, record) = newest(folder())?;
    let (transcoded_name, transcoded) = newest(folder().join("transcoded"))?;
    let (outputs_name, outputs) = newest_outputs()?;
    // These suites may have records of their own, or none.
    let [sizes, full] = ["sizes", "full"].map(|suite| record::newest_with(&folder(), suite));
    let (sizes, full) = (sizes?, full?);
    let more: String = [(&sizes, SIZES_LINK), (&full, FULL_LINK)]
        .into_iter()
        .filter_map(|(record, link)| record.as_ref().map(|_| link))
        .collect();
    let readme = peer::folder().join("../../README.md");
    let shown = readme_with(&read(&readme)?, &readme_section(&record, &name))?;
    let beside = |name: &str, content: String| (folder().join(name), content);
    let mut files = vec![
        (readme, shown),
        beside("peers.md", peers_page(&record, &name, &more)),
        beside("similarity.md", similarity_page(&record, &name)),
        beside("transcoded.md", transcoded_page(&transcoded, &transcoded_name)),
        beside("outputs.md", outputs_page(&outputs, &outputs_name)),
        beside("outputs.svg", charts::outputs::bytes_by_similarity(&outputs)),
        beside("time.svg", charts::time::time_by_format(&record)),
        beside("memory.svg", charts::growth::memory(&record)),
        beside("growth.svg", charts::growth::time(&record)),
    ];
    if let Some((name, record)) = &sizes {
        files.push(beside("sizes.md", sizes_page(record, name)));
        files.push(beside("sizes.svg", charts::sizes::ratios_by_size(record)));
    }
    if let Some((name, record)) = &full {
        files.push(beside("full.md", full_page(record, name)));
    }
    Ok(files)
}

/// The newest record of encoders, and its name.
fn newest_outputs() -> Result<(String, Points), String> {
    let folder = folder().join("outputs");
    let newest = record::newest_first(&folder)?.next();
    let (name, csv) = newest.ok_or_else(|| format!("no record in {}", folder.display()))?;
    Ok((name, Points::from_csv(&csv?)?))
}

/// What a reader with five minutes wants to know.
fn readme_section(record: &Record, name: &str) -> String {
    format!(
        "{}\n\n\
         [outputs.md](benches/record/outputs.md) has the bytes of the avatars by encoder, at equal similarity.\n\
         [peers.md](benches/record/peers.md) has every file, also beside pyvips, Pillow and `image`, the hostile files, and \
         where\nbombproof is behind. The record: [values](benches/record/{name}.csv),\n\
         [machine and versions](benches/record/{name}.txt).\n\n\
         ![Chart: time by format and peer](benches/record/time.svg)\n\n\
         ![Chart: memory by megapixels](benches/record/memory.svg)",
        summary(record)
    )
}

/// Everything that the newest record says.
fn peers_page(record: &Record, name: &str, more: &str) -> String {
    let mut page = format!(
        "# bombproof beside sharp, pyvips, Pillow and image\n\n\
         [BENCHMARKING.md](../../BENCHMARKING.md) says how this is measured and what is not comparable. The record:\n\
         [values]({name}.csv), [machine and versions]({name}.txt).\n\n\
         More: [similarity at other sizes](similarity.md), [transcoded photographs](transcoded.md), and the charts of\n\
         [time by format](time.svg), [memory by size](memory.svg) and [time by size](growth.svg).\n{more}\n\
         ## Photographs\n\n{}\n{}",
        per_file(record),
        mean_ratios(record)
    );
    let deficits = deficits(record);
    if !deficits.is_empty() {
        page += &format!("\n## Where bombproof is behind\n\n{deficits}");
    }
    page + &format!("\n## Hostile files\n\n{}", hostile_files(record))
}

fn similarity_page(record: &Record, name: &str) -> String {
    format!("# Similarity at other sizes\n\n{}\n\n{}", record_of("", name), similarity(record))
}

fn transcoded_page(record: &Record, name: &str) -> String {
    format!(
        "# Transcoded photographs\n\n{}\n\n{}\n{}",
        record_of("transcoded/", name),
        per_file(record),
        mean_ratios(record)
    )
}

fn outputs_page(points: &Points, name: &str) -> String {
    format!(
        "# Bytes by encoder\n\n{}\n\n![Chart: bytes by similarity and encoder](outputs.svg)\n\n{}",
        record_of("outputs/", name),
        outputs(points)
    )
}

fn sizes_page(record: &Record, name: &str) -> String {
    format!(
        "# Time by size of target and upload\n\n{}\n\n![Chart: ratio by size](sizes.svg)\n\n{}",
        record_of("", name),
        sizes(record)
    )
}

fn full_page(record: &Record, name: &str) -> String {
    format!("# Whole pictures\n\n{}\n\n{}", record_of("", name), full(record))
}

fn record_of(folder: &str, name: &str) -> String {
    format!("Record [`{name}`]({folder}{name}.txt).")
}

fn readme_with(readme: &str, section: &str) -> Result<String, String> {
    let missing = || format!("the README has no lines {BEGIN} and {END}");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n\n{section}\n\n{END}{after}"))
}

const SIZES_LINK: &str = "[Other sizes of targets and uploads](sizes.md).\n";
const FULL_LINK: &str = "[Whole pictures](full.md).\n";

const BEGIN: &str = "<!-- generated by scripts/peers draw: begin -->";
const END: &str = "<!-- generated by scripts/peers draw: end -->";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::known_deficits;

    #[test]
    fn the_readme_the_tables_and_the_charts_show_the_newest_record() {
        for (path, expected) in all().unwrap() {
            let shown = fs::read_to_string(&path).unwrap();
            assert!(shown == expected, "{}: run `scripts/peers draw`", path.display());
            let is_explained = !shown.contains(known_deficits::MISSING);
            assert!(is_explained, "an explanation of `tables/known_deficits.rs` is missing");
        }
    }

    #[test]
    fn a_suite_without_a_record_has_no_page() {
        let has_record = |suite| record::newest_with(&folder(), suite).unwrap().is_some();
        for (name, suite) in [("sizes.md", "sizes"), ("sizes.svg", "sizes"), ("full.md", "full")] {
            assert_eq!(folder().join(name).exists(), has_record(suite), "{name}");
        }
    }

    #[test]
    fn only_the_part_between_the_marks_is_replaced() {
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(
            readme_with(&readme, "new").unwrap(),
            format!("a\n{BEGIN}\n\nnew\n\n{END}\nb\n")
        );
        assert!(readme_with("a", "new").is_err());
    }
}
