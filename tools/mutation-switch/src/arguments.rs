//! The command line, and which mutants it chooses.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::{env, fs};

use glob::Pattern;

use crate::Result;
use crate::rewrite::Mutant;

#[derive(Debug)]
pub(crate) struct Arguments {
    /// The crate.
    pub(crate) root: PathBuf,
    /// Integration tests beside the unit tests.
    pub(crate) tests: Vec<String>,
    /// The most time for one mutant.
    pub(crate) seconds: f64,
    /// Names the mutants and tries none.
    pub(crate) lists: bool,
    /// Tries those again that were not noticed.
    pub(crate) retries: bool,
    files: Vec<Pattern>,
    /// Texts that no name may have.
    excluded: Vec<String>,
    shard: (usize, usize),
    changed_lines: Option<HashMap<String, HashSet<usize>>>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = Self {
            root: env::current_dir()?,
            tests: Vec::new(),
            seconds: 20.0,
            lists: false,
            retries: false,
            files: Vec::new(),
            excluded: Vec::new(),
            shard: (1, 1),
            changed_lines: None,
        };
        while let Some(option) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--root" => arguments.root = fs::canonicalize(value()?)?,
                "--test" => arguments.tests.push(value()?),
                "--seconds" => arguments.seconds = value()?.parse()?,
                "--list" => arguments.lists = true,
                "--retry" => arguments.retries = true,
                "--files" => arguments.files.push(Pattern::new(&value()?)?),
                "--exclude" => arguments.excluded.push(value()?),
                "--shard" => arguments.shard = shard(&value()?)?,
                "--in-diff" => {
                    arguments.changed_lines = Some(changed_lines(&fs::read_to_string(value()?)?));
                }
                _ => return Err(format!("unknown option {option}").into()),
            }
        }
        Ok(arguments)
    }

    /// Those of `mutants` that are asked for.
    pub(crate) fn choose<'a>(&self, mutants: &'a [Mutant]) -> Vec<&'a Mutant> {
        let in_files = |mutant: &Mutant| {
            self.files.is_empty() || self.files.iter().any(|files| files.matches(&mutant.file))
        };
        let excluded =
            |mutant: &Mutant| self.excluded.iter().any(|text| mutant.name.contains(text.as_str()));
        let in_diff = |mutant: &Mutant| {
            self.changed_lines.as_ref().is_none_or(|changed| {
                let (first, last) = mutant.lines;
                let lines = changed.get(&mutant.file);
                lines.is_some_and(|lines| (first..=last).any(|line| lines.contains(&line)))
            })
        };
        let chosen = mutants
            .iter()
            .filter(|mutant| in_files(mutant) && in_diff(mutant) && !excluded(mutant));
        let (k, n) = self.shard;
        chosen.skip(k - 1).step_by(n).collect()
    }
}

/// `K/N`, the K-th of N parts.
fn shard(text: &str) -> Result<(usize, usize)> {
    let (k, n) = text.split_once('/').ok_or("a shard is K/N")?;
    match (k.parse()?, n.parse()?) {
        (k, n) if 1 <= k && k <= n => Ok((k, n)),
        _ => Err("a shard is K/N, from 1/N to N/N".into()),
    }
}

/// The lines of each file that a diff of git adds.
fn changed_lines(diff: &str) -> HashMap<String, HashSet<usize>> {
    let mut changed: HashMap<String, HashSet<usize>> = HashMap::new();
    let mut file = "";
    let mut line = 0;
    for text in diff.lines() {
        if let Some(path) = text.strip_prefix("+++ ") {
            file = path.strip_prefix("b/").unwrap_or(path);
        } else if text.starts_with("@@") {
            let new = text.split('+').nth(1).unwrap_or_default();
            let digits = new.split(|character: char| !character.is_ascii_digit()).next();
            line = digits.and_then(|digits| digits.parse().ok()).unwrap_or(0);
        } else if text.starts_with('+') {
            changed.entry(file.to_owned()).or_default().insert(line);
            line += 1;
        } else if text.starts_with(' ') {
            line += 1;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_diff_are_those_that_it_adds() {
        let diff = "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -3,3 +3,4 @@ fn f() {\n a\n-b\n+c\n+d\n e\n@@ -20 +21 @@\n-x\n+y\n";
        let expected = HashMap::from([("src/a.rs".to_owned(), HashSet::from([4, 5, 21]))]);
        assert_eq!(changed_lines(diff), expected);
    }

    fn ten_mutants() -> Vec<Mutant> {
        let mutant = |number| Mutant {
            number,
            site: number,
            file: "src/lib.rs".into(),
            lines: (1, 1),
            name: number.to_string(),
            is_built: true,
        };
        (1..=10).map(mutant).collect()
    }

    #[test]
    fn a_mutant_whose_name_has_an_excluded_text_is_not_chosen() {
        let mutants = ten_mutants();
        let words = ["--exclude", "1", "--exclude", "7"].map(str::to_owned);
        let arguments = Arguments::parse(words.into_iter()).unwrap();
        let chosen: Vec<u32> =
            arguments.choose(&mutants).into_iter().map(|mutant| mutant.number).collect();
        assert_eq!(chosen, [2, 3, 4, 5, 6, 8, 9]);
    }

    #[test]
    fn shards_have_every_mutant_once() {
        let mutants = ten_mutants();
        let mut seen = Vec::new();
        for shard in ["1/3", "2/3", "3/3"] {
            let words = ["--shard", shard].map(str::to_owned);
            let arguments = Arguments::parse(words.into_iter()).unwrap();
            seen.extend(arguments.choose(&mutants).into_iter().map(|mutant| mutant.number));
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=10).collect::<Vec<u32>>());
        assert!(shard("4/3").is_err() && shard("0/3").is_err());
    }
}
