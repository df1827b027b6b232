//! What is made of a record: the tables, the charts, and the part of the README that shows them.

use std::fs;
use std::path::PathBuf;

use crate::record::{self, Record};
use crate::{charts, peer, tables};

/// Writes everything that shows the newest record.
pub(crate) fn write() -> Result<(), String> {
    for (path, content) in files()? {
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

/// Where records are kept.
pub(crate) fn folder() -> PathBuf {
    peer::folder().join("../record")
}

/// Each file with what must be in it.
fn files() -> Result<Vec<(PathBuf, String)>, String> {
    let read = |path: &PathBuf| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let newest = |folder: PathBuf| -> Result<(String, Record), String> {
        let path = record::newest(&folder)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, Record::from_csv(&read(&path)?)?))
    };
    let (name, record) = newest(folder())?;
    let (transcoded_name, transcoded) = newest(folder().join("transcoded"))?;
    let readme = peer::folder().join("../../README.md");
    let shown = readme_with(&read(&readme)?, &tables::photos::section(&record, &name))?;
    let beside = |name: &str, content: String| (folder().join(name), content);
    Ok(vec![
        (readme, shown),
        beside("similarity.md", tables::photos::similarity(&record, &name)),
        beside("transcoded.md", tables::photos::transcoded(&transcoded, &transcoded_name)),
        beside("time.svg", charts::time::time_by_format(&record)),
        beside("memory.svg", charts::growth::memory(&record)),
        beside("growth.svg", charts::growth::time(&record)),
    ])
}

fn readme_with(readme: &str, section: &str) -> Result<String, String> {
    let missing = || format!("the README has no lines {BEGIN} and {END}");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n{section}\n{END}{after}"))
}

const BEGIN: &str = "<!-- scripts/peers draw writes from here -->";
const END: &str = "<!-- to here -->";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::known_deficits;

    #[test]
    fn the_readme_and_the_charts_show_the_newest_record() {
        for (path, expected) in files().unwrap() {
            let shown = fs::read_to_string(&path).unwrap();
            assert!(shown == expected, "{}: run `scripts/peers draw`", path.display());
            assert!(
                !shown.contains(known_deficits::MISSING),
                "a line of `src/tables/known_deficits.rs` is missing"
            );
        }
    }

    #[test]
    fn only_the_part_between_the_marks_is_replaced() {
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(readme_with(&readme, "new").unwrap(), format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert!(readme_with("a", "new").is_err());
    }
}
