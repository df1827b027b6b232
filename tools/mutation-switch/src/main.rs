//! Mutation tests of a library whose build takes longer than its tests. All mutants are compiled into
//! one build of the tests, each in an arm of a `match` on the number of the active one; the environment
//! of a test process says which it is. Each mutant is tried with the tests that reach it, the quickest
//! first, until one fails, dies or takes ten times as long as it should.
//!
//! Usage: `mutation-switch [OPTION]...`
//!
//! - `--root DIR`: the crate, instead of the folder at hand
//! - `--test NAME`: an integration test, beside the unit tests; may be repeated
//! - `--files GLOB`: only mutants of these files; may be repeated
//! - `--exclude TEXT`: no mutants whose names have this text; may be repeated
//! - `--shard K/N`: only the K-th of N parts of them
//! - `--in-diff FILE`: only those in lines that this diff of git adds
//! - `--seconds S`: the most time for a mutant (20)
//! - `--retry`: tries those again that were not noticed in an earlier run
//! - `--list`: prints their names and tries none
//!
//! Results are in `target/mutation-switch/results.tsv`, where the next run continues. Exit code 1 if no
//! test notices a mutant that `tests/mutants-accepted.txt` does not have, or if that list names one that
//! does not exist.

mod accepted;
mod arguments;
mod arms;
mod build;
mod copy;
mod process;
mod reach;
mod replacements;
mod results;
mod rewrite;
mod source;
mod summary;
mod trial;

use std::process::ExitCode;

use accepted::Accepted;
use arguments::Arguments;
use copy::Copy;
use results::Results;
use rewrite::{LeftOut, Mutant};
use trial::{Noticing, Outcome};

pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every mutant is noticed or accepted.
fn run(arguments: &Arguments) -> Result<bool> {
    let sources = source::files(&arguments.root)?;
    if arguments.lists {
        let (_, mutants) = rewrite::rewrite(&sources, &LeftOut::default());
        for mutant in arguments.choose(&mutants) {
            println!("{}", mutant.name);
        }
        return Ok(true);
    }
    let folder = arguments.root.join("target/mutation-switch");
    let copy = Copy::new(&arguments.root, &folder, &sources)?;
    let (mutants, binaries) = build::build(&copy, &sources, &arguments.tests)?;
    let reach = reach::record(&copy, &binaries)?;
    let accepted = Accepted::of(&arguments.root);
    let mut results = Results::open(&folder, &sources);
    let chosen = arguments.choose(&mutants);
    let wanted = |mutant: &&&Mutant| {
        let is_known = match results.of(mutant) {
            Some(Outcome::Noticed) => true,
            Some(_) => !arguments.retries,
            None => false,
        };
        mutant.is_built && !is_known && !accepted.contains(mutant)
    };
    let waiting: Vec<&&Mutant> = chosen.iter().filter(wanted).collect();
    let mut noticing = Noticing::default();
    for (index, mutant) in waiting.iter().enumerate() {
        let tests = noticing.split(&mutant.file, reach.of(mutant.site));
        let (outcome, test) =
            trial::try_mutant(&copy.root, mutant.number, tests, arguments.seconds)?;
        results.add(mutant, outcome, &test)?;
        if outcome == Outcome::Noticed {
            noticing.add(&mutant.file, test.trim_end_matches(" (hangs)"));
        } else {
            println!("{}/{} {}: {}", index + 1, waiting.len(), results::word(outcome), mutant.name);
        }
    }
    let survivors = summary::print(&chosen, &results, &accepted);
    for mutant in &survivors {
        println!("line {}, no test notices\n    {}", mutant.lines.0, mutant.name);
    }
    let stale = accepted.stale(&mutants);
    for name in &stale {
        println!("{} names what is no mutant:\n    {name}", accepted::LIST);
    }
    Ok(survivors.is_empty() && stale.is_empty())
}
