//! What was found out, in a file that a later run continues.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::copy::fingerprint;
use crate::rewrite::Mutant;
use crate::source::Source;
use crate::trial::Outcome;

/// The results of all mutants so far.
#[derive(Debug)]
pub(crate) struct Results {
    path: PathBuf,
    /// The versions of the files.
    versions: HashMap<String, String>,
    known: HashMap<String, Outcome>,
}

impl Results {
    /// Reads those of files that have not changed since.
    pub(crate) fn open(folder: &Path, sources: &[Source]) -> Self {
        let path = folder.join("results.tsv");
        let versions: HashMap<String, String> =
            sources.iter().map(|source| (source.path.clone(), fingerprint(&source.text))).collect();
        let mut known = HashMap::new();
        for line in fs::read_to_string(&path).unwrap_or_default().lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if let [version, outcome, _, name] = fields[..]
                && let Some((_, outcome)) = OUTCOMES.iter().find(|(word, _)| *word == outcome)
                && name
                    .split_once(": ")
                    .and_then(|(file, _)| versions.get(file))
                    .is_some_and(|now| now == version)
            {
                known.insert(name.to_owned(), *outcome);
            }
        }
        Self { path, versions, known }
    }

    pub(crate) fn of(&self, mutant: &Mutant) -> Option<Outcome> {
        self.known.get(&mutant.name).copied()
    }

    /// Appends a result, with the test that noticed the mutant.
    pub(crate) fn add(&mut self, mutant: &Mutant, outcome: Outcome, test: &str) -> Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        let version = self.versions.get(&mutant.file).map_or("", String::as_str);
        // One write, since several shards may share the file.
        let line = format!("{version}\t{}\t{test}\t{}\n", word(outcome), mutant.name);
        file.write_all(line.as_bytes())?;
        self.known.insert(mutant.name.clone(), outcome);
        Ok(())
    }
}

pub(crate) fn word(outcome: Outcome) -> &'static str {
    OUTCOMES.iter().find(|(_, other)| *other == outcome).map_or("", |(word, _)| word)
}

const OUTCOMES: [(&str, Outcome); 4] = [
    ("noticed", Outcome::Noticed),
    ("not noticed", Outcome::NotNoticed),
    ("not reached", Outcome::NotReached),
    ("capped", Outcome::Capped),
];
