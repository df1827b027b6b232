//! Mutants that no test notices, for a reason.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::rewrite::Mutant;

/// The list: a reason at the left margin, and the names of its mutants below it, indented.
#[derive(Debug, Default)]
pub(crate) struct Accepted(HashSet<String>);

impl Accepted {
    /// Reads the list of a crate, which may have none.
    pub(crate) fn of(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(LIST)).unwrap_or_default();
        let names = text.lines().filter_map(|line| line.strip_prefix("    "));
        Self(names.map(|name| name.trim_end().to_owned()).collect())
    }

    pub(crate) fn contains(&self, mutant: &Mutant) -> bool {
        self.0.contains(&mutant.name)
    }

    /// Entries that are no mutants any more.
    pub(crate) fn stale(&self, mutants: &[Mutant]) -> Vec<&str> {
        let names: HashSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        let mut stale: Vec<&str> =
            self.0.iter().map(String::as_str).filter(|name| !names.contains(name)).collect();
        stale.sort_unstable();
        stale
    }
}

pub(crate) const LIST: &str = "tests/mutants-accepted.txt";
