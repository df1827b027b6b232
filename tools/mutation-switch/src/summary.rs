//! The table at the end.

use std::collections::BTreeMap;

use crate::accepted::Accepted;
use crate::results::Results;
use crate::rewrite::Mutant;
use crate::trial::Outcome;

/// Prints a line for each module. Returns the survivors that are not accepted.
pub(crate) fn print<'a>(
    chosen: &[&'a Mutant],
    results: &Results,
    accepted: &Accepted,
) -> Vec<&'a Mutant> {
    let mut modules: BTreeMap<&str, [usize; COLUMNS.len()]> = BTreeMap::new();
    let mut survivors = Vec::new();
    for mutant in chosen {
        let column = match results.of(mutant) {
            _ if !mutant.is_built => 6,
            _ if accepted.contains(mutant) => 5,
            Some(Outcome::Noticed) => 1,
            Some(Outcome::NotNoticed) => 2,
            Some(Outcome::NotReached) => 3,
            Some(Outcome::Capped) => 4,
            None => 7,
        };
        if column == 2 || column == 3 {
            survivors.push(*mutant);
        }
        for name in [module(&mutant.file), TOTAL] {
            let counts = modules.entry(name).or_default();
            counts[0] += 1;
            counts[column] += 1;
        }
    }
    print!("{:18}", "");
    COLUMNS.iter().for_each(|column| print!("{column:>13}"));
    println!();
    for (module, counts) in modules {
        print!("{module:18}");
        counts.iter().for_each(|count| print!("{count:>13}"));
        println!();
    }
    survivors
}

/// A file of `src` or a folder.
fn module(file: &str) -> &str {
    let end = file.match_indices('/').nth(1).map_or(file.len(), |(end, _)| end);
    &file[..end]
}

const COLUMNS: [&str; 8] = [
    "mutants",
    "noticed",
    "not noticed",
    "not reached",
    "capped",
    "accepted",
    "not built",
    "not tried",
];

/// Below the modules, since `~` is the last letter.
const TOTAL: &str = "~ all";
